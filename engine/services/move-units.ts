import type { Place } from '#engine/db/revision-store.ts';
import type { Command } from '#schemas/command.ts';
import { invalidRequest } from '#schemas/parse.ts';
import { ProblemError, refuse } from '#schemas/problem.ts';
import type { MoveResult } from '#schemas/api.ts';
import type { DeployedRelease, Origin } from '#schemas/release.ts';
import type { Revision } from '#schemas/revision.ts';
import { MovePlan, type Rollout, RolloutPlan } from '#schemas/rollout.ts';
import type { Unit } from '#schemas/unit.ts';
import { type Actor, change } from './change.ts';
import type { Services } from './context.ts';
import { requireMetricSources } from './require-metric-sources.ts';

/** Units for the buildings that they go to, and what they come from. */
export type Move = { units: Record<string, Unit>; release?: DeployedRelease; origin?: Origin };

/** How they go there. */
export type MoveOptions = {
  plan?: MovePlan | undefined;
  take_back: boolean;
  override_freeze?: boolean | undefined;
  reason?: string | undefined;
};

export type Moved = { revision: Revision; changed: boolean; moved: MoveResult['moved']; rollout?: Rollout };

/** The one command that moves all of these buildings: at once, or by a rollout of those that differ from what the head shows. */
function moveCommand(services: Services, { document }: Revision, move: Move, options: MoveOptions): Command {
  const { plan, take_back: takesBack, override_freeze: overridesFreeze, reason } = options;
  const origin = { ...(move.release ? { release: move.release } : {}), ...(move.origin ? { origin: move.origin } : {}) };
  const targets = Object.fromEntries(
    Object.entries(move.units).filter(([building, { id }]) => document.buildings[building]?.active_unit !== id),
  );
  if (plan === undefined || Object.keys(targets).length === 0) {
    const takeBack = takesBack ? { take_back: true } : {};
    const override = overridesFreeze ? { override_freeze: true } : {};
    return { type: 'move-units', units: move.units, ...origin, ...takeBack, ...override, ...(reason === undefined ? {} : { reason }) };
  }
  requireMetricSources(services, plan.analysis);
  const id = `${Object.keys(targets)[0]!.slice(0, 50)}-${services.randomId(6)}`;
  const units = Object.values(targets).map((unit) => unit.id);
  return {
    type: 'start-rollout',
    id,
    salt: services.randomId(16),
    plan: fullPlan({ ...plan, units, override_freeze: overridesFreeze ?? false, ...(reason === undefined ? {} : { reason }) }),
    targets,
    ...origin,
  };
}

/** What only shows once the units are known is told at the plan. */
function fullPlan(input: object): RolloutPlan {
  const parsed = RolloutPlan.safeParse(input);
  if (parsed.success) return parsed.data;
  const found = invalidRequest(parsed.error);
  throw new ProblemError({ ...found, errors: (found.errors ?? []).map(({ path, message }) => ({ path: `/plan${path}`, message })) });
}

const PLAN_FIELDS = new Set(Object.keys(MovePlan.shape));

/**
 * Makes the move that `moveFor` finds for the head, in one revision. Faults are told where the request has them: those of
 * a rollout's plan below `/plan`, those of its units at `unitsAt`.
 */
export async function carryOut(
  services: Services,
  place: Place,
  actor: Actor,
  options: MoveOptions,
  unitsAt: string,
  moveFor: (head: Revision) => Move | Promise<Move>,
): Promise<Moved> {
  try {
    const { revision, changed } = await change(services, place, actor, async (head) =>
      head
        ? moveCommand(services, head, await moveFor(head), options)
        : refuse('not-found', `There is no ${place.apartment}/${place.environment}.`),
    );
    return await whatMoved(services, place, revision, changed);
  } catch (error) {
    if (!(error instanceof ProblemError) || !error.problem.errors) throw error;
    const errors = error.problem.errors.map((fault) => ({ ...fault, path: pathInRequest(fault.path, unitsAt) }));
    throw new ProblemError({ ...error.problem, errors });
  }
}

function pathInRequest(path: string, unitsAt: string): string {
  const [, field = ''] = path.split('/');
  if (PLAN_FIELDS.has(field)) return `/plan${path}`;
  return field === 'units' && !path.startsWith(`${unitsAt}/`) ? unitsAt : path;
}

/** What the revision moved. */
export async function whatMoved(services: Services, place: Place, revision: Revision, changed: boolean): Promise<Moved> {
  const { cause, document } = revision;
  if (!changed) return { revision, changed, moved: [] };
  if (cause.type === 'start-rollout') {
    const rollout = document.rollouts[cause.id]!;
    return { revision, changed, moved: Object.entries(rollout.targets).map(([building, move]) => ({ building, ...move })), rollout };
  }
  const before = await services.revisions.before(place, revision.number);
  const moved = Object.entries(document.buildings).flatMap(([building, { active_unit: to }]) => {
    const from = before?.document.buildings[building]?.active_unit ?? to;
    return from === to ? [] : [{ building, from, to }];
  });
  return { revision, changed, moved };
}
