import type { ReleaseFile } from '#schemas/release.ts';
import type { Snapshot } from '#schemas/snapshot.ts';

/** What `release.json` says of a snapshot: the same at the engine and at every edge that serves it. */
export function releaseFileOf({ apartment, environment, revision, issued_at: time, buildings, units, release }: Snapshot): ReleaseFile {
  const shown = Object.entries(buildings).map(([building, { active_unit: id }]) => {
    const { version, url, checksum } = units[id]!;
    return [building, { unit: id, version, url, integrity: checksum }] as const;
  });
  const changed = Object.entries(release?.units ?? {}).filter(([building, id]) => buildings[building]?.active_unit !== id);
  return {
    apartment,
    environment,
    release: release?.version ?? null,
    digest: release?.digest ?? null,
    dataset: release?.dataset ?? null,
    changed: changed.map(([building]) => building),
    units: Object.fromEntries(shown),
    revision,
    time,
  };
}
