import type { CommandOf } from '#schemas/command.ts';
import { counted } from '#schemas/counted.ts';
import type { Document } from '#schemas/document.ts';
import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import { freezeRefusal } from './freeze.ts';
import { withNeededUnits, withRollout } from './keep-document.ts';
import { withRelease } from './release-state.ts';
import { end } from './rollout-moves.ts';
import { describeTargets, liveRollouts } from './rollout-state.ts';

type Move = CommandOf<'move-units'>;

/**
 * The document with its buildings at these units at once, all of them or none, and on the release if there is one; or everything
 * that stands against it. The very same document where all of it is so already. What is at once asks nobody, so an
 * environment whose policy wants approvals takes it only as a rollout.
 */
export function moveUnits(document: Document, command: Move, now: number): Document | Problem {
  const units = Object.entries(command.units);
  const has = (building: string): boolean => Object.hasOwn(document.buildings, building);
  const faults = units.flatMap(([building]): Fault[] =>
    has(building) ? [] : [{ path: '', message: `building ${building} does not exist in ${document.environment}` }],
  );
  const inTheWay = liveRollouts(document).filter(({ targets }) => units.some(([building]) => Object.hasOwn(targets, building)));
  if (!command.take_back) {
    faults.push(
      ...inTheWay.map((rollout) => ({ path: '/take_back', message: `rollout ${rollout.id} is under way: ${describeTargets(rollout)}` })),
    );
  }
  const changed = units.filter(([building, { id }]) => has(building) && document.buildings[building]!.active_unit !== id);
  const isSame = changed.length === 0 && inTheWay.length === 0 && command.release?.digest === document.release?.digest;
  const approvals = document.policy?.approvals ?? 0;
  if (approvals > 0 && !isSame) {
    const how =
      changed.length > 0
        ? 'give it a strategy, so that somebody can approve it'
        : 'a release that changes no unit cannot be a rollout, and so not be approved; have an admin lower the approvals for it';
    faults.push({ path: '/plan', message: `the policy asks for ${counted(approvals, 'approval')}: ${how}` });
  }
  if (faults.length > 0) return problem('unprocessable', 'The units cannot be moved.', faults);
  if (isSame) return document;
  const frozen = freezeRefusal(document.policy, command, now, { done: 'moved', detail: 'The units cannot be moved.' });
  if (frozen) return frozen;
  const reason = command.reason ?? 'Other units were moved in at once.';
  let next = document;
  for (const rollout of inTheWay) next = withRollout(next, end(rollout, 'rolled-back', now, reason));
  const buildings = { ...next.buildings };
  for (const [building, unit] of changed) buildings[building] = { ...buildings[building]!, active_unit: unit.id };
  const moved = withNeededUnits({ ...next, buildings }, Object.values(command.units));
  return command.release ? withRelease(moved, command.release) : moved;
}
