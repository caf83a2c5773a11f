import type { OrderedComparison } from '#schemas/analysis.ts';
import type { RolloutHealth } from '#schemas/health-points.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { formatMs, formatPercent } from '../words/format.ts';
import { type Read, ceilingOf } from './chart-geometry.ts';

/** What is drawn, each in a chart of its own. */
export type ChartKind = { id: string; title: string; read: Read; format: (value: number) => string; limit?: number };

const shift = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 3 });
const formatShift = (value: number): string => shift.format(value);

/** Metrics that are kept with percentiles, in the words of who reads charts. */
export const SPEED_WORDS: Record<OrderedComparison, { name: string; format: (value: number) => string }> = {
  latency: { name: 'Latency', format: formatMs },
  lcp: { name: 'Largest paint (LCP)', format: formatMs },
  inp: { name: 'Answer to a click (INP)', format: formatMs },
  cls: { name: 'Layout shift (CLS)', format: formatShift },
};

export const SPEEDS = Object.keys(SPEED_WORDS) as OrderedComparison[];

/** Errors and latency always, web vitals where browsers reported them. */
export function chartKinds(health: RolloutHealth, { monitoring }: Pick<Rollout, 'monitoring'>): ChartKind[] {
  const speeds = SPEEDS.map((metric) => ({
    id: metric,
    title: `${SPEED_WORDS[metric].name}, p75`,
    read: ((point) => point[metric]?.p75 ?? null) satisfies Read,
    format: SPEED_WORDS[metric].format,
  }));
  return [
    { id: 'errors', title: 'Error rate', read: (point) => point.error_rate, format: formatPercent, limit: monitoring.max_error_rate },
    ...speeds.filter(({ id, read }) => id === 'latency' || ceilingOf(health.points, read) !== null),
  ];
}
