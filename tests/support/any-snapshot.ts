import fc from 'fast-check';
import { Condition } from '#schemas/condition.ts';
import type { Visitor } from '#resolver/visitor.ts';
import type { Flag, HostRoute, Override } from '#schemas/document.ts';
import { type Snapshot, Snapshot as SnapshotSchema, type SnapshotRollout } from '#schemas/snapshot.ts';
import { PLACE, unitOf } from './fixtures.ts';

/** Snapshots with all that there is in them, such as an engine could sign, and visitors for these. */

const BUILDINGS = ['header', 'main', 'sidebar', 'footer'] as const;
const LAYERS = ['layer-a', 'layer-b', 'layer-c'] as const;
const SEGMENTS = ['pro', 'staff', 'odd'];
const FLAGS = ['first', 'second', 'third'];
const KEYS = ['visitor-1', 'visitor-2', 'é', '\ud800', ''];
const DIGESTS = ['a'.repeat(64), 'b'.repeat(64)];
/** Where some of the snapshots show a preview. */
export const HOSTS = ['pr-1.preview.shop.example', 'pr-2.preview.shop.example', 'shop.example'] as const;
const COMPANIES = ['acme', 'globex', '', 42, 0.5, null];

const percentage = fc.oneof(fc.constantFrom(0, 5, 50, 100), fc.double({ min: 0, max: 100, noNaN: true }));
const weight = fc.oneof(fc.constantFrom(1, 9), fc.double({ min: 0.001, max: 1_000_000, noNaN: true }));
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(value, { nil: undefined });
const someOf = (names: readonly string[]): fc.Arbitrary<string[]> => fc.subarray([...names], { maxLength: Math.min(2, names.length) });
/** None more often than not, so that something is left that visitors can pass. */
const rarely = (names: readonly string[]): fc.Arbitrary<string[]> => fc.oneof(fc.constant<string[]>([]), someOf(names));

/** Anything that a condition may be made of: not what its schema refuses, such as a member named `__proto__`. */
const anything = fc.jsonValue({ maxDepth: 2 }).filter((value) => Condition.safeParse({ plan: value }).success);

const plainCondition = fc.oneof(
  fc.constantFrom<Record<string, unknown>>(
    { plan: 'pro' },
    { plan: { $in: ['pro', 'team'] } },
    { 'account.size': { $gt: 10 } },
    { $or: [{ country: 'KR' }, { $not: { plan: 'pro' } }] },
    { key: { $regex: '^visitor' } },
    { company: { $inGroup: 'partners' } },
    { plan: { $unknown: 1 } },
  ),
  fc.dictionary(fc.constantFrom('plan', 'country', '$and', '$nor', 'groups'), anything, { maxKeys: 2 }),
);

const condition = fc.oneof({ weight: 4, arbitrary: plainCondition }, fc.constant({ $savedGroup: { id: SEGMENTS[0] } }));

const criteria = fc.record({
  user_segments: rarely(SEGMENTS),
  geo_regions: rarely(['KR', 'US', 'DE']),
  feature_flags: rarely(FLAGS),
  custom_rules: fc.oneof({ weight: 3, arbitrary: fc.constant<Record<string, unknown>[]>([]) }, fc.array(condition, { maxLength: 2 })),
});

/** A flag may need those before it, so that there is no circle. */
const flagAt = (index: number): fc.Arbitrary<Flag> =>
  fc.record({
    description: fc.constant(''),
    enabled: fc.boolean(),
    segments: rarely(SEGMENTS),
    prerequisites: someOf(FLAGS.slice(0, index)),
    percentage,
  });

type Drawn = {
  strategy: SnapshotRollout['strategy'];
  share: number;
  width: number;
  sticky: boolean;
  criteria: SnapshotRollout['criteria'];
  arms: { weight: number; moves: number }[];
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  strategy: fc.constantFrom('immediate', 'gradual', 'canary', 'ab_test'),
  share: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  width: fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 1, noNaN: true })),
  sticky: fc.boolean(),
  criteria,
  arms: fc.array(fc.record({ weight, moves: fc.nat({ max: 3 }) }), { minLength: 2, maxLength: 20 }),
});

/** Rollouts side by side in one layer, each with so much of what is left; its buildings are moved by nobody else. */
function rolloutsOf(salt: string, bucketBy: string, buildings: readonly string[], many: readonly Drawn[]): SnapshotRollout[] {
  let from = 0;
  return many.flatMap((one, index): SnapshotRollout[] => {
    const range = { from, to: index === many.length - 1 && one.width === 1 ? 100 : from + (100 - from) * one.width * 0.6 };
    if (!(range.from < range.to) || range.to > 100) return [];
    from = range.to;
    return [rolloutOf(`${salt}-${index}`, salt, bucketBy, buildings, one, range)];
  });
}

function rolloutOf(
  id: string,
  salt: string,
  bucket_by: string,
  buildings: readonly string[],
  { strategy, share, sticky, criteria, arms }: Drawn,
  range: SnapshotRollout['range'],
): SnapshotRollout {
  const isTest = strategy === 'ab_test';
  return {
    id,
    strategy,
    salt,
    range,
    bucket_by,
    sticky,
    step: 0,
    period: 0,
    analysis_segments: [],
    percentage: (range.to - range.from) * share,
    duration: 10,
    criteria,
    arms: (isTest ? arms : arms.slice(0, 1)).map(({ weight, moves }, index) => ({
      name: `arm-${index}`,
      weight,
      units: Object.fromEntries(
        buildings.filter((_, at) => index === 0 || ((moves >> at) & 1) === 1).map((name) => [name, `${name}@${2 + index}.0.0`]),
      ),
    })),
  };
}

const override: fc.Arbitrary<Override> = fc.record({
  description: fc.constant(''),
  visitors: fc.subarray(KEYS.filter(Boolean), { maxLength: 2 }),
  segments: rarely(SEGMENTS),
  preview_digest: maybe(fc.constantFrom(...DIGESTS)),
  units: fc.subarray([...BUILDINGS], { maxLength: 2 }).map((names) => Object.fromEntries(names.map((name) => [name, `${name}@9.0.0`]))),
});

const route: fc.Arbitrary<HostRoute> = override.map(({ description, units }) => ({ description, units }));

const layers = fc.record({
  /** For each building the layer that moves it; undefined: none does. */
  homes: fc.tuple(...BUILDINGS.map(() => maybe(fc.constantFrom(...LAYERS)))),
  bucketBy: fc.tuple(...LAYERS.map(() => fc.constantFrom('visitor', 'visitor', 'session', 'company', 'account.id'))),
  drawn: fc.tuple(...LAYERS.map(() => fc.array(drawn, { minLength: 1, maxLength: 3 }))),
});

/** A snapshot that compiles. */
export const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    layers,
    /** The first refers to no other, so that there is no circle. */
    conditions: fc.tuple(plainCondition, condition, condition),
    flags: fc.tuple(...FLAGS.map((_, index) => flagAt(index))),
    overrides: fc.dictionary(fc.constantFrom('zebra', 'apple', 'mango'), override, { maxKeys: 3 }),
    routes: maybe(fc.dictionary(fc.constantFrom(...HOSTS), route, { maxKeys: 2 })),
    holdout: maybe(fc.record({ percentage, salt: fc.constantFrom('holdout', LAYERS[0]) })),
  })
  .map(({ layers: { homes, bucketBy, drawn }, conditions, flags, overrides, routes, holdout }): Snapshot => {
    const rollouts = LAYERS.flatMap((salt, index) => {
      const buildings = BUILDINGS.filter((_, at) => homes[at] === salt);
      return buildings.length === 0 ? [] : rolloutsOf(salt, bucketBy[index]!, buildings, drawn[index]!);
    });
    return SnapshotSchema.parse({
      format: 2,
      ...PLACE,
      revision: 1,
      issued_at: 0,
      buildings: Object.fromEntries(BUILDINGS.map((name) => [name, { category: name, active_unit: `${name}@1.0.0` }])),
      units: Object.fromEntries(unitIds(rollouts).map((id) => [id, unitOf(id)])),
      rollouts,
      segments: Object.fromEntries(SEGMENTS.map((name, index) => [name, { condition: conditions[index] }])),
      flags: Object.fromEntries(FLAGS.map((name, index) => [name, flags[index]])),
      groups: { partners: ['acme', 42] },
      overrides,
      ...(holdout && { holdout }),
      ...(routes && { host_routes: routes }),
    });
  });

const unitIds = (rollouts: readonly SnapshotRollout[]): string[] => [
  ...new Set([
    ...BUILDINGS.flatMap((name) => [`${name}@1.0.0`, `${name}@9.0.0`]),
    ...rollouts.flatMap(({ arms }) => arms.flatMap(({ units }) => Object.values(units))),
  ]),
];

const keptArms = fc.dictionary(
  fc.constantFrom(...LAYERS.flatMap((salt) => [0, 1, 2].map((index) => `${salt}-${index}.${salt}`))),
  fc.constantFrom('arm-0', 'arm-1', 'arm-7', 'gone', 'control'),
  { maxKeys: 3 },
);

/** A visitor with what rules ask for, and with anything else. */
export const anyVisitor: fc.Arbitrary<Visitor> = fc
  .record(
    {
      key: fc.oneof(fc.constantFrom(...KEYS), fc.uuid(), fc.string({ unit: 'binary', maxLength: 40 })),
      attributes: fc.oneof(
        fc.record(
          {
            plan: fc.constantFrom<unknown>('pro', 'team', 'free', 7, null, ['pro']),
            country: fc.constantFrom('KR', 'US', 'kr'),
            company: fc.constantFrom<unknown>(...COMPANIES),
            account: fc.constantFrom<unknown>({ id: 'a', size: 11 }, { id: 7 }, 'none', [], null),
          },
          { requiredKeys: [] },
        ),
        fc.dictionary(fc.constantFrom('plan', 'country', 'company', 'account', '__proto__', 'constructor'), fc.anything()),
      ),
      session: fc.constantFrom('s-1', 's-2', ''),
      sticky: keptArms,
      preview: fc.constantFrom(...DIGESTS, 'c'.repeat(64), ''),
      host: fc.constantFrom(...HOSTS, 'elsewhere.example', '__proto__'),
    },
    { requiredKeys: ['key', 'attributes'] },
  )
  .map((visitor) => visitor as Visitor);
