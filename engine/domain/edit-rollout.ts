import { Analysis } from '#schemas/analysis.ts';
import type { CommandOf } from '#schemas/command.ts';
import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import { isLive } from '#schemas/rollout-reading.ts';
import type { Rollout, RolloutEdit, RolloutStep } from '#schemas/rollout.ts';
import { gateAvoided, keeperOf } from './gate-roles.ts';
import { rangeOf } from './place-in-layer.ts';
import type { Circumstances } from './rollout-machine.ts';
import { stepFaults, timeFaults } from './step-faults.ts';

/**
 * The rollout with the changes, or all that stands against them; fault paths point into the command. What visitors were
 * given, and what is counted already, stays as it was. Whoever changes a plan that waits asks for its approvals again, of
 * others; and a gate that is kept for a role stays, unless somebody of that role changes it.
 */
export function editRollout(
  rollout: Rollout,
  { changes, reason }: CommandOf<'edit-rollout'>,
  { actor, role, now }: Circumstances,
): Rollout | Problem {
  if (isLive(rollout) && rollout.approvals_needed !== undefined) {
    return problem('rollout-state', `Rollout ${rollout.id} was approved as it is. Abort it and start another one to change it.`);
  }
  const next = withChanges(rollout, changes);
  const faults = [
    ...pastFaults(rollout, changes),
    ...stepFaults(next.steps, next),
    ...(isLive(rollout) ? [] : timeFaults(changes.start_at, now, 'give the time of now')),
  ].map(({ path, message }) => ({
    path: `/changes${path}`,
    message,
  }));
  if (faults.length > 0) return problem('unprocessable', 'The rollout cannot be changed so.', faults);
  const gate = gateAvoided(rollout.steps, next.steps, rollout.step, role);
  if (gate) {
    const detail = `Only ${keeperOf(gate)} may take away the gate of rollout ${rollout.id} at ${gate.percentage} %; ${actor} is none.`;
    return problem('forbidden', detail);
  }
  if (JSON.stringify(next) === JSON.stringify(rollout)) return rollout;
  const isUnapproved = rollout.approvals !== undefined;
  return {
    ...next,
    ...(isUnapproved ? { approvals: [], edited_by: actor } : {}),
    state_reason: reason ?? `Changed by a person: ${namesOf(changes)}.`,
  };
}

const namesOf = (changes: RolloutEdit): string => Object.keys(changes).join(', ').replaceAll('_', ' ');

function withChanges(rollout: Rollout, changes: RolloutEdit): Rollout {
  const { progress_deadline: deadline, steps, monitoring, analysis, on_deadline: onDeadline, start_at: startAt } = changes;
  const next = {
    ...rollout,
    ...(steps ? { steps } : {}),
    ...(monitoring ? { monitoring: merged(rollout.monitoring, monitoring) } : {}),
    ...(analysis ? { analysis: merged(rollout.analysis ?? Analysis.parse({}), analysis) } : {}),
    ...(onDeadline ? { on_deadline: onDeadline } : {}),
    ...(startAt === undefined ? {} : { start_at: startAt }),
    ...(typeof deadline === 'number' ? { progress_deadline: deadline } : {}),
  };
  if (deadline === null) delete next.progress_deadline;
  return next;
}

/** What is left out stays; null takes away what need not be there. */
const merged = <Whole extends object>(whole: Whole, changes: { [Field in keyof Whole]?: Whole[Field] | null | undefined }): Whole =>
  Object.fromEntries(Object.entries({ ...whole, ...changes }).filter(([, value]) => value !== null && value !== undefined)) as Whole;

function pastFaults(rollout: Rollout, { steps, analysis, start_at: startAt }: RolloutEdit): Fault[] {
  const faults: Fault[] = [];
  if (!isLive(rollout)) return faults;
  if (startAt !== undefined) faults.push({ path: '/start_at', message: 'it has started' });
  const lost = (rollout.analysis?.segments ?? []).filter((name) => analysis?.segments && !analysis.segments.includes(name));
  for (const name of lost) faults.push({ path: '/analysis/segments', message: `${name} is counted already and must stay` });
  if (!steps) return faults;
  rollout.steps.slice(0, rollout.step + 1).forEach((was, index) => {
    const fault = pastStepFault(was, steps[index], index === rollout.step);
    if (fault) faults.push({ path: `/steps/${index}`, message: fault });
  });
  const { from, to } = rangeOf(rollout);
  steps.forEach(({ percentage }, index) => {
    if (percentage > to - from) faults.push({ path: `/steps/${index}`, message: `it owns no more than ${to - from} % of its visitors` });
  });
  return faults;
}

function pastStepFault(was: RolloutStep, is: RolloutStep | undefined, isCurrent: boolean): string | null {
  if (!is) return isCurrent ? 'it stands at this step' : 'this step is over and must stay';
  if (!isCurrent) return sameStep(was, is) ? null : 'this step is over and must stay as it was';
  const sameShare = was.percentage === is.percentage && (was.everyone ?? false) === (is.everyone ?? false);
  return sameShare ? null : `it stands at ${was.percentage} %; promote or restart it to change that`;
}

const sameStep = (a: RolloutStep, b: RolloutStep): boolean =>
  (['percentage', 'duration', 'gate', 'role', 'everyone'] as const).every((field) => a[field] === b[field]);
