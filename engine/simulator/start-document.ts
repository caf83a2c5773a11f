import { splitUnitId } from '#schemas/common.ts';
import { type Context, decide, isProblem } from '#engine/domain/decide.ts';
import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import type { RolloutPlan } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';

/** Epoch ms when simulated rollouts start: a Monday, and the beginning of a minute. */
export const SIMULATION_START = 1_767_571_200_000;
export const ROLLOUT_ID = 'simulated';

const PLACE = { apartment: 'simulation', environment: 'simulation', actor: 'simulator', role: 'admin' as const };
export const contextAt = (now: number): Context => ({ ...PLACE, now });

/**
 * An apartment whose buildings are about to move to the plan's units, and the rollout under way; or why the plan cannot be started.
 * What a start could wait for (a time, other rollouts, approvals) is left out.
 */
export function startDocument(plan: RolloutPlan, salt: string): Document | Problem {
  const { start_at: _, ...rest } = plan;
  const started: RolloutPlan = { ...rest, after: [], approvals: 0, override_freeze: false };
  const twice = plan.units.findIndex((id, index) => plan.units.findIndex((other) => nameOf(other) === nameOf(id)) < index);
  if (twice >= 0) {
    return problem('unprocessable', 'The plan cannot be simulated.', [
      { path: `/units/${twice}`, message: 'another unit moves this building' },
    ]);
  }
  const variants = Object.fromEntries((plan.experiment?.variants ?? []).map(({ name, units }) => [name, byBuilding(units)]));
  const buildings = new Set([...plan.units, ...(plan.experiment?.variants ?? []).flatMap(({ units }) => units)].map(nameOf));
  const commands: Command[] = [
    { type: 'create' },
    ...[...new Set([...plan.criteria.user_segments, ...plan.analysis.segments])].map(addSegment),
    ...[...buildings].map(addBuilding),
    {
      type: 'start-rollout',
      id: ROLLOUT_ID,
      salt,
      plan: started,
      targets: byBuilding(plan.units),
      ...(plan.experiment ? { variants } : {}),
    },
  ];
  let document: Document | null = null;
  for (const command of commands) {
    const outcome = decide(document, command, contextAt(SIMULATION_START));
    if (isProblem(outcome)) return outcome;
    document = outcome;
  }
  return document!;
}

const nameOf = (id: string): string => id.slice(0, id.indexOf('@'));
const byBuilding = (ids: readonly string[]): Record<string, Unit> => Object.fromEntries(ids.map((id) => [nameOf(id), simulatedUnit(id)]));

const addBuilding = (building: string): Command => ({
  type: 'add-building',
  building,
  category: 'main',
  unit: simulatedUnit(`${building}@0.0.0-before`),
});

/** Simulated visitors have an attribute for each segment that they are in. */
const addSegment = (name: string): Command => ({ type: 'set-segment', name, segment: { description: '', condition: { [name]: true } } });

/** Named like the building that it moves; nobody loads it. */
function simulatedUnit(id: string): Unit {
  return {
    id,
    ...splitUnitId(id),
    framework: 'react',
    url: 'https://simulation.invalid/entry.js',
    checksum: `sha384-${'A'.repeat(64)}`,
    size: 1,
    dependencies: {},
    compatibility: {},
    metadata: {},
  };
}
