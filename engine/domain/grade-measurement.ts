import type { Metric, Threshold } from '#schemas/analysis.ts';
import type { MetricAnswer, MetricGrade, MetricTally } from '#schemas/measurement.ts';
import { oneLine } from '#schemas/one-line.ts';

export const NO_TALLY: MetricTally = Object.freeze({ successes: 0, failures: 0, inconclusive: 0, errors: 0, consecutive_errors: 0 });

export type GradedAnswer = { grade: MetricGrade; value: number | null; message: string };

const MESSAGE_LENGTH = 300;

/** What the answer means for the metric. A value that meets both thresholds is a failure. */
export function gradeMeasurement(
  { success, failure, role }: Pick<Metric, 'success' | 'failure' | 'role'>,
  answer: MetricAnswer,
): GradedAnswer {
  if (answer.outcome !== 'value') return { grade: answer.outcome, value: null, message: oneLine(answer.reason, MESSAGE_LENGTH) };
  const { value } = answer;
  if (!Number.isFinite(value)) return { grade: 'inconclusive', value: null, message: `${value} is no measurement` };
  const graded = (grade: MetricGrade, why: string): GradedAnswer => ({ grade, value, message: `${short(value)}${why}` });
  if (failure && meets(failure, value)) return graded('failure', `, which is ${words(failure)}`);
  if (success && meets(success, value)) return graded('success', `, which is ${words(success)}`);
  if (success && failure) return graded('inconclusive', `, neither ${words(success)} nor ${words(failure)}`);
  if (success) return graded('failure', `, which is not ${words(success)}`);
  if (failure) return graded('success', `, which is not ${words(failure)}`);
  // Only what is merely shown may come without thresholds.
  return graded(role === 'info' ? 'success' : 'inconclusive', '');
}

function meets({ lt, lte, gt, gte }: Threshold, value: number): boolean {
  return (
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte) &&
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte)
  );
}

const SIGNS = { gt: '>', gte: '≥', lt: '<', lte: '≤' } as const;

const words = (threshold: Threshold): string =>
  Object.entries(SIGNS)
    .flatMap(([name, sign]) => (threshold[name as keyof Threshold] === undefined ? [] : [`${sign} ${threshold[name as keyof Threshold]}`]))
    .join(' and ');

const short = (value: number): string => String(Number(value.toPrecision(6)));

const COUNTED = { success: 'successes', failure: 'failures', inconclusive: 'inconclusive', error: 'errors' } as const;

/** The tally with one more measurement. Any answer ends a row of errors. */
export function addToTally(tally: MetricTally, grade: MetricGrade): MetricTally {
  const name = COUNTED[grade];
  return { ...tally, [name]: tally[name] + 1, consecutive_errors: grade === 'error' ? tally.consecutive_errors + 1 : 0 };
}
