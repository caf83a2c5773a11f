import type { Command } from 'commander';
import type { ChangeResult, RolloutView } from '#schemas/api.ts';
import { type Context, type Place, contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { refused } from '../failure.ts';
import { replayText, rolloutText } from '../format.ts';
import { refusalWords } from '../option-faults.ts';
import { PLAN_PLACES, type PlanOptions, addPlanOptions, planOf } from '../plan-options.ts';
import { asksForSomebody, audienceWords } from '../rollout-words.ts';

type Verb = 'pause' | 'resume' | 'abort' | 'rollback';

export function addRollout(program: Command): void {
  const rollout = program.command('rollout').description('start, watch and steer rollouts');
  const startCommand = rollout
    .command('start')
    .description('Moves visitors to published units in steps. Several units make a release set: a visitor gets all of them, or none.')
    .argument('<units...>', 'such as main@1.4.0');
  addPlanOptions(startCommand).option('--reason <text>', 'why, for the history').action(start);
  rollout
    .command('status')
    .description('Shows a rollout with its health; without an id, all that are live.')
    .argument('[id]')
    .option('--all', 'finished ones too')
    .action(status);
  rollout
    .command('replay')
    .description("Judges the engine's decisions over a rollout again, from what was stored with each; exits with 1 when one differs.")
    .argument('<id>')
    .action(replay);
  rollout
    .command('re-salt')
    .description('Draws visitors anew: many change sides in the middle of the rollout.')
    .argument('<id>')
    .requiredOption('--reason <text>', 'why, for the history')
    .requiredOption('--yes', 'yes, visitors are to change sides')
    .action(reSalt);
  const steer = (verb: Verb, description: string): void => {
    rollout
      .command(verb)
      .description(`${description} Without an id: the only live one.`)
      .argument('[id]')
      .option('--reason <text>', 'why, for the history')
      .action((id: string | undefined, options: { reason?: string }, command: Command) => move(verb, id, options.reason, command));
  };
  steer('pause', 'Keeps the shares as they are.');
  steer('resume', 'Goes on; the time paused does not count.');
  steer('abort', 'Takes every visitor back; the rollout was not at fault.');
  steer('rollback', 'Takes every visitor back.');
  rollout
    .command('promote')
    .description('Goes to the next step now, or with --done to everyone. Without an id: the only live one.')
    .argument('[id]')
    .option('--done', 'to everyone, now')
    .option('--reason <text>', 'why, for the history')
    .action(promote);
}

const UNITS_HINT = '"concierge units" lists what is published, "concierge status" what is shown.';

/** Whom a rollout with criteria is for. */
function audienceLines({ rollout }: ChangeResult): string[] {
  if (!rollout || !asksForSomebody(rollout.criteria)) return [];
  return [`Only for ${audienceWords(rollout.criteria)}. Everyone else gets it when a person promotes it at its end.`];
}

const api = (context: Context) => context.api.v1.apartments[':apartment'].environments[':environment'].rollouts;

async function start(units: string[], options: PlanOptions & { reason?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = await context.place();
  const plan = { ...planOf(units, options), ...(options.reason ? { reason: options.reason } : {}) };
  const result = await expectAnswer(api(context).$post({ param, header: {}, json: plan }), (problem) =>
    refusalWords(problem, plan, PLAN_PLACES, { pointer: '/units', text: UNITS_HINT }),
  );
  context.print(
    result,
    [result.summary, ...audienceLines(result), `Follow it with: concierge rollout status ${result.rollout?.id}`].join('\n'),
  );
}

async function status(id: string | undefined, options: { all?: boolean }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = await context.place();
  if (id !== undefined) {
    const view = await expectAnswer(api(context)[':rollout'].$get({ param: { ...param, rollout: id } }));
    return context.print(view, rolloutText(view));
  }
  const { rollouts } = await expectAnswer(api(context).$get({ param }));
  const shown = options.all ? rollouts : rollouts.filter(isLive);
  context.print({ rollouts: shown }, shown.length === 0 ? 'No rollout is under way.' : shown.map(rolloutText).join('\n\n'));
}

async function move(verb: Verb, id: string | undefined, reason: string | undefined, command: Command): Promise<void> {
  const context = contextOf(command);
  const place = await context.place();
  const param = { ...place, rollout: id ?? (await onlyLive(context, place)) };
  const result = await expectAnswer(api(context)[':rollout'][verb].$post({ param, header: {}, json: reason ? { reason } : {} }));
  context.print(result, result.summary);
}

async function replay(id: string, _: object, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { ...(await context.place()), rollout: id };
  const { decisions } = await expectAnswer(api(context)[':rollout'].replay.$get({ param }));
  context.print({ decisions }, replayText(decisions));
  const different = decisions.filter(({ same }) => !same).length;
  if (different > 0) refused(`${different} of ${decisions.length} decisions would be different today.`, 'rollout-state');
}

async function reSalt(id: string, { reason }: { reason: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { ...(await context.place()), rollout: id };
  const result = await expectAnswer(api(context)[':rollout']['re-salt'].$post({ param, header: {}, json: { reason } }));
  context.print(result, result.summary);
}

async function promote(id: string | undefined, options: { done?: boolean; reason?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const place = await context.place();
  const param = { ...place, rollout: id ?? (await onlyLive(context, place)) };
  const reason = options.reason ? { reason: options.reason } : {};
  const json = options.done
    ? { to: 'done' as const, ...reason }
    : { to: 'next-step' as const, from_step: await stepOf(context, param), ...reason };
  const result = await expectAnswer(api(context)[':rollout'].promote.$post({ param, header: {}, json }));
  context.print(result, result.summary);
}

/** The step that is meant: had the engine just taken the next one by itself, promoting would take the one after. */
async function stepOf(context: Context, param: Place & { rollout: string }): Promise<number> {
  return (await expectAnswer(api(context)[':rollout'].$get({ param }))).rollout.step;
}

const isLive = ({ rollout }: RolloutView): boolean => rollout.state === 'running' || rollout.state === 'paused';

async function onlyLive(context: Context, param: Place): Promise<string> {
  const { rollouts } = await expectAnswer(api(context).$get({ param }));
  const live = rollouts.filter(isLive).map(({ rollout }) => rollout.id);
  if (live.length === 1) return live[0]!;
  if (live.length > 1) return refused(`Say which: ${live.join(', ')}.`, 'ambiguous');
  return refused(`No rollout is under way in ${param.apartment}/${param.environment}.`, 'not-found');
}
