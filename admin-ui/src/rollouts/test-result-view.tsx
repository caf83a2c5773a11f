import type { TestResult } from '#schemas/experiment.ts';
import type { Rollout } from '#schemas/rollout.ts';
import { GOAL_WORDS, OUTCOME_WORDS, differenceWords, goalValueWords, isMoreBetter } from '#schemas/test-words.ts';
import { DifferenceChart } from '../evidence/difference-chart.tsx';
import { Badge } from '../parts/badge.tsx';
import { formatNumber } from '../words/format.ts';
import { armUnits } from '../words/rollout-words.ts';

const TONES = { undecided: 'wait', winner: 'good', 'no-difference': 'calm' } as const;

/** How an A/B test stands, or stood when it was decided: each variant beside the control. */
export function TestResultView({ rollout, result }: { rollout: Rollout; result: TestResult }) {
  const { goal, control, outcome, message, variants } = result;
  const most = Math.max(...variants.flatMap(({ interval, difference }) => [...(interval ?? []), difference ?? 0].map(Math.abs)), 1e-9);
  return (
    <div className="test-result" data-testid="test-result" data-outcome={outcome}>
      <p>
        <Badge tone={TONES[outcome]}>{OUTCOME_WORDS[outcome]}</Badge> {message}
      </p>
      <table className="evidence-table">
        <caption>
          Variants, by {GOAL_WORDS[goal]} <span className="why">{isMoreBetter(goal) ? 'more' : 'less'} is better</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Variant</th>
            <th scope="col" className="number">
              Visitors
            </th>
            <th scope="col" className="number">
              Value
            </th>
            <th scope="col">Difference to {control}</th>
          </tr>
        </thead>
        <tbody>
          {variants.map(({ variant, visitors, value, difference, interval }) => (
            <tr key={variant} data-variant={variant}>
              <th scope="row">
                {variant} {result.winner === variant && <Badge tone="good">winner</Badge>}
                <span className="why">{armUnits(rollout, variant).join(', ')}</span>
              </th>
              <td className="number" data-label="Visitors">
                {formatNumber(visitors)}
              </td>
              <td className="number" data-label="Value">
                {value === null ? '–' : goalValueWords(goal, value)}
              </td>
              <td className="risk">
                {variant === control && <span className="muted">it is the control</span>}
                {variant !== control && difference === null && <span className="muted">nothing to compare yet</span>}
                {difference !== null && (
                  <>
                    <DifferenceChart difference={difference} interval={interval} most={most} isMoreBetter={isMoreBetter(goal)} />
                    <strong>{differenceWords(goal, difference)}</strong>{' '}
                    {interval && (
                      <span className="why">
                        between {differenceWords(goal, interval[0])} and {differenceWords(goal, interval[1])}
                      </span>
                    )}
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
