import { expect } from 'vitest';
import { compile } from '#resolver/compile.ts';
import { explain } from '#resolver/explain.ts';
import { murmur3 } from '#resolver/murmur3.ts';
import { resolve } from '#resolver/resolve.ts';
import type { ApartmentManifest } from '#schemas/manifest.ts';
import { Snapshot } from '#schemas/snapshot.ts';

/**
 * Language-neutral resolver cases. A file holds hashes (key, seed → murmur3), or a snapshot and visitors with the unit and
 * the reason that each building must get.
 */
export type CaseFile = {
  description: string;
  hashes?: { key: string; seed: number; hash: number }[];
  snapshot?: unknown;
  visitors?: {
    name: string;
    key: string;
    attributes: Record<string, unknown>;
    expect: Record<string, { unit: string; reason: string; arm?: string; failed_criterion?: string }>;
  }[];
};

/** Every case of a file, ready to run. */
export function casesOf(file: CaseFile): { name: string; run: () => void }[] {
  const hashes = (file.hashes ?? []).map(({ key, seed, hash }) => ({
    name: `murmur3(${JSON.stringify(key)}, ${seed})`,
    run: () => expect(murmur3(key, seed)).toBe(hash),
  }));
  if (file.snapshot === undefined) return hashes;
  const program = compile(Snapshot.parse(file.snapshot));
  if ('code' in program) throw new Error(program.detail);
  const visitors = (file.visitors ?? []).map(({ name, key, attributes, expect: expected }) => ({
    name,
    run: () => {
      const visitor = { key, attributes };
      const manifest = JSON.parse(resolve(program, visitor).body) as ApartmentManifest;
      const buildings = Object.values(manifest.apartments)[0]!.buildings;
      for (const explanation of explain(program, visitor)) {
        const wanted = expected[explanation.building];
        if (!wanted) continue;
        expect(explanation).toMatchObject(wanted);
        expect(buildings[explanation.building]!.active_unit).toBe(wanted.unit);
      }
      expect(Object.keys(expected).filter((building) => !Object.hasOwn(buildings, building))).toEqual([]);
    },
  }));
  return [...hashes, ...visitors];
}
