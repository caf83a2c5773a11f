import type { MetricState } from '#schemas/verdict.ts';

/** What the outside metrics of a rollout came to, a line for each. */
export const metricLines = (metrics: readonly MetricState[]): string[] => metrics.map((metric) => `  metric ${metricWords(metric)}`);

function metricWords({ name, role, dry_run: isDry, due, last, ...counts }: MetricState): string {
  const title = `${name} (${role}${isDry ? ', on trial' : ''})`;
  if (!last) return `${title}: ${due ? 'not measured yet' : 'warming up'}${countWords(counts)}`;
  return `${title}: ${last.message || 'measured'}${countWords(counts)}`;
}

function countWords({
  successes,
  failures,
  inconclusive,
  errors,
}: Pick<MetricState, 'successes' | 'failures' | 'inconclusive' | 'errors'>): string {
  const counts: [number, string][] = [
    [successes, 'good'],
    [failures, 'failed'],
    [inconclusive, 'inconclusive'],
    [errors, 'without an answer'],
  ];
  const said = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}
