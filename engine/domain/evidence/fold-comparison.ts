import type { OrderedComparison } from '#schemas/analysis.ts';
import { ORDERED_COMPARISONS } from '#schemas/analysis.ts';
import type { ComparisonState, HealthDelta } from '#schemas/health.ts';
import { type Batch, type RankFold, type Timed, foldRanks } from './fold-ranks.ts';
import { trialTable } from './trial-table.ts';
import { addToWindows } from './windows.ts';

const MS_PER_MINUTE = 60_000;

/** How long after a visitor's first exposure, from the end of its minute, a report is waited for before silence counts. */
export const GRACE_MS = 2 * MS_PER_MINUTE;

export const noComparison = (): ComparisonState => ({ periods: [], waiting: [], ranks: {} });

export type ComparisonFold = RankFold & { now: number };
type Waiting = ComparisonState['waiting'][number];

/** Folds deltas of all visitors, or of one segment, into what is compared. `note` is told of latencies. */
export function foldComparison(
  was: ComparisonState,
  deltas: readonly HealthDelta[],
  fold: ComparisonFold,
  note: (timed: Timed) => void,
): ComparisonState {
  const trials = trialTable(was.periods);
  const waiting = waitFor(was.waiting, deltas);
  for (const { period, arm, minute, exposed, failed } of deltas) {
    if (exposed + failed === 0) continue;
    const trial = trials.at(period, arm);
    trial.exposed += exposed;
    addToWindows(trial.failed, fold.openAt(minute), failed);
  }
  const stillWaiting: Waiting[] = [];
  for (const entry of waiting) {
    if (fold.now < (entry.minute + 1) * MS_PER_MINUTE + GRACE_MS) {
      stillWaiting.push(entry);
      continue;
    }
    // An answer to an exposure that was settled before comes too late: silence has been counted.
    if (entry.exposed === 0) continue;
    const open = fold.openAt(entry.minute);
    const trial = trials.at(entry.period, entry.arm);
    addToWindows(trial.settled, open, entry.exposed);
    addToWindows(trial.silent, open, Math.max(0, entry.exposed - entry.answered));
  }
  const ranks = { ...was.ranks };
  for (const metric of ORDERED_COMPARISONS) {
    const batches = batchesOf(deltas, metric);
    if (batches.length === 0) continue;
    ranks[metric] = foldRanks(ranks[metric], batches, fold, (timed) => {
      if (metric !== 'latency') return;
      const open = fold.openAt(timed.minute);
      const trial = trials.at(timed.period, timed.arm);
      addToWindows(trial.timed, open, timed.timed);
      addToWindows(trial.slow, open, timed.slow);
      if (open > 0) note(timed);
    });
  }
  return { periods: trials.toList(), waiting: stillWaiting, ranks };
}

/** What is waited for, by minute, period and arm. */
function waitFor(was: readonly Waiting[], deltas: readonly HealthDelta[]): Waiting[] {
  const entries = new Map<string, Waiting>();
  const add = ({ minute, period, arm, exposed, answered }: Waiting): void => {
    if (exposed + answered === 0) return;
    const key = `${minute} ${period} ${arm}`;
    const sum = entries.get(key);
    if (!sum) entries.set(key, { minute, period, arm, exposed, answered });
    else {
      sum.exposed += exposed;
      sum.answered += answered;
    }
  };
  was.forEach(add);
  deltas.forEach(add);
  return [...entries.values()];
}

/** First values by minute and period, ascending. */
function batchesOf(deltas: readonly HealthDelta[], metric: OrderedComparison): Batch[] {
  const batches = new Map<string, Batch>();
  for (const { minute, period, arm, values } of deltas) {
    const list = values[metric];
    if (!list || list.length === 0) continue;
    const key = `${minute} ${period}`;
    let batch = batches.get(key);
    if (!batch) batches.set(key, (batch = { minute, period, arms: new Map() }));
    const others = batch.arms.get(arm);
    batch.arms.set(arm, others ? [...others, ...list] : list);
  }
  return [...batches.values()].toSorted((a, b) => a.minute - b.minute || a.period - b.period);
}
