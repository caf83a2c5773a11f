import type { Metric } from '#schemas/analysis.ts';
import type { MetricState } from '#schemas/verdict.ts';
import type { Finding } from './finding.ts';

/** What the outside metrics of a rollout say. Those that are only shown, or on trial, say nothing. */
export function judgeMetrics(states: readonly MetricState[], metrics: readonly Metric[]): Finding[] {
  return states.flatMap((state) => {
    const metric = metrics.find(({ name }) => name === state.name);
    return metric && state.role !== 'info' && !state.dry_run ? judgeMetric(state, metric) : [];
  });
}

function judgeMetric(state: MetricState, metric: Metric): Finding[] {
  const { name, role, failures, inconclusive, consecutive_errors: errors, successes, due, last } = state;
  const said = last && last.message !== '' ? ` Last: ${sentence(last.message)}` : '';
  const findings: Finding[] = [];
  if (failures > metric.failure_limit) {
    const message = `Metric ${name} failed ${timesOf(failures)}; ${metric.failure_limit} are borne.${said}`;
    findings.push(
      role === 'guardrail'
        ? { code: 'metric-failed', verdict: 'unhealthy', recommendation: 'roll-back', message }
        : { code: 'signal-failed', verdict: 'unhealthy', recommendation: 'pause', message },
    );
  }
  if (errors > metric.consecutive_error_limit) {
    const message = `The source of metric ${name} gave no answer ${timesOf(errors)} in a row.${said}`;
    findings.push({ code: 'metric-error', verdict: 'error', recommendation: 'pause', message });
  }
  const code = 'metric-inconclusive';
  if (inconclusive > metric.inconclusive_limit) {
    const message = `Metric ${name} was inconclusive ${timesOf(inconclusive)}; ${metric.inconclusive_limit} are borne.${said}`;
    findings.push({ code, verdict: 'inconclusive', recommendation: 'pause', message });
  } else if (due && (successes === 0 || last === null || last.value === null)) {
    const message =
      successes === 0
        ? `Metric ${name} has not been measured with success in this step yet.${said}`
        : `Metric ${name} cannot be told just now.${said}`;
    findings.push({ code, verdict: 'inconclusive', recommendation: 'hold', message });
  }
  return findings;
}

/** What was measured, or a source's own words, with a full stop: other reasons follow. */
const sentence = (message: string): string => (/[.!?…]$/.test(message) ? message : `${message}.`);

const timesOf = (count: number): string => (count === 1 ? 'once' : `${count} times`);
