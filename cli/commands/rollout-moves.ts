import { isLive, isWaiting } from '#schemas/rollout-reading.ts';
import type { Command } from 'commander';
import { type Context, type Place, contextOf } from '../context.ts';
import { expectAnswer } from '../engine-client.ts';
import { refused } from '../failure.ts';
import { type OptionPlace, refusalWords } from '../option-faults.ts';
import { addEditRollout } from './edit-rollout.ts';

/** Commands that move a rollout. Without an id they mean the only one that they could mean. */

type Verb = 'approve' | 'pause' | 'resume' | 'restart' | 'abort' | 'rollback';
type PromoteOptions = { done?: boolean; variant?: string; overrideFreeze?: boolean; reason?: string };

const MOVE_PLACES: readonly OptionPlace[] = [
  { pointer: '/variant', option: '--variant' },
  { pointer: '/reason', option: '--reason' },
  { pointer: '/override_freeze', option: '--override-freeze' },
];

export function addRolloutMoves(rollout: Command): void {
  const steer = (verb: Verb, description: string): void => {
    rollout
      .command(verb)
      .description(`${description} Without an id: the only one.`)
      .argument('[id]')
      .option('--reason <text>', 'why, for the history')
      .action((id: string | undefined, options: { reason?: string }, command: Command) => move(verb, id, options.reason, command));
  };
  steer('approve', 'Approves a rollout that somebody else started.');
  steer('pause', 'Keeps the shares as they are.');
  steer('resume', 'Goes on; the time paused does not count.');
  steer('restart', 'Goes back to the first step, and judges anew.');
  steer('abort', 'Takes every visitor back; the rollout was not at fault.');
  steer('rollback', 'Takes every visitor back, whatever stands against it.');
  rollout
    .command('promote')
    .description(
      'Goes to the next step now, with --done to everyone, with --variant to a variant of an A/B test. Without an id: the only one.',
    )
    .argument('[id]')
    .option('--done', 'to everyone, now; of an A/B test: the proposed variant')
    .option('--variant <name>', 'end an A/B test with this variant')
    .option('--override-freeze', 'in a freeze too; needs --reason')
    .option('--reason <text>', 'why, for the history')
    .action(promote);
  rollout
    .command('retry')
    .description('Starts a rollout that was taken back anew, under a new id.')
    .argument('<id>')
    .option('--override-freeze', 'in a freeze too; needs --reason')
    .option('--reason <text>', 'why, for the history')
    .action(retry);
  rollout
    .command('re-salt')
    .description('Draws visitors anew: many change sides in the middle of the rollout.')
    .argument('<id>')
    .requiredOption('--reason <text>', 'why, for the history')
    .requiredOption('--yes', 'yes, visitors are to change sides')
    .action(reSalt);
  addEditRollout(rollout);
}

const api = (context: Context) => context.api.v1.apartments[':apartment'].environments[':environment'].rollouts;

async function move(verb: Verb, id: string | undefined, reason: string | undefined, command: Command): Promise<void> {
  const context = contextOf(command);
  const place = await context.place();
  const param = { ...place, rollout: id ?? (await onlyOne(context, place, verb === 'approve' ? 'waiting' : 'live')) };
  const result = await expectAnswer(api(context)[':rollout'][verb].$post({ param, header: {}, json: reason ? { reason } : {} }));
  context.print(result, result.summary);
}

async function promote(id: string | undefined, options: PromoteOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  const place = await context.place();
  const param = { ...place, rollout: id ?? (await onlyOne(context, place, 'live')) };
  const isEnd = options.done === true || options.variant !== undefined;
  const json = {
    ...(isEnd ? { to: 'done' as const } : { to: 'next-step' as const, from_step: await stepOf(context, param) }),
    ...(options.variant ? { variant: options.variant } : {}),
    ...(options.overrideFreeze ? { override_freeze: true } : {}),
    ...(options.reason ? { reason: options.reason } : {}),
  };
  const result = await expectAnswer(api(context)[':rollout'].promote.$post({ param, header: {}, json }), (problem) =>
    refusalWords(problem, json, MOVE_PLACES),
  );
  context.print(result, result.summary);
}

async function retry(id: string, options: { overrideFreeze?: boolean; reason?: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { ...(await context.place()), rollout: id };
  const json = { ...(options.overrideFreeze ? { override_freeze: true } : {}), ...(options.reason ? { reason: options.reason } : {}) };
  const result = await expectAnswer(api(context)[':rollout'].retry.$post({ param, header: {}, json }), (problem) =>
    refusalWords(problem, json, MOVE_PLACES),
  );
  context.print(result, `${result.summary}\nFollow it with: concierge rollout status ${result.rollout?.id}`);
}

async function reSalt(id: string, { reason }: { reason: string }, command: Command): Promise<void> {
  const context = contextOf(command);
  const param = { ...(await context.place()), rollout: id };
  const result = await expectAnswer(api(context)[':rollout']['re-salt'].$post({ param, header: {}, json: { reason } }));
  context.print(result, result.summary);
}

/** The step that is meant: had the engine just taken the next one by itself, promoting would take the one after. */
async function stepOf(context: Context, param: Place & { rollout: string }): Promise<number> {
  return (await expectAnswer(api(context)[':rollout'].$get({ param }))).rollout.step;
}

async function onlyOne(context: Context, param: Place, kind: 'live' | 'waiting'): Promise<string> {
  const { rollouts } = await expectAnswer(api(context).$get({ param }));
  const meant = rollouts.map(({ rollout }) => rollout).filter(kind === 'live' ? isLive : isWaiting);
  if (meant.length === 1) return meant[0]!.id;
  if (meant.length > 1) return refused(`Say which: ${meant.map(({ id }) => id).join(', ')}.`, 'ambiguous');
  return refused(`No rollout ${kind === 'live' ? 'is under way' : 'waits'} in ${param.apartment}/${param.environment}.`, 'not-found');
}
