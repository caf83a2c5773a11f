import { describe, expect, it } from 'vitest';
import type { Command } from '#schemas/command.ts';
import { Document } from '#schemas/document.ts';
import { Policy, type PolicyInput } from '#schemas/policy.ts';
import { describeChange } from '#engine/domain/describe-change.ts';
import { restoreCommand } from '#engine/domain/restore-document.ts';
import { toSnapshot } from '#engine/domain/to-snapshot.ts';
import { MINUTE, NOW, decided, refusedBy, shopDocument, shopWithRollout, startOf, unitOf } from '../../support/fixtures.ts';

const HOUR = 60 * MINUTE;
const begin = (rollout: string): Command => ({ type: 'begin-rollout', rollout });
const approve = (rollout: string): Command => ({ type: 'approve-rollout', rollout });
const withPolicy = (document: Document, policy: PolicyInput): Document =>
  decided(document, { type: 'set-policy', policy: Policy.parse(policy) });
/** NOW is Thursday, 12:00 UTC. */
const THURSDAY: PolicyInput = { freeze_windows: [{ days: ['thu'], from: '11:00', to: '13:00', time_zone: 'UTC', reason: 'launch' }] };
const of = (document: Document, id: string) => document.rollouts[id]!;

describe('a rollout that is scheduled', () => {
  const scheduled = decided(shopDocument(), startOf('later', { start_at: NOW + HOUR }));

  it('gives nobody anything: no share, no period, no unit at the edge', () => {
    expect(of(scheduled, 'later')).toMatchObject({ state: 'scheduled', state_reason: 'Waits for its time.' });
    expect(of(scheduled, 'later')).not.toHaveProperty('periods');
    expect(scheduled.units).toHaveProperty('main@1.1.0'); // so that it needs nobody when its time comes
    const { rollouts, units } = toSnapshot(scheduled, 2, NOW);
    expect([rollouts, Object.keys(units)]).toEqual([[], ['header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0']]);
    expect(Document.parse(scheduled)).toEqual(scheduled);
  });

  it('waits for its time, and begins then: once, with periods of its own', () => {
    expect(decided(scheduled, begin('later'), { now: NOW + HOUR - 1 })).toBe(scheduled);
    const begun = decided(scheduled, begin('later'), { now: NOW + HOUR });
    expect(of(begun, 'later')).toMatchObject({
      state: 'running',
      started_at: NOW + HOUR,
      step_started_at: NOW + HOUR,
      range: { from: 0, to: 100 },
    });
    expect(of(begun, 'later').periods).toHaveLength(1);
    expect(refusedBy(begun, begin('later')).code).toBe('rollout-state');
  });

  it('reserves nothing: who came first has the building, and it is aborted with the reason', () => {
    const taken = decided(scheduled, startOf('first', { units: ['main@1.2.0'] }));
    const after = decided(taken, begin('later'), { now: NOW + HOUR });
    expect(of(after, 'later')).toMatchObject({
      state: 'aborted',
      state_reason: expect.stringContaining('It could not start: first (main 1.0.0 → 1.2.0) owns 0–100 %'),
    });
    expect(after.units).not.toHaveProperty('main@1.1.0');
  });

  it('leaves what is stable when it begins, not when it was planned', () => {
    const between = decided(decided(scheduled, startOf('first', { units: ['main@1.2.0'] })), {
      type: 'promote-rollout',
      rollout: 'first',
      to: 'done',
    });
    expect(of(decided(between, begin('later'), { now: NOW + HOUR }), 'later').targets).toEqual({
      main: { from: 'main@1.2.0', to: 'main@1.1.0' },
    });
  });

  it('is aborted when visitors have its unit already', () => {
    const between = decided(decided(scheduled, startOf('first')), { type: 'promote-rollout', rollout: 'first', to: 'done' });
    expect(of(decided(between, begin('later'), { now: NOW + HOUR }), 'later')).toMatchObject({
      state: 'aborted',
      state_reason: 'It could not start: main@1.1.0 is what visitors get already.',
    });
  });

  it.each<[string, number, string | null]>([
    ['that has just passed begins at once', HOUR - 1, null],
    ['an hour ago was not meant', HOUR, 'was 1 hour ago; to start at once, leave it out'],
    ['a year ago neither', 365 * 24 * HOUR, 'was 365 days ago; to start at once, leave it out'],
  ])('with a time %s', (_, ago, message) => {
    const start = startOf('late', { start_at: NOW - ago });
    if (message === null) expect(of(decided(shopDocument(), start), 'late').state).toBe('running');
    else expect(refusedBy(shopDocument(), start).errors).toEqual([{ path: '/start_at', message }]);
  });
});

describe('approvals', () => {
  const asked = decided(withPolicy(shopDocument(), { approvals: 2 }), startOf('a'));

  it('of two others let it run', () => {
    expect(of(asked, 'a')).toMatchObject({ state: 'awaiting-approval', state_reason: 'Waits for approval: 0 of 2.' });
    const once = decided(asked, approve('a'), { actor: 'ben' });
    expect(of(once, 'a').state_reason).toBe('Waits for approval: 1 of 2.');
    expect(decided(once, begin('a'))).toBe(once);
    const twice = decided(once, approve('a'), { actor: 'cem' });
    expect(of(twice, 'a')).toMatchObject({ state: 'awaiting-approval', state_reason: 'Approved by cem; it starts now.' });
    expect(of(decided(twice, begin('a')), 'a')).toMatchObject({ state: 'running', state_reason: 'Started, approved by ben, cem.' });
    expect(refusedBy(twice, approve('a'), { actor: 'dua' }).detail).toContain('has all the approvals');
  });

  it.each<[string, string[], string, string]>([
    ['of who started it do not count', [], 'ana', 'ana started rollout a; somebody else must approve it.'],
    ['of one person count once', ['ben'], 'ben', 'ben has approved rollout a already.'],
  ])('%s', (_, before, actor, detail) => {
    const document = before.reduce((one, name) => decided(one, approve('a'), { actor: name }), asked);
    expect(refusedBy(document, approve('a'), { actor })).toMatchObject({ code: 'forbidden', status: 403, detail });
  });

  it('of who changed the plan last do not count, though others may approve the change', () => {
    const changed = decided(asked, { type: 'edit-rollout', rollout: 'a', changes: { progress_deadline: 60 } }, { actor: 'ben' });
    const detail = 'ben changed the plan of rollout a; somebody else must approve it.';
    expect(refusedBy(changed, approve('a'), { actor: 'ben' })).toMatchObject({ code: 'forbidden', detail });
    const again = decided(changed, { type: 'edit-rollout', rollout: 'a', changes: { progress_deadline: 70 } }, { actor: 'cem' });
    expect(of(decided(again, approve('a'), { actor: 'ben' }), 'a').approvals).toMatchObject([{ by: 'ben' }]);
  });

  it('are as many as the plan or the policy asks for, whichever is more', () => {
    expect(of(decided(shopDocument(), startOf('b', { approvals: 1 })), 'b').approvals_needed).toBe(1);
    expect(of(decided(withPolicy(shopDocument(), { approvals: 2 }), startOf('b', { approvals: 1 })), 'b').approvals_needed).toBe(2);
    expect(refusedBy(decided(shopDocument(), startOf('b', { start_at: NOW + 1 })), approve('b'), { actor: 'ben' }).detail).toBe(
      'Rollout b needs no approval.',
    );
  });

  it('can be given before the time, and are asked for when the time has come', () => {
    const scheduled = decided(shopDocument(), startOf('b', { approvals: 1, start_at: NOW + HOUR }));
    expect(of(decided(scheduled, begin('b'), { now: NOW + HOUR }), 'b').state).toBe('awaiting-approval');
    const early = decided(scheduled, approve('b'), { actor: 'ben' });
    expect(of(early, 'b').state).toBe('scheduled');
    expect(of(decided(early, begin('b'), { now: NOW + HOUR }), 'b').state).toBe('running');
  });
});

describe('a freeze', () => {
  const frozen = withPolicy(shopDocument(), THURSDAY);

  it('refuses what somebody wants now, unless they say why it must be', () => {
    expect(refusedBy(frozen, startOf('a'))).toMatchObject({
      code: 'frozen',
      status: 409,
      detail: expect.stringContaining('thu 11:00–13:00 UTC (launch)'),
    });
    const forced = startOf('a', { override_freeze: true, reason: 'the fix of the outage' });
    expect(of(decided(frozen, forced), 'a')).toMatchObject({ state: 'running', state_reason: 'the fix of the outage' });
  });

  it('lets what was planned wait for its end', () => {
    const scheduled = decided(frozen, startOf('a', { start_at: NOW + MINUTE }));
    const held = decided(scheduled, begin('a'), { now: NOW + MINUTE });
    expect(of(held, 'a')).toMatchObject({
      state: 'scheduled',
      state_reason: 'Waits for the end of the freeze: thu 11:00–13:00 UTC (launch).',
    });
    expect(of(decided(held, begin('a'), { now: NOW + HOUR }), 'a').state).toBe('running');
  });
});

describe('a limit of rollouts', () => {
  const full = withPolicy(shopWithRollout(), { max_rollouts: 1 });

  it('refuses one more with what is under way', () => {
    expect(refusedBy(full, startOf('b', { units: ['header@1.1.0'] }))).toMatchObject({
      code: 'rollout-limit',
      status: 409,
      detail: 'main-1 (main 1.0.0 → 1.1.0) is under way, and no more may be.',
    });
  });

  it('lets what was planned wait for a place', () => {
    const planned = decided(full, startOf('b', { units: ['header@1.1.0'], start_at: NOW + 1 }));
    const held = decided(planned, begin('b'), { now: NOW + 1 });
    expect(of(held, 'b').state_reason).toBe('Waits for a free place: 1 may be under way at once.');
    const free = decided(held, { type: 'abort-rollout', rollout: 'main-1' });
    expect(of(decided(free, begin('b'), { now: NOW + 2 }), 'b').state).toBe('running');
  });
});

describe('a rollout that comes after another', () => {
  const chain = ['header@1.1.0', 'sidebar@1.1.0'].reduce(
    (document, unit, index) => decided(document, startOf(`after-${index}`, { units: [unit], after: [index === 0 ? 'main-1' : 'after-0'] })),
    shopWithRollout(),
  );
  const done = decided(chain, { type: 'promote-rollout', rollout: 'main-1', to: 'done' });
  const next = decided(done, begin('after-0'));

  it('waits until that has completed', () => {
    expect(of(chain, 'after-0')).toMatchObject({ state: 'scheduled', state_reason: 'Waits for main-1 to complete.' });
    expect(decided(chain, begin('after-0'))).toBe(chain);
    expect([of(next, 'after-0').state, of(next, 'after-1').state]).toEqual(['running', 'scheduled']);
  });

  it.each(['roll-back-rollout', 'abort-rollout'] as const)('goes with it, and so on, by %s', (type) => {
    const back = decided(chain, { type, rollout: 'main-1' });
    expect([of(back, 'after-0'), of(back, 'after-1')]).toMatchObject([
      { state: 'aborted', state_reason: 'main-1, which it came after, was taken back.', ended_at: NOW },
      { state: 'aborted', state_reason: 'after-0, which it came after, was taken back.' },
    ]);
    expect(Object.keys(back.units).toSorted()).toEqual(['header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0']);
  });

  it('under way, is rolled back when what came before it is undone', () => {
    const undone = decided(next, { type: 'restore-units', units: { main: unitOf('main@1.0.0') }, from_revision: 4 });
    expect([of(undone, 'after-0').state, of(undone, 'after-1').state]).toEqual(['rolled-back', 'aborted']);
    const other = decided(next, { type: 'restore-units', units: { sidebar: unitOf('sidebar@0.9.0') }, from_revision: 4 });
    expect(of(other, 'after-0').state).toBe('running');
  });

  it('is told as begun when it begins, and why it was asked for while it waits', () => {
    const start = startOf('later', { units: ['header@1.1.0'], approvals: 1, reason: 'A new header.' });
    const planned = decided(shopDocument(), start);
    expect(describeChange(start, planned)).toBe('Planned later (header 1.0.0 → 1.1.0). Waits for approval: 0 of 1. A new header.');
    const begun = decided(decided(planned, { type: 'approve-rollout', rollout: 'later' }, { actor: 'ben' }), {
      type: 'begin-rollout',
      rollout: 'later',
    });
    expect(describeChange({ type: 'begin-rollout', rollout: 'later' }, begun)).toMatch(
      /^Began later .* at 5 %\. Started, approved by ben\.$/,
    );
  });

  it('is told by what takes it back', () => {
    const abort: Command = { type: 'abort-rollout', rollout: 'main-1', reason: 'No.' };
    expect(describeChange(abort, decided(chain, abort))).toBe(
      'Aborted main-1 (main 1.0.0 → 1.1.0). No. With it went after-0, after-1, which came after it.',
    );
    expect(describeChange(abort, decided(shopWithRollout(), abort))).toBe('Aborted main-1 (main 1.0.0 → 1.1.0). No.');
  });

  const promote: Command = { type: 'promote-rollout', rollout: 'main-1', to: 'done' };
  const undo: Command = { type: 'restore-units', units: { main: unitOf('main@1.0.0') }, from_revision: 4 };
  const completed = decided(shopWithRollout(), promote);

  it.each<[string, Command]>([
    ['a rollback of units', undo],
    ['a rollback to other units than before it', { ...undo, units: { main: unitOf('main@0.9.0') } }],
    ['a restore of everything', restoreCommand(shopDocument(), 1)],
  ])('is refused after what had completed and was undone by %s', (_, command) => {
    const undone = decided(completed, command, { now: NOW + 1 });
    expect(of(undone, 'main-1')).toMatchObject({ state: 'completed', undone_at: NOW + 1 });
    expect(refusedBy(undone, startOf('c', { units: ['header@1.1.0'], after: ['main-1'] })).errors).toEqual([
      { path: '/after/0', message: 'main-1 was undone after it had completed' },
    ]);
    expect(decided(undone, { type: 'set-holdout', percentage: 1, salt: 'h' }, { now: NOW + 2 }).rollouts).toEqual(undone.rollouts);
  });

  it.each<[string, string, string[]]>([
    ['to what the last one came from', 'main@1.1.0', ['d']],
    ['to what both came from', 'main@1.0.0', ['main-1', 'd']],
    ['to what was before both', 'main@0.9.0', ['main-1', 'd']],
  ])('of two on one building those are undone that it goes back beyond: %s', (_, unit, expected) => {
    const start = startOf('d', { units: ['main@1.2.0'] });
    const on = decided(decided(completed, start, { now: NOW + 1 }), { ...promote, rollout: 'd' }, { now: NOW + 2 });
    const back = decided(on, { ...undo, units: { main: unitOf(unit) } });
    expect(Object.values(back.rollouts).flatMap(({ id, undone_at: at }) => (at === undefined ? [] : [id]))).toEqual(expected);
  });

  it.each(['main@1.0.0', 'main@1.2.0'])('starts after what was moved on from, though to %s', (unit) => {
    const waits = decided(completed, startOf('c', { units: ['header@1.1.0'], after: ['main-1'], start_at: NOW + HOUR }));
    const on = decided(decided(waits, startOf('d', { units: [unit] })), { ...promote, rollout: 'd' });
    expect(of(decided(on, begin('c'), { now: NOW + HOUR }), 'c').state).toBe('running');
  });

  it('is refused after what is not there, or was taken back', () => {
    const lost = decided(shopWithRollout(), { type: 'abort-rollout', rollout: 'main-1' });
    const refused = refusedBy(lost, startOf('c', { units: ['header@1.1.0'], after: ['main-1', 'nothing'] }));
    expect(refused.errors).toEqual([
      { path: '/after/0', message: 'main-1 was aborted' },
      { path: '/after/1', message: 'there is no rollout nothing' },
    ]);
  });

  it('after what has completed already, starts at once', () => {
    const completed = decided(shopWithRollout(), { type: 'promote-rollout', rollout: 'main-1', to: 'done' });
    expect(of(decided(completed, startOf('c', { units: ['header@1.1.0'], after: ['main-1'] })), 'c').state).toBe('running');
  });
});

it('waiting rollouts, and those that they wait for, are not forgotten', () => {
  let document = decided(
    decided(shopWithRollout(), { type: 'promote-rollout', rollout: 'main-1', to: 'done' }),
    startOf('z', { units: ['main@1.2.0'], after: ['main-1'], approvals: 1 }),
  );
  for (let index = 0; index < 25; index++) {
    document = decided(document, startOf(`h-${index}`, { units: [`header@1.0.${index + 1}`] }), { now: NOW + index + 1 });
    document = decided(document, { type: 'abort-rollout', rollout: `h-${index}` }, { now: NOW + index + 1 });
  }
  expect(document.rollouts).toHaveProperty('main-1');
  expect(document.rollouts).toHaveProperty('z');
  expect(document.rollouts).not.toHaveProperty('h-0');
});
