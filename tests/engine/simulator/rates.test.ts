import { describe, expect, it } from 'vitest';
import { lossOf, ratesOf, trafficAt } from '#engine/simulator/rates.ts';
import { Scenario, type ScenarioInput } from '#schemas/simulation.ts';

const at = (input: ScenarioInput, minute: number, isInSegment = true) => {
  const scenario = Scenario.parse(input);
  return {
    old: ratesOf(scenario, { isNew: false, minute, isInSegment }),
    new: ratesOf(scenario, { isNew: true, minute, isInSegment }),
  };
};
const usual = { silence: 0.01, error: 0.005, latency: 1 };

describe('what a scenario does to each arm at a minute', () => {
  it.each<[string, ScenarioInput, number, object, object]>([
    ['nothing', {}, 5, usual, usual],
    ['a regression', { regression: { errors: 4, latency: 2, silence: 3 } }, 0, usual, { silence: 0.03, error: 0.02, latency: 2 }],
    ['a regression that is still to come', { regression: { errors: 4, from_minute: 5 } }, 4.9, usual, usual],
    ['one that has come', { regression: { errors: 4, from_minute: 5 } }, 5, usual, { ...usual, error: 0.02 }],
    ['more errors than there can be', { regression: { errors: 1_000 } }, 0, usual, { ...usual, error: 1 }],
    ['a leak at its start', { leak_per_hour: 4 }, 0, usual, usual],
    ['a leak after half an hour', { leak_per_hour: 4 }, 30, usual, { ...usual, error: 0.015 }],
    [
      'an incident',
      { incidents: [{ from_minute: 3, to_minute: 5, errors: 10, latency: 2 }] },
      3,
      { ...usual, error: 0.05, latency: 2 },
      { ...usual, error: 0.05, latency: 2 },
    ],
    ['an incident that is over', { incidents: [{ from_minute: 3, to_minute: 5, errors: 10 }] }, 5, usual, usual],
    ['drift at its height', { drift: { errors: 3, minutes: 60 } }, 30, { ...usual, error: 0.015 }, { ...usual, error: 0.015 }],
    ['a cold cache', { cold_cache: { minutes: 3, errors: 2, latency: 4 } }, 2.9, usual, { silence: 0.01, error: 0.01, latency: 4 }],
    ['a warm one', { cold_cache: { minutes: 3, latency: 4 } }, 3, usual, usual],
    ['half of the new reports lost', { loss: { share: 50, side: 'canary', of: 'reports' } }, 0, usual, { ...usual, silence: 0.505 }],
    [
      'half of all reports lost',
      { loss: { share: 50, side: 'both', of: 'reports' } },
      0,
      { ...usual, silence: 0.505 },
      { ...usual, silence: 0.505 },
    ],
  ])('%s', (_, input, minute, old, fresh) => {
    const rates = at(input, minute);
    for (const [name, value] of Object.entries(old)) expect(rates.old[name as 'error']).toBeCloseTo(value as number, 12);
    for (const [name, value] of Object.entries(fresh)) expect(rates.new[name as 'error']).toBeCloseTo(value as number, 12);
  });

  it('only one segment', () => {
    const input: ScenarioInput = { segments: { kr: 5 }, regression: { errors: 4, segment: 'kr' } };
    expect(at(input, 0, false).new).toEqual(usual);
    expect(at(input, 0, true).new.error).toBeCloseTo(0.02);
  });
});

it.each<[string, 'canary' | 'control' | 'both', boolean, number]>([
  ['of the canary, to the canary', 'canary', true, 0.2],
  ['of the canary, to the control', 'canary', false, 0],
  ['of the control, to the control', 'control', false, 0.2],
  ['of both', 'both', true, 0.2],
])('everything is lost %s', (_, side, isNew, loss) => {
  expect(lossOf(Scenario.parse({ loss: { share: 20, side, of: 'everything' } }), isNew)).toBe(loss);
});

it('traffic swings about its mean, once a day', () => {
  const scenario = Scenario.parse({ traffic: { daily_swing: 0.5 } });
  const day = Array.from({ length: 24 * 60 }, (_, minute) => trafficAt(scenario, 1_000, minute, 0.3));
  expect(day.reduce((sum, one) => sum + one, 0) / day.length).toBeCloseTo(1_000, 6);
  expect(Math.max(...day)).toBeCloseTo(1_500, 0);
  expect(Math.min(...day)).toBeCloseTo(500, 0);
});

it.each<[string, unknown, string]>([
  ['a segment that nobody is in', { regression: { segment: 'kr' } }, 'regression/segment'],
  ['an incident that ends before it begins', { incidents: [{ from_minute: 5, to_minute: 5 }] }, 'incidents/0'],
  ['an unknown field', { regresion: {} }, ''],
  ['more than everybody', { segments: { kr: 101 } }, 'segments/kr'],
])('a scenario with %s is refused', (_, input, path) => {
  expect(Scenario.safeParse(input).error?.issues.map((issue) => issue.path.join('/'))).toEqual([path]);
});
