import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areApart, audienceOfCriteria } from '#resolver/compatibility/audience.ts';
import { type BrokenPair, brokenPairs, needsOf } from '#resolver/compatibility/broken-pairs.ts';
import { fits } from '#resolver/compatibility/fits.ts';
import { pairWords } from '#resolver/compatibility/pair-words.ts';
import { compile } from '#resolver/compile.ts';
import { resolve } from '#resolver/resolve.ts';
import type { Program } from '#resolver/program.ts';
import type { Visitor } from '#resolver/visitor.ts';
import type { ApartmentManifest } from '#schemas/manifest.ts';
import { RolloutCriteria } from '#schemas/rollout.ts';
import type { Snapshot, SnapshotRollout } from '#schemas/snapshot.ts';
import { Segment } from '#schemas/document.ts';
import type { Unit } from '#schemas/unit.ts';
import { anySnapshot, anyVisitor } from '../support/any-snapshot.ts';
import { canary, snapshotOf, snapshotRollout, unitOf } from '../support/fixtures.ts';

const RUNS = process.env.CONCIERGE_LONG ? 3_000 : 200;
const PATIENCE_MS = 180_000;

describe('a version and a range', () => {
  it.each<[string, string, boolean]>([
    ['1.3.0', '^1.3.0', true],
    ['1.2.9', '^1.3.0', false],
    ['2.0.0', '^1.3.0', false],
    ['1.3.0-rc.1', '^1.3.0', true], // it becomes 1.3.0 with the same bytes
    ['1.3.0-snap.20260115', '~1.3.0', true],
    ['1.4.0-rc.1', '^1.3.0', true],
    ['2.0.0-rc.1', '^1.3.0', false],
    ['1.3.0-rc.1', '<1.3.0', false],
    ['1.3.0-rc.1', '>1.2.0', true],
    ['1.3.0-rc.1', '>=1.3.0-rc.2', false], // the range means the candidates one by one
    ['1.3.0-rc.2', '>=1.3.0-rc.2', true],
    ['1.3.0-rc.10', '>=1.3.0-rc.2 <1.4.0', true],
    ['1.4.0-rc.1', '>=1.3.0-rc.2 <1.4.0', false],
    ['1.3.0-rc.1', '1.3.0-rc.1', true],
    ['1.3.0', '1.3.0-rc.1', false],
    ['1.3.0-rc.1', '1.3.0', true],
    ['1.3.0-rc.1', '1.x || 3.x', true],
    ['2.1.0', '1.x || 3.x', false],
    ['0.0.1', '*', true],
    ['1.0.0', 'no range', false],
  ])('%s in %s: %s', (version, range, expected) => expect(fits(version, range)).toBe(expected));
});

describe('audiences that certainly have nobody in common', () => {
  const segments = {
    pro: Segment.parse({ condition: { plan: 'pro' } }),
    free: Segment.parse({ condition: { $and: [{ plan: { $eq: 'free' } }, { age: { $gt: 3 } }] } }),
    team: Segment.parse({ condition: { plan: 'team', company: 'acme' } }),
    odd: Segment.parse({ condition: { $or: [{ plan: 'pro' }] } }),
    korean: Segment.parse({ condition: { country: { $in: ['KR'] } } }),
    japanese: Segment.parse({ condition: { country: { $in: ['JP'] } } }),
  };
  it.each<[string, object, object, boolean]>([
    ['countries', { geo_regions: ['KR'] }, { geo_regions: ['US', 'JP'] }, true],
    ['countries that meet', { geo_regions: ['KR', 'US'] }, { geo_regions: ['US', 'JP'] }, false],
    ['a country and anybody', { geo_regions: ['KR'] }, {}, false],
    ['plans', { user_segments: ['pro'] }, { user_segments: ['free'] }, true],
    ['any of several plans', { user_segments: ['pro', 'team'] }, { user_segments: ['free'] }, true],
    ['any of several plans, one of them the other', { user_segments: ['pro', 'free'] }, { user_segments: ['free'] }, false],
    ['a plan and a rule', { user_segments: ['pro'] }, { custom_rules: [{ plan: 'free' }] }, true],
    ['what $or says is not looked into', { user_segments: ['odd'] }, { user_segments: ['free'] }, false],
    ['a list may have both', { user_segments: ['korean'] }, { user_segments: ['japanese'] }, false],
    ['the country of geo_regions is one', { user_segments: ['korean'] }, { geo_regions: ['JP'] }, true],
    ['a segment that nobody defined', { user_segments: ['gone'] }, { user_segments: ['free'] }, false],
    ['keys', { custom_rules: [{ key: { $in: ['ana', 'bob'] } }] }, { custom_rules: [{ key: 'cy' }] }, true],
    ['a number and a text may be the same', { custom_rules: [{ plan: 5 }] }, { custom_rules: [{ plan: '6' }] }, false],
    ['a flag is off today', { feature_flags: ['off'] }, {}, false],
  ])('%s', (_, a, b, expected) => {
    const audience = (criteria: object) => audienceOfCriteria(RolloutCriteria.parse(criteria), segments);
    expect(areApart(audience(a), audience(b))).toBe(expected);
    expect(areApart(audience(b), audience(a))).toBe(expected);
  });
});

it('tells the combination in words that name who gives what', () => {
  const rollouts = [
    snapshotRollout({ id: 'r-12', salt: 'h', arms: canary({ header: 'header@2.1.0' }) }),
    snapshotRollout({ id: 'r-13', salt: 'm', arms: canary({ main: 'main@1.3.0' }) }),
  ];
  const snapshot = snapshotOf(rollouts);
  snapshot.units['header@2.1.0'] = unitOf('header@2.1.0', { dependencies: { main: '^1.3.0' } });
  expect(brokenPairs(snapshot).map(pairWords)).toEqual([
    'a visitor with header 2.1.0 (rollout r-12, arm canary) and main 1.0.0 (stable): header 2.1.0 needs main ^1.3.0',
  ]);
  const preview = { description: '', visitors: ['ana'], segments: [], units: { header: 'header@2.1.0' } };
  expect(brokenPairs({ ...snapshot, overrides: { qa: preview } }).map(pairWords)).toEqual([
    'a visitor with header 2.1.0 (rollout r-12, arm canary) and main 1.0.0 (stable); so do override qa and stable: header 2.1.0 needs main ^1.3.0',
  ]);
});

/* All combinations of visitors, found by asking the real resolver, against the pairs that the check names. */

const COUNTRIES = ['KR', 'US', ['KR', 'US'], undefined];
const PLANS = ['pro', 'free', undefined];
const PREVIEW = 'a'.repeat(64);
const BUILDINGS = ['header', 'main', 'sidebar'] as const;

const needs = fc.dictionary(
  fc.constantFrom(...BUILDINGS, 'legacy', 'react'),
  fc.constantFrom('^1.0.0', '^2.0.0', '>=2.0.0', '*', '<1.0.0'),
  {
    maxKeys: 1,
  },
);
const criteria: fc.Arbitrary<RolloutCriteria> = fc.record({
  user_segments: fc.subarray(['pro', 'free', 'korean'], { maxLength: 2 }).map((names) => (names.length === 2 ? [] : names)),
  geo_regions: fc.constantFrom<string[]>([], [], ['KR'], ['US']),
  feature_flags: fc.constant([] as string[]),
  custom_rules: fc.constantFrom<RolloutCriteria['custom_rules']>([], [], [{ plan: 'free' }], [{ plan: { $eq: 'pro' } }]),
});

type DrawnRollout = { layer: number; moves: number[]; criteria: RolloutCriteria };
const drawnRollout: fc.Arbitrary<DrawnRollout> = fc.record({
  layer: fc.nat({ max: 2 }),
  moves: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 2 }),
  criteria,
});

/** Each building belongs to one layer, and so moves in its rollouts only. */
const smallSnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    homes: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 }), fc.nat({ max: 2 })),
    rollouts: fc.array(drawnRollout, { maxLength: 4 }),
    needs: fc.array(fc.tuple(needs, needs), { minLength: 12, maxLength: 12 }),
    legacy: fc.boolean(),
    overrides: fc.array(
      fc.record({
        visitors: fc.constantFrom<string[]>([], ['ana']),
        segments: fc.constantFrom<string[]>([], ['staff']),
        preview: fc.boolean(),
        moves: fc.integer({ min: 1, max: 7 }),
      }),
      { maxLength: 1 },
    ),
  })
  .map(({ homes, rollouts, needs: drawnNeeds, legacy, overrides }) => {
    const unitsAt = (moves: number, version: string, layer?: number): Record<string, string> =>
      Object.fromEntries(
        BUILDINGS.filter((_, at) => ((moves >> at) & 1) === 1 && (layer === undefined || homes[at] === layer)).map((name) => [
          name,
          legacy && name === 'main' && version === '2.0.0' ? 'legacy@2.0.0' : `${name}@${version}`,
        ]),
      );
    const made = rollouts.flatMap(({ layer, moves, criteria: asked }, index): SnapshotRollout[] => {
      const arms = moves.map((one, arm) => ({
        name: `arm-${arm}`,
        weight: 1,
        units: unitsAt(one, index % 2 === 0 ? '2.0.0' : '3.0.0', layer),
      }));
      if (arms.every(({ units }) => Object.keys(units).length === 0)) return [];
      const strategy = arms.length > 1 ? 'ab_test' : 'gradual';
      const range = { from: index * 25, to: index * 25 + 25 };
      // Hardly anybody comes into an arm by chance: the enumeration says who keeps which.
      return [
        snapshotRollout({
          id: `r-${index}`,
          salt: `layer-${layer}`,
          strategy,
          sticky: true,
          percentage: 1e-7,
          range,
          arms,
          criteria: asked,
        }),
      ];
    });
    const given = Object.fromEntries(
      overrides.map(({ visitors, segments, preview, moves }) => [
        'qa',
        { description: '', visitors, segments, ...(preview ? { preview_digest: PREVIEW } : {}), units: unitsAt(moves, '9.0.0') },
      ]),
    );
    const ids = [
      ...BUILDINGS.map((name) => `${name}@1.0.0`),
      ...made.flatMap(({ arms }) => arms.flatMap(({ units }) => Object.values(units))),
    ];
    const all = new Set([...ids, ...Object.values(given).flatMap(({ units }) => Object.values(units))]);
    const units = [...all].map((id, index): [string, Unit] => {
      const [dependencies, compatibility] = drawnNeeds[index % drawnNeeds.length]!;
      return [id, unitOf(id, { dependencies, compatibility })];
    });
    return snapshotOf(made, {
      units: Object.fromEntries(units),
      overrides: given,
      segments: {
        pro: Segment.parse({ condition: { plan: 'pro' } }),
        free: Segment.parse({ condition: { plan: 'free' } }),
        korean: Segment.parse({ condition: { country: { $in: ['KR'] } } }),
        staff: Segment.parse({ condition: { team: 'staff' } }),
      },
    });
  });

const nameOf = (unit: Unit, field: string, name: string, other: Unit): string => [unit.id, field, name, other.id].join(' ');
const named = (pairs: readonly BrokenPair[]): string[] => [
  ...new Set(pairs.map((pair) => nameOf(pair.unit, pair.field, pair.name, pair.other))),
];

type Given = readonly { building: string; unit: Unit }[];

function givenTo(program: Program, visitor: Visitor): Given {
  const manifest = JSON.parse(resolve(program, visitor).body) as ApartmentManifest;
  const buildings = Object.values(manifest.apartments.shop!.buildings);
  return buildings.map(({ name, active_unit: id }) => ({ building: name, unit: program.snapshot.units[id]! }));
}

/** For each name of units the buildings in which some visitor was given one. */
const homesIn = (many: readonly Given[]): Map<string, Set<string>> => {
  const homes = new Map<string, Set<string>>();
  for (const { building, unit } of many.flat()) homes.set(unit.name, (homes.get(unit.name) ?? new Set()).add(building));
  return homes;
};

/** What a visitor was given and should not have been. */
function brokenIn(given: Given, homes: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return given.flatMap(({ building, unit }) =>
    needsOf(unit).flatMap(({ field, name, range }) => {
      const others = given.filter((other) => other.building !== building);
      const unfit = others.filter((other) => other.unit.name === name && !fits(other.unit.version, range)).map((other) => other.unit);
      const elsewhere = [...(homes.get(name) ?? [])].filter((home) => home !== building);
      const only = field === 'dependencies' && elsewhere.length === 1 ? others.find((other) => other.building === elsewhere[0]) : undefined;
      const instead = only && only.unit.name !== name ? [only.unit] : [];
      return [...unfit, ...instead].map((other) => nameOf(unit, field, name, other));
    }),
  );
}

/** Every choice of an arm, or none, in each layer. */
function worlds(rollouts: readonly SnapshotRollout[]): Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const layer of Map.groupBy(rollouts, ({ salt }) => salt).values()) {
    const kept = layer.flatMap(({ id, salt, arms }) => arms.map(({ name }) => ({ [`${id}.${salt}`]: name })));
    all = all.flatMap((world) => [world, ...kept.map((one) => ({ ...world, ...one }))]);
  }
  return all;
}

it(
  'names exactly the pairs that some visitor can be given, as the resolver itself shows them',
  () => {
    let broken = 0;
    fc.assert(
      fc.property(smallSnapshot, (snapshot) => {
        const program = compile(snapshot, { trustsInteractions: true });
        if ('code' in program) throw new Error(JSON.stringify(program));
        const many: Given[] = [];
        for (const sticky of worlds(snapshot.rollouts)) {
          for (const key of ['ana', 'visitor-7']) {
            for (const who of [{}, { preview: PREVIEW }, { team: 'staff' }]) {
              for (const country of COUNTRIES) {
                for (const plan of PLANS) {
                  const { preview, team } = who as { preview?: string; team?: string };
                  const visitor = { key, attributes: { country, plan, team }, sticky, ...(preview ? { preview } : {}) };
                  many.push(givenTo(program, visitor));
                }
              }
            }
          }
        }
        const homes = homesIn(many);
        const seen = new Set(many.flatMap((given) => brokenIn(given, homes)));
        broken += seen.size;
        expect(named(brokenPairs(snapshot)).toSorted()).toEqual([...seen].toSorted());
      }),
      { numRuns: RUNS },
    );
    expect(broken).toBeGreaterThan(RUNS / 3);
  },
  PATIENCE_MS,
);

it(
  'gives no visitor, whoever they are, a pair that the check did not name',
  () => {
    const withNeeds = fc.tuple(anySnapshot, fc.array(fc.tuple(needs, needs), { minLength: 7, maxLength: 7 })).map(([snapshot, drawn]) => ({
      ...snapshot,
      units: Object.fromEntries(
        Object.entries(snapshot.units).map(([id, unit], index): [string, Unit] => {
          const [dependencies, compatibility] = drawn[index % drawn.length]!;
          return [id, { ...unit, dependencies, compatibility }];
        }),
      ),
    }));
    let given = 0;
    fc.assert(
      fc.property(withNeeds, fc.array(anyVisitor, { minLength: 20, maxLength: 20 }), (snapshot, visitors) => {
        const program = compile(snapshot, { trustsInteractions: true });
        if ('code' in program) throw new Error(JSON.stringify(program));
        const known = new Set(named(brokenPairs(snapshot)));
        const many = visitors.map((visitor) => givenTo(program, visitor));
        for (const name of many.flatMap((one) => brokenIn(one, new Map()))) {
          given++;
          expect(known).toContain(name);
        }
      }),
      { numRuns: RUNS },
    );
    expect(given).toBeGreaterThan(RUNS);
  },
  PATIENCE_MS,
);
