import { describe, expect, it } from 'vitest';
import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { Policy } from '#schemas/policy.ts';
import { MINUTE, NOW, decided, refusedBy, shopDocument, shopWithRollout, startOf } from '../../support/fixtures.ts';
import { verdictOf } from '../../support/verdicts.ts';

const promote = (more: Partial<CommandOf<'promote-rollout'>> = {}): CommandOf<'promote-rollout'> => ({
  type: 'promote-rollout',
  rollout: 'main-1',
  to: 'next-step',
  ...more,
});
const policy = Policy.parse({ freeze_windows: [{ days: ['thu'], time_zone: 'UTC' }] });
const frozen = decided(shopWithRollout(), { type: 'set-policy', policy });
const stateOf = (document: Document) => document.rollouts['main-1']!;

describe('in a freeze', () => {
  it('a person promotes nothing, unless they say why it must be', () => {
    expect(refusedBy(frozen, promote()).code).toBe('frozen');
    expect(refusedBy(frozen, promote({ override_freeze: true }))).toMatchObject({ code: 'unprocessable', errors: [{ path: '/reason' }] });
    expect(stateOf(decided(frozen, promote({ override_freeze: true, reason: 'it must be' })))).toMatchObject({
      step: 1,
      state_reason: 'it must be',
    });
  });

  it('the engine takes no step, and takes it when the freeze is over', () => {
    const judge = { type: 'judge-rollout' as const, rollout: 'main-1', verdict: verdictOf(stateOf(frozen), 'healthy') };
    expect(decided(frozen, judge, { now: NOW + 60 * MINUTE })).toBe(frozen);
    expect(stateOf(decided(frozen, judge, { now: NOW + 12 * 60 * MINUTE })).step).toBe(1);
  });

  it('no deadline acts either', () => {
    const late = decided(decided(shopDocument(), startOf('main-1', { progress_deadline: 20 })), { type: 'set-policy', policy });
    const judge = { type: 'judge-rollout' as const, rollout: 'main-1', verdict: verdictOf(stateOf(late), 'inconclusive') };
    expect(decided(late, judge, { now: NOW + 60 * MINUTE })).toBe(late);
    expect(stateOf(decided(late, judge, { now: NOW + 12 * 60 * MINUTE })).state).toBe('paused');
  });

  it.each(['roll-back-rollout', 'abort-rollout', 'pause-rollout'] as const)('%s is always allowed', (type) => {
    expect(stateOf(decided(frozen, { type, rollout: 'main-1' })).state).not.toBe('running');
  });

  it('bad news acts', () => {
    const verdict = verdictOf(stateOf(frozen), 'unhealthy');
    expect(stateOf(decided(frozen, { type: 'judge-rollout', rollout: 'main-1', verdict })).state).toBe('rolled-back');
  });
});

describe('a gate that is kept for a role', () => {
  const steps = [
    { percentage: 5, duration: 10 },
    { percentage: 50, duration: 10, gate: 'manual' as const, role: 'admin' as const },
    { percentage: 100, duration: 10 },
  ];
  const gated = decided(shopDocument(), startOf('main-1', { steps }));
  const atGate = decided(gated, promote(), { role: 'operator' });

  it('lets others pass up to it, and nobody else past it', () => {
    expect(stateOf(atGate).step).toBe(1);
    expect(refusedBy(atGate, promote(), { role: 'operator', actor: 'ben' })).toMatchObject({
      code: 'forbidden',
      detail: 'Only an admin may promote rollout main-1 past 50 %; ben is none.',
    });
    expect(refusedBy(atGate, promote()).code).toBe('forbidden'); // whose role is not known
    expect(stateOf(decided(atGate, promote(), { role: 'admin' })).step).toBe(2);
  });

  it('is not leapt over', () => {
    expect(refusedBy(gated, promote({ to: 'done' }), { role: 'operator' }).code).toBe('forbidden');
    expect(stateOf(decided(gated, promote({ to: 'done' }), { role: 'admin' })).state).toBe('completed');
  });

  it('stands in the way of no rollback', () => {
    expect(stateOf(decided(atGate, { type: 'roll-back-rollout', rollout: 'main-1' }, { role: 'operator' })).state).toBe('rolled-back');
  });
});

it.each<[string, Partial<CommandOf<'promote-rollout'>>, string]>([
  ['who looked at another step promotes nothing', { from_step: 1 }, 'rollout-state'],
  ['what is no A/B test has no variants', { variant: 'green' }, 'unprocessable'],
])('%s', (_, more, code) => expect(refusedBy(shopWithRollout(), promote(more)).code).toBe(code));

describe('a restart', () => {
  const third = decided(decided(shopWithRollout(), promote()), promote());
  const again = decided(third, { type: 'restart-rollout', rollout: 'main-1', reason: 'a dirty cache' }, { now: NOW + MINUTE });

  it('goes back to the first step, with the same salt and evidence of its own', () => {
    expect(stateOf(again)).toMatchObject({
      state: 'running',
      state_reason: 'a dirty cache',
      step: 0,
      step_started_at: NOW + MINUTE,
      salt: stateOf(third).salt,
      restarted: { at: NOW + MINUTE, period: 3 },
    });
    expect(stateOf(again).periods!.map(({ step, shares }) => [step, shares.canary])).toEqual([
      [0, 5],
      [1, 25],
      [2, 50],
      [0, 5],
    ]);
  });

  it('begins a new period at the first step too', () => {
    const first = decided(shopWithRollout(), { type: 'restart-rollout', rollout: 'main-1' }, { now: NOW + MINUTE });
    expect(stateOf(first).periods).toHaveLength(2);
    expect(stateOf(decided(first, { type: 'restart-rollout', rollout: 'main-1' }, { now: NOW + MINUTE })).restarted!.period).toBe(2);
  });
});
