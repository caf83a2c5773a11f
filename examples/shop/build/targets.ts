import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const shopDir = join(import.meta.dirname, '..');
export const repoDir = join(shopDir, '..', '..');
export const unitsDir = join(shopDir, 'units');

export const hostTarget = 'host';

/** Where a target's sources live and where, inside the output folder, its files go. */
export interface Target {
  id: string;
  sources: string;
  output: string;
  entry: string;
}

function folders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();
}

/** The host, then every folder `units/<name>/<version>` which holds a `unit.tsx`. */
export function listTargets(): string[] {
  const units = folders(unitsDir).flatMap((name) =>
    folders(join(unitsDir, name))
      .filter((version) => existsSync(join(unitsDir, name, version, 'unit.tsx')))
      .map((version) => `${name}@${version}`),
  );
  return [hostTarget, ...units];
}

export function parseUnitId(id: string): { name: string; version: string } {
  const [name, version] = id.split('@');
  if (!name || !version) throw new Error(`"${id}" is not a unit id such as main@1.0.0`);
  return { name, version };
}

export function findTarget(id: string): Target {
  if (id === hostTarget) {
    return { id, sources: join(shopDir, 'host'), output: 'host', entry: 'index.html' };
  }
  const { name, version } = parseUnitId(id);
  return {
    id,
    sources: join(unitsDir, name, version),
    output: join('units', name, version),
    entry: 'remoteEntry.js',
  };
}

export const tempPrefix = '.building-';

/** A build that was killed leaves its folder; one that runs is never this old. */
export function removeAbandonedBuilds(outDir: string): void {
  if (!existsSync(outDir)) return;
  for (const name of folders(outDir).filter((folder) => folder.startsWith(tempPrefix))) {
    const path = join(outDir, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed > 10 * 60_000) rmSync(path, { recursive: true, force: true });
  }
}
