import { describe, expect, it } from 'vitest';
import { exclusionOf, visitorsNeeded } from '#engine/domain/evidence/promotion-evidence.ts';
import { isRuledOut, promotionOf } from '#engine/domain/evidence/promotion.ts';
import { pairOf } from '#engine/domain/evidence/strata.ts';
import { Analysis } from '#schemas/analysis.ts';
import { observationWith } from '../../../support/evidence.ts';
import { seededRandom } from '../../../support/random.ts';

const LONG = process.env.CONCIERGE_LONG !== undefined;
const analysis = Analysis.parse({});
const promotionsOf = (observation: ReturnType<typeof observationWith>, asked: Partial<Analysis> = {}) =>
  promotionOf(observation, { ...analysis, ...asked }, pairOf(observation, 'canary'));

describe('what rules a regression out', () => {
  it('is A_R of DECISIONS.md, summed over periods', () => {
    const theta = (0.05 * 3) / (0.95 + 0.15);
    const expected = 2 * Math.log(0.05 / theta) + 38 * Math.log(0.95 / (1 - theta));
    expect(exclusionOf([{ share: 0.05, arm: 2, control: 38 }], 3, 0.01)).toEqual({
      risk: 3,
      log: expect.closeTo(expected, 9),
      needed: expect.closeTo(Math.log(100), 9),
    });
  });

  it('lets a version that is R times as bad or worse pass, at any step and look, with a chance of at most beta', () => {
    const random = seededRandom(12);
    const runs = LONG ? 20_000 : 1_500;
    const beta = 0.05;
    for (const risk of [1.5, 2, 4]) {
      let passed = 0;
      for (let run = 0; run < runs; run++) if (promotedBy(random, risk, beta, 600)) passed++;
      expect(passed / runs).toBeLessThanOrEqual(beta + 3 * Math.sqrt((beta * (1 - beta)) / runs));
    }
  });

  it('lets a version that is as good pass', () => {
    const random = seededRandom(13);
    let passed = 0;
    for (let run = 0; run < 200; run++) if (promotedBy(random, 1, 0.05, 2_000)) passed++;
    expect(passed / 200).toBeGreaterThan(0.9);
  });
});

/** Goes through steps of 5, 25 and 50 %, each left as soon as its regression is ruled out; whether all are left before the errors end. */
function promotedBy(random: () => number, risk: number, beta: number, errors: number): boolean {
  const strata = [0.05, 0.25, 0.5].map((share) => ({ share, arm: 0, control: 0 }));
  const excluded = [3, 2, 1.5];
  let step = 0;
  for (let i = 0; i < errors && step < 3; i++) {
    const stratum = strata[step]!;
    const chance = (stratum.share * risk) / (1 - stratum.share + stratum.share * risk);
    if (random() < chance) stratum.arm++;
    else stratum.control++;
    const { log, needed } = exclusionOf(strata, excluded[step]!, beta);
    if (log >= needed) step++;
  }
  return step === 3;
}

describe('what a step asks for', () => {
  it.each<[string, Parameters<typeof observationWith>[0], Partial<Analysis>, string[]]>([
    ['errors and latency', {}, {}, ['errors', 'latency']],
    ['only what is compared', {}, { compare: ['errors', 'silence'] }, ['errors']],
    ['no latency where neither arm reports any', { canary: { timed: 0, slow: 0 }, control: { timed: 0, slow: 0 } }, {}, ['errors']],
    ['nothing where limits are enough', {}, { promotion: 'limits' }, []],
    ['nothing where nobody is left in the control', { percentage: 100 }, {}, []],
  ])('%s', (_, observation, asked, metrics) =>
    expect(promotionsOf(observationWith(observation), asked).map(({ metric }) => metric)).toEqual(metrics),
  );

  it('excludes the risk of its step, the last for all further ones', () => {
    const risks = [0, 1, 2, 3, 9].map((step) => promotionsOf(observationWith({ step }))[0]!.risk);
    expect(risks).toEqual([3, 2, 1.5, 1.5, 1.5]);
  });

  it.each<[string, Parameters<typeof observationWith>[0], [boolean, boolean]]>([
    ['a good version passes', {}, [true, true]],
    ['no errors at all rule nothing out', { canary: { failed: 0 }, control: { failed: 0 } }, [false, true]],
    ['a bad one does not', { canary: { failed: 30 } }, [false, true]],
    ['a slow one does not', { canary: { slow: 150 } }, [true, false]],
    ['few errors of an arm of which little is heard mean nothing', { canary: { failed: 0, silent: 700 } }, [false, true]],
    ['few slow visitors of an arm that measures few mean nothing', { canary: { timed: 300, slow: 0 } }, [true, false]],
  ])('%s', (_, observation, expected) => expect(promotionsOf(observationWith(observation)).map(isRuledOut)).toEqual(expected));
});

describe('how many more visitors', () => {
  it('is about what it takes', () => {
    const random = seededRandom(14);
    const stratum = { share: 0.05, arm: 1, control: 19 };
    const guess = visitorsNeeded(exclusionOf([stratum], 3, 0.01), 0.05, 20, 4_000)!;
    const taken: number[] = [];
    for (let run = 0; run < 200; run++) {
      const counts = { ...stratum };
      let visitors = 0;
      while (exclusionOf([counts], 3, 0.01).log < Math.log(100) && visitors < 200_000) {
        visitors++;
        if (random() < 0.005) counts[random() < 0.05 ? 'arm' : 'control']++;
      }
      taken.push(visitors);
    }
    const mean = taken.reduce((sum, one) => sum + one, 0) / taken.length;
    expect(guess / mean).toBeGreaterThan(0.6);
    expect(guess / mean).toBeLessThan(1.4);
  });

  it('is none when it is ruled out, and unknown before there was anything', () => {
    const exclusion = exclusionOf([{ share: 0.05, arm: 0, control: 100 }], 3, 0.01);
    expect(visitorsNeeded(exclusion, 0.05, 100, 1_000)).toBe(0);
    expect(visitorsNeeded(exclusionOf([], 3, 0.01), 0.05, 0, 1_000)).toBeNull();
  });
});
