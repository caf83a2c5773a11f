import { gateOf } from '#schemas/rollout-reading.ts';
import type { Rollout, RolloutPlan } from '#schemas/rollout.ts';
import type { NotSimulated } from '#schemas/simulation.ts';

const WEB_VITALS: ReadonlySet<string> = new Set(['lcp', 'inp', 'cls']);
const UNSEEN_GOALS: ReadonlySet<string> = new Set(['goal', 'feedback']);

/** What of a plan the simulation leaves out, or does at once though it waits for somebody. `rollout`: the one made of the plan. */
export function notSimulated(plan: RolloutPlan, rollout: Rollout): NotSimulated[] {
  const { experiment, analysis, after, approvals, start_at: startAt } = plan;
  const manual = rollout.steps.flatMap((_, step) => (gateOf({ ...rollout, step }) === 'manual' ? [step + 1] : []));
  const vitals = analysis.compare.filter((one) => WEB_VITALS.has(one));
  const say = (name: NotSimulated['name'], message: string): NotSimulated => ({ name, message });
  return [
    ...(manual.length > 0
      ? [say('manual-gates', `manual gates (${stepsOf(manual)}: somebody promotes as soon as it is recommended)`)]
      : []),
    ...(experiment && UNSEEN_GOALS.has(experiment.goal)
      ? [
          say(
            'goal',
            `the test's goal (simulated visitors have no ${experiment.goal}, so that it is never decided; errors and latency are)`,
          ),
        ]
      : []),
    ...(experiment?.promote_winner === 'person' ? [say('promote-winner', 'whoever promotes the winner (promoted at once)')] : []),
    ...(analysis.metrics.length > 0 ? [say('metrics', `outside metrics (${analysis.metrics.map(({ name }) => name).join(', ')})`)] : []),
    ...(vitals.length > 0 ? [say('web-vitals', `web vitals (${vitals.join(', ')})`)] : []),
    ...(startAt === undefined ? [] : [say('start-at', 'the time when it starts')]),
    ...(after.length > 0 ? [say('after', `rollouts that it comes after (${after.join(', ')})`)] : []),
    ...(approvals > 0 ? [say('approvals', 'approvals')] : []),
  ];
}

const stepsOf = (numbers: readonly number[]): string =>
  `${numbers.length === 1 ? 'step' : 'steps'} ${new Intl.ListFormat('en-GB').format(numbers.map(String))}`;
