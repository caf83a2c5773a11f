import type { Document } from '#schemas/document.ts';
import type { DeployedRelease } from '#schemas/release.ts';

/** The document on this release; null: on none. The very same document where it is so already. */
export function withRelease(document: Document, release: DeployedRelease | null): Document {
  if (document.release?.digest === release?.digest) return document;
  const { release: _, ...rest } = document;
  return release === null ? rest : { ...rest, release };
}

/** The buildings of the release that show another unit, because something else moved them since. */
export function changedSince({ units }: DeployedRelease, buildings: Document['buildings']): string[] {
  return Object.entries(units).flatMap(([building, unit]) =>
    Object.hasOwn(buildings, building) && buildings[building]!.active_unit === unit ? [] : [building],
  );
}
