import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '#resolver/compile.ts';
import type { Program } from '#resolver/program.ts';
import { explain } from '#resolver/explain.ts';
import { resolve } from '#resolver/resolve.ts';
import type { Visitor } from '#resolver/visitor.ts';
import { ApartmentManifest } from '#schemas/manifest.ts';
import type { Snapshot } from '#schemas/snapshot.ts';
import { canary, flagOf, snapshotOf, snapshotRollout } from '../support/fixtures.ts';

function programOf(snapshot: Snapshot): Program {
  const program = compile(snapshot);
  if ('code' in program) throw new Error(program.detail);
  return program;
}

const twoRollouts = snapshotOf(
  [
    snapshotRollout({
      percentage: 50,
      criteria: { user_segments: ['secret-segment'], geo_regions: ['KR'], feature_flags: [], custom_rules: [] },
    }),
    snapshotRollout({ id: 'header-1', salt: 'other', percentage: 50, arms: canary({ header: 'header@2.0.0', sidebar: 'sidebar@2.0.0' }) }),
  ],
  { segments: { 'secret-segment': { description: '', condition: { plan: 'pro' } } } },
);

const visitors = fc.record({
  key: fc.string({ unit: 'binary', maxLength: 40 }),
  attributes: fc.dictionary(
    fc.constantFrom('country', 'plan', 'groups', '__proto__', 'constructor'),
    fc.oneof(fc.constantFrom('KR', 'US', 'pro'), fc.anything()),
  ),
});

describe('the manifest', () => {
  const program = programOf(twoRollouts);

  it('is valid and holds exactly the units that this visitor needs', () => {
    fc.assert(
      fc.property(visitors, (visitor) => {
        const manifest = ApartmentManifest.parse(JSON.parse(resolve(program, visitor as Visitor).body));
        for (const building of Object.values(manifest.apartments.shop!.buildings))
          expect(Object.keys(building.units)).toEqual([building.active_unit]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells nothing of criteria, salts or thresholds', () => {
    const { body } = resolve(program, { key: 'anyone', attributes: { country: 'KR', plan: 'pro' } });
    for (const secret of ['secret-segment', 'salt-1', 'other', 'min_health_score', 'criteria']) expect(body).not.toContain(secret);
  });

  it('is one and the same object for visitors with the same arms', () => {
    const answers = new Set(Array.from({ length: 500 }, (_, index) => resolve(program, { key: `v${index}`, attributes: {} })));
    expect(answers.size).toBe(2); // the first rollout does not apply; the second gives two arms
  });

  it('agrees with the explanation, building by building', () => {
    fc.assert(
      fc.property(visitors, (visitor) => {
        const { apartments } = JSON.parse(resolve(program, visitor as Visitor).body) as ApartmentManifest;
        for (const { building, unit, arm } of explain(program, visitor as Visitor)) {
          expect(apartments.shop!.buildings[building]!.active_unit).toBe(unit);
          expect(apartments.shop!.buildings[building]!.routing.arm).toBe(arm);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives a release set whole or not at all', () => {
    for (let index = 0; index < 2_000; index++) {
      const { apartments } = JSON.parse(resolve(program, { key: `v${index}`, attributes: {} }).body) as ApartmentManifest;
      const { header, sidebar } = apartments.shop!.buildings;
      expect(header!.active_unit === 'header@2.0.0').toBe(sidebar!.active_unit === 'sidebar@2.0.0');
    }
  });
});

it('still answers when there are more combinations than it remembers', () => {
  const remembered = resolve(programOf(twoRollouts), { key: 'someone', attributes: {} });
  const forgetful = compile(twoRollouts, { cacheBytes: 10 });
  if ('code' in forgetful) throw new Error(forgetful.detail);
  expect(resolve(forgetful, { key: 'someone', attributes: {} })).toEqual(remembered);
  expect(forgetful.cache.bytes).toBeLessThan(200);
});

describe('a snapshot that contradicts itself is refused with every fault', () => {
  it.each<[string, Snapshot, string[]]>([
    [
      'an active unit that is not there',
      snapshotOf([], { units: {} }),
      ['/buildings/header/active_unit', '/buildings/main/active_unit', '/buildings/sidebar/active_unit'],
    ],
    [
      'a target building that is not there',
      snapshotOf([snapshotRollout({ arms: canary({ footer: 'footer@1.0.0' }) })]),
      ['/rollouts/0/arms/0/units/footer'],
    ],
    [
      'an unknown segment and flag',
      snapshotOf([snapshotRollout({ criteria: { user_segments: ['x'], geo_regions: [], feature_flags: ['y'], custom_rules: [] } })]),
      ['/rollouts/0/criteria/user_segments/0', '/rollouts/0/criteria/feature_flags/0'],
    ],
    ['a flag with an unknown segment', snapshotOf([], { flags: { f: flagOf({ segments: ['x'] }) } }), ['/flags/f/segments/0']],
    ['two rollouts of one building', snapshotOf([snapshotRollout(), snapshotRollout({ id: 'main-2' })]), ['/rollouts/1/range']],
  ])('%s', (_, snapshot, paths) => {
    const outcome = compile(snapshot);
    expect('code' in outcome && outcome.errors?.map((fault) => fault.path)).toEqual(paths);
  });
});
