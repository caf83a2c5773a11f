import type { Command } from 'commander';
import type { ReleaseView } from '#schemas/api.ts';
import type { ReleaseFile } from '#schemas/release.ts';
import { type Context, contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { table } from '../format.ts';
import { MOVE_PLACES, type MoveOptions, addMovePlanOptions, moveOfOptions, moveText } from '../move-plan.ts';
import { refusalWords } from '../option-faults.ts';
import { resolveUnits } from '../resolve-units.ts';

/** Commands on releases and their deploys. */
export function addRelease(program: Command): void {
  const release = program.command('release').description('sets of units under one version, deployed in lockstep');
  release
    .command('create')
    .description('Makes a release for good, of units that are named or of those that an environment shows.')
    .argument('<version>', 'such as 2.0.0')
    .argument('[units...]', 'one for each building, such as main@1.4.0 or main@staging')
    .option('--from <environment>', 'instead: what this environment shows now; a short form will do')
    .option('--dataset <reference>', 'the data that it goes with, kept verbatim')
    .action(create);
  release.command('list').description('Lists releases, newest first, and where they are.').action(list);
  release.command('show').description('Shows a release.').argument('<version>').action(show);
  release
    .command('current')
    .description('Shows what the environment is on: its release, dataset and units. With --json it is release.json.')
    .action(current);
  const deploy = release
    .command('deploy')
    .summary('bring a release into an environment')
    .description(
      'Brings all units of a release into the environment in one revision. Verifies first that everything is there; nobody else changes the environment meanwhile.',
    )
    .argument('<version>')
    .option('--no-fetch', 'do not load the units from their URLs first');
  addMovePlanOptions(deploy).action(run);

  const lock = program.command('lock').description('who deploys to the environment now');
  lock.command('show').description('Shows who holds it, and until when.').action(showLock);
  lock.command('break').description('Ends the lock of a deploy; if that still goes on, it moves nothing any more.').action(breakLock);
}

const ofApartment = (context: Context) => context.api.v1.apartments[':apartment'].releases;
const at = (context: Context) => context.api.v1.apartments[':apartment'].environments[':environment'];

async function create(version: string, refs: string[], options: { from?: string; dataset?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { apartment: await context.apartment() };
  const json = {
    version,
    ...(refs.length > 0 ? { units: await resolveUnits(context, refs) } : {}),
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.dataset === undefined ? {} : { dataset: options.dataset }),
  };
  const response = await ofApartment(context).$post({ param, json });
  const isNew = response.status === 201;
  const places = [...MOVE_PLACES, { pointer: '/version', option: 'version' }, { pointer: '/dataset', option: '--dataset' }];
  const release = await expectAnswer(Promise.resolve(response), (problem) => refusalWords(problem, json, places));
  const units = Object.values(release.units).map(({ unit }) => unit);
  const words = isNew ? 'Made' : 'Was made already, exactly so:';
  context.print(
    { ...release, created: isNew },
    `${words} release ${version} of ${param.apartment}: ${units.join(', ')} (${release.digest})`,
  );
}

const whereWords = ({ deployed }: ReleaseView): string =>
  deployed.map(({ environment, changed }) => `${environment}${changed.length > 0 ? ` (${changed.join(', ')} changed)` : ''}`).join(', ');

async function list(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const page = await expectAnswer(ofApartment(context).$get({ param: { apartment: await context.apartment() } }));
  const rows = page.releases.map((one) => [
    one.version,
    Object.values(one.units)
      .map(({ unit }) => unit)
      .join(', '),
    one.dataset ?? '–',
    new Date(one.created_at).toISOString(),
    one.created_by,
    whereWords(one) || '–',
  ]);
  context.print(page, rows.length === 0 ? 'No releases yet.' : table([['release', 'units', 'dataset', 'made', 'by', 'is in'], ...rows]));
}

async function show(version: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { apartment: await context.apartment(), version };
  const release = await expectAnswer(ofApartment(context)[':version'].$get({ param }));
  const { origin, dataset } = release;
  const rows = Object.entries(release.units).map(([building, { unit, checksum }]) => [building, unit, checksum]);
  const made = `made ${new Date(release.created_at).toISOString()} by ${release.created_by}`;
  const lines = [
    `release ${version} of ${release.apartment}, ${made}${origin ? ` from ${origin.environment}, revision ${origin.revision}` : ''}`,
    `digest  ${release.digest}`,
    `dataset ${dataset ?? 'none'}`,
    `is in   ${whereWords(release) || 'no environment'}`,
    table([['building', 'unit', 'digest'], ...rows]),
  ];
  context.print(release, lines.join('\n'));
}

async function current(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const file = await expectAnswer(at(context)['release.json'].$get({ param: await context.place() }));
  context.print(file, currentText(file));
}

function currentText({ apartment, environment, release, digest, dataset, changed, units, revision, time }: ReleaseFile): string {
  const rows = Object.entries(units).map(([building, { unit, url, integrity }]) => [
    building,
    changed.includes(building) ? `${unit} (not the release's)` : unit,
    url,
    integrity,
  ]);
  return [
    `${apartment}/${environment} is on ${release === null ? 'no release' : `release ${release}`} (revision ${revision}, ${new Date(time).toISOString()})`,
    ...(digest === null ? [] : [`digest  ${digest}`]),
    `dataset ${dataset ?? 'none'}`,
    table([['building', 'unit', 'address', 'digest'], ...rows]),
  ].join('\n');
}

async function run(version: string, options: MoveOptions & { fetch: boolean }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = await context.place();
  const json = { release: version, ...(options.fetch ? {} : { fetch: false }), ...(await moveOfOptions(options)) };
  const result = await expectAnswer(at(context).deploy.$post({ param, header: {}, json }), (problem) =>
    refusalWords(problem, json, MOVE_PLACES),
  );
  context.print(result, moveText(result));
}

async function showLock(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const { lock } = await expectAnswer(at(context).lock.$get({ param: await context.place() }));
  const time = (ms: number): string => new Date(ms).toISOString();
  const words = lock && `${lock.holder} holds it for ${lock.purpose} since ${time(lock.since)}, until ${time(lock.until)} at the latest.`;
  context.print({ lock }, words ?? 'Nobody holds it.');
}

async function breakLock(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  await expectAnswer(at(context).lock.$delete({ param: await context.place() }));
  context.print({ broken: true }, 'Nobody holds it any more.');
}
