import { type Command, Option } from 'commander';
import { channelOf } from '#schemas/channel.ts';
import { counted } from '#schemas/counted.ts';
import type { PublishedUnit, UnitReference, UnitView } from '#schemas/registry.ts';
import { VERSION_KINDS, type VersionKind, idWords, storedUnitId, versionWords } from '#schemas/version-tag.ts';
import { contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { usage } from '../failure.ts';
import { table } from '../format.ts';
import { refusalWords } from '../option-faults.ts';
import { toNumber } from '../parse-options.ts';

/** Commands on the registry of units. */
export function addUnits(program: Command): void {
  const units = program
    .command('units')
    .description('Lists published units, newest first.')
    .option('-b, --building <name>', 'only those of this building')
    .option('--name <name>', 'only versions of this unit')
    .addOption(new Option('--kind <kind>', 'only versions of this kind').choices(VERSION_KINDS))
    .option('--expired', 'also snapshots that have gone')
    .option('--limit <number>', 'how many, 1000 at most', toNumber, 200)
    .option('--before <page>', 'the page that the one before names')
    .action(list);

  units
    .command('versions')
    .description('Lists the versions of a unit, highest first, and where each is used.')
    .argument('<name>', 'the unit')
    .option('--limit <number>', 'how many, 200 at most', toNumber, 50)
    .option('--below <version>', 'those below this version')
    .action(versions);

  units
    .command('show')
    .description('Shows one version: its bytes, who published it, what it was promoted from, and where it is used.')
    .argument('<unit>', 'such as main@1.4.0')
    .action(show);

  units
    .command('promote')
    .description(
      'Makes a stable version of its newest release candidate (or a candidate of a snapshot), with the very same bytes. Nothing is built or uploaded.',
    )
    .argument('<name>', 'the unit')
    .argument('<version>', 'the version to be, such as 1.4.0')
    .option('--from <version>', 'another candidate than the newest, such as 1.4.0-rc.3')
    .option('--verify', 'ask the URL for the bytes once more')
    .option('--reason <text>', 'why, for the record')
    .action(promote);

  units
    .command('expire')
    .description('Lets a snapshot go before its time. Refused while something points at it.')
    .argument('<unit>', 'such as main@v1.4.0.snap.20260115')
    .action(expire);
}

type ListOptions = { building?: string; name?: string; kind?: VersionKind; expired?: boolean; limit: number; before?: string };

const route = (context: ReturnType<typeof contextOf>) => context.api.v1.apartments[':apartment'].units;

const when = (at: number): string => new Date(at).toISOString();

async function list({ limit, expired, ...filter }: ListOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const { building, name, kind, before } = filter;
  const query = {
    limit: String(limit),
    ...(expired ? { expired: 'true' as const } : {}),
    ...(building === undefined ? {} : { building }),
    ...(name === undefined ? {} : { name }),
    ...(kind === undefined ? {} : { kind }),
    ...(before === undefined ? {} : { before }),
  };
  const page = await expectAnswer(route(context).$get({ param: { apartment: await context.apartment() }, query }));
  const rows = page.units.map((one) => [
    idWords(one.unit.id),
    one.building,
    stateWords(one as PublishedUnit),
    counted(one.unit.size, 'byte'),
    when(one.published_at),
    one.published_by,
  ]);
  const lines = [
    rows.length === 0 ? 'No units are published yet.' : table([['unit', 'building', 'status', 'size', 'published', 'by'], ...rows]),
    ...page.damaged.map((id) => `DAMAGED  ${id}: its record is not what its digest was made of. "concierge verify" says more.`),
    ...(page.next_before === null ? [] : [`More with --before ${page.next_before}`]),
  ];
  context.print(page, lines.join('\n'));
}

function stateWords({ unit, expires_at: expiresAt, expired_at: expiredAt }: PublishedUnit): string {
  if (expiredAt !== undefined) return `expired ${when(expiredAt).slice(0, 10)}`;
  const channel = channelOf(unit);
  return expiresAt === undefined ? channel : `${channel}, until ${when(expiresAt).slice(0, 10)}`;
}

async function versions(name: string, { limit, below }: { limit: number; below?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const query = { limit: String(limit), ...(below === undefined ? {} : { below }) };
  const param = { apartment: await context.apartment(), name };
  const page = await expectAnswer(route(context)[':name'].$get({ param, query }));
  const rows = (page.versions as UnitView[]).map(({ published, used_by: usedBy }) => [
    versionWords(published.unit.version),
    stateWords(published),
    when(published.published_at),
    published.promotion ? `promoted from ${versionWords(published.promotion.from)}` : published.published_by,
    usedBy.map(referenceWords).join(', ') || '–',
  ]);
  const more = page.next_below === null ? [] : [`More with --below ${page.next_below}`];
  context.print(page, [table([['version', 'status', 'published', 'by', 'used by'], ...rows]), ...more].join('\n'));
}

function referenceWords({ environment, as, name }: UnitReference): string {
  if (environment === undefined) return `${as} ${name}`;
  return as === 'active' || as === 'document' ? environment : `${environment} (${as} ${name})`;
}

/** The name and the version of a unit's id. */
function partsOf(id: string): { name: string; version: string } {
  const [name, version, ...rest] = storedUnitId(id).split('@');
  if (!name || !version || rest.length > 0) return usage(`"${id}" is not name@version, such as main@1.4.0.`);
  return { name, version };
}

async function show(id: string, _: object, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { apartment: await context.apartment(), ...partsOf(id) };
  const view = (await expectAnswer(route(context)[':name'][':version'].$get({ param }))) as UnitView;
  context.print(view, unitText(view));
}

function unitText({ published, used_by: usedBy }: UnitView): string {
  const { unit, building, published_by: by, published_at: at, promotion, digest } = published;
  const lines = [
    `${idWords(unit.id)}  for ${building}, ${stateWords(published)}`,
    `  ${unit.url}`,
    `  ${counted(unit.size, 'byte')}, ${unit.checksum}`,
    `  ${promotion ? 'promoted' : 'published'} by ${by} at ${when(at)}, record ${digest}`,
    `  used by ${usedBy.map(referenceWords).join(', ') || 'nothing'}`,
  ];
  if (!promotion) return lines.join('\n');
  const why = promotion.reason === undefined ? '' : `: ${promotion.reason}`;
  const checked = promotion.verified ? ', its bytes loaded once more' : '';
  lines.push(`  promoted from ${versionWords(promotion.from)} (record ${promotion.from_digest})${checked}${why}`);
  if (promotion.rollouts.length === 0) lines.push('  no rollout ever gave that to visitors');
  for (const one of promotion.rollouts) {
    const end = one.ended_at === undefined ? '' : ` at ${when(one.ended_at)}`;
    lines.push(`    ${one.environment}  ${one.rollout}  ${one.survived ? 'survived' : one.state}${end}: ${one.reason}`);
  }
  return lines.join('\n');
}

type PromoteOptions = { from?: string; verify?: boolean; reason?: string };

async function promote(name: string, version: string, { from, verify, reason }: PromoteOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const json = {
    version,
    verify: verify ?? false,
    ...(from === undefined ? {} : { from }),
    ...(reason === undefined ? {} : { reason }),
  };
  const response = await route(context)[':name'].promote.$post({ param: { apartment: await context.apartment(), name }, json });
  const isNew = response.status === 201;
  const published = (await expectAnswer(Promise.resolve(response), (problem) =>
    refusalWords(problem, json, [
      { pointer: '/version', option: '<version>' },
      { pointer: '/from', option: '--from' },
      { pointer: '/reason', option: '--reason' },
    ]),
  )) as PublishedUnit;
  const { promotion, unit } = published;
  const head = isNew
    ? `Promoted ${versionWords(promotion!.from)} to ${idWords(unit.id)}`
    : `${idWords(unit.id)} is there already, exactly so`;
  const tried = promotion?.rollouts.filter(({ survived }) => survived).map(({ environment, rollout }) => `${environment}/${rollout}`) ?? [];
  const evidence = tried.length === 0 ? 'no rollout of it has completed' : `survived ${tried.join(', ')}`;
  context.print({ ...published, created: isNew }, `${head} (${unit.checksum}; ${evidence})`);
}

async function expire(id: string, _: object, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { apartment: await context.apartment(), ...partsOf(id) };
  const gone = (await expectAnswer(route(context)[':name'][':version'].$delete({ param }))) as PublishedUnit;
  context.print(gone, `${idWords(gone.unit.id)} has gone. Its version stays taken.`);
}
