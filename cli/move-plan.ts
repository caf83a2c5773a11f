import type { Command } from 'commander';
import type { MoveResult } from '#schemas/api.ts';
import type { MovePlanInput } from '#schemas/rollout.ts';
import type { OptionPlace } from './option-faults.ts';
import { PLAN_PLACES, type PlanOptions, addMoveOptions, planOfOptions } from './rollout-plan.ts';

/** How units are moved that a release or another environment names: at once, or by a rollout. */

export type MoveOptions = PlanOptions & { takeBack?: boolean };

export function addMovePlanOptions(command: Command): Command {
  return addMoveOptions(command, ['gradual', 'canary', 'immediate'])
    .option('--take-back', 'take back the rollouts that are under way in its buildings')
    .addHelpText(
      'after',
      '\nWith --strategy, --steps or another option of a plan it is a rollout; without any, everybody gets the units at once.',
    );
}

type MoveBody = { plan?: MovePlanInput; take_back?: boolean; override_freeze?: boolean; reason?: string };

/** What the options ask for, as the API takes it. */
export async function moveOfOptions(options: MoveOptions): Promise<MoveBody> {
  const { units: _, experiment: __, override_freeze: overridesFreeze, reason, ...asked } = await planOfOptions([], options);
  const { criteria, monitoring, analysis, ...plan } = asked;
  const parts = Object.entries({ criteria, monitoring, analysis }).filter(([, part]) => Object.keys(part ?? {}).length > 0);
  const isPlanned = parts.length > 0 || Object.keys(plan).length > 0;
  return {
    ...(isPlanned ? { plan: { ...plan, ...Object.fromEntries(parts) } as MovePlanInput } : {}),
    ...(options.takeBack ? { take_back: true } : {}),
    ...(overridesFreeze ? { override_freeze: true } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

export const MOVE_PLACES: readonly OptionPlace[] = [
  ...PLAN_PLACES.filter(({ pointer }) => !['/units', '/reason', '/override_freeze'].includes(pointer)).map((place) => ({
    ...place,
    pointer: `/plan${place.pointer}`,
  })),
  { pointer: '/plan', option: '--strategy' },
  { pointer: '/take_back', option: '--take-back', remedy: 'takes it back' },
  { pointer: '/allow_older', option: '--allow-older', remedy: 'permits it' },
  { pointer: '/while_moving', option: '--while-moving', remedy: 'takes what everybody has there' },
  { pointer: '/override_freeze', option: '--override-freeze' },
  { pointer: '/reason', option: '--reason' },
  { pointer: '/from', option: '--from' },
  { pointer: '/units', option: 'unit' },
  { pointer: '/buildings', option: '--building' },
  { pointer: '/release', option: 'release' },
  { pointer: '/fetch', option: '--no-fetch' },
];

/** What was moved, for people. */
export function moveText({ summary, revision, changed, moved, rollout }: MoveResult): string {
  if (!changed) return `Nothing to do: it is so since revision ${revision} or before.`;
  const lines = moved.map(({ building, from, to }) => `  ${building}: ${from} → ${to}`);
  const follow = rollout ? [`Follow it with: concierge rollout status ${rollout.id}`] : [];
  return [`${summary} (revision ${revision})`, ...lines, ...follow].join('\n');
}
