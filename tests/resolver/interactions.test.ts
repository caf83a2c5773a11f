import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '#resolver/compile.ts';
import { incompatibilities } from '#resolver/interactions.ts';
import { resolve } from '#resolver/resolve.ts';
import type { ApartmentManifest } from '#schemas/manifest.ts';
import type { Snapshot, SnapshotRollout } from '#schemas/snapshot.ts';
import { canary, snapshotOf, snapshotRollout, unitOf } from '../support/fixtures.ts';

const main2 = (compatibility: Record<string, string>) => unitOf('main@2.0.0', { compatibility });
const main = snapshotRollout({ id: 'main-new', salt: 'm', percentage: 50, arms: canary({ main: 'main@2.0.0' }) });
const header = snapshotRollout({ id: 'header-new', salt: 'h', percentage: 50, arms: canary({ header: 'header@2.0.0' }) });
const both = snapshotRollout({ id: 'set', percentage: 50, arms: canary({ main: 'main@2.0.0', header: 'header@2.0.0' }) });
const nobody = { user_segments: [], geo_regions: [], feature_flags: [], custom_rules: [] };

function withMain(compatibility: Record<string, string>, rollouts: SnapshotRollout[], overrides: Partial<Snapshot> = {}): Snapshot {
  const snapshot = snapshotOf(rollouts, overrides);
  const units = { ...snapshot.units, 'header@2.0.0': unitOf('header@2.0.0'), 'main@2.0.0': main2(compatibility) };
  return { ...snapshot, units };
}

const override = { description: '', visitors: ['ana'], segments: [], units: { main: 'main@2.0.0' } };

describe('units that a visitor could be given together', () => {
  it.each<[string, Snapshot, string[]]>([
    ['fit', withMain({ header: '^1.0.0' }, [main]), []],
    ['a canary that wants the next header', withMain({ header: '^2.0.0' }, [main]), ['header 1.0.0 (stable)']],
    ['and one that could get it, or not', withMain({ header: '^2.0.0' }, [main, header]), ['header 1.0.0 (stable)']],
    [
      'a canary that wants the old header beside its canary',
      withMain({ header: '^1.0.0' }, [main, header]),
      ['header 2.0.0 (rollout header-new, arm canary)'],
    ],
    ['a release set brings its own header', withMain({ header: '^2.0.0' }, [both]), []],
    ['a release set that does not fit itself', withMain({ header: '^1.0.0' }, [both]), ['header 2.0.0 (rollout set, arm canary)']],
    [
      'rollouts of one layer never meet',
      withMain({ header: '^1.0.0' }, [
        { ...main, salt: 'one', range: { from: 0, to: 50 } },
        { ...header, salt: 'one', range: { from: 50, to: 100 } },
      ]),
      [],
    ],
    [
      'rollouts of different countries never meet',
      withMain({ header: '^1.0.0' }, [
        { ...main, criteria: { ...nobody, geo_regions: ['KR'] } },
        { ...header, criteria: { ...nobody, geo_regions: ['US', 'JP'] } },
      ]),
      [],
    ],
    ['an override', withMain({ header: '^2.0.0' }, [], { overrides: { qa: override } }), ['header 1.0.0 (stable)']],
    [
      'an override that brings both',
      withMain({ header: '^2.0.0' }, [], { overrides: { qa: { ...override, units: { main: 'main@2.0.0', header: 'header@2.0.0' } } } }),
      [],
    ],
    [
      'an override keeps its visitors out of the rollouts that it touches',
      withMain({ sidebar: '^1.0.0' }, [{ ...both, arms: canary({ main: 'main@1.0.0', sidebar: 'sidebar@2.0.0' }) }], {
        overrides: { qa: override },
      }),
      [],
    ],
    ['a package is no building', withMain({ react: '^19.0.0' }, [main]), []],
  ])('%s', (_, snapshot, others) => {
    const faults = incompatibilities(snapshot);
    expect(faults.map(({ message }) => / and (\S+ [^)]*\)):/.exec(message)?.[1])).toEqual(others);
    const program = compile(snapshot);
    expect('code' in program).toBe(others.length > 0);
    expect('code' in compile(snapshot, { trustsInteractions: true })).toBe(false);
  });
});

it('what the compiler takes never gives anybody an incompatible pair', () => {
  const range = fc.constantFrom('^1.0.0', '^2.0.0', '*');
  const rollouts = fc.subarray([main, header, both], { minLength: 1 }).filter((some) => !some.includes(both) || some.length === 1);
  fc.assert(
    fc.property(rollouts, range, fc.integer({ min: 1, max: 100 }), fc.string(), (some, wanted, percentage, key) => {
      const snapshot = withMain(
        { header: wanted },
        some.map((rollout) => ({ ...rollout, percentage })),
      );
      const program = compile(snapshot);
      fc.pre(!('code' in program));
      if ('code' in program) return;
      const { buildings } = (JSON.parse(resolve(program, { key, attributes: {} }).body) as ApartmentManifest).apartments.shop!;
      const has2 = buildings.main!.active_unit === 'main@2.0.0';
      const major = Number(buildings.header!.active_unit.at(7));
      expect(!has2 || wanted === '*' || wanted === `^${major}.0.0`).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
