import type { HealthPart, HealthPartName, HealthScore } from '#schemas/verdict.ts';

const WEIGHTS: Record<HealthPartName, number> = { error_rate: 0.4, latency: 0.3, throughput: 0.2, feedback: 0.1 };

export type Measurement = { measured: number; samples: number };

/** What was measured; null where nothing was. */
export type Measurements = {
  /** Percent of visitors with an error, 0…100. */
  error_rate: Measurement | null;
  /** Mean milliseconds from the start of loading to mounted. */
  latency: Measurement | null;
  /** Percent of the baseline throughput. */
  throughput: Measurement | null;
  /** Mean feedback, 0…100. */
  feedback: Measurement | null;
};

const SCORES: Record<HealthPartName, (measured: number) => number> = {
  error_rate: (percent) => 100 - percent * 10,
  latency: (ms) => 100 - (ms - 100) / 10,
  throughput: (percentOfBaseline) => percentOfBaseline,
  feedback: (mean) => mean,
};

const clamp = (value: number): number => Math.min(100, Math.max(0, value));

/**
 * The health score, 0…100 (the product's definition): 0.4·(100 − errorRate%·10) + 0.3·(100 − (avgLatencyMs − 100)/10)
 * + 0.2·(throughput/baseline·100) + 0.1·feedback, every part clamped to 0…100. A part that was not measured, or whose
 * measurement is not a finite number, is named in `missing` and left out; the other weights are scaled to sum to 1.
 */
export function healthScore(measurements: Measurements): HealthScore {
  const names = Object.keys(WEIGHTS) as HealthPartName[];
  const present = names.filter((name) => measurements[name] !== null && Number.isFinite(measurements[name].measured));
  const total = present.reduce((sum, name) => sum + WEIGHTS[name], 0);
  const parts = names.map((name): HealthPart => {
    const measurement = present.includes(name) ? measurements[name] : null;
    if (!measurement) return { name, weight: 0, measured: null, score: null, samples: measurements[name]?.samples ?? 0 };
    const score = clamp(SCORES[name](measurement.measured));
    return { name, weight: WEIGHTS[name] / total, measured: measurement.measured, score, samples: measurement.samples };
  });
  const value = present.length === 0 ? null : clamp(parts.reduce((sum, part) => sum + part.weight * (part.score ?? 0), 0));
  return { value, parts, missing: names.filter((name) => !present.includes(name)) };
}
