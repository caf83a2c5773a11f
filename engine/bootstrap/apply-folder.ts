import { createHash } from 'node:crypto';
import type { Services } from '#engine/services/context.ts';
import { bodyPointer, carryOut, isForApartment, withBytes } from '#engine/services/carry-out.ts';
import type { BootstrapCommand } from '#schemas/bootstrap.ts';
import { ProblemError } from '#schemas/problem.ts';
import { BootstrapError, type FileFault, wholeFault } from './bootstrap-error.ts';
import { type ParsedFile, parseFile } from './parse-file.ts';
import { type Pass, planPasses } from './plan-passes.ts';
import { readFolder } from './read-folder.ts';

/** Who the audit log says it was. */
export const ACTOR = 'bootstrap';

export type AppliedPass = { environment: string; file: string; digest: string; commands: string[] };

type ParsedPass = Pass & { parsed: ParsedFile };

/**
 * Applies what of the folder was not applied yet, file by file; each in one transaction with the note that it was, so that whoever
 * is stopped anywhere goes on at the next start and nothing is done twice. All files are read and checked before the first
 * is applied. Throws {@link BootstrapError} with every fault; those files that were applied before it stay applied.
 */
export async function applyFolder(
  services: Services,
  root: string,
  told: (pass: AppliedPass) => void = () => undefined,
): Promise<AppliedPass[]> {
  const done: AppliedPass[] = [];
  for (const prepared of await preparedPasses(services, root)) {
    const pass = await loadedPass(services, prepared);
    const isNew = await services.bootstrap.allOrNothing(() => applyPass(services, pass));
    if (!isNew) continue; // another engine, which starts at the same time
    const commands = pass.parsed.content.commands.map(({ type }) => type);
    done.push({ environment: pass.environment, file: pass.file.path, digest: pass.file.digest, commands });
    told(done.at(-1)!);
  }
  return done;
}

/** Notes every file as applied and does nothing of it: for a database that has it all, such as a recovered one. */
export async function adoptFolder(services: Pick<Services, 'bootstrap' | 'now'>, root: string): Promise<Pass[]> {
  const { files, faults: wrong } = readFolder(root);
  const { passes, faults: late } = planPasses(files, await services.bootstrap.applied());
  const faults = [...wrong, ...late];
  if (faults.length > 0) throw new BootstrapError(faults);
  await services.bootstrap.allOrNothing(async () => {
    for (const pass of passes) await note(services, pass);
  });
  return passes;
}

async function preparedPasses({ bootstrap }: Services, root: string): Promise<ParsedPass[]> {
  const { files, faults } = readFolder(root);
  const applied = await bootstrap.applied();
  if (applied.length === 0 && files.length > 0 && (await bootstrap.hasRevisionsBy(ACTOR))) {
    const words = `the database has revisions by ${ACTOR} and does not know by which files, as after a recovery. Apply none of them again: "concierge bootstrap adopt" notes them as applied`;
    throw new BootstrapError([wholeFault(root, words), ...faults]);
  }
  const { passes, faults: late } = planPasses(files, applied);
  faults.push(...late);
  const parsed = new Map([...new Set(passes.map(({ file }) => file))].map((file) => [file, parseFile(file)]));
  for (const one of parsed.values()) if (Array.isArray(one)) faults.push(...one);
  const ready = passes.flatMap((pass): ParsedPass[] => {
    const one = parsed.get(pass.file)!;
    return Array.isArray(one) ? [] : [{ ...pass, parsed: one }];
  });
  faults.push(...ready.filter(({ environment }) => environment === '').flatMap(homelessFaults));
  if (faults.length > 0) throw new BootstrapError(faults);
  return ready;
}

const homelessFaults = ({ parsed }: ParsedPass): FileFault[] =>
  parsed.content.commands.flatMap((command, index) =>
    isForApartment(command)
      ? []
      : [parsed.faultAt(`/commands/${index}/type`, 'there is no folder of an environment that this could be for')],
  );

/** What its units' URLs serve is loaded before the transaction, which keeps everybody else from writing. */
async function loadedPass(services: Services, pass: ParsedPass): Promise<ParsedPass> {
  const faults: FileFault[] = [];
  const commands: BootstrapCommand[] = [];
  for (const [index, command] of pass.parsed.content.commands.entries()) {
    try {
      commands.push(await withBytes(services, command));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      faults.push(...faultsOf(error, pass.parsed, `/commands/${index}`, ''));
    }
  }
  if (faults.length > 0) throw new BootstrapError(faults);
  return { ...pass, parsed: { ...pass.parsed, content: { ...pass.parsed.content, commands } } };
}

/** False: it was applied meanwhile. */
async function applyPass(services: Services, pass: ParsedPass): Promise<boolean> {
  const { environment, file, parsed } = pass;
  const applied = await services.bootstrap.applied();
  if (applied.some((one) => one.environment === environment && one.digest === file.digest)) return false;
  const faults: FileFault[] = [];
  for (const [index, command] of parsed.content.commands.entries()) {
    const name = `${ACTOR} ${environment} ${file.digest} ${index}`;
    try {
      const place = { apartment: parsed.content.apartment, environment };
      await carryOut({ ...services, randomId: idsFrom(name) }, place, command, { name: ACTOR, idempotencyKey: name });
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      faults.push(...faultsOf(error, parsed, `/commands/${index}`, bodyPointer(command)));
    }
  }
  if (faults.length > 0) throw new BootstrapError(faults);
  await note(services, pass);
  return true;
}

const note = ({ bootstrap, now }: Pick<Services, 'bootstrap' | 'now'>, { environment, file: { path, digest } }: Pass): Promise<void> =>
  bootstrap.add({ environment, file: path, digest, at: now() });

/** Ids that are the same however often it is begun anew. */
function idsFrom(name: string): Services['randomId'] {
  let serial = 0;
  return (length) => createHash('sha256').update(`${name} ${serial++}`).digest('hex').slice(0, length);
}

function faultsOf({ problem: { detail, errors = [] } }: ProblemError, { faultAt }: ParsedFile, at: string, body: string): FileFault[] {
  if (errors.length === 0) return [faultAt(at, detail)];
  return errors.map(({ path, message }) => faultAt(`${at}${body}${path}`, message));
}
