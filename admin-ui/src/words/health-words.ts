import { counted } from '#schemas/counted.ts';
import type { Monitoring } from '#schemas/rollout.ts';
import type { ArmHealth, HealthPart, HealthPartName, Verdict } from '#schemas/verdict.ts';
import { formatMs, formatNumber, formatPercent } from './format.ts';

/** Health in the words of people. */

export const PART_WORDS: Record<HealthPartName, string> = {
  error_rate: 'Error rate',
  latency: 'Latency',
  throughput: 'Throughput',
  feedback: 'Feedback',
};

const MEASURED: Record<HealthPartName, (value: number) => string> = {
  error_rate: formatPercent,
  latency: formatMs,
  throughput: (value) => `${formatPercent(value)} of expected`,
  feedback: (value) => `${formatNumber(value)} of 100`,
};

export const measuredWords = (part: HealthPart): string | null => (part.measured === null ? null : MEASURED[part.name](part.measured));

/** Why a part is not there yet. */
export const MISSING_WORDS: Record<HealthPartName, (monitoring: Monitoring) => string> = {
  error_rate: () => 'no visitor has reported',
  latency: () => 'no visitor has reported it',
  throughput: ({ min_samples }) => `needs ${counted(min_samples, 'expected load')}, and a control to compare with`,
  feedback: ({ min_feedback_samples }) => `needs the feedback of ${counted(min_feedback_samples, 'visitor')}`,
};

export const VERDICT_WORDS: Record<Verdict['verdict'], string> = {
  healthy: 'Healthy',
  unhealthy: 'Unhealthy',
  inconclusive: 'Too early to tell',
  error: 'Health is not known',
};

export const errorRate = (arm: ArmHealth): number | null => (arm.visitors > 0 ? (100 * arm.failed_visitors) / arm.visitors : null);
export const meanLatency = (arm: ArmHealth): number | null => (arm.latency_count > 0 ? arm.latency_sum_ms / arm.latency_count : null);
export const meanFeedback = (arm: ArmHealth): number | null => (arm.feedback_count > 0 ? arm.feedback_sum / arm.feedback_count : null);
