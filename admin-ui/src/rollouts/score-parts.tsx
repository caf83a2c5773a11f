import { counted } from '#schemas/counted.ts';
import type { Monitoring } from '#schemas/rollout.ts';
import type { HealthPart, HealthScore } from '#schemas/verdict.ts';
import { formatNumber, formatPercent } from '../words/format.ts';
import { MISSING_WORDS, PART_WORDS, measuredWords } from '../words/health-words.ts';

export const ScoreParts = ({ score, monitoring }: { score: HealthScore; monitoring: Monitoring }) => (
  <table className="parts">
    <caption className="visually-hidden">What the health score is made of</caption>
    <thead>
      <tr>
        <th scope="col">Part</th>
        <th scope="col">Measured</th>
        <th scope="col" className="number">
          Score
        </th>
        <th scope="col" className="number">
          Weight
        </th>
      </tr>
    </thead>
    <tbody>
      {score.parts.map((part) => (
        <Part key={part.name} part={part} monitoring={monitoring} />
      ))}
    </tbody>
  </table>
);

function Part({ part, monitoring }: { part: HealthPart; monitoring: Monitoring }) {
  const measured = measuredWords(part);
  if (measured === null || part.score === null) {
    return (
      <tr data-part={part.name} data-missing="true">
        <th scope="row">{PART_WORDS[part.name]}</th>
        <td colSpan={3} className="muted">
          not measured yet, left out of the score
          <span className="why">{MISSING_WORDS[part.name](monitoring)}</span>
        </td>
      </tr>
    );
  }
  return (
    <tr data-part={part.name}>
      <th scope="row">{PART_WORDS[part.name]}</th>
      <td>
        {measured}
        <span className="why">{counted(part.samples, 'visitor')}</span>
      </td>
      <td className="number">
        <span className="part-score">{formatNumber(part.score)}</span>
        <span className="share slim" aria-hidden="true">
          <span style={{ width: `${part.score}%` }} />
        </span>
      </td>
      <td className="number">{formatPercent(Math.round(part.weight * 100))}</td>
    </tr>
  );
}
