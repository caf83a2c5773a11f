import { findDrift } from '#engine/domain/find-drift.ts';
import { withoutHostRoutes } from '#engine/domain/host-routes.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { DriftReport, EdgeSight, UnitSight } from '#schemas/drift.ts';
import type { Unit } from '#schemas/unit.ts';
import { requireHead } from './change.ts';
import type { Services } from './context.ts';

/** What looks at the world; an adapter is handed in. */
export type Probe = { edges: (apartment: string) => Promise<EdgeSight[]>; unit: (unit: Unit) => Promise<UnitSight> };

const TOGETHER = 8;

/** Looks at every edge, and at every unit that a visitor can be given, and compares that with what was decided and published. */
export async function checkDrift(services: Services, place: Place): Promise<DriftReport> {
  const { probe } = services;
  const head = await requireHead(services, place);
  const edges = (await probe?.edges(place.apartment)) ?? [];
  const units: UnitSight[] = [];
  const wanted = probe ? Object.values(head.document.units) : [];
  for (let start = 0; start < wanted.length; start += TOGETHER) {
    units.push(...(await Promise.all(wanted.slice(start, start + TOGETHER).map((unit) => probe!.unit(unit)))));
  }
  // A look takes its time; a head that moved meanwhile would be told as drift.
  const now = await requireHead(services, place);
  const published = (await services.outbox.deliveredBy(place, services.now())) ?? 0;
  const everywhere = withoutHostRoutes(head.document).units;
  const previews = new Set(wanted.map(({ id }) => id).filter((id) => !Object.hasOwn(everywhere, id)));
  const sight = { desired: now.number, desiredSince: now.at, published, edges, units, previews };
  const { apartment, environment } = place;
  return { apartment, environment, at: services.now(), desired: now.number, published, edges, units, ...findDrift(sight, services.now()) };
}
