import type { Monitoring } from '#schemas/rollout.ts';
import type { ArmHealth } from '#schemas/health.ts';
import { formatMs, formatNumber, formatPercent } from '../words/format.ts';
import { errorRate, meanFeedback, meanLatency } from '../words/health-words.ts';

type Limit = { least?: string; most?: string; state: 'kept' | 'broken' | 'waiting' };
export type ArmRow = { name: string; values: string[]; limit?: Limit };

const WORST = { broken: 0, waiting: 1, kept: 2 } as const;

const orDash = (value: number | null, format: (value: number) => string): string => (value === null ? '–' : format(value));

/**
 * Each row of the table: a value for each tried arm and then the control's, and the limit that the tried arms are held to.
 * Limits wait for as many samples as the judge does; of several arms the one furthest from keeping it is told.
 */
export function armRows(tried: readonly ArmHealth[], control: ArmHealth, monitoring: Monitoring): ArmRow[] {
  const row = (
    name: string,
    read: (health: ArmHealth) => number | null,
    format = formatNumber,
    limitOf?: (health: ArmHealth) => Limit,
  ): ArmRow => {
    const limits = limitOf ? tried.map(limitOf).toSorted((a, b) => WORST[a.state] - WORST[b.state]) : [];
    return {
      name,
      values: [...tried, control].map((health) => orDash(read(health), format)),
      ...(limits[0] ? { limit: limits[0] } : {}),
    };
  };
  const { min_samples: samples, max_error_rate: maxErrors, min_feedback: minFeedback, min_feedback_samples: feedbackSamples } = monitoring;
  const judged = (bound: Pick<Limit, 'least' | 'most'>, isEnough: boolean, isKept: boolean): Limit => ({
    ...bound,
    state: !isEnough ? 'waiting' : isKept ? 'kept' : 'broken',
  });
  const isEnough = (arm: ArmHealth): boolean => arm.visitors >= samples;
  return [
    row('Exposures', (health) => health.exposures),
    row(
      'Visitors who reported',
      (health) => health.visitors,
      formatNumber,
      (arm) => judged({ least: formatNumber(samples) }, isEnough(arm), isEnough(arm)),
    ),
    row('Loaded', (health) => health.loaded),
    row('Load failures', (health) => health.load_failures),
    row('Visitors with errors', (health) => health.failed_visitors),
    row('Error rate', errorRate, formatPercent, (arm) =>
      judged({ most: formatPercent(maxErrors) }, isEnough(arm), (errorRate(arm) ?? 0) <= maxErrors),
    ),
    row('Mean latency', meanLatency, formatMs),
    row('Mean feedback', meanFeedback, formatNumber, (arm) =>
      judged({ least: formatNumber(minFeedback) }, arm.feedback_count >= feedbackSamples, (meanFeedback(arm) ?? 0) >= minFeedback),
    ),
  ];
}
