import { describe, expect, it } from 'vitest';
import { foldHealth } from '#engine/domain/evidence/fold-health.ts';
import { inIncident } from '#engine/domain/evidence/calm-minutes.ts';
import type { HealthState } from '#schemas/health.ts';
import { type Numbered, deltaOf, foldedRollout } from '../../../support/evidence.ts';
import { MINUTE } from '../../../support/fixtures.ts';

const rollout = foldedRollout([5]);
let id = 0;

/** A minute in which 50 and 950 visitors come. */
const minuteOf = (minute: number, errors: [canary: number, control: number], visitors = 1_000): Numbered[] => [
  deltaOf({ id: ++id, arm: 'canary', minute, exposed: visitors * 0.05, failed: errors[0] }),
  deltaOf({ id: ++id, arm: 'control', minute, exposed: visitors * 0.95, failed: errors[1] }),
];

function foldMinutes(minutes: readonly Numbered[][], state: HealthState | null = null): HealthState {
  const last = Math.max(...minutes.flat().map(({ minute }) => minute));
  return foldHealth(state, minutes.flat(), rollout, (last + 1) * MINUTE + 10_000);
}

const calm = (state: HealthState) => {
  const { canary, control } = state.overall.periods[0]!.arms;
  return [canary!.calm_failed, control!.calm_failed];
};
const usual = Array.from({ length: 10 }, (_, minute) => minuteOf(minute, [0, 5]));

describe('errors as evidence for promotion', () => {
  it('count once their minute is over', () => {
    const minute = [deltaOf({ id: ++id, arm: 'control', exposed: 10, failed: 1 })];
    const during = foldHealth(null, minute, rollout, 30_000);
    expect(during.overall.periods[0]!.arms.control!.calm_failed).toBe(0);
    expect(foldHealth(during, [], rollout, MINUTE + 10_000).overall.periods[0]!.arms.control!.calm_failed).toBe(1);
  });

  it.each<[string, Numbered[][], number[]]>([
    ['all of calm minutes', usual, [0, 50]],
    ['none of a minute with ten times as many in both arms', [...usual, minuteOf(10, [3, 47])], [0, 50]],
    [
      'none of a minute with ten times as many of the arm alone: nobody looks at whose they are',
      [...usual, minuteOf(10, [50, 0])],
      [0, 50],
    ],
    ['those of twice as many', [...usual, minuteOf(10, [1, 10])], [1, 60]],
    ['those of four times as many visitors', [...usual, minuteOf(10, [1, 20], 4_000)], [1, 70]],
    ['those of fewer and fewer new visitors, who fail as often as ever', [...usual, minuteOf(10, [0, 5], 20)], [0, 55]],
    ['those that come after an incident of which little is left', [...usual, minuteOf(10, [3, 47]), minuteOf(16, [0, 5])], [0, 55]],
  ])('count: %s', (_, minutes, expected) => expect(calm(foldMinutes(minutes))).toEqual(expected));

  it('of an incident that is small in every minute do not count once it has lasted', () => {
    const few = Array.from({ length: 60 }, (_, minute) => minuteOf(minute, [0, minute % 4 === 0 ? 1 : 0], 50));
    const slow = Array.from({ length: 20 }, (_, i) => minuteOf(60 + i, [0, 3], 50));
    const [, control] = calm(foldMinutes([...few, ...slow]));
    expect(control).toBeLessThanOrEqual(15 + 2 * 3);
  });

  it('that come late are treated as their minute was', () => {
    const state = foldMinutes([...usual, minuteOf(10, [3, 47]), minuteOf(11, [0, 5])]);
    const late = foldHealth(state, [...minuteOf(10, [0, 7]), ...minuteOf(3, [1, 2])], rollout, 13 * MINUTE);
    expect(calm(late)[0]! - calm(state)[0]!).toBe(1);
    expect(calm(late)[1]! - calm(state)[1]!).toBe(2);
  });

  it('nobody is told of an incident that is over', () => {
    const during = foldMinutes([...usual, minuteOf(10, [3, 47])]);
    expect(inIncident(during.calm)).toBe(true);
    expect(inIncident(foldMinutes([minuteOf(20, [0, 5])], during).calm)).toBe(false);
  });
});
