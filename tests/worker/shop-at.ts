import type { Snapshot } from '#schemas/snapshot.ts';
import { snapshotOf, unitOf } from '../support/fixtures.ts';

/** The shop at a revision, its header at a version of the same number. */
export const shopAt = (revision: number, overrides: Partial<Snapshot> = {}): Snapshot => {
  const header = `header@${revision}.0.0`;
  const base = snapshotOf();
  const buildings = { ...base.buildings, header: { category: 'header' as const, active_unit: header } };
  return { ...base, revision, buildings, units: { ...base.units, [header]: unitOf(header) }, ...overrides };
};

export const versionOf = async (response: Response): Promise<number> => (await response.json<{ version: number }>()).version;
