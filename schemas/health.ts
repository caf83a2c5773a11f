import { ORDERED_COMPARISONS } from './analysis.ts';
import { z } from './zod.ts';

/** What was counted of a rollout, in the form in which it is judged and kept as evidence. */

/** Counts of visitors (not of events) of one arm in one period, and sums to take means of. */
export const ArmHealth = z
  .strictObject({
    exposures: z.int().nonnegative().meta({ description: 'Visitors who were given the arm.' }),
    visitors: z.int().nonnegative().meta({ description: 'Visitors of whom anything was reported.' }),
    loaded: z.int().nonnegative(),
    load_failures: z.int().nonnegative(),
    failed_visitors: z.int().nonnegative().meta({ description: 'Visitors with at least one error or failed load.' }),
    latency_count: z.int().nonnegative(),
    latency_sum_ms: z.number().nonnegative(),
    latency_sum_squares: z.number().nonnegative().default(0).meta({ description: 'Of milliseconds: how sure the mean is.' }),
    feedback_count: z.int().nonnegative(),
    feedback_sum: z.number().nonnegative(),
    goals: z.int().nonnegative().default(0).meta({ description: 'Visitors who reached the goal of an A/B test.' }),
    goal_sum: z.number().default(0),
    goal_sum_squares: z.number().nonnegative().default(0),
  })
  .meta({ id: 'ArmHealth' });
export type ArmHealth = z.infer<typeof ArmHealth>;

/** Slow starts: the comparison also begins anew this many minutes after the warm-up. */
export const WINDOWS_MINUTES = [0, 10, 20] as const;
const Windows = z.array(z.int().nonnegative()).length(WINDOWS_MINUTES.length);

/**
 * First outcomes of visitors of one arm in one period: each visitor once in the whole rollout, in the arm and period in which
 * it happened. Lists have one count for each window, which leave out what came before it began. Only then is the arm of an
 * outcome a coin that nobody could have known (see engine/domain/evidence).
 */
export const Trial = z
  .strictObject({
    exposed: z.int().nonnegative().meta({ description: 'First exposures, the warm-up included: for the sample ratio.' }),
    failed: Windows.meta({ description: 'First errors or failed loads.' }),
    settled: Windows.meta({ description: 'First exposures that have had time to be followed by a report.' }),
    silent: Windows.meta({ description: 'Those of them of whom nothing was heard.' }),
    timed: Windows.meta({ description: 'First latencies.' }),
    slow: Windows.meta({ description: 'Those of them above the 95th percentile of all arms.' }),
    calm_failed: z.int().nonnegative().meta({ description: 'Those of `failed` (first window) that did not fall into an incident.' }),
    calm_slow: z.int().nonnegative().meta({ description: 'Those of `slow` (first window) that did not fall into an incident.' }),
  })
  .meta({ id: 'Trial' });
export type Trial = z.infer<typeof Trial>;

/** A period of a rollout in which nobody's chance to be given an arm changed, and what happened in it. Keys are arms. */
export const PeriodTrials = z.strictObject({ period: z.int().nonnegative(), arms: z.record(z.string(), Trial) });
export type PeriodTrials = z.infer<typeof PeriodTrials>;

/**
 * How far the rank comparison of one arm with the control has come: the log of the evidence of each component, for each window.
 * Outer list: windows; inner: components, in the order of RANK_COMPONENTS.
 */
export const RankEvidence = z.array(z.array(z.number()));
export type RankEvidence = z.infer<typeof RankEvidence>;

/** Of one metric that is compared by rank. `pooled` is the label-free histogram: bins of a log-scale sketch and their decayed counts, in thousandths. */
export const RankComparison = z.strictObject({
  pooled: z.strictObject({ bins: z.array(z.int()), counts: z.array(z.int().nonnegative()) }),
  arms: z.record(z.string(), RankEvidence).meta({ description: 'For each arm but the control.' }),
});
export type RankComparison = z.infer<typeof RankComparison>;

/** Everything that is compared, of all visitors or of one segment. */
export const ComparisonState = z
  .strictObject({
    periods: z.array(PeriodTrials),
    waiting: z
      .array(
        z.strictObject({
          minute: z.int().nonnegative(),
          period: z.int().nonnegative(),
          arm: z.string(),
          exposed: z.int().nonnegative(),
          answered: z.int().nonnegative(),
        }),
      )
      .meta({ description: 'First exposures that may still be followed by a report, by the minute in which they fell.' }),
    ranks: z.partialRecord(z.enum(ORDERED_COMPARISONS), RankComparison),
  })
  .meta({ id: 'ComparisonState' });
export type ComparisonState = z.infer<typeof ComparisonState>;

/** What one delivery added, of one arm in one period and one minute of the events' own time: order and grouping do not matter to its sums. */
export const HealthDelta = z.strictObject({
  period: z.int().nonnegative(),
  arm: z.string(),
  segment: z.string().meta({ description: 'Of the analysis; empty: all visitors.' }),
  minute: z.int().nonnegative().meta({ description: 'Minutes since 1970-01-01T00:00Z.' }),
  health: ArmHealth.partial().meta({ description: 'Each visitor once in the period and arm. Only where the segment is empty.' }),
  exposed: z.int().nonnegative().meta({ description: 'First exposures in the rollout.' }),
  answered: z
    .int()
    .nonnegative()
    .meta({ description: 'Visitors first exposed in this minute, period and arm who have now been heard of for the first time.' }),
  failed: z.int().nonnegative().meta({ description: 'First errors or failed loads in the rollout.' }),
  values: z
    .partialRecord(z.enum(ORDERED_COMPARISONS), z.array(z.tuple([z.int(), z.int().positive()])))
    .meta({ description: 'First values in the rollout: bins of a log-scale sketch, and how many.' }),
});
export type HealthDelta = z.infer<typeof HealthDelta>;

/**
 * Which minutes were calm. In an incident that hits all arms, errors say little of the version, and many: they are no evidence
 * for promoting it. Minutes are decided in order, from sums over all arms.
 */
export const Calm = z
  .strictObject({
    decided_before: z.int().nonnegative().meta({ description: 'All minutes before this one are decided.' }),
    pending: z.array(
      z.strictObject({
        minute: z.int().nonnegative(),
        period: z.int().nonnegative(),
        arm: z.string(),
        exposed: z.int().nonnegative(),
        failed: z.int().nonnegative(),
        slow: z.int().nonnegative(),
      }),
    ),
    /** The last minutes that were decided, all arms together. */
    recent: z.array(z.strictObject({ minute: z.int().nonnegative(), exposed: z.int().nonnegative(), failed: z.int().nonnegative() })),
    /** What is usual: of calm minutes. */
    baseline: z.strictObject({
      minutes: z.int().nonnegative(),
      failed: z.int().nonnegative(),
      control_exposed: z.int().nonnegative(),
      control_failed: z.int().nonnegative(),
    }),
    /** First and last minutes of what was no calm, the latest last. */
    incidents: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
  })
  .meta({ id: 'Calm' });
export type Calm = z.infer<typeof Calm>;

/** Everything that was folded of a rollout so far. */
export const HealthState = z
  .strictObject({
    /** What of the deltas is in it already. */
    folded_through: z.int().nonnegative(),
    /** The first period that is compared: what came before a restart is no evidence. */
    since: z.int().nonnegative(),
    /** Per period and arm, every visitor once in each. */
    health: z.array(z.strictObject({ period: z.int().nonnegative(), arms: z.record(z.string(), ArmHealth) })),
    overall: ComparisonState,
    segments: z.record(z.string(), ComparisonState),
    calm: Calm,
  })
  .meta({ id: 'HealthState' });
export type HealthState = z.infer<typeof HealthState>;

/** How reports of one arm are spread over networks (truncated and salted: nobody learns an address). */
export const NetworkSpread = z
  .strictObject({
    exposed: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    /** How many pairs of these visitors share a network. */
    exposed_pairs: z.number().nonnegative(),
    failed_pairs: z.number().nonnegative(),
    /** The networks with the most failed visitors, first the worst. */
    worst: z.array(z.strictObject({ exposed: z.int().nonnegative(), failed: z.int().nonnegative() })).max(32),
    /**
     * The networks with the most exposed visitors of the whole rollout, whatever their arm, first the largest: `exposed` in any arm,
     * `failed` in this one. With it a crowd is known by where it comes from before its failures are many.
     */
    heaviest: z
      .array(z.strictObject({ exposed: z.int().nonnegative(), failed: z.int().nonnegative() }))
      .max(32)
      .optional(),
    /** Exposed visitors of the whole rollout, whatever their arm. */
    exposed_anywhere: z.int().nonnegative().optional(),
  })
  .meta({ id: 'NetworkSpread' });
export type NetworkSpread = z.infer<typeof NetworkSpread>;
