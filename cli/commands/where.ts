import type { Command } from 'commander';
import { idWords, storedUnitId } from '#schemas/version-tag.ts';
import type { MovingUnit, WhereAnswer, WhereEnvironment } from '#schemas/where.ts';
import { contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { refused, usage } from '../failure.ts';
import { percent, table } from '../format.ts';
import { toNumber } from '../parse-options.ts';

/** Commands on which unit runs where. */
export function addWhere(program: Command): void {
  program
    .command('where')
    .description('Shows which unit runs where: every building in every environment, and what is being rolled out.')
    .option('-u, --unit <unit>', 'only where this runs: a building, the name of a unit, or name@version')
    .action(where);

  const alias = program.command('alias').description('names such as header@production: the unit that an environment shows');
  alias.command('show').description('Tells which unit it is now.').argument('<alias>', 'such as header@prod').action(show);
  alias
    .command('history')
    .description('Lists its moves, newest first. To move it: "promote", "rollout start", "release deploy", "rollback".')
    .argument('<alias>', 'such as header@prod')
    .option('--limit <number>', 'how many, 200 at most', toNumber, 20)
    .option('--before <number>', 'those below this revision', toNumber)
    .action(history);
}

async function where(options: { unit?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const query = options.unit === undefined ? {} : { unit: storedUnitId(options.unit) };
  const answer = await expectAnswer(
    context.api.v1.apartments[':apartment'].where.$get({ param: { apartment: await context.apartment() }, query }),
  );
  context.print(answer, options.unit === undefined ? matrixText(answer) : listText(answer, options.unit));
}

const versionOf = (building: string, unit: string): string => (unit.startsWith(`${building}@`) ? unit.slice(building.length + 1) : unit);

const movingWords = (building: string, { unit, percentage, state }: MovingUnit): string =>
  `→ ${versionOf(building, unit)} ${percent(percentage)}${state === 'paused' ? ' paused' : ''}`;

function releaseWords({ release }: WhereEnvironment): string {
  if (!release) return '–';
  return release.changed.length > 0 ? `${release.version} (${release.changed.join(', ')} changed)` : release.version;
}

/** Buildings by environment. */
function matrixText({ apartment, environments }: WhereAnswer): string {
  if (environments.length === 0) return `${apartment} has no environment that the token can see.`;
  const names = [...new Set(environments.flatMap(({ buildings }) => Object.keys(buildings)))].toSorted();
  const rows = names.map((name) => [
    name,
    ...environments.map(({ buildings }) => {
      const here = buildings[name];
      return here ? [versionOf(name, here.unit), ...here.moving.map((one) => movingWords(name, one))].join(' ') : '–';
    }),
  ]);
  const locks = environments.flatMap(({ environment, lock }) => (lock ? [`${lock.holder} holds ${environment} for ${lock.purpose}.`] : []));
  const text = table([
    [apartment, ...environments.map(({ environment }) => environment)],
    ...rows,
    ['release', ...environments.map(releaseWords)],
    ['revision', ...environments.map(({ revision }) => String(revision))],
  ]);
  const previews = environments.flatMap(({ environment, previews: hosts }) =>
    Object.entries(hosts).map(([host, units]) => `${host} shows ${units.map(idWords).join(', ')}, and else what ${environment} does.`),
  );
  return [text, ...previews, ...locks].join('\n');
}

/** Where one unit runs, and since when. */
function listText({ environments }: WhereAnswer, unit: string): string {
  const rows = environments.flatMap(({ environment, buildings, previews }) => [
    ...Object.entries(previews).map(([host, units]) => [host, units.join(' '), 'a preview', '', '']),
    ...Object.entries(buildings).map(([building, here]) => [
      `${building}@${environment}`,
      [here.unit, ...here.moving.map((one) => movingWords(building, one))].join(' '),
      here.since ? `revision ${here.since.revision}, ${new Date(here.since.at).toISOString()}` : 'unknown',
      here.since?.actor ?? '',
      here.since?.summary ?? '',
    ]),
  ]);
  return rows.length === 0 ? `${unit} runs nowhere.` : table([['where', 'unit', 'since', 'by', 'what'], ...rows]);
}

async function show(ref: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const resolved = await resolve(command, ref);
  context.print(resolved, `${resolved.unit}  (${resolved.building}@${resolved.environment}, revision ${resolved.revision})`);
}

async function history(ref: string, options: { limit: number; before?: number }, command: Command): Promise<void> {
  const context = contextOf(command);
  const { apartment, environment, building } = await resolve(command, ref);
  const query = { limit: String(options.limit), ...(options.before === undefined ? {} : { before: String(options.before) }) };
  const at = context.api.v1.apartments[':apartment'].environments[':environment'].buildings[':name'].history;
  const page = await expectAnswer(at.$get({ param: { apartment, environment, name: building }, query }));
  const words = (unit: string | null): string => (unit === null ? 'nothing' : versionOf(building, unit));
  const rows = page.moves.map((one) => [
    String(one.revision),
    `${words(one.from)} → ${words(one.to)}`,
    new Date(one.at).toISOString(),
    one.actor,
    one.summary,
  ]);
  context.print(
    page,
    [`${building}@${environment} is ${page.unit ?? 'gone'}`, table([['revision', 'moved', 'when', 'who', 'why'], ...rows])].join('\n'),
  );
}

async function resolve(command: Command, ref: string) {
  const context = contextOf(command);
  if (!ref.includes('@')) usage(`"${ref}" is no alias; use building@environment, such as header@production.`);
  const apartment = await context.apartment();
  const found = await expectAnswer(context.api.v1.apartments[':apartment'].resolve.$get({ param: { apartment }, query: { ref } }));
  const { alias, unit } = found;
  if (!alias) return refused(`${ref} is a version, which never moves; use building@environment.`, 'unprocessable');
  return { ref, unit, apartment, ...alias };
}
