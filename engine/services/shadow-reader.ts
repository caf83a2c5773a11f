import type { Place } from '#engine/db/revision-store.ts';
import type { UnitRecord } from '#schemas/registry.ts';
import type { ShadowIndex, ShadowVersion } from '#schemas/shadow.ts';
import type { StoredRevision } from './verify-chain.ts';

/** A unit of the registry as it lies in the shadow: its seal, its form and its key are checked. */
export type FoundUnit = { record: UnitRecord } | { error: string };

export type FoundVersion = { version: ShadowVersion; sha256: string; bytes: number } | { error: string };

/** The shadow as the services read it; an adapter is handed in. */
export type ShadowReader = {
  name: string;
  places: () => Promise<Place[]>;
  numbers: (place: Place) => Promise<number[]>;
  index: (place: Place) => Promise<ShadowIndex | 'damaged' | null>;
  version: (place: Place, number: number) => Promise<FoundVersion | null>;
  /** Every unit that is there, with its key. */
  units: () => AsyncGenerator<{ key: string; found: FoundUnit }>;
  versions: (place: Place, numbers: readonly number[]) => AsyncGenerator<{ number: number; found: FoundVersion | null }>;
};

/** A version in the form in which chains are verified. */
export function toStored(number: number, found: FoundVersion | null): StoredRevision {
  if (found === null) return { number, content: { error: 'it was there a moment ago and is gone' } };
  if ('error' in found) return { number, content: { error: found.error } };
  const { revision, summary, snapshot } = found.version;
  return { number, content: { value: revision }, summary, payload: snapshot };
}
