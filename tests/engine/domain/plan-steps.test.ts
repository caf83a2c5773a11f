import { describe, expect, it } from 'vitest';
import { planSteps } from '#engine/domain/plan-steps.ts';
import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { RolloutPlan, type RolloutPlanInput } from '#schemas/rollout.ts';
import { NOW, decided, planOf, refusedBy, shopDocument, startOf } from '../../support/fixtures.ts';

const KOREA = { geo_regions: ['KR'] };
const shares = (plan: Partial<RolloutPlanInput>): string[] =>
  planSteps(planOf(plan)).map(({ percentage, everyone }) => `${percentage}${everyone ? ' of all' : ''}`);

describe('every strategy is a list of steps', () => {
  it.each<[string, Partial<RolloutPlanInput>, string[]]>([
    ['immediate', { strategy: 'immediate' }, ['100']],
    ['gradual', {}, ['5', '25', '50', '100']],
    ['gradual, as it is wanted', { steps: [1, 2.5, 100] }, ['1', '2.5', '100']],
    ['a ramp', { ramp: { from: 10, steps: 4 } }, ['10', '40', '70', '100']],
    ['a ramp of thirds', { ramp: { from: 1, to: 100, steps: 4 } }, ['1', '34', '67', '100']],
    ['a canary waits', { strategy: 'canary' }, ['5']],
    ['a canary, then gradually', { strategy: 'canary', follow_up: 'gradual' }, ['5', '25', '50', '100']],
    ['a canary, then everyone', { strategy: 'canary', follow_up: 'everyone' }, ['5', '100']],
    [
      'a canary for some drops its criteria',
      { strategy: 'canary', follow_up: 'gradual', criteria: KOREA },
      ['5', '5 of all', '25 of all', '50 of all', '100 of all'],
    ],
    [
      'nobody who has it loses it',
      { strategy: 'canary', follow_up: 'gradual', criteria: KOREA, steps: [10, 40] },
      ['10', '40', '40 of all', '50 of all', '100 of all'],
    ],
    ['all of some, then all', { strategy: 'canary', follow_up: 'everyone', criteria: KOREA, steps: [100] }, ['100', '100 of all']],
  ])('%s', (_, plan, expected) => expect(shares(plan)).toEqual(expected));

  it('an immediate one does not wait for visitors to prove it, any other does', () => {
    const timed = [50, { percentage: 100, duration: 1 }];
    const gates = (plan: Partial<RolloutPlanInput>): string[] => planSteps(planOf({ steps: timed, ...plan })).map(({ gate }) => gate);
    expect([gates({ strategy: 'immediate' }), gates({})]).toEqual([
      ['auto', 'auto'],
      ['analysis', 'analysis'],
    ]);
  });
});

it('once criteria are dropped the edge asks for nobody, and a new period begins', () => {
  const started = decided(shopDocument(), startOf('a', { strategy: 'canary', follow_up: 'everyone', criteria: KOREA }));
  expect(toSnapshot(started, 1, NOW).rollouts[0]!.criteria.geo_regions).toEqual(['KR']);
  const wide = decided(started, { type: 'promote-rollout', rollout: 'a', to: 'next-step' });
  expect(toSnapshot(wide, 2, NOW).rollouts[0]!).toMatchObject({ criteria: { geo_regions: [] }, percentage: 100, period: 1 });
  expect(wide.rollouts.a!.criteria.geo_regions).toEqual(['KR']); // what was asked for is still told
});

describe('a plan that cannot be meant is refused by name', () => {
  it.each<[string, Partial<RolloutPlanInput>, string[]]>([
    ['no units', { units: [] }, ['units']],
    ['no units, whatever else is wrong', { units: [], duration: -1 }, ['duration', 'units']],
    ['steps and a ramp', { steps: [100], ramp: { from: 5, steps: 3 } }, ['ramp']],
    ['a ramp of steps that are too close', { ramp: { from: 99.9, to: 100, steps: 50 } }, ['ramp']],
    ['a ramp that falls', { ramp: { from: 50, to: 50, steps: 3 } }, ['ramp']],
    ['a follow-up of what is no canary', { follow_up: 'everyone' }, ['follow_up']],
    ['an A/B test without variants', { strategy: 'ab_test', units: [] }, ['experiment']],
    ['overriding a freeze for no reason', { override_freeze: true }, ['reason']],
    ['overriding a freeze some day', { override_freeze: true, reason: 'x', start_at: NOW }, ['override_freeze']],
  ])('%s', (_, plan, paths) => {
    const { error } = RolloutPlan.safeParse({ units: ['main@1.1.0'], ...plan });
    expect(error!.issues.map(({ path }) => path.join('/'))).toEqual(paths);
  });

  it.each([null, 'main@1.1.0', [], 7])('%j is no plan', (value) => expect(RolloutPlan.safeParse(value).success).toBe(false));

  it.each<[string, Partial<RolloutPlanInput>, string[]]>([
    ['a ramp that does not reach everyone', { ramp: { from: 5, to: 50, steps: 3 } }, ['/ramp']],
    ['a deadline that the step cannot meet', { steps: [100], progress_deadline: 10 }, ['/progress_deadline']],
    [
      'criteria that come back',
      {
        strategy: 'canary',
        steps: [
          { percentage: 5, duration: 1, everyone: true },
          { percentage: 50, duration: 1 },
        ],
      },
      ['/steps/1'],
    ],
  ])('%s', (_, plan, paths) => {
    expect(refusedBy(shopDocument(), startOf('a', plan)).errors!.map(({ path }) => path)).toEqual(paths);
  });
});
