import { Actor, Timestamp } from './common.ts';
import { Rollout, RolloutConfig, RolloutState } from './rollout.ts';
import { Verdict } from './verdict.ts';
import { z } from './zod.ts';

/** Rollouts as the API shows them. */

export const RolloutView = z
  .strictObject({
    rollout: Rollout,
    config: RolloutConfig.meta({ description: "The same in the manifest's words: strategy, percentage now, criteria, monitoring." }),
    verdict: Verdict.nullable().meta({ description: 'How the current step looks right now; null once the rollout has ended.' }),
    step_ends_at: Timestamp.nullable(),
    frozen: z.string().optional().meta({ description: 'The freeze window of now, in which it takes no step by itself.' }),
    frozen_until: Timestamp.optional().meta({ description: 'When no freeze keeps it any more; left out: it is none, or has no end.' }),
    revision: z.int().positive(),
    now: Timestamp,
  })
  .meta({ id: 'RolloutView' });
export type RolloutView = z.infer<typeof RolloutView>;

export const ReplayedDecision = z
  .strictObject({
    revision: z.int().positive(),
    at: Timestamp,
    state: RolloutState.meta({ description: 'Of the rollout after the decision.' }),
    stored: Verdict.meta({ description: 'What was concluded then, with everything that was seen.' }),
    judged: Verdict.meta({ description: 'What is concluded now from what was seen then.' }),
    same: z.boolean().meta({ description: 'The same conclusion, and the same document after it.' }),
  })
  .meta({ id: 'ReplayedDecision' });
export type ReplayedDecision = z.infer<typeof ReplayedDecision>;
export const ReplayAnswer = z.strictObject({ decisions: z.array(ReplayedDecision) });

export const RolloutList = z.strictObject({ rollouts: z.array(RolloutView) });

/** How a rollout ended, and what was seen of it then. */
export const RolloutEnding = z
  .strictObject({
    at: Timestamp,
    revision: z.int().positive().nullable().meta({ description: 'What ended it; null: it is not in the chain any more.' }),
    actor: Actor.nullable(),
    verdict: Verdict.nullable().meta({
      description:
        'How it looked just before: to the engine that took it back, or at the last tick before somebody decided. null: it was not under way, or that was not kept.',
    }),
  })
  .meta({ id: 'RolloutEnding' });
export type RolloutEnding = z.infer<typeof RolloutEnding>;
