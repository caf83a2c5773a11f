import { RUN_ENDS, type SimulatedRuns } from '#schemas/simulation.ts';
import type { Run } from './simulate-rollout.ts';

const TIMELINE_POINTS = 24;

const ROUNDING = 1e-9; // 0.07 × 100 is a little more than 7

/** The quantile of values (0 ≤ q ≤ 1): the least one that a share of `q` of them does not exceed; null: there are none. */
export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length - ROUNDING) - 1)]!;
}

export function summariseRuns(runs: readonly Run[], horizonMinutes: number): SimulatedRuns {
  const ended = (end: Run['end']): Run[] => runs.filter((run) => run.end === end);
  const rolledBack = ended('rolled-back');
  const reasons: Record<string, number> = {};
  for (const { reason } of runs) reasons[reason.code] = (reasons[reason.code] ?? 0) + 1;
  return {
    runs: runs.length,
    ends: Object.fromEntries(RUN_ENDS.map((end) => [end, ended(end).length])) as SimulatedRuns['ends'],
    rolled_back_alone: rolledBack.filter(({ isAlone }) => isAlone).length,
    minutes_to_complete: spread(ended('completed').map(({ minutes }) => minutes)),
    minutes_to_rollback: spread(rolledBack.map(({ minutes }) => minutes)),
    exposed_at_rollback: spread(rolledBack.map(({ exposed }) => exposed)),
    reasons,
    timeline: timeline(runs, horizonMinutes),
  };
}

function spread(values: readonly number[]): { median: number; p95: number } | null {
  const median = quantile(values, 0.5);
  const p95 = quantile(values, 0.95);
  return median === null || p95 === null ? null : { median, p95 };
}

/** Up to the last run's end, or the horizon when some run was still held there. */
function timeline(runs: readonly Run[], horizonMinutes: number): SimulatedRuns['timeline'] {
  if (runs.length === 0) return [];
  const last = runs.some(({ end }) => end === 'held') ? horizonMinutes : runs.reduce((most, { minutes }) => Math.max(most, minutes), 0);
  return Array.from({ length: TIMELINE_POINTS }, (_, index) => {
    const minute = (last * (index + 1)) / TIMELINE_POINTS;
    const by = (wanted: Run['end']): number => runs.filter(({ end, minutes }) => end === wanted && minutes <= minute).length / runs.length;
    return { minute, completed: by('completed'), rolled_back: by('rolled-back'), paused: by('paused') };
  });
}
