import type { Command } from 'commander';
import type { ChangeResult } from '#schemas/api.ts';
import { counted } from '#schemas/counted.ts';
import { asksForSomebody, audienceWords, hasEnded, isLive, isWaiting } from '#schemas/rollout-reading.ts';
import { type Context, contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { refused } from '../failure.ts';
import { replayText, rolloutText } from '../rollout-text.ts';
import { healthText } from '../health-words.ts';
import { refusalWords } from '../option-faults.ts';
import { toMinutes, toNumber } from '../parse-options.ts';
import { PLAN_PLACES, type PlanOptions, addPlanOptions, planOfOptions } from '../rollout-plan.ts';
import { resolveUnits } from '../resolve-units.ts';
import { addRolloutMoves } from './rollout-moves.ts';

/** Commands that start and show rollouts; those that move them are next door. */
export function addRollout(program: Command): void {
  const rollout = program.command('rollout').description('start, watch and steer rollouts');
  const starting = rollout
    .command('start')
    .description('Moves visitors to published units in steps. Several units make a release set: a visitor gets all of them, or none.')
    .argument('[units...]', 'such as main@1.4.0, or main@staging for what that shows now; none for an A/B test, or with --plan');
  addPlanOptions(starting).action(start);
  rollout
    .command('status')
    .description('Shows a rollout with its health, one that has ended as it was then; without an id, all that are under way or wait.')
    .argument('[id]')
    .option('--all', 'finished ones too')
    .action(status);
  rollout
    .command('health')
    .description('Shows the health of a rollout over time, by arm: errors, latency and web vitals.')
    .argument('<id>')
    .option('--since <minutes>', 'only the last minutes, such as 30m or 6h', toMinutes)
    .option('--every <minutes>', 'how long a point is, such as 1m or 1h, as far as it was kept so fine', toMinutes)
    .option('--points <count>', 'how many are printed, the newest', toNumber, 15)
    .action(showHealth);
  rollout
    .command('replay')
    .description("Judges the engine's decisions over a rollout again, from what was stored with each; exits with 1 when one differs.")
    .argument('<id>')
    .action(replay);
  addRolloutMoves(rollout);
}

const UNITS_HINT = '"concierge units" lists what is published, "concierge status" what is shown.';

/** Whom a rollout with criteria is for. */
function audienceLines({ rollout }: ChangeResult): string[] {
  if (!rollout || !asksForSomebody(rollout.criteria)) return [];
  const goesOn = rollout.steps.some((step) => step.everyone);
  const rest = goesOn ? 'Everyone else gets it at its later steps.' : 'Everyone else gets it when a person promotes it at its end.';
  return [`Only for ${audienceWords(rollout.criteria)}. ${rest}`];
}

const api = (context: Context) => context.api.v1.apartments[':apartment'].environments[':environment'].rollouts;

async function start(units: string[], options: PlanOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const variants =
    options.variant && (await Promise.all(options.variant.map(async (one) => ({ ...one, units: await resolveUnits(context, one.units) }))));
  const plan = await planOfOptions(await resolveUnits(context, units), variants ? { ...options, variant: variants } : options);
  const param = await context.place();
  const result = await expectAnswer(api(context).$post({ param, header: {}, json: plan }), (problem) =>
    refusalWords(problem, plan, PLAN_PLACES, { pointer: '/units', text: UNITS_HINT }),
  );
  const follow = `Follow it with: concierge rollout status ${result.rollout?.id}`;
  context.print(result, [result.summary, ...audienceLines(result), follow].join('\n'));
}

async function status(id: string | undefined, options: { all?: boolean }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = await context.place();
  if (id !== undefined) {
    const one = { param: { ...param, rollout: id } };
    const view = await expectAnswer(api(context)[':rollout'].$get(one));
    const ending = hasEnded(view.rollout) ? await expectAnswer(api(context)[':rollout'].ending.$get(one)) : undefined;
    return context.print({ ...view, ...(ending ? { ending } : {}) }, rolloutText(view, ending));
  }
  const { rollouts } = await expectAnswer(api(context).$get({ param }));
  const shown = options.all ? rollouts : rollouts.filter(({ rollout }) => isLive(rollout) || isWaiting(rollout));
  context.print({ rollouts: shown }, shown.length === 0 ? 'No rollout is under way.' : shown.map((view) => rolloutText(view)).join('\n\n'));
}

type HealthOptions = { since?: number; every?: number; points: number };

async function showHealth(id: string, { since, every, points }: HealthOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { ...(await context.place()), rollout: id };
  const query = {
    ...(since === undefined ? {} : { from: String(Math.round(Date.now() - since * 60_000)) }),
    ...(every === undefined ? {} : { minutes: String(every) }),
  };
  const places = [{ pointer: '/minutes', option: '--every' }];
  const health = await expectAnswer(api(context)[':rollout'].health.$get({ param, query }), (problem) =>
    refusalWords(problem, query, places),
  );
  context.print(health, healthText(health, points));
}

async function replay(id: string, _: object, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { ...(await context.place()), rollout: id };
  const { decisions } = await expectAnswer(api(context)[':rollout'].replay.$get({ param }));
  context.print({ decisions }, replayText(decisions));
  const different = decisions.filter(({ same }) => !same).length;
  if (different > 0) refused(`${different} of ${counted(decisions.length, 'decision')} would be different today.`, 'rollout-state');
}
