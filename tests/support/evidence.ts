import { NO_HEALTH } from '#engine/domain/evidence/arm-health.ts';
import { foldHealth } from '#engine/domain/evidence/fold-health.ts';
import { noTrial } from '#engine/domain/evidence/trial-table.ts';
import { Analysis } from '#schemas/analysis.ts';
import type { ArmHealth, HealthDelta, HealthState, RankEvidence, Trial } from '#schemas/health.ts';
import { Monitoring, type Rollout } from '#schemas/rollout.ts';
import type { Observation } from '#schemas/verdict.ts';
import { MINUTE } from './fixtures.ts';

/** Small things to judge with. Time begins at 0, the rollout with it. */

export type Numbered = HealthDelta & { id: number };

export const deltaOf = (delta: Partial<Numbered> & { arm: string }): Numbered => ({
  id: 1,
  period: 0,
  segment: '',
  minute: 0,
  health: {},
  exposed: 0,
  answered: 0,
  failed: 0,
  values: {},
  ...delta,
});

type Folded = Parameters<typeof foldHealth>[2];

/** A rollout that has these shares one after the other, each for ten minutes; without a warm-up unless it says so. */
export const foldedRollout = (percentages: readonly number[], analysis: Partial<Analysis> = {}): Folded => ({
  started_at: 0,
  analysis: Analysis.parse({ warm_up: 0, ...analysis }),
  periods: percentages.map((percentage, step) => ({
    step,
    started_at: step * 10 * MINUTE,
    shares: { canary: percentage, control: 100 - percentage },
  })),
});

export const foldAll = (deltas: readonly Numbered[], rollout: Folded, now: number): HealthState => foldHealth(null, deltas, rollout, now);

/** The same count in every window. */
const everywhere = (count: number): number[] => [count, count, count];

export type Counts = Partial<Record<'exposed' | 'failed' | 'settled' | 'silent' | 'timed' | 'slow', number>>;

/** All outcomes fell after every window began, in calm minutes. */
export const trialOf = ({ exposed = 0, failed = 0, settled = 0, silent = 0, timed = 0, slow = 0 }: Counts): Trial => ({
  ...noTrial(),
  exposed,
  failed: everywhere(failed),
  settled: everywhere(settled),
  silent: everywhere(silent),
  timed: everywhere(timed),
  slow: everywhere(slow),
  calm_failed: failed,
  calm_slow: slow,
});

export const healthOf = (health: Partial<ArmHealth>): ArmHealth => ({ ...NO_HEALTH, ...health });

/** Ranks whose every component has this much evidence. */
export const ranksOf = (log: number): RankEvidence => [0, 1, 2].map(() => Array.from({ length: 7 }, () => log));

/** What is seen ten minutes after a step of a canary began; everything is well unless it says otherwise. */
export function observationWith({
  canary = {},
  control = {},
  percentage = 5,
  ...overrides
}: Partial<Omit<Observation, 'control'>> & {
  canary?: Counts & { health?: Partial<ArmHealth> };
  control?: Counts & { health?: Partial<ArmHealth> };
  percentage?: number;
} = {}): Observation {
  const visitors = (share: number): number => 20_000 * (share / 100);
  const well = (share: number): Counts => ({
    exposed: visitors(share),
    settled: visitors(share),
    silent: visitors(share) / 100,
    timed: visitors(share),
    slow: visitors(share) / 20,
    failed: visitors(share) / 100,
  });
  const wellHealth = (share: number): ArmHealth =>
    healthOf({
      exposures: visitors(share),
      visitors: visitors(share),
      loaded: visitors(share),
      failed_visitors: visitors(share) / 100,
      latency_count: visitors(share),
      latency_sum_ms: 120 * visitors(share),
      latency_sum_squares: 15_000 * visitors(share),
      feedback_count: 10,
      feedback_sum: 900,
    });
  const { health: canaryHealth, ...canaryCounts } = canary;
  const { health: controlHealth, ...controlCounts } = control;
  return {
    at: 10 * MINUTE,
    step: 0,
    step_started_at: 0,
    started_at: 0,
    control: 'control',
    arms: { canary: { ...wellHealth(percentage), ...canaryHealth }, control: { ...wellHealth(100 - percentage), ...controlHealth } },
    periods: [{ period: 0, step: 0, started_at: 0, shares: { canary: percentage, control: 100 - percentage } }],
    overall: {
      periods: [
        {
          period: 0,
          arms: {
            canary: trialOf({ ...well(percentage), ...canaryCounts }),
            control: trialOf({ ...well(100 - percentage), ...controlCounts }),
          },
        },
      ],
      ranks: {},
    },
    segments: {},
    metrics: [],
    ...overrides,
  };
}

export const judgedRollout = (
  analysis: Parameters<typeof Analysis.parse>[0] & object = {},
  monitoring: Partial<Monitoring> = {},
): Pick<Rollout, 'monitoring' | 'analysis' | 'experiment' | 'steps'> => ({
  monitoring: Monitoring.parse(monitoring),
  analysis: Analysis.parse(analysis),
  steps: [5, 25, 50, 100].map((percentage) => ({ percentage, duration: 10, gate: 'analysis' })),
});
