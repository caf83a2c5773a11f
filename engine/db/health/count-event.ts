import { type OrderedComparison, ORDERED_COMPARISONS } from '#schemas/analysis.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { ArmHealth } from '#schemas/health.ts';
import { FAILURE_BITS, FIRSTS, KIND_BITS, type Mark, REPORT_BITS, expose, firstExposure, raise, see } from './mark.ts';
import type { DeltaSums } from './delta-sums.ts';

/** The bin of a log-scale sketch in which a value falls. */
export type BinOf = (value: number) => number;

/** An event with the names of its arm and segments as places in the lists of its stream. */
export type Sighting = Pick<HealthEvent, 'kind' | 'period' | 'value'> & { arm: number; segments: readonly number[]; minute: number };

/** What of the event concerns networks: `exposed` or `failed` for the first time in the rollout. */
export type NetworkNews = 'exposed' | 'failed' | null;

/**
 * Counts the event and marks the visitor, or returns 'duplicate' when the visitor has counted for its kind in this period
 * and arm. A report may come before the exposure that it belongs to: 'answered' is counted once both are known.
 */
export function countEvent(mark: Mark, event: Sighting, sums: DeltaSums, binOf: BinOf): NetworkNews | 'duplicate' {
  const { period, arm, minute, segments, kind } = event;
  const bit = KIND_BITS[kind];
  const before = see(mark, period, arm, bit);
  if ((before & bit) !== 0) return 'duplicate';
  const overall = sums.at(period, arm, minute);
  if (kind === 'exposure') {
    overall.health.exposures++;
    if (mark.first !== 0) return null;
    expose(mark, { minute, period, arm, segments: [...segments] });
    overall.exposed++;
    for (const segment of segments) sums.at(period, arm, minute, segment).exposed++;
    if ((mark.flags & FIRSTS.heard) !== 0) countAnswer(mark, sums);
    return 'exposed';
  }
  if ((before & REPORT_BITS) === 0) overall.health.visitors++;
  if ((bit & FAILURE_BITS) !== 0 && (before & FAILURE_BITS) === 0) overall.health.failed_visitors++;
  addToHealth(overall.health, event);
  if (raise(mark, FIRSTS.heard) && mark.first !== 0) countAnswer(mark, sums);
  if (isOrdered(kind) && event.value !== undefined && raise(mark, FIRSTS[kind])) {
    const bin = binOf(event.value);
    overall.addValue(kind, bin);
    for (const segment of segments) sums.at(period, arm, minute, segment).addValue(kind, bin);
  }
  if ((bit & FAILURE_BITS) === 0 || !raise(mark, FIRSTS.failed)) return null;
  overall.failed++;
  for (const segment of segments) sums.at(period, arm, minute, segment).failed++;
  return 'failed';
}

const ORDERED: ReadonlySet<string> = new Set(ORDERED_COMPARISONS);
const isOrdered = (kind: HealthEvent['kind']): kind is OrderedComparison => ORDERED.has(kind);

/** The visitor was exposed and has been heard of: it counts where and when the exposure was. */
function countAnswer(mark: Mark, sums: DeltaSums): void {
  const { period, arm, minute, segments } = firstExposure(mark);
  sums.at(period, arm, minute).answered++;
  for (const segment of segments) sums.at(period, arm, minute, segment).answered++;
}

/** A value that is missing was not measured. */
function addToHealth(health: ArmHealth, { kind, value }: Pick<Sighting, 'kind' | 'value'>): void {
  switch (kind) {
    case 'loaded':
      health.loaded++;
      break;
    case 'load_failed':
      health.load_failures++;
      break;
    case 'latency':
      if (value === undefined) break;
      health.latency_count++;
      health.latency_sum_ms += value;
      health.latency_sum_squares += value * value;
      break;
    case 'feedback':
      if (value === undefined) break;
      health.feedback_count++;
      health.feedback_sum += value;
      break;
    case 'goal': {
      const worth = value ?? 1;
      health.goals++;
      health.goal_sum += worth;
      health.goal_sum_squares += worth * worth;
      break;
    }
  }
}
