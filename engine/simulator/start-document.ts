import { type Context, decide, isProblem } from '#engine/domain/decide.ts';
import type { Command } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import type { RolloutPlan } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';

/** Epoch ms when simulated rollouts start: a Monday, and the beginning of a minute. */
export const SIMULATION_START = 1_767_571_200_000;
export const ROLLOUT_ID = 'simulated';

const PLACE = { apartment: 'simulation', environment: 'simulation', actor: 'simulator' };
export const contextAt = (now: number): Context => ({ ...PLACE, now });

/** An apartment whose buildings are about to move to the plan's units, and the rollout started; or why the plan cannot be started. */
export function startDocument(plan: RolloutPlan, salt: string): Document | Problem {
  const units = plan.units.map(simulatedUnit);
  const twice = units.findIndex(({ name }, index) => units.findIndex((other) => other.name === name) < index);
  if (twice >= 0) {
    return problem('unprocessable', 'The plan cannot be simulated.', [
      { path: `/units/${twice}`, message: 'another unit moves this building' },
    ]);
  }
  const commands: Command[] = [
    { type: 'create' },
    ...[...new Set([...plan.criteria.user_segments, ...plan.analysis.segments])].map((name): Command => ({
      type: 'set-segment',
      name,
      segment: { description: '', condition: { [name]: true } },
    })),
    ...units.map((unit): Command => ({
      type: 'add-building',
      building: unit.name,
      category: 'main',
      unit: { ...unit, id: `${unit.name}@0.0.0-before`, version: '0.0.0-before' },
    })),
    { type: 'start-rollout', id: ROLLOUT_ID, salt, plan, targets: Object.fromEntries(units.map((unit) => [unit.name, unit])) },
  ];
  let document: Document | null = null;
  for (const command of commands) {
    const outcome = decide(document, command, contextAt(SIMULATION_START));
    if (isProblem(outcome)) return outcome;
    document = outcome;
  }
  return document!;
}

/** Named like the building that it moves; nobody loads it. */
function simulatedUnit(id: string): Unit {
  const [name, version] = id.split('@') as [string, string];
  return {
    id,
    name,
    version,
    framework: 'react',
    url: 'https://simulation.invalid/entry.js',
    checksum: `sha384-${'A'.repeat(64)}`,
    size: 1,
    dependencies: {},
    compatibility: {},
    status: 'stable',
    metadata: {},
  };
}
