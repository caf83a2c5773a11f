import { releaseDigest } from '#engine/db/release-store.ts';
import type { Release } from '#schemas/release.ts';
import type { Revision } from '#schemas/revision.ts';

/**
 * The releases that these revisions deployed, read from their commands and documents: what was only made, and deployed
 * nowhere, is not among them. One whose units are not what its digest was made of is left out.
 */
export function deployedReleases(revisions: readonly Revision[]): Release[] {
  return revisions.flatMap((revision): Release[] => {
    const { apartment, cause, document, actor, at } = revision;
    if ((cause.type !== 'move-units' && cause.type !== 'start-rollout') || !cause.release) return [];
    const { version, digest, dataset, units: ids } = cause.release;
    const units = Object.fromEntries(
      Object.entries(ids).flatMap(([building, id]) => {
        const unit = document.units[id];
        return unit ? [[building, { unit: id, checksum: unit.checksum }]] : [];
      }),
    );
    const said = { apartment, version, ...(dataset === undefined ? {} : { dataset }), units };
    return releaseDigest(said) === digest ? [{ ...said, digest, created_by: actor, created_at: at }] : [];
  });
}
