import { describe, expect, it } from 'vitest';
import { type RolloutCommand, ROLLOUT_VERBS, TRANSITIONS, transition } from '#engine/domain/rollout-machine.ts';
import type { Problem } from '#schemas/problem.ts';
import { hasEnded } from '#schemas/rollout-reading.ts';
import { ROLLOUT_STATES, type Rollout } from '#schemas/rollout.ts';
import { MINUTE, NOW, shopWithRollout } from '../../support/fixtures.ts';
import { JUDGEMENT_NAMES, type Judgement, verdictOf } from '../../support/verdicts.ts';

const shop = shopWithRollout();
const running = shop.rollouts['main-1']!;
const WAITING: Partial<Rollout> = { approvals_needed: 2, approvals: [] };
const IN_STATE: Record<Rollout['state'], Partial<Rollout>> = {
  scheduled: { ...WAITING, start_at: NOW },
  'awaiting-approval': WAITING,
  running: {},
  paused: { paused_at: NOW },
  completed: { ended_at: NOW },
  'rolled-back': { ended_at: NOW },
  aborted: { ended_at: NOW },
};
const inState = (state: Rollout['state']): Rollout => ({ ...running, state, ...IN_STATE[state] });

const rollout = 'main-1';
const COMMANDS: Record<RolloutCommand['type'], (rollout: Rollout) => RolloutCommand[]> = {
  'begin-rollout': () => [{ type: 'begin-rollout', rollout }],
  'approve-rollout': () => [{ type: 'approve-rollout', rollout }],
  'edit-rollout': ({ steps }) => [
    { type: 'edit-rollout', rollout, changes: { steps: [...steps.slice(0, 3), { ...steps[3]!, duration: 20 }] } },
    { type: 'edit-rollout', rollout, changes: {} },
  ],
  'pause-rollout': () => [{ type: 'pause-rollout', rollout }],
  'resume-rollout': () => [{ type: 'resume-rollout', rollout }],
  'promote-rollout': () => [
    { type: 'promote-rollout', rollout, to: 'next-step' },
    { type: 'promote-rollout', rollout, to: 'done' },
  ],
  'restart-rollout': () => [{ type: 'restart-rollout', rollout }],
  're-salt-rollout': () => [{ type: 're-salt-rollout', rollout, salt: 'another', reason: 'a test' }],
  'abort-rollout': () => [{ type: 'abort-rollout', rollout }],
  'roll-back-rollout': () => [{ type: 'roll-back-rollout', rollout }],
  'judge-rollout': (one) => JUDGEMENT_NAMES.map((name) => ({ type: 'judge-rollout', rollout, verdict: verdictOf(one, name) })),
};

/** The document that has the rollout as it is. */
const move = (one: Rollout, command: RolloutCommand, now: number): Rollout | Problem =>
  transition({ ...shop, rollouts: { [rollout]: one } }, one, command, { now, actor: 'ben' });

describe('every state and command does what the table says', () => {
  const cells = ROLLOUT_STATES.flatMap((state) => ROLLOUT_VERBS.map((verb) => ({ state, verb })));
  it('and there are as many cells as states times commands', () => expect(cells).toHaveLength(7 * 11));

  it.each(cells)('$state, $verb', ({ state, verb }) => {
    const allowed = TRANSITIONS[state][verb];
    const reached = new Set<string>();
    for (const now of [NOW - MINUTE, NOW, NOW + 9 * MINUTE, NOW + 11 * MINUTE, NOW + 10_000 * MINUTE]) {
      for (const one of variationsOf(inState(state))) {
        for (const command of COMMANDS[verb](one)) {
          const next = move(one, command, now);
          if (allowed.length === 0)
            expect(next).toMatchObject({ code: 'rollout-state', status: 409, detail: expect.stringContaining(state) });
          else if (!('code' in next)) {
            expect(allowed).toContain(next.state);
            expect(next.ended_at !== undefined).toBe(hasEnded(next));
            expect(next.paused_at !== undefined).toBe(next.state === 'paused');
            reached.add(next.state);
          }
        }
      }
    }
    expect([...reached].toSorted()).toEqual([...allowed].toSorted()); // nothing in the table is out of reach
  });

  /** At several steps; waiting ones with all that they could wait for. */
  function variationsOf(one: Rollout): Rollout[] {
    const steps = [0, 1, 3].map((step) => ({ ...one, step }));
    if (one.approvals === undefined) return steps;
    const approvals = [
      { by: 'cem', at: NOW },
      { by: 'dua', at: NOW },
    ];
    const lost = { ...one, approvals, after: ['gone'] };
    return [
      ...steps,
      { ...one, approvals: approvals.slice(1) },
      { ...one, approvals },
      { ...one, approvals, start_at: NOW + 5 * MINUTE },
      lost,
    ];
  }
});

describe('a judgement', () => {
  const at = (one: Rollout, name: Judgement, now: number) =>
    move(one, { type: 'judge-rollout', rollout, verdict: verdictOf(one, name) }, now) as Rollout;
  const last = { ...running, step: 3 };
  const forKorea = { ...running, criteria: { ...running.criteria, geo_regions: ['KR'] } };
  const gate = (gate: 'auto' | 'manual') => ({ ...running, steps: running.steps.map((step) => ({ ...step, gate })) });
  const widened = { ...forKorea, step: 3, steps: running.steps.map((step, index) => (index === 3 ? { ...step, everyone: true } : step)) };
  const due = (on: 'pause' | 'roll-back') => ({ ...running, progress_deadline: 30, on_deadline: on });
  const patient = { ...running, analysis: { ...running.analysis!, pause_after: 20 } };
  /** Paused after so many minutes for half an hour, and resumed. */
  const resumed = (one: Rollout, after: number): Rollout => {
    const paused = move(one, { type: 'pause-rollout', rollout }, NOW + after * MINUTE) as Rollout;
    return move(paused, { type: 'resume-rollout', rollout }, NOW + (after + 30) * MINUTE) as Rollout;
  };

  it.each<[string, Rollout, Judgement, number, Partial<Rollout>]>([
    ['healthy before the time is up changes nothing', running, 'healthy', 10 * MINUTE - 1, { state: 'running', step: 0 }],
    [
      'healthy when the time is up takes the next step',
      running,
      'healthy',
      10 * MINUTE,
      { state: 'running', step: 1, step_started_at: NOW + 10 * MINUTE },
    ],
    ['healthy long after takes one step only', running, 'healthy', 1_000 * MINUTE, { state: 'running', step: 1 }],
    ['inconclusive holds, however long', running, 'inconclusive', 1_000 * MINUTE, { state: 'running', step: 0 }],
    ['a source that fails holds', running, 'error', 1_000 * MINUTE, { state: 'running', step: 0 }],
    ['what hurts everybody holds', running, 'common-cause', 1_000 * MINUTE, { state: 'running', step: 0 }],
    ['unhealthy takes it back at once', running, 'unhealthy', 1, { state: 'rolled-back', ended_at: NOW + 1 }],
    [
      'suspicion pauses at once, with its reason',
      running,
      'pause',
      1,
      { state: 'paused', paused_at: NOW + 1, state_reason: 'It is pause.' },
    ],
    ['healthy at the end of the last step completes', last, 'healthy', 10 * MINUTE, { state: 'completed' }],
    ['a clock that jumped back holds', running, 'healthy', -1_000 * MINUTE, { state: 'running', step: 0 }],
    ['auto: inconclusive goes on', gate('auto'), 'inconclusive', 10 * MINUTE, { state: 'running', step: 1 }],
    ['auto: an error does not', gate('auto'), 'error', 10 * MINUTE, { state: 'running', step: 0 }],
    ['auto: nor does what hurts everybody', gate('auto'), 'common-cause', 10 * MINUTE, { state: 'running', step: 0 }],
    ['auto: unhealthy takes it back', gate('auto'), 'unhealthy', 1, { state: 'rolled-back' }],
    ['manual: healthy waits for a person', gate('manual'), 'healthy', 100 * MINUTE, { state: 'running', step: 0 }],
    ['manual: unhealthy does not wait', gate('manual'), 'unhealthy', 1, { state: 'rolled-back' }],
    ['manual: unhealthy acts when the time was up long ago', gate('manual'), 'unhealthy', 1_000 * MINUTE, { state: 'rolled-back' }],
    ['with criteria, the step to everyone else waits for a person', { ...forKorea, step: 3 }, 'healthy', 100 * MINUTE, { step: 3 }],
    ['with criteria, steps among those who match are taken', forKorea, 'healthy', 10 * MINUTE, { state: 'running', step: 1 }],
    ['with criteria that were dropped, it completes', widened, 'healthy', 10 * MINUTE, { state: 'completed' }],
    ['paused: healthy changes nothing', inState('paused'), 'healthy', 100 * MINUTE, { state: 'paused', step: 0 }],
    ['paused: a pause is no news', inState('paused'), 'pause', 100 * MINUTE, { state: 'paused', paused_at: NOW }],
    ['paused: unhealthy takes it back', inState('paused'), 'unhealthy', 1, { state: 'rolled-back' }],
    ['a deadline that is not there yet is none', due('pause'), 'inconclusive', 30 * MINUTE - 1, { state: 'running' }],
    ['a deadline pauses', due('pause'), 'inconclusive', 30 * MINUTE, { state: 'paused', step: 0 }],
    ['a deadline takes back', due('roll-back'), 'error', 30 * MINUTE, { state: 'rolled-back' }],
    ['a deadline counts anew once it was resumed', resumed(due('pause'), 30), 'inconclusive', 90 * MINUTE - 1, { state: 'running' }],
    ['… and then pauses again', resumed(due('pause'), 30), 'inconclusive', 90 * MINUTE, { state: 'paused' }],
    ['so does patience', resumed(patient, 30), 'inconclusive', 80 * MINUTE - 1, { state: 'running' }],
    ['… and then it pauses again', resumed(patient, 30), 'inconclusive', 80 * MINUTE, { state: 'paused' }],
    ['past its deadline, a healthy one goes on all the same', due('roll-back'), 'healthy', 300 * MINUTE, { state: 'running', step: 1 }],
    ['patience is not over', patient, 'inconclusive', 30 * MINUTE - 1, { state: 'running' }],
    [
      'patience is over',
      patient,
      'inconclusive',
      30 * MINUTE,
      { state: 'paused', state_reason: 'Unclear for 20 minutes: It is inconclusive.' },
    ],
    [
      'patience of seconds is told in seconds',
      { ...patient, analysis: { ...patient.analysis!, pause_after: 5 / 60 } },
      'inconclusive',
      30 * MINUTE,
      { state_reason: 'Unclear for 5 seconds: It is inconclusive.' },
    ],
    [
      'so is a deadline of seconds',
      { ...due('pause'), progress_deadline: 10 / 60 },
      'inconclusive',
      30 * MINUTE,
      { state_reason: 'The step of 5 % did not end within 10 seconds.' },
    ],
    ['patience with a source that is down is over', patient, 'error', 30 * MINUTE, { state: 'paused' }],
  ])('%s', (_, one, name, afterMs, expected) => expect(at(one, name, NOW + afterMs)).toMatchObject(expected));

  const stale: RolloutCommand = { type: 'judge-rollout', rollout, verdict: verdictOf(running, 'healthy') };

  it('of a step that is over changes nothing: a step is taken once', () => {
    const next = move(running, stale, NOW + 10 * MINUTE) as Rollout;
    expect(next.step).toBe(1);
    expect(move(next, stale, NOW + 100 * MINUTE)).toBe(next);
  });

  it('from before a restart changes nothing', () => {
    const bad: RolloutCommand = { type: 'judge-rollout', rollout, verdict: verdictOf(running, 'unhealthy') };
    const restarted = move(running, { type: 'restart-rollout', rollout }, NOW + MINUTE) as Rollout;
    expect(move(restarted, bad, NOW + 2 * MINUTE)).toBe(restarted);
  });

  it('that changes nothing gives back the very same rollout', () => {
    expect(move(running, stale, NOW)).toBe(running);
  });
});

describe('time paused does not count', () => {
  const judged = (one: Rollout): RolloutCommand => ({ type: 'judge-rollout', rollout, verdict: verdictOf(one, 'healthy') });
  const paused = move(running, { type: 'pause-rollout', rollout }, NOW + 4 * MINUTE) as Rollout;

  it('the step ends later by the length of the pause', () => {
    const resumed = move(paused, { type: 'resume-rollout', rollout }, NOW + 104 * MINUTE) as Rollout;
    expect(resumed).toMatchObject({ state: 'running', step_started_at: NOW + 100 * MINUTE });
    expect(resumed).not.toHaveProperty('paused_at');
    expect(move(resumed, judged(resumed), NOW + 109 * MINUTE)).toBe(resumed);
    expect(move(resumed, judged(resumed), NOW + 110 * MINUTE)).toMatchObject({ step: 1 });
  });

  it('a clock that jumped back while paused shortens nothing', () => {
    expect(move(paused, { type: 'resume-rollout', rollout }, NOW - 100 * MINUTE)).toMatchObject({ step_started_at: NOW });
  });
});

it.each<[RolloutCommand, string]>([
  [{ type: 're-salt-rollout', rollout, salt: 'x', reason: 'a test' }, 're-salt'],
  [{ type: 'roll-back-rollout', rollout }, 'rollback'],
])('a refusal names the command as it is typed: %#', (command, verb) => {
  const ended = move(running, { type: 'abort-rollout', rollout }, NOW) as Rollout;
  expect(move(ended, command, NOW)).toMatchObject({ detail: `Rollout ${rollout} is aborted; it cannot take "${verb}".` });
});
