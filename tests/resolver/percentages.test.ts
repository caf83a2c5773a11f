import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, type Interval, armIntervals, bucketOf, keyHash, seedOf, thresholdOf } from '#resolver/bucket.ts';
import { compile } from '#resolver/compile.ts';
import type { Program } from '#resolver/program.ts';
import { resolve } from '#resolver/resolve.ts';
import type { Snapshot, SnapshotRollout } from '#schemas/snapshot.ts';
import { canary, flagOf, snapshotOf, snapshotRollout } from '#tests/support/fixtures.ts';
import { IS_LONG } from '#tests/support/many-keys.ts';

/** What a change of shares, weights, units or rollouts does to visitors who are there already. */

const KEYS = 1_000_000;
/** Of these whole answers are asked for, not only buckets. */
const ANSWERS = IS_LONG ? KEYS : 100_000;
const keyOf = (index: number): string => `visitor-${index.toString(36)}`;

function programOf(snapshot: Snapshot): Program {
  const program = compile(snapshot);
  if ('code' in program) throw new Error(`${program.detail} ${JSON.stringify(program.errors)}`);
  return program;
}

/** For each key the arm of each rollout that it is in, as one text: `main-1=canary`. */
function armsUnder(rollouts: SnapshotRollout[], overrides: Partial<Snapshot> = {}): string[] {
  const program = programOf(snapshotOf(rollouts, overrides));
  const texts = new Map<object, string>();
  return Array.from({ length: ANSWERS }, (_, index) => {
    const answer = resolve(program, { key: keyOf(index), attributes: {} });
    const text = texts.get(answer) ?? answer.exposures.map(({ rollout, arm }) => `${rollout}=${arm}`).join(' ');
    texts.set(answer, text);
    return text;
  });
}

/** How many keys were given an arm by `rollout` before, and are given something else after. */
const leavers = (
  before: readonly string[],
  after: readonly string[],
  isArm: (arms: string) => boolean = (arms) => !isControl(arms),
): number => before.reduce((left, arms, index) => left + Number(isArm(arms) && arms !== after[index]), 0);

const isControl = (arms: string): boolean => arms === '' || arms.split(' ').every((one) => one.endsWith('=control'));
const count = (arms: readonly string[], isCounted: (arms: string) => boolean): number =>
  arms.reduce((sum, one) => sum + Number(isCounted(one)), 0);

describe('of 1,000,000 keys', () => {
  const seed = seedOf('a-salt');
  const buckets = Uint32Array.from({ length: KEYS }, (_, index) => bucketOf(keyHash(keyOf(index)), seed));
  const membersAt = (percentage: number): Uint8Array => {
    const threshold = thresholdOf(percentage);
    return Uint8Array.from(buckets, (bucket) => Number(bucket < threshold));
  };

  it.each([
    ['the default steps', [5, 25, 50, 100]],
    ['tiny steps', [0.001, 0.01, 0.1, 0.2, 1]],
    ['almost everyone', [99, 99.9, 99.999, 100]],
    ['neighbouring floats', [33.3, 33.3 + Number.EPSILON * 64, 33.4]],
  ])('nobody leaves when the percentage is raised: %s', (_, percentages) => {
    let before = membersAt(0);
    for (const percentage of percentages) {
      const after = membersAt(percentage);
      expect(before.reduce((left, was, index) => left + Number(was === 1 && after[index] === 0), 0)).toBe(0);
      before = after;
    }
  });

  it('the last in are the first out when it is lowered', () => {
    const joinedAt = new Map<number, number>();
    const steps = [1, 5, 10, 25, 50];
    for (const step of steps) membersAt(step).forEach((is, index) => is === 1 && !joinedAt.has(index) && joinedAt.set(index, step));
    for (const step of steps.toReversed()) {
      const members = membersAt(step);
      for (const [index, joined] of joinedAt) if (joined <= step !== (members[index] === 1)) expect.fail(`${keyOf(index)} at ${step} %`);
    }
    expect(joinedAt.size).toBeGreaterThan(KEYS * 0.49);
  });

  it.each([
    ['nobody', 0, 0],
    ['everybody', 100, 1],
  ])('%s is in at %d %%', (_, percentage, share) => {
    expect(membersAt(percentage).reduce((sum, member) => sum + member, 0)).toBe(KEYS * share);
    expect(count(armsUnder([snapshotRollout({ percentage })]), (arms) => !isControl(arms))).toBe(ANSWERS * share);
  });
});

it('thresholds never fall when percentages grow', () => {
  const percentage = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(percentage, percentage, (a, b) => {
      const [low, high] = a <= b ? [a, b] : [b, a];
      expect(thresholdOf(low)).toBeLessThanOrEqual(thresholdOf(high));
      expect(thresholdOf(high)).toBeLessThanOrEqual(BUCKETS);
    }),
    { numRuns: 10_000 },
  );
});

describe('the arms of any rollout', () => {
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const anyRange = fc
    .tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.double({ min: 0, max: 100, noNaN: true }))
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
  const weights = fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.double({ min: 1e-6, max: 1_000_000, noNaN: true })), {
    minLength: 1,
    maxLength: 20,
  });
  const forAll = (check: (range: { from: number; to: number }, shares: [number, number], weights: number[]) => void): void =>
    fc.assert(
      fc.property(anyRange, part, part, weights, (range, a, b, weights) => check(range, [Math.min(a, b), Math.max(a, b)], weights)),
      {
        numRuns: 10_000,
      },
    );
  const armsAt = (range: { from: number; to: number }, share: number, weights: number[]): Interval[] =>
    armIntervals(range, (range.to - range.from) * share, weights);

  it('lie in its range, one behind the other, on whole buckets', () =>
    forAll((range, [share], weights) => {
      let before = thresholdOf(range.from);
      for (const { start, end } of armsAt(range, share, weights)) {
        expect(Number.isInteger(start) && Number.isInteger(end)).toBe(true);
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThanOrEqual(start);
        before = end;
      }
      expect(before).toBeLessThanOrEqual(thresholdOf(range.to));
    }));

  it('begin where they began and end no earlier when the share grows', () =>
    forAll((range, [less, more], weights) => {
      const after = armsAt(range, more, weights);
      armsAt(range, less, weights).forEach(({ start, end }, index) => {
        expect(after[index]!.start).toBe(start);
        expect(after[index]!.end).toBeGreaterThanOrEqual(end);
      });
    }));

  it('have nobody at 0 % and all of the range at all of it', () =>
    forAll((range, _, weights) => {
      expect(armsAt(range, 0, weights).every(({ start, end }) => start === end)).toBe(true);
      const whole = armIntervals(range, range.to - range.from, weights);
      expect(whole.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(thresholdOf(range.to) - thresholdOf(range.from));
    }));

  it('are together as large as the percentage says, but for the buckets that are rounded', () =>
    forAll((range, [share], weights) => {
      const size = armsAt(range, share, weights).reduce((sum, { start, end }) => sum + end - start, 0);
      const wanted = ((range.to - range.from) / 100) * BUCKETS * share;
      expect(Math.abs(size - wanted)).toBeLessThanOrEqual(weights.length + 2);
    }));
});

describe('who is given an arm depends on nothing but key, salt, range, percentage and weights', () => {
  const base = armsUnder([snapshotRollout({ percentage: 30 })]);
  const header = snapshotRollout({ id: 'header-1', salt: 'b', percentage: 50, arms: canary({ header: 'header@2.0.0' }) });

  it.each<[string, SnapshotRollout[], Partial<Snapshot>]>([
    ['another unit is rolled out', [snapshotRollout({ percentage: 30, arms: canary({ main: 'main@9.9.9' }) })], {}],
    ['the revision is another', [snapshotRollout({ percentage: 30 })], { revision: 99 }],
    ['the step is another', [snapshotRollout({ percentage: 30, step: 3 })], {}],
    ['the strategy is another', [snapshotRollout({ percentage: 30, strategy: 'canary' })], {}],
    [
      'there are flags, and a holdout of nobody',
      [snapshotRollout({ percentage: 30 })],
      { flags: { on: flagOf() }, holdout: { percentage: 0, salt: 'salt-1' } },
    ],
  ])('%s', (_, rollouts, overrides) => expect(armsUnder(rollouts, overrides)).toEqual(base));

  it('another rollout runs beside it, before it or behind it', () => {
    const without = (arms: string[]): string[] => arms.map((one) => one.split(' ').find((part) => part.startsWith('main-1'))!);
    expect(without(armsUnder([snapshotRollout({ percentage: 30 }), header]))).toEqual(base);
    expect(without(armsUnder([header, snapshotRollout({ percentage: 30 })]))).toEqual(base);
  });

  it('another salt chooses other visitors', () => {
    const other = armsUnder([snapshotRollout({ percentage: 30, salt: 'another' })]);
    const both = other.filter((arms, index) => !isControl(arms) && !isControl(base[index]!)).length;
    expect(both / ANSWERS).toBeCloseTo(0.09, 2); // 30 % of 30 %
  });
});

describe('an A/B test of which the share grows', () => {
  const arms: SnapshotRollout['arms'] = [
    { name: 'control', weight: 5, units: {} },
    { name: 'b', weight: 3, units: { main: 'main@1.1.0' } },
    { name: 'c', weight: 2, units: { main: 'main@1.2.0' } },
  ];
  const at = (percentage: number): string[] => armsUnder([snapshotRollout({ strategy: 'ab_test', percentage, arms })]);
  const shares = [1, 10, 33.3, 50, 100].map((percentage) => ({ percentage, arms: at(percentage) }));

  it('nobody who is in it leaves or changes arms', () => {
    shares.slice(1).forEach(({ arms }, index) => expect(leavers(shares[index]!.arms, arms, (one) => one !== '')).toBe(0));
  });

  it.each(shares)('at $percentage % arms are as large as their weights', ({ percentage, arms: given }) => {
    for (const { name, weight } of arms) {
      const likely = (ANSWERS * percentage * weight) / 1_000;
      const size = count(given, (one) => one === `main-1=${name}`);
      expect(Math.abs(size - likely)).toBeLessThan(5 * Math.sqrt(likely));
    }
  });
});

describe('in a layer that rollouts share', () => {
  const first = (percentage: number): SnapshotRollout => snapshotRollout({ percentage, range: { from: 0, to: 40 } });
  const second = (percentage: number): SnapshotRollout =>
    snapshotRollout({ id: 'main-2', percentage, range: { from: 40, to: 75 }, arms: canary({ main: 'main@1.2.0' }) });
  const third = (percentage: number): SnapshotRollout =>
    snapshotRollout({ id: 'header-1', percentage, range: { from: 75, to: 100 }, arms: canary({ header: 'header@2.0.0' }) });

  it.each<[string, SnapshotRollout[], SnapshotRollout[]]>([
    ['a second starts', [first(30)], [first(30), second(20)]],
    ['a second starts and is listed before', [first(30)], [second(20), first(30)]],
    ['a third starts for another building', [first(30), second(35)], [first(30), second(35), third(25)]],
    ['one grows', [first(10), second(20), third(5)], [first(10), second(35), third(5)]],
    ['all grow', [first(10), second(20), third(5)], [first(40), second(35), third(25)]],
  ])('nobody who was given a unit is moved when %s', (_, before, after) => {
    expect(leavers(armsUnder(before), armsUnder(after))).toBe(0);
  });

  it('one that ends, and one that takes its place, move nobody of the others', () => {
    const isSecond = (arms: string): boolean => arms === 'main-2=canary';
    const both = armsUnder([first(30), second(20)]);
    const alone = armsUnder([second(20)]);
    const successor = snapshotRollout({ id: 'main-3', percentage: 15, range: { from: 0, to: 40 }, arms: canary({ main: 'main@1.3.0' }) });
    const reused = armsUnder([successor, second(20)]);
    expect(leavers(both, alone, isSecond)).toBe(0);
    expect(leavers(alone, reused, isSecond)).toBe(0);
    expect(count(reused, isSecond)).toBe(count(both, isSecond));
    // The layer is re-used, and with it the order in which visitors come in.
    both.forEach((arms, index) => {
      if (reused[index] === 'main-3=canary' && arms !== 'main-1=canary') expect.fail(`${keyOf(index)} came in before its turn`);
    });
  });

  it('nobody is given two arms, and none is in the control of a rollout and in an arm of another', () => {
    for (const arms of new Set(armsUnder([first(30), second(20), third(10)]))) {
      expect(arms === 'main-1=control main-2=control header-1=control' || /^[a-z0-9-]+=canary$/.test(arms)).toBe(true);
    }
  });
});
