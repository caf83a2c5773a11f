import { describe, expect, it } from 'vitest';
import { type RolloutCommand, TRANSITIONS, transition } from '#engine/domain/rollout-machine.ts';
import { NO_HEALTH, judge } from '#engine/domain/judge.ts';
import { isLive } from '#engine/domain/rollout-state.ts';
import { ROLLOUT_STATES, type Rollout } from '#schemas/rollout.ts';
import type { Verdict } from '#schemas/verdict.ts';
import { MINUTE, NOW, shopWithRollout } from '../../support/fixtures.ts';

const running = shopWithRollout().rollouts['main-1']!;
const inState = (state: Rollout['state']): Rollout => ({
  ...running,
  state,
  ...(state === 'paused' ? { paused_at: NOW } : {}),
  ...(isLive({ ...running, state }) ? {} : { ended_at: NOW }),
});

const verdictOf = (verdict: Verdict['verdict'], step = 0): Verdict => {
  const base = judge(
    { step, percentage: 5, control_percentage: 95, from: NOW, to: NOW + MINUTE, arm: NO_HEALTH, control: NO_HEALTH },
    running.monitoring,
  );
  return { ...base, verdict };
};
const judgement = (verdict: Verdict['verdict'], step = 0): RolloutCommand => ({
  type: 'judge-rollout',
  rollout: 'main-1',
  verdict: verdictOf(verdict, step),
});

const COMMANDS: Record<RolloutCommand['type'], RolloutCommand[]> = {
  'pause-rollout': [{ type: 'pause-rollout', rollout: 'main-1' }],
  'resume-rollout': [{ type: 'resume-rollout', rollout: 'main-1' }],
  'promote-rollout': [
    { type: 'promote-rollout', rollout: 'main-1', to: 'next-step' },
    { type: 'promote-rollout', rollout: 'main-1', to: 'done' },
  ],
  'abort-rollout': [{ type: 'abort-rollout', rollout: 'main-1' }],
  'roll-back-rollout': [{ type: 'roll-back-rollout', rollout: 'main-1' }],
  're-salt-rollout': [{ type: 're-salt-rollout', rollout: 'main-1', salt: 'another', reason: 'a test' }],
  'judge-rollout': (['healthy', 'unhealthy', 'inconclusive', 'error'] as const).map((verdict) => judgement(verdict)),
};

describe('every state and command does what the table says', () => {
  const cells = ROLLOUT_STATES.flatMap((state) =>
    Object.values(COMMANDS).flatMap((commands) => commands.map((command) => ({ state, verb: command.type, command }))),
  );
  it.each(cells)('$state, $verb', ({ state, command }) => {
    const allowed = TRANSITIONS[state][command.type];
    for (const now of [NOW - MINUTE, NOW, NOW + 9 * MINUTE, NOW + 11 * MINUTE, NOW + 10_000 * MINUTE]) {
      for (const step of [0, 1, 3]) {
        const next = transition({ ...inState(state), step }, command, now);
        if (allowed.length === 0) expect(next).toMatchObject({ code: 'rollout-state', status: 409 });
        else expect(allowed).toContain((next as Rollout).state);
      }
    }
  });
});

describe('a judgement', () => {
  const at = (rollout: Rollout, verdict: Verdict['verdict'], now: number) =>
    transition(rollout, judgement(verdict, rollout.step), now) as Rollout;
  const last = { ...running, step: 3 };
  const forKorea = { ...running, criteria: { ...running.criteria, geo_regions: ['KR'] } };
  const gate = (gate: 'auto' | 'manual') => ({ ...running, steps: running.steps.map((step) => ({ ...step, gate })) });

  it.each<[string, Rollout, Verdict['verdict'], number, Partial<Rollout>]>([
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
    ['unhealthy takes it back at once', running, 'unhealthy', 1, { state: 'rolled-back', ended_at: NOW + 1 }],
    ['healthy at the end of the last step completes', last, 'healthy', 10 * MINUTE, { state: 'completed' }],
    ['a clock that jumped back holds', running, 'healthy', -1_000 * MINUTE, { state: 'running', step: 0 }],
    ['auto: inconclusive goes on', gate('auto'), 'inconclusive', 10 * MINUTE, { state: 'running', step: 1 }],
    ['auto: an error does not', gate('auto'), 'error', 10 * MINUTE, { state: 'running', step: 0 }],
    ['auto: unhealthy takes it back', gate('auto'), 'unhealthy', 1, { state: 'rolled-back' }],
    ['manual: healthy waits for a person', gate('manual'), 'healthy', 100 * MINUTE, { state: 'running', step: 0 }],
    ['manual: unhealthy does not wait', gate('manual'), 'unhealthy', 1, { state: 'rolled-back' }],
    [
      'with criteria, the step to everyone else waits for a person',
      { ...forKorea, step: 3 },
      'healthy',
      100 * MINUTE,
      { state: 'running', step: 3 },
    ],
    ['with criteria, steps among those who match are taken', forKorea, 'healthy', 10 * MINUTE, { state: 'running', step: 1 }],
    ['paused: healthy changes nothing', inState('paused'), 'healthy', 100 * MINUTE, { state: 'paused', step: 0 }],
    ['paused: unhealthy takes it back', inState('paused'), 'unhealthy', 1, { state: 'rolled-back' }],
  ])('%s', (_, rollout, verdict, afterMs, expected) => expect(at(rollout, verdict, NOW + afterMs)).toMatchObject(expected));

  it('of a step that is over changes nothing: a step is taken once', () => {
    const stale = judgement('healthy', 0);
    const next = transition(running, stale, NOW + 10 * MINUTE) as Rollout;
    expect(transition(next, stale, NOW + 100 * MINUTE)).toBe(next);
  });

  it('that changes nothing gives back the very same rollout', () => {
    expect(transition(running, judgement('healthy'), NOW)).toBe(running);
  });
});

describe('time paused does not count', () => {
  it('the step ends later by the length of the pause', () => {
    const paused = transition(running, COMMANDS['pause-rollout'][0]!, NOW + 4 * MINUTE) as Rollout;
    const resumed = transition(paused, COMMANDS['resume-rollout'][0]!, NOW + 104 * MINUTE) as Rollout;
    expect(resumed).toMatchObject({ state: 'running', step_started_at: NOW + 100 * MINUTE });
    expect(resumed).not.toHaveProperty('paused_at');
    expect(transition(resumed, judgement('healthy'), NOW + 109 * MINUTE)).toBe(resumed);
    expect(transition(resumed, judgement('healthy'), NOW + 110 * MINUTE)).toMatchObject({ step: 1 });
  });

  it('a clock that jumped back while paused shortens nothing', () => {
    const paused = transition(running, COMMANDS['pause-rollout'][0]!, NOW + 4 * MINUTE) as Rollout;
    expect(transition(paused, COMMANDS['resume-rollout'][0]!, NOW - 100 * MINUTE)).toMatchObject({ step_started_at: NOW });
  });
});
