import { armsOf } from '#engine/domain/experiment.ts';
import { changedSince } from '#engine/domain/release-state.ts';
import { liveRollouts, rolloutConfig } from '#engine/domain/rollout-state.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { Document } from '#schemas/document.ts';
import { partOf } from '#schemas/rollout-reading.ts';
import type { Rollout } from '#schemas/rollout.ts';
import type { MovingUnit, WhereAnswer, WhereBuilding, WhereEnvironment } from '#schemas/where.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';
import { lockOf } from './deploy-lock.ts';
import { latestMove } from './latest-move.ts';
import type { MayRead } from './resolve-unit.ts';

/**
 * Which unit runs where: every environment that the asker may read, its buildings, since when, and what is being rolled out.
 * `unit` is a building or the name of a unit, or a whole `name@version`, and leaves out where that does not run. Previews are told too.
 */
export async function findUnits(services: Services, apartment: string, unit: string | undefined, mayRead: MayRead): Promise<WhereAnswer> {
  const places = (await services.revisions.places()).filter((place) => place.apartment === apartment && mayRead(place.environment));
  const environments: WhereEnvironment[] = [];
  for (const { environment } of places) {
    const found = await lookAt(services, { apartment, environment }, unit);
    if (unit === undefined || Object.keys({ ...found.buildings, ...found.previews }).length > 0) environments.push(found);
  }
  return { apartment, environments };
}

async function lookAt(services: Services, place: Place, unit: string | undefined): Promise<WhereEnvironment> {
  const { number, at, document } = await requireHead(services, place);
  const { release, buildings } = document;
  const found: Record<string, WhereBuilding> = {};
  for (const [building, { active_unit: active }] of Object.entries(buildings)) {
    const moving = liveRollouts(document).flatMap((rollout) => movingIn(rollout, building));
    if (!isMeant(unit, building, [active, ...moving.map((one) => one.unit)])) continue;
    found[building] = { unit: active, since: await sinceWhen(services, place, building, number), moving };
  }
  return {
    environment: place.environment,
    revision: number,
    at,
    release: release ? { version: release.version, dataset: release.dataset ?? null, changed: changedSince(release, buildings) } : null,
    lock: await lockOf(services, place),
    buildings: found,
    previews: previewsOf(document, unit),
  };
}

function previewsOf({ host_routes: routes = {} }: Document, unit: string | undefined): Record<string, string[]> {
  const shown = Object.entries(routes).map(([host, { units }]) => {
    const meant = Object.entries(units).filter(([building, id]) => isMeant(unit, building, [id]));
    return [host, meant.map(([, id]) => id)] as const;
  });
  return Object.fromEntries(shown.filter(([, ids]) => ids.length > 0));
}

const isMeant = (wanted: string | undefined, building: string, units: readonly string[]): boolean =>
  wanted === undefined || wanted === building || units.some((id) => id === wanted || id.startsWith(`${wanted}@`));

async function sinceWhen(services: Services, place: Place, building: string, head: number): Promise<WhereBuilding['since']> {
  const [latest] = await services.revisions.list(place, (await latestMove(services, place, building, head)) + 1, 1);
  if (!latest) return null;
  const { number: revision, at, actor, summary } = latest;
  return { revision, at, actor, summary };
}

function movingIn(rollout: Rollout, building: string): MovingUnit[] {
  const arms = armsOf(rollout);
  const { percentage } = rolloutConfig(rollout);
  return arms.flatMap(({ name, weight, units }): MovingUnit[] => {
    const unit = Object.hasOwn(units, building) ? units[building] : undefined;
    if (unit === undefined) return [];
    const release = rollout.release ? { release: rollout.release.version } : {};
    return [{ unit, rollout: rollout.id, arm: name, state: rollout.state, percentage: partOf(percentage, { weight }, arms), ...release }];
  });
}
