import { expect, it } from 'vitest';
import { rolloutText } from '#cli/rollout-text.ts';
import { rolloutConfig, stepEndsAt } from '#engine/domain/rollout-state.ts';
import type { Rollout, RolloutPlanInput } from '#schemas/rollout.ts';
import { MINUTE, NOW, shopWithRollout } from '../support/fixtures.ts';

function text(plan: Partial<RolloutPlanInput>, later: number, change: Partial<Rollout> = {}): string {
  const rollout = { ...shopWithRollout({ duration: 10, ...plan }).rollouts['main-1']!, ...change };
  const times = { step_ends_at: stepEndsAt(rollout), now: NOW + later };
  return rolloutText({ rollout, config: rolloutConfig(rollout), verdict: null, revision: 5, ...times });
}

const KOREANS = { steps: [100], criteria: { geo_regions: ['KR', 'JP'] } };

it.each<[string, string, string | RegExp]>([
  ['a step whose time runs says how long', text({}, 8 * MINUTE), 'step ends in 2 min'],
  ['a step that is held says so', text({}, 12 * MINUTE), 'the time is up, held until the gate opens'],
  ['the last step of one with criteria will wait', text(KOREANS, 0), 'step ends in 10 min, then it waits for a person to promote it'],
  ['the last step of one with criteria waits', text(KOREANS, 12 * MINUTE), 'the time is up, it waits for a person to promote it'],
  ['an earlier step of one with criteria does not', text({ ...KOREANS, steps: [5, 100] }, 12 * MINUTE), 'held until the gate opens'],
  ['a paused one has no clock', text({}, 0, { state: 'paused', paused_at: NOW }), /100 %\n/],
  ['one with criteria says whom it is for', text(KOREANS, 0), '100 % of visitors in KR or JP. All other visitors keep what they have.'],
  ['one that has ended says whom it was for', text(KOREANS, 0, { state: 'completed', ended_at: NOW }), 'It was for visitors in KR or JP.'],
  ['steps that take equally long have only shares', text({ steps: [5, 100] }, 0), '  [5 %] → 100 %  step ends'],
  [
    'steps that do not say how long',
    text({ steps: [5, { percentage: 100, duration: 0.5 }] }, 0),
    '  [5 %] for 10 min → 100 % for 30 s  step ends',
  ],
  [
    'one that was taken back says where and to what',
    text({}, 0, { state: 'aborted', step: 1, ended_at: NOW }),
    /5 % → \[25 %\] → 50 %[^]*With its end everyone got main@1\.0\.0 again\./,
  ],
  [
    'one that completed says what everyone got',
    text({}, 0, { state: 'completed', ended_at: NOW }),
    'With its end everyone got main@1.1.0.',
  ],
  [
    'one that never began has no step',
    text({}, 0, { state: 'aborted', ended_at: NOW, periods: undefined! }),
    /\n {2}5 % → 25 %[^]*It never began\./,
  ],
  [
    'why it was asked for is told beside what is going on',
    text({ reason: 'new header' }, 0, { state_reason: 'Waits.' }),
    'Latest reason: Waits.\n  Asked for because: new header',
  ],
  ['the reason of the state is named as such', text({}, 0), 'Latest reason: Started by ana.'],
])('%s', (_, shown, words) => {
  expect(shown).toMatch(words);
});

it('one for everybody speaks of nobody else', () => {
  expect(text({}, 0)).not.toContain('visitors');
});
