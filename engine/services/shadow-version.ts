import { writtenOnce } from '#engine/db/unit-record.ts';
import type { Place } from '#engine/db/revision-store.ts';
import type { ShadowVersion } from '#schemas/shadow.ts';
import { summaryOf } from './change.ts';
import type { Services } from './context.ts';
import { viewRevision } from './list-revisions.ts';

/** What the shadow is to keep of a revision. The same revision always gives the same bytes. */
export async function shadowVersion(services: Services, place: Place, number: number): Promise<ShadowVersion> {
  const revision = await viewRevision(services, place, number);
  const before = await services.revisions.before(place, number);
  const kept = await services.snapshots.get(place, number);
  const isNew = (id: string): boolean => before === null || !Object.hasOwn(before.document.units, id);
  const ids = Object.keys(revision.document.units).filter(isNew).toSorted();
  const units = await Promise.all(ids.map((id) => services.units.get(place.apartment, id)));
  return {
    format: 1,
    revision,
    summary: (await services.revisions.summary(place, number)) ?? summaryOf(revision),
    snapshot: kept === 'damaged' ? null : kept,
    units: units.filter((unit) => unit !== null).map(writtenOnce),
  };
}
