import { describe, expect, it } from 'vitest';
import { Analysis } from '#schemas/analysis.ts';
import type { Document } from '#schemas/document.ts';
import { Monitoring, RolloutEdit, type RolloutStep } from '#schemas/rollout.ts';
import { MINUTE, NOW, decided, refusedBy, shopDocument, shopWithRollout, startOf } from '../../support/fixtures.ts';

const edit = (changes: RolloutEdit, reason?: string) => ({
  type: 'edit-rollout' as const,
  rollout: 'main-1',
  changes,
  ...(reason ? { reason } : {}),
});
const second = decided(shopWithRollout({ analysis: { segments: ['vip'] } }), {
  type: 'promote-rollout',
  rollout: 'main-1',
  to: 'next-step',
});
const of = (document: Document) => document.rollouts['main-1']!;
const { steps } = of(second);
const withStep = (index: number, change: Partial<RolloutStep>): RolloutStep[] =>
  steps.map((step, at) => (at === index ? { ...step, ...change } : step));

describe('what is still to come may change', () => {
  it.each<[string, RolloutEdit, object]>([
    [
      'the steps that follow',
      { steps: [...steps.slice(0, 2), { percentage: 100, duration: 3, gate: 'manual', role: 'admin' }] },
      { step: 1 },
    ],
    ['how long the current one takes, and what ends it', { steps: withStep(1, { duration: 99, gate: 'manual' }) }, { step: 1 }],
    ['one limit, and the others stay', { monitoring: { min_samples: 50 } }, { monitoring: { ...of(second).monitoring, min_samples: 50 } }],
    [
      'a part of the analysis, and the rest stays',
      { analysis: { pause_after: 30 } },
      { analysis: { ...of(second).analysis, segments: ['vip'], pause_after: 30 } },
    ],
    ['limits', { monitoring: Monitoring.parse({ max_error_rate: 1 }) }, { monitoring: { max_error_rate: 1 } }],
    ['the analysis', { analysis: Analysis.parse({ segments: ['kr', 'vip'], promotion: 'limits' }) }, { analysis: { promotion: 'limits' } }],
    ['deadlines', { progress_deadline: 60, on_deadline: 'roll-back' }, { progress_deadline: 60, on_deadline: 'roll-back' }],
  ])('%s', (_, changes, expected) => {
    const next = decided(second, edit(changes), { now: NOW + MINUTE });
    expect(of(next)).toMatchObject({ ...expected, ...(changes.steps ? { steps: changes.steps } : {}) });
    expect(of(next)).toMatchObject({ state: 'running', step_started_at: NOW, targets: of(second).targets, salt: of(second).salt });
    expect(of(next).periods).toEqual(of(second).periods); // nobody's share moved
  });

  it('says what was changed, or why', () => {
    expect(of(decided(second, edit({ progress_deadline: 60 }))).state_reason).toBe('Changed by a person: progress deadline.');
    expect(of(decided(second, edit({ progress_deadline: 60 }, 'slow night'))).state_reason).toBe('slow night');
  });

  it('a deadline can be taken away', () => {
    const timed = decided(second, edit({ progress_deadline: 60 }));
    expect(of(decided(timed, edit({ progress_deadline: null })))).not.toHaveProperty('progress_deadline');
  });

  it('what need not be there can be taken away', () => {
    const patient = decided(second, edit({ analysis: { pause_after: 30 }, monitoring: { baseline_throughput: 5 } }));
    const next = of(decided(patient, edit({ analysis: { pause_after: null }, monitoring: { baseline_throughput: null } })));
    expect([next.analysis, next.monitoring]).toEqual([of(second).analysis, of(second).monitoring]);
  });

  it('changing nothing makes no revision', () => expect(decided(second, edit({ steps }))).toBe(second));
});

describe('what is over or fixed may not', () => {
  it.each<[string, RolloutEdit, string[]]>([
    ['a step that is over', { steps: withStep(0, { duration: 1 }) }, ['/changes/steps/0']],
    ['the share of now', { steps: withStep(1, { percentage: 30 }) }, ['/changes/steps/1']],
    ['the step where it stands, away', { steps: steps.slice(0, 1) }, ['/changes/steps/1', '/changes/steps/0']],
    ['steps that shrink', { steps: withStep(2, { percentage: 20 }) }, ['/changes/steps/2']],
    ['segments that are counted', { analysis: Analysis.parse({ segments: ['kr'] }) }, ['/changes/analysis/segments']],
    ['the start', { start_at: NOW }, ['/changes/start_at']],
    ['a deadline that nothing can meet', { progress_deadline: 10 }, Array.from({ length: 4 }, () => '/changes/progress_deadline')],
  ])('%s', (_, changes, paths) => {
    expect(refusedBy(second, edit(changes)).errors!.map(({ path }) => path)).toEqual(paths);
  });

  it('more of its layer than it owns', () => {
    const small = decided(shopDocument(), startOf('main-1', { strategy: 'canary', steps: [5, 10] }));
    const wide = of(small).steps.map((step, index) => (index === 1 ? { ...step, percentage: 20 } : step));
    expect(refusedBy(small, edit({ steps: wide })).errors).toEqual([
      { path: '/changes/steps/1', message: 'it owns no more than 10 % of its visitors' },
    ]);
  });

  it.each(['units', 'criteria', 'bucket_by', 'strategy', 'salt', 'experiment', 'after', 'approvals'])('%s, by name', (field) => {
    const { error } = RolloutEdit.safeParse({ [field]: 'x' });
    expect(error!.issues).toMatchObject([{ path: [field], message: 'cannot be changed any more; start another rollout for that' }]);
  });

  it('what others approved', () => {
    const asked = decided(shopDocument(), startOf('main-1', { approvals: 1 }));
    const approved = decided(asked, { type: 'approve-rollout', rollout: 'main-1' }, { actor: 'ben' });
    const running = decided(approved, { type: 'begin-rollout', rollout: 'main-1' });
    expect(refusedBy(running, edit({ progress_deadline: 60 })).detail).toContain('was approved as it is');
    expect(of(decided(approved, edit({ progress_deadline: 60 }))).approvals).toEqual([]); // asked for again
  });
});

describe('a gate that is kept for a role', () => {
  const gate = { percentage: 50, duration: 10, gate: 'manual', role: 'admin' } as const;
  const last = { percentage: 100, duration: 10, gate: 'analysis' } as const;
  const first = { percentage: 5, duration: 10, gate: 'analysis' } as const;
  const gated = decided(shopDocument(), startOf('main-1', { steps: [first, gate, last] }));
  it.each<[string, RolloutStep[], boolean]>([
    ['stays, and so does the plan after it', [first, gate, { ...last, duration: 99 }], true],
    ['may come sooner, at a smaller share', [first, { ...gate, percentage: 20 }, last], true],
    ['may be one of two', [first, { ...gate, percentage: 20 }, { ...gate, role: 'operator' }, last], true],
    ['may not go', [first, { percentage: 50, duration: 10, gate: 'analysis' }, last], false],
    ['may not be for others', [first, { ...gate, role: 'operator' }, last], false],
    ['may not be for nobody in particular', [first, { percentage: 50, duration: 10, gate: 'manual' }, last], false],
    ['may not come later', [first, { ...last, percentage: 60 }, { ...gate, percentage: 70 }, last], false],
    ['may not be left out', [first, last], false],
  ])('%s', (_, next, isAllowed) => {
    const command = edit({ steps: next });
    expect(of(decided(gated, command, { role: 'admin' })).steps).toEqual(next);
    if (isAllowed) expect(of(decided(gated, command, { role: 'operator' })).steps).toEqual(next);
    else {
      expect(refusedBy(gated, command, { role: 'operator', actor: 'ben' })).toMatchObject({
        code: 'forbidden',
        detail: 'Only an admin may take away the gate of rollout main-1 at 50 %; ben is none.',
      });
    }
  });
});

it('a rollout that waits may change its start and all of its steps', () => {
  const scheduled = decided(shopDocument(), startOf('main-1', { start_at: NOW + 60 * MINUTE }));
  const next = decided(scheduled, edit({ start_at: NOW + MINUTE, steps: [{ percentage: 100, duration: 1, gate: 'auto' }] }));
  expect(refusedBy(scheduled, edit({ start_at: NOW - 60 * MINUTE })).errors).toEqual([
    { path: '/changes/start_at', message: 'was 1 hour ago; to start at once, give the time of now' },
  ]);
  const begun = decided(next, { type: 'begin-rollout', rollout: 'main-1' }, { now: NOW + MINUTE });
  expect(of(begun)).toMatchObject({ state: 'running', steps: [{ percentage: 100 }], range: { from: 0, to: 100 } });
});
