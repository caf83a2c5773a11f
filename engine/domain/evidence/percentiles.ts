import type { Percentiles } from '#schemas/health-points.ts';
import { valueOf } from './bins.ts';

/** Bins of a log scale and how many values fell into each. */
export type Sketch = readonly (readonly [bin: number, count: number])[];

/** Percentiles (nearest rank) of all values of these sketches, each to within 2 %; null: there are no values. */
export function percentilesOf(sketches: readonly Sketch[]): Percentiles | null {
  const counts = new Map<number, number>();
  for (const sketch of sketches) for (const [bin, count] of sketch) counts.set(bin, (counts.get(bin) ?? 0) + count);
  const bins = [...counts].toSorted(([a], [b]) => a - b);
  const samples = bins.reduce((sum, [, count]) => sum + count, 0);
  if (samples === 0) return null;
  const at = (share: number): number => {
    let below = 0;
    return valueOf(bins.find(([, count]) => (below += count) >= share * samples)![0]);
  };
  return { samples, p50: at(0.5), p75: at(0.75), p95: at(0.95) };
}
