import type { Document } from '#schemas/document.ts';
import { listWords } from '../words/format.ts';

/** The release that the environment is on, and what of it something else has changed since. */
export function ReleaseFact({ document: { release, buildings } }: { document: Document }) {
  if (!release) return null;
  const changed = Object.keys(release.units).filter((building) => buildings[building]?.active_unit !== release.units[building]);
  return (
    <span className="release-fact">
      Release <strong>{release.version}</strong>
      {changed.length > 0 && <span className="muted"> ({listWords(changed)} changed since)</span>}
      {release.dataset !== undefined && (
        <span className="muted">
          {' '}
          with dataset <span className="mono">{release.dataset}</span>
        </span>
      )}
    </span>
  );
}
