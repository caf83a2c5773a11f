import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import type { Rollout, RolloutStep } from '#schemas/rollout.ts';
import { placeInLayer } from './place-in-layer.ts';
import { planSteps } from './plan-steps.ts';

/** The rollout that the command asks for, or everything that stands against it. Fault paths point into the plan. */
export function startRollout(document: Document, command: CommandOf<'start-rollout'>, now: number, actor: string): Rollout | Problem {
  const { plan } = command;
  if (Object.hasOwn(document.rollouts, command.id)) return problem('already-exists', `Rollout ${command.id} exists already.`);
  const steps = planSteps(plan);
  const faults = [...strategyFaults(plan.strategy), ...stepFaults(steps, plan.strategy), ...targetFaults(document, command)];
  if (faults.length > 0) return problem('unprocessable', 'The rollout cannot be started.', faults);

  const place = placeInLayer(document, Object.keys(command.targets), steps.at(-1)!.percentage, plan.bucket_by, command.salt);
  if ('code' in place) return place;
  const targets = Object.fromEntries(
    Object.entries(command.targets).map(([building, unit]) => [building, { from: document.buildings[building]!.active_unit, to: unit.id }]),
  );
  return {
    id: command.id,
    strategy: plan.strategy,
    targets,
    steps,
    criteria: plan.criteria,
    monitoring: plan.monitoring,
    analysis: plan.analysis,
    ...place,
    bucket_by: plan.bucket_by,
    state: 'running',
    state_reason: plan.reason ?? `Started by ${actor}.`,
    step: 0,
    step_started_at: now,
    started_at: now,
    started_by: actor,
  };
}

function strategyFaults(strategy: Rollout['strategy']): Fault[] {
  if (strategy !== 'ab_test') return [];
  return [{ path: '/strategy', message: 'ab_test rollouts cannot be run yet; use immediate, gradual or canary' }];
}

/** A canary may end at a share, from which a person takes it to everyone. */
function stepFaults(steps: RolloutStep[], strategy: Rollout['strategy']): Fault[] {
  const faults: Fault[] = [];
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    if (before && step.percentage <= before.percentage) {
      faults.push({ path: `/steps/${index}`, message: `must be more than the step before it (${before.percentage} %)` });
    }
  });
  if (strategy !== 'canary' && steps.at(-1)?.percentage !== 100) {
    faults.push({ path: `/steps/${steps.length - 1}`, message: `the last step of a rollout that is ${strategy} must be 100 %` });
  }
  return faults;
}

function targetFaults(document: Document, { plan, targets }: CommandOf<'start-rollout'>): Fault[] {
  return Object.entries(targets).flatMap(([building, unit]): Fault[] => {
    const path = `/units/${plan.units.indexOf(unit.id)}`;
    const current = Object.hasOwn(document.buildings, building) ? document.buildings[building] : undefined;
    if (!current) return [{ path, message: `building ${building} does not exist in ${document.environment}` }];
    return current.active_unit === unit.id ? [{ path, message: `${unit.id} is what ${building} shows already` }] : [];
  });
}
