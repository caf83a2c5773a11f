import { type Rollout, type RolloutEdit, RolloutPlan } from '#schemas/rollout.ts';
import type { Dice } from './dice.ts';
import { QUERY } from './metric-source.ts';

/** A small rollout: three to six steps of a minute or less, judged on few visitors. */
export function drawPlan(dice: Dice, units: readonly string[]): RolloutPlan {
  const strategy = dice.pick(['gradual', 'gradual', 'gradual', 'canary', 'immediate'] as const);
  const shares = [10, 20, 35, 50, 75, 100].slice(dice.integer(0, 3));
  const mayStop = strategy === 'canary' && dice.chance(0.5);
  const duration = dice.pick([0.25, 0.5, 1]);
  const steps = (mayStop ? shares.slice(0, -1) : shares).map((percentage) => ({
    percentage,
    duration,
    gate: dice.chance(0.9) ? ('analysis' as const) : dice.pick(['auto', 'manual'] as const),
  }));
  return RolloutPlan.parse({
    units,
    strategy,
    ...(strategy === 'immediate' ? {} : { steps }),
    duration,
    monitoring: { min_samples: dice.integer(1, 4), min_feedback_samples: 2 },
    ...(dice.chance(0.1) ? { approvals: 1 } : {}),
    analysis: {
      promotion: dice.chance(0.9) ? 'limits' : 'evidence',
      warm_up: dice.pick([0, 1]),
      metrics: dice.chance(0.1) ? [{ name: 'orders', query: QUERY, failure: { gt: 5 }, failure_limit: 1, interval_seconds: 20 }] : [],
    },
  });
}

/** What people change of a rollout that is under way: its limits, or how long the steps to come last. */
export function drawEdit(dice: Dice, { steps, step, monitoring }: Rollout): RolloutEdit {
  if (dice.chance(0.3)) return { monitoring: { ...monitoring, min_samples: dice.integer(1, 6) } };
  const duration = dice.pick([0.25, 0.5, 1]);
  return { steps: steps.map((one, index) => (index > step ? { ...one, duration } : one)) };
}
