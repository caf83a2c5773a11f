import { describe, expect, it } from 'vitest';
import { createRandom } from '#engine/simulator/random.ts';
import { chiSquareP } from '../../support/statistics.ts';

const DRAWS = 100_000;
const firstOf = (seed: number, stream: number): number[] => {
  const random = createRandom(seed, stream);
  return Array.from({ length: 5 }, random.bits);
};

it('is all in its seed and stream', () => {
  expect(firstOf(7, 1)).toEqual(firstOf(7, 1));
  expect(firstOf(7, 1)).not.toEqual(firstOf(8, 1));
  expect(firstOf(7, 1)).not.toEqual(firstOf(7, 2));
});

it('neighbouring streams have nothing in common', () => {
  const streams = 2_000;
  const counts = Array.from({ length: 16 }, () => 0);
  for (let stream = 0; stream < streams; stream++) counts[createRandom(1, stream).below(16)]! += 1;
  const likely = streams / 16;
  expect(
    chiSquareP(
      counts.reduce((sum, count) => sum + (count - likely) ** 2 / likely, 0),
      15,
    ),
  ).toBeGreaterThan(0.001);
});

/** How likely each count is, by the recursion p(k) = p(k − 1) · mean / k. */
function poissonChances(mean: number, upTo: number): number[] {
  const chances = [Math.exp(-mean)];
  for (let k = 1; k <= upTo; k++) chances.push((chances[k - 1]! * mean) / k);
  return chances;
}

describe('Poisson counts are as likely as they should be', () => {
  it.each<[string, number]>([
    ['rare', 0.02],
    ['few, event by event', 3],
    ['just below rejection', 9.9],
    ['just above it', 10.1],
    ['a tick of the control', 79],
    ['many', 400],
  ])('%s: %d', (_, mean) => {
    const random = createRandom(42, Math.round(mean * 100));
    const top = Math.ceil(mean + 8 * Math.sqrt(mean) + 8);
    const counts = Array.from({ length: top + 1 }, () => 0);
    for (let draw = 0; draw < DRAWS; draw++) counts[Math.min(top, random.poisson(mean))]! += 1;
    let statistic = 0;
    let cells = 0;
    let restSeen = DRAWS;
    let restLikely = DRAWS;
    poissonChances(mean, top).forEach((chance, count) => {
      const likely = chance * DRAWS;
      if (likely < 20) return;
      statistic += (counts[count]! - likely) ** 2 / likely;
      restSeen -= counts[count]!;
      restLikely -= likely;
      cells += 1;
    });
    if (restLikely >= 5) statistic += (restSeen - restLikely) ** 2 / restLikely;
    expect(chiSquareP(statistic, cells - (restLikely >= 5 ? 0 : 1))).toBeGreaterThan(0.001);
  });

  it('nothing is expected, nothing comes', () => expect(createRandom(1).poisson(0)).toBe(0));
});
