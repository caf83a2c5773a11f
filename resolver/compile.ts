import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import type { RolloutCriteria } from '#schemas/rollout.ts';
import type { Snapshot, SnapshotRollout } from '#schemas/snapshot.ts';
import { seedOf, thresholdOf } from './bucket.ts';
import { type Test, compileCriteria, compileNamed } from './conditions.ts';

/** Where a visitor stands towards one rollout. The values are digits of the combination's name. */
export const INELIGIBLE = 0;
export const CONTROL = 1;
export const TREATED = 2;
export type Arm = typeof INELIGIBLE | typeof CONTROL | typeof TREATED;

export type CompiledRollout = {
  source: SnapshotRollout;
  seed: number;
  threshold: number;
  criteria: { part: keyof RolloutCriteria; test: Test }[];
};

/** What visitors with the same combination of arms share, made once. */
export type Answer = {
  /** One digit (an {@link Arm}) for each rollout. */
  combination: string;
  /** The manifest, serialised. */
  body: string;
  /** The arms of rollouts that these visitors are in. */
  exposures: { rollout: string; step: number; arm: string; buildings: string[] }[];
};

/** A node of the tree of combinations: one level for each rollout, one child for each arm, answers at the leaves. */
export type CombinationNode = { children: (CombinationNode | undefined)[]; answer: Answer | undefined };

export type Program = {
  snapshot: Snapshot;
  rollouts: CompiledRollout[];
  root: CombinationNode;
  /** How many nodes may still be remembered; an answer past that is made anew each time. */
  nodesLeft: number;
};

const MAX_REMEMBERED_NODES = 20_000;

export const newNode = (): CombinationNode => ({ children: [undefined, undefined, undefined], answer: undefined });

/** Makes a program of a snapshot once, so that {@link resolve} does little. A snapshot that contradicts itself is a problem. */
export function compile(snapshot: Snapshot): Program | Problem {
  const faults = danglingReferences(snapshot);
  if (faults.length > 0) return problem('unprocessable', `Revision ${snapshot.revision} contradicts itself.`, faults);
  const named = compileNamed(snapshot.segments, snapshot.flags);
  const rollouts = snapshot.rollouts.map((source) => ({
    source,
    seed: seedOf(source.salt),
    threshold: thresholdOf(source.percentage),
    criteria: compileCriteria(source.criteria, named),
  }));
  return { snapshot, rollouts, root: newNode(), nodesLeft: MAX_REMEMBERED_NODES };
}

function danglingReferences({ buildings, units, rollouts, segments, flags }: Snapshot): Fault[] {
  const faults: Fault[] = [];
  const need = (known: object, name: string, noun: string, path: string): void => {
    if (!Object.hasOwn(known, name)) faults.push({ path, message: `there is no ${noun} ${name}` });
  };
  for (const [name, building] of Object.entries(buildings)) need(units, building.active_unit, 'unit', `/buildings/${name}/active_unit`);
  for (const [name, flag] of Object.entries(flags)) {
    for (const segment of flag.segments) need(segments, segment, 'segment', `/flags/${name}/segments`);
  }
  const takenBy = new Map<string, string>();
  rollouts.forEach((rollout, index) => {
    for (const [building, unit] of Object.entries(rollout.targets)) {
      const path = `/rollouts/${index}/targets/${building}`;
      need(buildings, building, 'building', path);
      need(units, unit, 'unit', path);
      const other = takenBy.get(building);
      if (other !== undefined) faults.push({ path, message: `rollout ${other} moves the same building` });
      takenBy.set(building, rollout.id);
    }
    for (const name of rollout.criteria.user_segments) need(segments, name, 'segment', `/rollouts/${index}/criteria/user_segments`);
    for (const name of rollout.criteria.feature_flags) need(flags, name, 'flag', `/rollouts/${index}/criteria/feature_flags`);
  });
  return faults;
}
