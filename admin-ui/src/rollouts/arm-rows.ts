import type { Monitoring } from '#schemas/rollout.ts';
import type { ArmHealth } from '#schemas/verdict.ts';
import { formatMs, formatNumber, formatPercent } from '../words/format.ts';
import { errorRate, meanFeedback, meanLatency } from '../words/health-words.ts';

type Limit = { least?: string; most?: string; state: 'kept' | 'broken' | 'waiting' };
export type ArmRow = { name: string; arm: string; control: string; limit?: Limit };

const orDash = (value: number | null, format: (value: number) => string): string => (value === null ? '–' : format(value));

/** Each row of the comparison, with the limit that it is held to. Limits wait for as many samples as the judge does. */
export function armRows(arm: ArmHealth, control: ArmHealth, monitoring: Monitoring): ArmRow[] {
  const row = (name: string, read: (health: ArmHealth) => number | null, format = formatNumber, limit?: Limit): ArmRow => ({
    name,
    arm: orDash(read(arm), format),
    control: orDash(read(control), format),
    ...(limit ? { limit } : {}),
  });
  const { min_samples: samples, max_error_rate: maxErrors, min_feedback: minFeedback, min_feedback_samples: feedbackSamples } = monitoring;
  const judged = (bound: Pick<Limit, 'least' | 'most'>, isEnough: boolean, isKept: boolean): Limit => ({
    ...bound,
    state: !isEnough ? 'waiting' : isKept ? 'kept' : 'broken',
  });
  const isEnough = arm.visitors >= samples;
  return [
    row('Exposures', (health) => health.exposures),
    row('Visitors who reported', (health) => health.visitors, formatNumber, judged({ least: formatNumber(samples) }, isEnough, isEnough)),
    row('Loaded', (health) => health.loaded),
    row('Load failures', (health) => health.load_failures),
    row('Visitors with errors', (health) => health.failed_visitors),
    row('Error rate', errorRate, formatPercent, judged({ most: formatPercent(maxErrors) }, isEnough, (errorRate(arm) ?? 0) <= maxErrors)),
    row('Mean latency', meanLatency, formatMs),
    row(
      'Mean feedback',
      meanFeedback,
      formatNumber,
      judged({ least: formatNumber(minFeedback) }, arm.feedback_count >= feedbackSamples, (meanFeedback(arm) ?? 0) >= minFeedback),
    ),
  ];
}
