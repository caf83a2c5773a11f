import { hasEnded } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { armWords } from '../words/arm-words.ts';
import { LAST_RECOMMENDATION_WORDS, RECOMMENDATION_WORDS } from '../words/evidence-words.ts';
import { axisOf, comparisonGroups } from './comparison-groups.ts';
import { ComparisonsTable } from './comparisons-table.tsx';
import { EvidenceSummary } from './evidence-summary.tsx';
import { MetricsTable } from './metrics-table.tsx';
import { SampleRatio } from './sample-ratio.tsx';

/** Everything that a verdict rests on. */
export function EvidenceView({ rollout, verdict }: { rollout: Rollout; verdict: Verdict }) {
  const { evidence, observed } = verdict;
  const groups = comparisonGroups(evidence);
  const most = axisOf(evidence);
  const isOver = hasEnded(rollout);
  const hasArms = rollout.strategy === 'ab_test';
  return (
    <section className="card evidence" aria-labelledby="evidence-heading" data-testid="evidence">
      <h3 id="evidence-heading">Evidence</h3>
      <p>{(isOver ? LAST_RECOMMENDATION_WORDS : RECOMMENDATION_WORDS)[verdict.recommendation]}</p>
      {isOver && verdict.recommendation === 'roll-back' && !verdict.reasons.some(({ code }) => code === 'worse-than-control') && (
        <p className="muted">A limit or an outside metric asked for that, and not the comparison with the control.</p>
      )}
      <EvidenceSummary rollout={rollout} verdict={verdict} />
      {groups.map(({ arm, segment, comparisons }) => (
        <ComparisonsTable
          key={JSON.stringify([arm, segment])}
          caption={[hasArms && armWords(arm, rollout), segment === undefined ? 'All visitors' : `Segment ${segment}`]
            .filter(Boolean)
            .join(', ')}
          arm={armWords(arm, rollout)}
          control={armWords(observed.control, rollout)}
          comparisons={comparisons}
          threshold={evidence.threshold}
          most={most}
          isOver={isOver}
        />
      ))}
      {groups.length > 0 && (
        <p className="muted">
          Samples are visitors, each counted once, by first outcome. The dashed line is the risk that the step {isOver ? 'had to' : 'must'}{' '}
          rule out. The interval holds whenever one looks.
        </p>
      )}
      {groups.length > 0 && <SampleRatio rollout={rollout} verdict={verdict} />}
      {observed.metrics.length > 0 && <MetricsTable states={observed.metrics} metrics={rollout.analysis?.metrics ?? []} />}
    </section>
  );
}
