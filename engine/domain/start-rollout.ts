import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import type { Experiment } from '#schemas/experiment.ts';
import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import { isTakenBack } from '#schemas/rollout-reading.ts';
import type { Rollout, RolloutPlan } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';
import { enterLayer, refusalOf, waitOf, waiting } from './begin-rollout.ts';
import { planSteps } from './plan-steps.ts';
import { noSuchRollout } from './rollout-state.ts';
import { stepFaults, timeFaults } from './step-faults.ts';

type Start = CommandOf<'start-rollout'>;

/**
 * The rollout that the command asks for, running or waiting, or everything that stands against it. Fault paths point into the
 * plan. What is wanted now and may not be now is refused; what was planned for later waits.
 */
export function startRollout(document: Document, command: Start, now: number, actor: string): Rollout | Problem {
  const { plan, id, retry_of: retryOf } = command;
  if (Object.hasOwn(document.rollouts, id)) return problem('already-exists', `Rollout ${id} exists already.`);
  const refused = retryOf === undefined ? null : retryRefusal(document, retryOf);
  if (refused) return refused;
  const rollout = plannedRollout(document, command, now, actor);
  const faults = [
    ...planFaults(rollout, plan),
    ...timeFaults(plan.start_at, now),
    ...targetFaults(document, command),
    ...dependencyFaults(document, plan),
  ];
  if (faults.length > 0) return problem('unprocessable', 'The rollout cannot be started.', faults);

  const wait = waitOf(document, rollout, now, plan.override_freeze);
  if (wait?.for === 'freeze' || wait?.for === 'limit') return refusalOf(document, wait, now);
  return wait ? waiting(rollout, wait) : enterLayer(document, rollout, now, plan.reason ?? `Started by ${actor}.`);
}

/** Of steps that were given as a ramp, told at the ramp. */
const planFaults = (rollout: Rollout, { ramp, steps }: RolloutPlan): Fault[] =>
  stepFaults(rollout.steps, rollout).map((fault) =>
    ramp && !steps && fault.path.startsWith('/steps/') ? { ...fault, path: '/ramp' } : fault,
  );

function retryRefusal(document: Document, id: string): Problem | null {
  const earlier = Object.hasOwn(document.rollouts, id) ? document.rollouts[id] : undefined;
  if (!earlier) return noSuchRollout(document, id);
  if (isTakenBack(earlier)) return null;
  return problem('rollout-state', `Rollout ${id} is ${earlier.state}; it cannot take "retry".`);
}

function plannedRollout(document: Document, command: Start, now: number, actor: string): Rollout {
  const { plan } = command;
  const experiment = experimentOf(command);
  const needed = Math.max(plan.approvals, document.policy?.approvals ?? 0);
  return {
    id: command.id,
    strategy: plan.strategy,
    targets: Object.fromEntries(
      Object.entries(unitsToMoveTo(command)).map(([building, unit]) => {
        const from = Object.hasOwn(document.buildings, building) ? document.buildings[building]!.active_unit : unit.id;
        return [building, { from, to: unit.id }];
      }),
    ),
    steps: planSteps(plan),
    criteria: plan.criteria,
    monitoring: plan.monitoring,
    analysis: plan.analysis,
    ...(experiment ? { experiment } : {}),
    ...(plan.progress_deadline === undefined ? {} : { progress_deadline: plan.progress_deadline, on_deadline: plan.on_deadline }),
    ...(plan.start_at === undefined ? {} : { start_at: plan.start_at }),
    ...(plan.after.length > 0 ? { after: plan.after } : {}),
    ...(needed > 0 ? { approvals_needed: needed, approvals: [] } : {}),
    ...(plan.reason === undefined ? {} : { reason: plan.reason }),
    ...(command.retry_of === undefined ? {} : { retry_of: command.retry_of }),
    ...(command.release ? { release: command.release } : {}),
    ...(command.origin ? { origin: command.origin } : {}),
    salt: command.salt,
    bucket_by: plan.bucket_by,
    state: 'scheduled',
    state_reason: plan.reason ?? `Planned by ${actor}.`,
    step: 0,
    step_started_at: now,
    started_at: now,
    started_by: actor,
  };
}

/** For each building the unit it moves to; of an A/B test, the first variant's that moves it. */
function unitsToMoveTo({ targets, variants }: Start): Record<string, Unit> {
  return Object.assign({}, ...Object.values(variants ?? {}).toReversed(), targets);
}

function experimentOf({ plan: { experiment }, variants = {} }: Start): Experiment | undefined {
  if (!experiment) return undefined;
  const idsOf = (units: Record<string, Unit> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(units).map(([building, unit]) => [building, unit.id]));
  return { ...experiment, variants: experiment.variants.map(({ name, weight }) => ({ name, weight, units: idsOf(variants[name]) })) };
}

function targetFaults(document: Document, { plan, targets, variants = {} }: Start): Fault[] {
  const faultsOf = (units: Record<string, Unit>, ids: readonly string[], path: string): Fault[] =>
    Object.entries(units).flatMap(([building, unit]): Fault[] => {
      const at = `${path}/${ids.indexOf(unit.id)}`;
      const current = Object.hasOwn(document.buildings, building) ? document.buildings[building] : undefined;
      if (!current) return [{ path: at, message: `building ${building} does not exist in ${document.environment}` }];
      return current.active_unit === unit.id ? [{ path: at, message: `${unit.id} is what ${building} shows already` }] : [];
    });
  const inVariants = (plan.experiment?.variants ?? []).flatMap(({ name, units }, index) =>
    faultsOf(variants[name] ?? {}, units, `/experiment/variants/${index}/units`),
  );
  return [...faultsOf(targets, plan.units, '/units'), ...inVariants];
}

function dependencyFaults(document: Document, { after }: RolloutPlan): Fault[] {
  return after.flatMap((id, index): Fault[] => {
    const path = `/after/${index}`;
    const other = Object.hasOwn(document.rollouts, id) ? document.rollouts[id] : undefined;
    if (!other) return [{ path, message: `there is no rollout ${id}` }];
    if (other.undone_at !== undefined) return [{ path, message: `${id} was undone after it had completed` }];
    return isTakenBack(other) ? [{ path, message: `${id} was ${other.state === 'aborted' ? 'aborted' : 'rolled back'}` }] : [];
  });
}
