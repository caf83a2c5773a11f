import type { Analysis } from '#schemas/analysis.ts';
import type { HealthDelta, HealthState } from '#schemas/health.ts';
import { controlOf } from '../experiment.ts';
import { addHealth, NO_HEALTH } from './arm-health.ts';
import { type MinuteCount, foldCalm, noCalm } from './calm-minutes.ts';
import { type ComparedRollout, analysisOf, beginningOf, rivalsOf } from './compared-rollout.ts';
import { type ComparisonFold, foldComparison, noComparison } from './fold-comparison.ts';
import { ByPeriodAndArm, trialTable } from './trial-table.ts';
import { openWindows, windowOpenings } from './windows.ts';

export const noHealthState = (): HealthState => ({
  folded_through: 0,
  since: 0,
  health: [],
  overall: noComparison(),
  segments: {},
  calm: noCalm(),
});

/**
 * Adds what deltas counted to what was folded before; those that are in it already change nothing. Sums do not depend on the order
 * of deltas or on how they were grouped. What depends on time does: a report after its grace is too late, ranks are among
 * the values so far. `now` in epoch ms.
 */
export function foldHealth(
  state: HealthState | null,
  deltas: readonly (HealthDelta & { id: number })[],
  rollout: ComparedRollout,
  now: number,
): HealthState {
  const was = sinceRestart(state ?? noHealthState(), rollout);
  const news = deltas.filter(({ id }) => id > was.folded_through);
  const compared = news.filter(({ period }) => period >= was.since);
  const analysis = analysisOf(rollout);
  const fold = foldOf(rollout, analysis, now);
  const minutes: MinuteCount[] = compared
    .filter(({ segment, failed, exposed }) => segment === '' && failed + exposed > 0)
    .map(({ minute, period, arm, exposed, failed }) => ({ minute, period, arm, exposed, failed, slow: 0 }));
  const overall = foldComparison(was.overall, ofSegment(compared, ''), fold, ({ minute, period, arm, slow }) => {
    if (slow > 0) minutes.push({ minute, period, arm, slow, exposed: 0, failed: 0 });
  });
  const trials = trialTable(overall.periods);
  const calm = foldCalm(was.calm, minutes, fold.control, now, ({ minute, period, arm, failed, slow }) => {
    if (fold.openAt(minute) === 0) return;
    const trial = trials.at(period, arm);
    trial.calm_failed += failed;
    trial.calm_slow += slow;
  });
  const segments = Object.fromEntries(
    analysis.segments.map((name) => [
      name,
      foldComparison(was.segments[name] ?? noComparison(), ofSegment(compared, name), fold, () => {}),
    ]),
  );
  return {
    folded_through: news.reduce((last, { id }) => Math.max(last, id), was.folded_through),
    since: was.since,
    health: sumHealth(was.health, news),
    overall: { ...overall, periods: trials.toList() },
    segments,
    calm,
  };
}

const ofSegment = <T extends HealthDelta>(deltas: readonly T[], name: string): T[] => deltas.filter(({ segment }) => segment === name);

function foldOf(rollout: ComparedRollout, analysis: Analysis, now: number): ComparisonFold {
  const openings = windowOpenings({ started_at: beginningOf(rollout).at, warm_up: analysis.warm_up });
  return {
    now,
    control: controlOf(rollout),
    margin: analysis.margin,
    rivalsOf: (period) => rivalsOf(rollout, period),
    openAt: (minute) => openWindows(openings, minute),
  };
}

/** After a restart nothing from before it is evidence; the sums of health stay. */
function sinceRestart(state: HealthState, rollout: ComparedRollout): HealthState {
  const since = beginningOf(rollout).period;
  return state.since >= since ? state : { ...noHealthState(), folded_through: state.folded_through, health: state.health, since };
}

function sumHealth(was: HealthState['health'], deltas: readonly HealthDelta[]): HealthState['health'] {
  const sums = new ByPeriodAndArm(
    was,
    () => ({ ...NO_HEALTH }),
    (health) => ({ ...health }),
  );
  for (const { period, arm, segment, health } of deltas) {
    if (segment === '') addHealth(sums.at(period, arm), health);
  }
  return sums.toList();
}
