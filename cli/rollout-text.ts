import {
  askedBecause,
  asksForSomebody,
  audienceWords,
  criteriaAt,
  gateOf,
  hasBegun,
  hasEnded,
  isWaiting,
  partOf,
} from '#schemas/rollout-reading.ts';
import type { ReplayedDecision, RolloutEnding, RolloutView } from '#schemas/rollout-view.ts';
import type { Rollout, RolloutStep } from '#schemas/rollout.ts';
import type { ArmHealth, HealthScore, Verdict } from '#schemas/verdict.ts';
import { duration, percent, table } from './format.ts';
import { metricLines } from './metric-words.ts';
import { testLines } from './test-words.ts';

/** A rollout, and what was decided over it, for people on a terminal. */

function health(score: HealthScore): string {
  const parts = score.parts
    .filter((part) => part.score !== null)
    .map((part) => `${part.name.replace('_', ' ')} ${Math.round(part.score!)}`)
    .join(', ');
  const missing = score.missing.length > 0 ? `; not measured: ${score.missing.join(', ').replaceAll('_', ' ')}` : '';
  return score.value === null ? 'no health measured yet' : `health ${Math.round(score.value)} of 100 (scores: ${parts}${missing})`;
}

function arm(name: string, counts: ArmHealth): string[] {
  const rate = counts.visitors > 0 ? percent((100 * counts.failed_visitors) / counts.visitors) : '–';
  const latency = counts.latency_count > 0 ? `${Math.round(counts.latency_sum_ms / counts.latency_count)} ms` : '–';
  const feedback = counts.feedback_count > 0 ? Math.round(counts.feedback_sum / counts.feedback_count).toString() : '–';
  return [name, String(counts.exposures), String(counts.visitors), String(counts.failed_visitors), rate, latency, feedback];
}

/** How long the step still takes and what ends it; nothing while no time runs. */
function clockWords({ rollout, step_ends_at: endsAt, now }: RolloutView): string {
  if (endsAt === null) return '';
  const gate = gateOf(rollout);
  if (gate === 'test') return `  ${testWords(rollout)}`;
  if (endsAt > now)
    return `  step ends in ${duration(endsAt - now)}${gate === 'manual' ? ', then it waits for a person to promote it' : ''}`;
  return `  the time is up, ${gate === 'manual' ? 'it waits for a person to promote it' : 'held until the gate opens'}`;
}

function testWords({ proposal, experiment }: Rollout): string {
  if (proposal) return `a person is to promote ${proposal.variant}, or another variant`;
  return experiment?.horizon.kind === 'fixed' ? 'decided at its horizon' : 'decided as soon as it is certain';
}

/** What it waits for, and what has been done of it. */
function waitingLines({ rollout, frozen, frozen_until: until, now }: RolloutView): string[] {
  const lines: string[] = [];
  const { start_at: startAt = 0, after = [], approvals = [], approvals_needed: needed } = rollout;
  if (isWaiting(rollout)) {
    if (startAt > now) lines.push(`  starts at ${new Date(startAt).toISOString()}`);
    if (after.length > 0) lines.push(`  comes after ${after.join(', ')}`);
    if (needed !== undefined) lines.push(`  approved by ${approvals.map(({ by }) => by).join(', ') || 'nobody'}, ${needed} needed`);
  }
  if (frozen !== undefined)
    lines.push(`  no step is taken in the freeze ${frozen}${until === undefined ? '' : `, until ${new Date(until).toISOString()}`}`);
  return lines;
}

/** `25 %`, or `25 % of visitors in KR` for a rollout with criteria; of a variant, its own share. */
export function shareWords({ rollout, config: { percentage } }: RolloutView, variant?: { weight: number }): string {
  const share = percent(variant ? partOf(percentage, variant, rollout.experiment!.variants) : percentage);
  return asksForSomebody(criteriaAt(rollout)) ? `${share} of ${audienceWords(rollout.criteria)}` : share;
}

/** Whom a rollout with criteria is for; nothing for one that is for everybody. */
function audienceLines(view: RolloutView): string[] {
  const { rollout } = view;
  if (!asksForSomebody(rollout.criteria)) return [];
  if (isWaiting(rollout)) return [`  It is for ${audienceWords(rollout.criteria)}.`];
  if (rollout.ended_at === undefined && !asksForSomebody(criteriaAt(rollout)))
    return [`  Began with ${audienceWords(rollout.criteria)}; now for everyone.`];
  if (rollout.ended_at !== undefined) return [`  It was for ${audienceWords(rollout.criteria)}.`];
  return [`  ${shareWords(view)}. All other visitors keep what they have.`];
}

/** How each arm compares, in numbers; nothing while nothing was compared. */
function evidenceLines({ evidence }: Verdict): string[] {
  if (evidence.comparisons.length === 0) return [];
  const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));
  const rows = evidence.comparisons.map((one) => [
    `${one.arm} ${one.metric}${one.segment === undefined ? '' : ` (${one.segment})`}`,
    one.relative_risk === null ? '–' : `${number(one.relative_risk)} ×`,
    one.interval === null ? '–' : one.interval.map(number).join(' … '),
    `${number(one.e_value)} of ${number(evidence.threshold)}`,
    one.excluded_risk === null ? '–' : `${one.excluded_risk} × ${Math.floor(100 * Math.max(0, one.excluded ?? 0))} %`,
    one.samples_needed === null ? '–' : String(one.samples_needed),
  ]);
  const head = ['compared', 'as often', 'surely', 'evidence against it', 'ruled out', 'visitors needed'];
  return [table([head, ...rows]).replaceAll(/^/gm, '  ')];
}

/** The engine's decisions, judged again. */
export function replayText(decisions: readonly ReplayedDecision[]): string {
  if (decisions.length === 0) return 'The engine took no decision over it by itself.';
  return decisions
    .map(({ revision, at, state, stored, judged, same }) => {
      const reasons = stored.reasons.map(({ message }) => message).join(' ');
      const now = same ? 'the same today' : `today: ${judged.verdict}, ${judged.reasons.map(({ code }) => code).join(', ')}`;
      return `revision ${revision}  ${new Date(at).toISOString()}  ${state}  ${stored.verdict}: ${reasons}\n  ${now}`;
    })
    .join('\n');
}

/** `[25 %]` is where it stands, or ended; how long each takes is told where they differ. */
function stepWords({ steps }: Rollout, { percentage, duration: minutes }: RolloutStep, isCurrent: boolean): string {
  const share = isCurrent ? `[${percentage} %]` : `${percentage} %`;
  return steps.every((step) => step.duration === minutes) ? share : `${share} for ${duration(minutes * 60_000)}`;
}

/** What was seen of it, and what it rests on. */
function verdictLines(verdict: Verdict): string[] {
  const { arms, control, metrics } = verdict.observed;
  const names = [...Object.keys(arms).filter((name) => name !== control), control];
  const rows = [
    ['arm', 'exposed', 'reported', 'with errors', 'rate', 'latency', 'feedback'],
    ...names.flatMap((name) => (arms[name] ? [arm(name, arms[name])] : [])),
  ];
  return [
    `  ${verdict.verdict}: ${verdict.reasons.map((reason) => reason.message).join(' ')}`,
    `  ${health(verdict.score)}`,
    table(rows).replaceAll(/^/gm, '  '),
    ...evidenceLines(verdict),
    ...(verdict.test ? testLines(verdict.test) : []),
    ...metricLines(metrics),
  ];
}

/** Who ended it, and how it looked then. */
function endingLines({ revision, at, actor, verdict }: RolloutEnding): string[] {
  const by = revision === null ? ', in a revision that is not kept any more' : ` by ${actor}, revision ${revision}`;
  const ended = `  Ended at ${new Date(at).toISOString()}${by}.`;
  return verdict ? [`${ended} Just before:`, ...verdictLines(verdict)] : [ended];
}

/** What its end brought everyone then. */
function broughtLines(rollout: Rollout): string[] {
  if (!hasEnded(rollout)) return [];
  const { state, targets, promoted } = rollout;
  const units = (side: 'from' | 'to'): string =>
    Object.values(targets)
      .map((target) => target[side])
      .join(' ');
  if (!hasBegun(rollout)) return ['  It never began.'];
  if (state !== 'completed') return [`  With its end everyone got ${units('from')} again.`];
  return [`  With its end everyone got ${units('to')}${promoted === undefined ? '' : ` (${promoted})`}.`];
}

/** A rollout for a terminal; of one that has ended, `ending` says how. */
export function rolloutText(view: RolloutView, ending?: RolloutEnding): string {
  const { rollout, verdict } = view;
  const asked = askedBecause(rollout);
  const moves = rollout.experiment
    ? rollout.experiment.variants.map(({ name, units }) => `${name}: ${Object.values(units).join(' ') || 'stable'}`)
    : Object.entries(rollout.targets).map(([building, { from, to }]) => `${building}: ${from} → ${to}`);
  const steps = rollout.steps.map((step, index) => stepWords(rollout, step, index === rollout.step && hasBegun(rollout))).join(' → ');
  return [
    `${rollout.id}  ${rollout.state}  ${moves.join(', ')}`,
    `  ${steps}${clockWords(view)}`,
    ...audienceLines(view),
    ...waitingLines(view),
    ...(rollout.undone_at === undefined
      ? []
      : [`  Undone at ${new Date(rollout.undone_at).toISOString()}: visitors were taken back after it had completed.`]),
    `  Latest reason: ${rollout.state_reason}`,
    ...(asked === undefined ? [] : [`  Asked for because: ${asked}`]),
    ...broughtLines(rollout),
    ...(verdict ? verdictLines(verdict) : []),
    ...(ending ? endingLines(ending) : []),
  ].join('\n');
}
