import { describe, expect, it } from 'vitest';
import { describeChange } from '#engine/domain/describe-change.ts';
import { judge, NO_HEALTH } from '#engine/domain/judge.ts';
import { armNamesOf, controlOf } from '#engine/domain/experiment.ts';
import { sharesOf } from '#engine/domain/shares.ts';
import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { compile } from '#resolver/compile.ts';
import { explain } from '#resolver/explain.ts';
import { Document } from '#schemas/document.ts';
import type { TestResult } from '#schemas/experiment.ts';
import type { ArmHealth } from '#schemas/health.ts';
import { Policy } from '#schemas/policy.ts';
import { RolloutPlan, type RolloutPlanInput } from '#schemas/rollout.ts';
import { MINUTE, NOW, decided, refusedBy, shopDocument, startOf } from '../../support/fixtures.ts';
import { type Judgement, verdictOf } from '../../support/verdicts.ts';

type Experiment = NonNullable<RolloutPlanInput['experiment']>;
const VARIANTS = [
  { name: 'old', weight: 2 },
  { name: 'green', units: ['main@1.1.0'] },
  { name: 'blue', units: ['main@1.2.0', 'header@1.2.0'] },
];
const startTest = (experiment: Partial<Experiment> = {}, plan: Partial<RolloutPlanInput> = {}) =>
  startOf('test', { strategy: 'ab_test', experiment: { variants: VARIANTS, ...experiment }, ...plan });
const given = (experiment: Partial<Experiment> = {}, plan: Partial<RolloutPlanInput> = {}): Document =>
  decided(shopDocument(), startTest(experiment, plan));
const of = (document: Document) => document.rollouts.test!;

const resultOf = (outcome: TestResult['outcome'], winner: string | null = null): TestResult => ({
  goal: 'goal',
  control: 'old',
  outcome,
  winner,
  variants: [],
  message: `It is ${outcome}.`,
});
const judged = (
  document: Document,
  test: TestResult,
  afterMs: number,
  exposures: Record<string, number> = {},
  name: Judgement = 'healthy',
) =>
  decided(
    document,
    { type: 'judge-rollout', rollout: 'test', verdict: verdictOf(of(document), name, { test, exposures }) },
    { now: NOW + afterMs },
  );

describe('an A/B test', () => {
  const document = given();

  it('gives each variant its weight of the visitors in it', () => {
    expect(of(document).periods![0]!.shares).toEqual({ old: 50, green: 25, blue: 25 });
    expect(sharesOf(document, of(given({}, { steps: [20] })))).toEqual({ old: 10, green: 5, blue: 5 });
    expect([controlOf(of(document)), armNamesOf(of(document))]).toEqual(['old', ['old', 'green', 'blue']]);
    expect(Document.parse(document)).toEqual(document);
  });

  it('is carried out by the edge, release sets and all', () => {
    const program = compile(toSnapshot(document, 1, NOW));
    if ('code' in program) throw new Error(JSON.stringify(program.errors));
    const counts: Record<string, number> = {};
    for (let index = 0; index < 4_000; index++) {
      const explained = explain(program, { key: `visitor ${index}`, attributes: {} });
      const units = explained
        .flatMap(({ building, unit }) => (building === 'sidebar' ? [] : [unit]))
        .toSorted()
        .join(' ');
      counts[units] = (counts[units] ?? 0) + 1;
    }
    expect(Object.keys(counts).toSorted()).toEqual(['header@1.0.0 main@1.0.0', 'header@1.0.0 main@1.1.0', 'header@1.2.0 main@1.2.0']);
    expect(counts['header@1.0.0 main@1.0.0']! / 4_000).toBeCloseTo(0.5, 1);
  });

  it('keeps the units of all its variants while it lasts', () => {
    expect(Object.keys(document.units)).toEqual(expect.arrayContaining(['main@1.1.0', 'main@1.2.0', 'header@1.2.0']));
    const back = decided(document, { type: 'roll-back-rollout', rollout: 'test' });
    expect(Object.keys(back.units).toSorted()).toEqual(['header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0']);
  });

  it('has its buildings: no other rollout of them fits beside it', () => {
    expect(refusedBy(document, startOf('other', { units: ['header@1.3.0'] })).code).toBe('rollout-overlaps');
  });

  it('without a variant that has no units is compared with its first', () => {
    expect(controlOf(of(given({ variants: VARIANTS.slice(1) })))).toBe('green');
  });

  it('that hurts is taken back as a whole', () => {
    const back = judged(document, resultOf('undecided'), 1, {}, 'unhealthy');
    expect(of(back).state).toBe('rolled-back');
    expect(back.buildings.main!.active_unit).toBe('main@1.0.0');
  });
});

describe('a winner is proposed when the test is over', () => {
  it.each<[string, Experiment['horizon'], TestResult, number, Record<string, number>, string | undefined]>([
    ['sequential: undecided goes on', { kind: 'sequential' }, resultOf('undecided'), 1_000 * MINUTE, {}, undefined],
    ['sequential: at once', { kind: 'sequential' }, resultOf('winner', 'green'), 1, {}, 'green'],
    ['sequential: no difference keeps the control', { kind: 'sequential' }, resultOf('no-difference'), 1, {}, 'old'],
    ['sequential: its time is not up', { kind: 'sequential', minutes: 60 }, resultOf('undecided'), 60 * MINUTE - 1, {}, undefined],
    ['sequential: its time is up', { kind: 'sequential', minutes: 60 }, resultOf('undecided'), 60 * MINUTE, {}, 'old'],
    [
      'fixed: not before its time, whoever leads',
      { kind: 'fixed', minutes: 60 },
      resultOf('winner', 'blue'),
      60 * MINUTE - 1,
      {},
      undefined,
    ],
    ['fixed: then', { kind: 'fixed', minutes: 60 }, resultOf('winner', 'blue'), 60 * MINUTE, {}, 'blue'],
    ['fixed: a clock that jumped back waits', { kind: 'fixed', minutes: 60 }, resultOf('winner', 'blue'), -900 * MINUTE, {}, undefined],
    [
      'fixed: too few visitors',
      { kind: 'fixed', visitors: 100 },
      resultOf('winner', 'blue'),
      MINUTE,
      { old: 50, green: 24, blue: 25 },
      undefined,
    ],
    [
      'fixed: enough visitors',
      { kind: 'fixed', visitors: 100 },
      resultOf('winner', 'blue'),
      MINUTE,
      { old: 50, green: 25, blue: 25 },
      'blue',
    ],
    [
      'fixed: visitors, but not the time',
      { kind: 'fixed', visitors: 1e3, minutes: 9 },
      resultOf('winner', 'blue'),
      MINUTE,
      { old: 1e4 },
      undefined,
    ],
    ['fixed: the control wins', { kind: 'fixed', minutes: 1 }, resultOf('winner', 'old'), MINUTE, {}, 'old'],
  ])('%s', (_, horizon, result, afterMs, exposures, proposed) => {
    const next = judged(given({ horizon }), result, afterMs, exposures);
    expect(of(next).proposal?.variant).toBe(proposed);
    expect(of(next).state).toBe('running'); // a person decides
    expect(next.buildings.main!.active_unit).toBe('main@1.0.0');
  });

  const proposed = judged(given(), resultOf('winner', 'blue'), MINUTE);

  it('and the history says so', () => {
    const judgement = { type: 'judge-rollout', rollout: 'test', verdict: verdictOf(of(given()), 'healthy') } as const;
    expect(describeChange(judgement, proposed)).toMatch(/^Proposed blue in test /);
    expect(describeChange(judgement, given())).toMatch(/^Moved on test /);
  });

  it('once: what is seen later does not change it', () => {
    expect(of(proposed)).toMatchObject({
      proposal: { variant: 'blue', at: NOW + MINUTE, result: { outcome: 'winner' } },
      state_reason: 'It is winner.',
    });
    expect(judged(proposed, resultOf('winner', 'green'), 2 * MINUTE)).toBe(proposed);
  });

  it('and not by a verdict that saw nothing', () => {
    expect(of(judged(given(), resultOf('winner', 'blue'), MINUTE, {}, 'error')).proposal).toBeUndefined();
  });

  it('after its first steps, which only make it larger', () => {
    const growing = given({}, { steps: [10, 100] });
    const next = judged(growing, resultOf('winner', 'blue'), 10 * MINUTE);
    expect(of(next)).toMatchObject({ step: 1, state: 'running' });
    expect(of(next).proposal).toBeUndefined();
  });

  it('a person promotes it, or another one', () => {
    const promoted = decided(proposed, { type: 'promote-rollout', rollout: 'test', to: 'done' });
    expect(of(promoted)).toMatchObject({ state: 'completed', promoted: 'blue', proposal: { variant: 'blue' } });
    expect([promoted.buildings.main!.active_unit, promoted.buildings.header!.active_unit]).toEqual(['main@1.2.0', 'header@1.2.0']);
    const other = decided(proposed, { type: 'promote-rollout', rollout: 'test', to: 'done', variant: 'green' });
    expect([other.buildings.main!.active_unit, other.buildings.header!.active_unit]).toEqual(['main@1.1.0', 'header@1.0.0']);
    const none = decided(proposed, { type: 'promote-rollout', rollout: 'test', to: 'done', variant: 'old' });
    expect([none.buildings.main!.active_unit, Object.keys(none.units).length]).toEqual(['main@1.0.0', 3]);
    for (const document of [promoted, other, none]) expect(Document.parse(document)).toEqual(document);
  });

  it.each<[string, string | undefined, string]>([
    ['before there is a proposal', undefined, 'none is proposed yet; name one of old, green, blue'],
    ['to a variant that is not there', 'red', 'there is no variant red; there are old, green, blue'],
  ])('nobody promotes it %s', (_, variant, message) => {
    const command = { type: 'promote-rollout' as const, rollout: 'test', to: 'done' as const, ...(variant ? { variant } : {}) };
    expect(refusedBy(given(), command).errors).toEqual([{ path: '/variant', message }]);
  });

  it('the engine promotes it, if it is told so, and in no freeze', () => {
    const document = given({ promote_winner: 'engine' });
    const done = judged(document, resultOf('winner', 'green'), MINUTE);
    expect(of(done)).toMatchObject({ state: 'completed', promoted: 'green', proposal: { variant: 'green' } });
    expect(done.buildings.main!.active_unit).toBe('main@1.1.0');
    const policy = Policy.parse({ freeze_windows: [{ days: ['thu'], time_zone: 'UTC' }] });
    const frozen = decided(document, { type: 'set-policy', policy });
    expect(judged(frozen, resultOf('winner', 'green'), MINUTE)).toBe(frozen);
  });
});

describe('by what visitors did', () => {
  const arm = (exposures: number, goals: number): ArmHealth => ({ ...NO_HEALTH, exposures, visitors: exposures, loaded: exposures, goals });
  const look = (document: Document, arms: Record<string, ArmHealth>) => {
    const observation = { ...verdictOf(of(document), 'healthy').observed, at: NOW + MINUTE, arms };
    return decided(document, { type: 'judge-rollout', rollout: 'test', verdict: judge(observation, of(document)) }, { now: NOW + MINUTE });
  };
  const two = given({ variants: [{ name: 'old' }, { name: 'green', units: ['main@1.1.0'] }], promote_winner: 'engine' });

  it('the better one is promoted with its numbers', () => {
    const done = look(two, { old: arm(20_000, 1_000), green: arm(20_000, 1_400) });
    expect(of(done)).toMatchObject({ state: 'completed', promoted: 'green', proposal: { result: { outcome: 'winner', goal: 'goal' } } });
    expect(of(done).proposal!.result.variants[1]).toMatchObject({ variant: 'green', visitors: 20_000, value: 0.07 });
    expect(done.buildings.main!.active_unit).toBe('main@1.1.0');
  });

  it.each<[string, number, number, string | undefined]>([
    ['too few have come to tell', 200, 15, undefined],
    ['it is worse, which no error shows', 20_000, 600, 'old'],
    ['there is nothing worth having in it', 2_000_000, 100_000, 'old'],
  ])('the control stays: %s', (_, exposures, goals, promoted) => {
    const next = look(two, { old: arm(exposures, exposures / 20), green: arm(exposures, goals) });
    expect(of(next).promoted).toBe(promoted);
    expect(next.buildings.main!.active_unit).toBe('main@1.0.0');
  });
});

describe('a test that cannot be meant is refused by name', () => {
  it.each<[string, Partial<Experiment>, Partial<RolloutPlanInput>, string[]]>([
    ['one variant', { variants: VARIANTS.slice(0, 1) }, {}, ['experiment/variants']],
    [
      'twenty-one',
      { variants: Array.from({ length: 21 }, (_, index) => ({ name: `v${index}`, units: ['main@1.1.0'] })) },
      {},
      ['experiment/variants'],
    ],
    ['two of one name', { variants: [...VARIANTS, { name: 'blue', units: ['main@1.3.0'] }] }, {}, ['experiment/variants/3/name']],
    ['two without units', { variants: [...VARIANTS, { name: 'none' }] }, {}, ['experiment/variants/3/units']],
    [
      'a control that moves something',
      { variants: [...VARIANTS, { name: 'control', units: ['main@1.3.0'] }] },
      {},
      ['experiment/variants/3/name'],
    ],
    ['a horizon that never comes', { horizon: { kind: 'fixed' } }, {}, ['experiment/horizon']],
    ['units beside its variants', {}, { units: ['main@1.9.0'] }, ['units']],
    ['of another strategy', {}, { strategy: 'gradual', units: ['main@1.9.0'] }, ['experiment']],
  ])('%s', (_, experiment, plan, paths) => {
    const { error } = RolloutPlan.safeParse({ strategy: 'ab_test', experiment: { variants: VARIANTS, ...experiment }, ...plan });
    expect(error!.issues.map(({ path }) => path.join('/'))).toEqual(paths);
  });

  it('units that are shown already, and buildings that are not there', () => {
    const variants = [{ name: 'old' }, { name: 'same', units: ['main@1.0.0'] }, { name: 'foot', units: ['main@1.1.0', 'footer@1.0.0'] }];
    expect(refusedBy(shopDocument(), startTest({ variants })).errors!.map(({ path }) => path)).toEqual([
      '/experiment/variants/1/units/0',
      '/experiment/variants/2/units/1',
    ]);
  });
});
