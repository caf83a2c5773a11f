import { beforeAll, describe, expect, it } from 'vitest';
import { BROKEN_PARTS } from './broken-parts.ts';
import { createDice } from './dice.ts';
import { type FaultPlan, drawFaults } from './fault-plan.ts';
import { type Total, simulateMany, storyOf } from './simulate-many.ts';

/** The whole engine under seeded faults; `npm run simulate:faults` plays many more worlds. See docs/simulation-testing.md. */

const isLong = process.env.CONCIERGE_LONG !== undefined;
const ROLLOUTS = isLong ? 10_000 : 120;
const FIRST_SEED = Number(process.env.CONCIERGE_SEED ?? 1);
/** Within so many worlds a part that is broken on purpose must be found. */
const MAX_WORLDS = 150;
const AN_HOUR = 3_600_000;

describe(`${ROLLOUTS} rollouts, from seed ${FIRST_SEED}`, () => {
  let total: Total;
  beforeAll(async () => {
    total = await simulateMany({ firstSeed: FIRST_SEED, rollouts: ROLLOUTS, failures: 3 });
  }, AN_HOUR);

  it('break no invariant', () => expect(total.failures.map((failure) => storyOf(failure)).join('\n\n')).toBe(''));

  it.each([
    'crashes',
    'stops',
    'jumps back',
    'jumps forward',
    'lost-requests',
    'lost-answers',
    'duplicates',
    'outages',
    'lost isolates',
    'completed',
    'rolled-back',
    'aborted',
    'rests',
  ])('and there were %s', (what) => expect(total.counts[what]).toBeGreaterThan(0));
});

describe('a seed plays the same world every time:', () => {
  const firstWith = (holds: (faults: FaultPlan) => boolean): number => {
    let seed = FIRST_SEED;
    while (!holds(drawFaults(createDice(seed)))) seed++;
    return seed;
  };
  it.each<[string, (faults: FaultPlan) => boolean]>([
    ['in memory', ({ onFile, wholeEdges }) => !onFile && !wholeEdges],
    ['with two engines on a file', ({ engines }) => engines === 2],
    ['with whole edges', ({ wholeEdges }) => wholeEdges],
  ])('one %s', { timeout: AN_HOUR }, async (_, holds) => {
    const play = (): Promise<Total> => simulateMany({ firstSeed: firstWith(holds), worlds: 1 });
    const [{ seconds: _first, ...first }, { seconds: _second, ...second }] = await Promise.all([play(), play()]);
    expect(second).toEqual(first);
  });
});

describe('a broken part is found:', () => {
  /** Where it is found soon, so that a quick run need not look for long. */
  const soon: Record<string, number> = {
    'overwrites a revision': 2,
    'says that it committed when another did': 2,
    'commits revision and outbox one after the other': 12,
    'promotes whatever step it finds': 8,
    'counts what is delivered again as another visitor': 2,
    'clears the log of marks before they are in runs': 5,
    'leaves in the log of marks what is in runs': 2,
    'notes a delivery before it is made': 40,
    'adopts lower revisions': 8,
  };
  it.each(Object.keys(BROKEN_PARTS))('one that %s', { timeout: AN_HOUR }, async (broken) => {
    const firstSeed = isLong ? 1 : (soon[broken] ?? 1);
    const { failures } = await simulateMany({ firstSeed, worlds: MAX_WORLDS, failures: 1, broken });
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0]!.message).not.toContain('TypeError');
  });
});
