import { bucketOf } from './bucket.ts';
import {
  type Answer,
  type Arm,
  CONTROL,
  type CombinationNode,
  type CompiledRollout,
  INELIGIBLE,
  type Program,
  TREATED,
  newNode,
} from './compile.ts';
import { makeAnswer } from './make-answer.ts';
import type { Visitor } from './visitor.ts';

/** Where the visitor stands towards the rollout. A release set has one bucket for all its buildings: all of it, or none. */
export function armOf(rollout: CompiledRollout, visitor: Visitor): Arm {
  for (const { test } of rollout.criteria) if (!test(visitor)) return INELIGIBLE;
  return bucketOf(visitor.key, rollout.seed) < rollout.threshold ? TREATED : CONTROL;
}

/** The answer for the visitor. Total: it never throws, whatever the visitor. */
export function resolve(program: Program, visitor: Visitor): Answer {
  let node: CombinationNode | undefined = program.root;
  for (const rollout of program.rollouts) {
    node = childOf(program, node, armOf(rollout, visitor));
    if (!node) return makeAnswer(program, combinationOf(program, visitor));
  }
  return (node.answer ??= makeAnswer(program, combinationOf(program, visitor)));
}

function childOf(program: Program, node: CombinationNode, arm: Arm): CombinationNode | undefined {
  const child = node.children[arm];
  if (child || program.nodesLeft <= 0) return child;
  program.nodesLeft--;
  return (node.children[arm] = newNode());
}

const combinationOf = (program: Program, visitor: Visitor): Arm[] => program.rollouts.map((rollout) => armOf(rollout, visitor));
