import { type Command, Option } from 'commander';
import type { EnvironmentState } from '#schemas/api.ts';
import { BuildingCategory } from '#schemas/manifest.ts';
import { whomWords } from '#schemas/override-words.ts';
import { isWaiting } from '#schemas/rollout-reading.ts';
import type { RolloutView } from '#schemas/rollout-view.ts';
import { idWords } from '#schemas/version-tag.ts';
import { type Context, contextOf, warnOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { table } from '../format.ts';
import { rolloutText, shareWords } from '../rollout-text.ts';
import { type OptionPlace, refusalWords } from '../option-faults.ts';
import { resolveUnits } from '../resolve-units.ts';
import { toNumber } from '../parse-options.ts';

/** Commands on a whole environment and its parts. */
export function addEnvironment(program: Command): void {
  program
    .command('status')
    .description('Shows what visitors get: buildings, units, live rollouts, and whether the edge has it.')
    .action(status);

  program
    .command('rollback')
    .description('Undoes: takes live rollouts back, else returns to the units before the latest change. Checks nothing, asks nothing.')
    .option('-b, --building <name>', 'only this building')
    .option('--to-revision <number>', 'the units of this revision', toNumber)
    .option('--to-last-known-good', 'the newest units that proved good: by a healthy rollout, or because nobody undid them')
    .option('--reason <text>', 'why, for the history')
    .option('--dry-run', 'only tell what it would do')
    .action(rollback);

  program
    .command('snapshot')
    .description(
      'Prints the signed snapshot of the head in an array, as BAKED_SNAPSHOTS takes it: what an edge falls back on when nothing else answers.',
    )
    .action(snapshot);

  const environment = program.command('environment').description('make and list environments');
  environment
    .command('create')
    .description('Makes an environment of an apartment.')
    .argument('<apartment>')
    .argument('<environment>')
    .action(create);
  environment.command('list').description('Lists the environments that the token can see.').action(list);

  program
    .command('building')
    .description('add buildings')
    .command('add')
    .description('Adds a building with the published unit that it shows first.')
    .argument('<name>')
    .requiredOption('-u, --unit <name@version>', 'the unit; or name@environment, for what that shows now')
    .addOption(new Option('-c, --category <category>', 'where on the page').choices(BuildingCategory.options).makeOptionMandatory())
    .action(addBuilding);
}

async function status(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = await context.place();
  const at = context.api.v1.apartments[':apartment'].environments[':environment'];
  const state = await expectAnswer(at.$get({ param }));
  const { rollouts } = await expectAnswer(at.rollouts.$get({ param }));
  const live = rollouts.filter(({ verdict }) => verdict !== null);
  const { delivery, document } = state;
  const rows = Object.entries(document.buildings).map(([name, building]) => {
    const moving = live.filter(({ rollout }) => Object.hasOwn(rollout.targets, name));
    const words = moving.flatMap((view) => movesOf(view, name));
    return [name, idWords(building.active_unit), words.join(', ')];
  });
  const edge =
    delivery.pending === 0
      ? `the edge has it`
      : `${delivery.pending} revision(s) on the way to the edge${delivery.last_error ? `: ${delivery.last_error}` : ''}`;
  const lines = [
    `${state.apartment}/${state.environment}  revision ${state.revision}, ${edge}`,
    '',
    rows.length > 0 ? table([['building', 'unit', 'rollout'], ...rows]) : 'No buildings yet.',
  ];
  const waiting = rollouts.filter(({ rollout }) => isWaiting(rollout));
  const shown = [...live, ...waiting].map((view) => rolloutText(view));
  lines.push(...exceptionLines(state), ...(shown.length > 0 ? ['', shown.join('\n\n')] : []));
  context.print({ ...state, rollouts: [...live, ...waiting] }, lines.join('\n'));
}

/** Who is given something else than units and rollouts say, at whatever host: no step, freeze or approval stands between. */
function exceptionLines({ document: { overrides = {}, holdout } }: EnvironmentState): string[] {
  const lines = Object.entries(overrides).map(([name, override]) => {
    const units = Object.values(override.units).map(idWords).join(', ');
    return `Override ${name}: ${whomWords(override)} → ${units}, whatever rollouts do.`;
  });
  if (holdout && holdout.percentage > 0) lines.push(`Holdout: ${holdout.percentage} % of visitors are in no rollout.`);
  return lines.length > 0 ? ['', ...lines] : [];
}

/** What the rollout moves the building to, and at which share; of an A/B test, what each variant that has a unit for it does. */
function movesOf(view: RolloutView, building: string): string[] {
  const { targets, experiment } = view.rollout;
  if (!experiment) return [`→ ${idWords(targets[building]!.to)} at ${shareWords(view)}`];
  return experiment.variants.flatMap((variant) => {
    const unit = variant.units[building];
    return unit === undefined ? [] : [`→ ${idWords(unit)} (${variant.name}) at ${shareWords(view, variant)}`];
  });
}

const ROLLBACK_PLACES: readonly OptionPlace[] = [
  { pointer: '/building', option: '--building' },
  { pointer: '/to_revision', option: '--to-revision' },
  { pointer: '/to_last_known_good', option: '--to-last-known-good' },
  { pointer: '/reason', option: '--reason' },
];

type RollbackOptions = { building?: string; toRevision?: number; toLastKnownGood?: boolean; reason?: string; dryRun?: boolean };

async function previewRollback(context: Context, { building, toRevision, toLastKnownGood }: RollbackOptions): Promise<void> {
  const query = {
    ...(building ? { building } : {}),
    ...(toRevision === undefined ? {} : { to_revision: String(toRevision) }),
    ...(toLastKnownGood ? { to_last_known_good: 'true' as const } : {}),
  };
  const at = context.api.v1.apartments[':apartment'].environments[':environment'];
  const preview = await expectAnswer(at.rollback.$get({ param: await context.place(), query }), (problem) =>
    refusalWords(problem, query, ROLLBACK_PLACES),
  );
  const { units, rollouts, release, from_revision: from } = preview;
  const lines = [
    `It would go back to the units of revision ${from}, as follows; nothing was changed.`,
    ...(rollouts.length > 0 ? [`Taken back: ${rollouts.join(', ')}`] : []),
    table(
      units.map(({ building: name, from: was, to }) => [
        name,
        was === to ? `${idWords(to)} for everyone again` : `${idWords(was)} → ${idWords(to)}`,
      ]),
    ),
    ...(release === undefined ? [] : [release === null ? 'On no release' : `On release ${release} again`]),
  ];
  context.print(preview, lines.join('\n'));
}

async function rollback(options: RollbackOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  if (options.dryRun) return previewRollback(context, options);
  const json = {
    ...(options.building ? { building: options.building } : {}),
    ...(options.toRevision === undefined ? {} : { to_revision: options.toRevision }),
    ...(options.toLastKnownGood ? { to_last_known_good: true } : {}),
    ...(options.reason ? { reason: options.reason } : {}),
  };
  const param = await context.place();
  const result = await expectAnswer(
    context.api.v1.apartments[':apartment'].environments[':environment'].rollback.$post({ param, header: {}, json }),
    (problem) => refusalWords(problem, json, ROLLBACK_PLACES),
  );
  context.print(result, `${result.summary} (revision ${result.revision})`);
  warnOf(context, result);
}

async function snapshot(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = await context.place();
  const signed = await expectAnswer(context.api.v1.apartments[':apartment'].environments[':environment'].snapshot.$get({ param }));
  context.print([signed], JSON.stringify([signed]));
}

async function create(apartment: string, environment: string, _options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const result = await expectAnswer(context.api.v1.environments.$post({ header: {}, json: { apartment, environment } }));
  context.print(result, result.summary);
}

async function list(_options: unknown, command: Command): Promise<void> {
  const context = contextOf(command);
  const page = await expectAnswer(context.api.v1.environments.$get());
  const rows = page.environments.map((one) => [
    `${one.apartment}/${one.environment}`,
    String(one.revision),
    new Date(one.at).toISOString(),
  ]);
  context.print(page, rows.length === 0 ? 'No environments yet.' : table([['environment', 'revision', 'since'], ...rows]));
}

async function addBuilding(
  name: string,
  options: { unit: string; category: (typeof BuildingCategory.options)[number] },
  command: Command,
): Promise<void> {
  const context = contextOf(command);
  const param = { ...(await context.place()), name };
  const at = context.api.v1.apartments[':apartment'].environments[':environment'].buildings[':name'];
  const [unit = options.unit] = await resolveUnits(context, [options.unit]);
  const json = { category: options.category, unit };
  const result = await expectAnswer(at.$put({ param, header: {}, json }), (problem) =>
    refusalWords(problem, json, [{ pointer: '/unit', option: '--unit' }], {
      pointer: '/unit',
      text: '"concierge units" lists what is published.',
    }),
  );
  context.print(result, result.summary);
}
