import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createStores } from '#engine/db/create-stores.ts';
import { openDatabase } from '#engine/db/open-database.ts';
import { type ChainFile, readChainFile } from '#engine/db/read-chain-file.ts';
import { restoreCommand } from '#engine/domain/restore-document.ts';
import { change } from '#engine/services/change.ts';
import type { Services } from '#engine/services/context.ts';
import { type GatheredChain, gatherChain } from '#engine/services/gather-chain.ts';
import { type GatheredUnits, gatherUnits } from '#engine/services/gather-units.ts';
import type { ShadowReader } from '#engine/services/shadow-reader.ts';
import { verifyDatabase } from '#engine/services/verify-database.ts';
import { writeRecovered } from '#engine/services/write-recovered.ts';
import { Name } from '#schemas/common.ts';
import { counted } from '#schemas/counted.ts';
import { type ShadowOptions, namedShadow } from './named-shadow.ts';
import { OfflineError, findingLine } from './words.ts';

export type RecoverOptions = ShadowOptions & {
  file?: string;
  'in-place'?: boolean;
  'as-new'?: boolean;
  revision?: string;
  apartment?: string;
  environment?: string;
  apply?: boolean;
  json?: boolean;
};

/**
 * Brings a database back from the shadow, or one revision of the shadow as a new one. Without `apply` it only tells what it
 * would do. Everything is verified before anything is written, and a database that is there is set aside, never overwritten.
 */
export async function recoverCommand(options: RecoverOptions, print: (text: string) => void, now: number = Date.now()): Promise<number> {
  const { file } = options;
  if (file === undefined) throw new OfflineError('Say which database: --file.', 2);
  if (options['in-place'] && options['as-new'])
    throw new OfflineError('--in-place makes the database anew, --as-new adds to it: choose one.', 2);
  const shadow = await namedShadow(options);
  if (options['as-new']) return recoverAsNew(options, file, shadow, print, now);
  if (options.revision !== undefined)
    throw new OfflineError('--revision goes with --as-new: making the database anew leaves nothing out.', 2);
  return recoverInPlace(options, file, shadow, print, now);
}

async function recoverInPlace(
  { apply, json }: RecoverOptions,
  file: string,
  shadow: ShadowReader,
  print: (text: string) => void,
  now: number,
): Promise<number> {
  const damaged = openIfPossible(file);
  let chains: GatheredChain[];
  let registry: GatheredUnits;
  let whole: boolean;
  try {
    whole = damaged !== null && (await isWhole(file));
    if (whole && apply) throw new OfflineError(`${file} is whole; nothing has to be recovered.`);
    chains = await gatherAll(shadow, damaged);
    registry = await gatherUnits(shadow, damaged);
  } finally {
    damaged?.close();
  }
  if (chains.every(({ revisions }) => revisions.length === 0) && registry.units.length === 0)
    throw new OfflineError(`Nothing can be recovered from ${shadow.name}.`);
  const done = apply ? await replaceDatabase(file, chains, registry.units, now) : null;
  print(
    json
      ? JSON.stringify({
          applied: done !== null,
          whole,
          aside: done,
          chains: chains.map(summaryOf),
          units: registry.units.length,
          findings: registry.findings,
        })
      : planText(
          chains,
          registry,
          whole ? [`${file} is whole; nothing has to be recovered. --as-new brings one revision back.`] : outcome(file, done, apply),
        ),
  );
  return 0;
}

function openIfPossible(file: string): ChainFile | null {
  try {
    return readChainFile(file);
  } catch {
    return null; // there is none, or it is no database any more
  }
}

async function isWhole(file: string): Promise<boolean> {
  const { findings, chains } = await verifyDatabase(file);
  return chains.length > 0 && findings.every(({ severity }) => severity === 'warning');
}

async function gatherAll(shadow: ShadowReader, file: ChainFile | null): Promise<GatheredChain[]> {
  const places = new Map(
    [...(await shadow.places()), ...(file?.places() ?? [])].map((place) => [`${place.apartment}/${place.environment}`, place]),
  );
  const chains = [];
  // A damaged file may name places that no name allows.
  const real = [...places.values()].filter(
    ({ apartment, environment }) => Name.safeParse(apartment).success && Name.safeParse(environment).success,
  );
  for (const place of real) chains.push(await gatherChain(place, shadow, file));
  return chains;
}

/** Builds the new file beside the old one, verifies it as a whole, sets the old one aside, and moves the new one in. */
async function replaceDatabase(file: string, chains: GatheredChain[], units: GatheredUnits['units'], now: number): Promise<string> {
  refuseWhileRunning(file);
  const fresh = `${file}.recovering`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(fresh + suffix, { force: true });
  await writeRecovered(fresh, chains, units, now);
  const { findings } = await verifyDatabase(fresh);
  const wrong = findings.find(({ severity, kind }) => severity === 'error' && kind !== 'missing');
  if (wrong) throw new OfflineError(`What was recovered does not verify, so nothing was replaced: ${wrong.message}`);
  const aside = freeName(`${file}.damaged-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`);
  for (const suffix of ['-wal', '-shm', '']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  renameSync(fresh, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return aside;
}

function freeName(wanted: string): string {
  let name = wanted;
  for (let serial = 2; ['', '-wal', '-shm'].some((suffix) => existsSync(name + suffix)); serial++) name = `${wanted}-${serial}`;
  return name;
}

/** The engine writes its process id beside its database while it runs. */
function refuseWhileRunning(file: string): void {
  const note = join(dirname(file), 'engine.pid');
  const pid = existsSync(note) ? Number(readFileSync(note, 'utf8')) : 0;
  if (!Number.isSafeInteger(pid) || pid <= 0) return;
  try {
    process.kill(pid, 0);
  } catch {
    return; // it is gone
  }
  throw new OfflineError(`The engine (process ${pid}) is running on ${file}. Stop it first; if no engine has that number, remove ${note}.`);
}

const summaryOf = ({ apartment, environment, revisions, units, highest, findings }: GatheredChain) => {
  const last = revisions.at(-1)?.revision ?? null;
  const lost = highest > (last?.number ?? 0) ? { from: (last?.number ?? 0) + 1, to: highest } : null;
  return {
    apartment,
    environment,
    recoverable: revisions.length,
    from_database: revisions.filter(({ from }) => from === 'database').length,
    head: last && { number: last.number, digest: last.digest, at: last.at },
    units: units.length,
    lost,
    findings,
  };
};

/** What was done, or would be. */
function outcome(file: string, aside: string | null, apply: boolean | undefined): string[] {
  const done = apply
    ? `${file} was made anew${aside !== null && existsSync(aside) ? `; what was there is ${aside}` : ''}.`
    : 'Nothing was written. With --apply the database is made anew from this; what is there is set aside.';
  const without = 'API tokens and counted health are not in the shadow: the engine makes a new admin token when it starts.';
  return [done, `${without} Snapshots that were let go before their time can be had again until it is up.`];
}

function planText(chains: GatheredChain[], { units, findings }: GatheredUnits, after: readonly string[]): string {
  const lines = chains
    .map(summaryOf)
    .flatMap((one) => [
      `${one.apartment}/${one.environment}: ${counted(one.recoverable, 'revision')} up to ${one.head?.number ?? 0}, of which ${one.from_database} from the database; ${counted(one.units, 'unit')}`,
      ...(one.lost
        ? [`  lost: revisions ${one.lost.from} to ${one.lost.to}. Revision ${one.lost.to + 1} will say so; no number is given out twice.`]
        : []),
      ...one.findings.map((finding) => `  ${findingLine(finding)}`),
    ]);
  return [
    ...lines,
    `the registry: ${counted(units.length, 'unit')}, of which ${units.filter(({ from }) => from === 'database').length} from the database`,
    ...findings.map((finding) => `  ${findingLine(finding)}`),
    ...after,
  ].join('\n');
}

async function recoverAsNew(
  options: RecoverOptions,
  file: string,
  shadow: ShadowReader,
  print: (text: string) => void,
  now: number,
): Promise<number> {
  const { apartment, environment, revision, apply, json } = options;
  const number = Number(revision);
  if (!apartment || !environment || !Number.isSafeInteger(number) || number < 1) {
    throw new OfflineError('Say which: --apartment, --environment and --revision.', 2);
  }
  const place = { apartment, environment };
  const report = await verifyDatabase(file);
  const wrong = report.findings.find(({ severity }) => severity === 'error');
  if (wrong) throw new OfflineError(`${file} is not whole, so nothing is added to it: ${wrong.message} Use --in-place first.`);
  const { revisions } = await gatherChain(place, shadow, null);
  const wanted = revisions.find((one) => one.revision.number === number)?.revision;
  if (!wanted) throw new OfflineError(`Revision ${number} of ${apartment}/${environment} cannot be recovered from ${shadow.name}.`);
  let made: number | null = null;
  if (apply) {
    const database = openDatabase(file);
    try {
      const services = { ...createStores(database), now: () => now, onCommit: () => undefined } as unknown as Services;
      const command = restoreCommand(wanted.document, number, { reason: 'Recovered from the shadow.' });
      made = (await change(services, place, { name: 'recovery' }, () => command)).revision.number;
    } finally {
      database.$client.close();
    }
  }
  const text =
    made === null
      ? `Nothing was written. With --apply, what revision ${number} says is added as a new revision.`
      : `Revision ${made} says what revision ${number} said.`;
  print(json ? JSON.stringify({ applied: made !== null, revision: made, from: number }) : text);
  return 0;
}
