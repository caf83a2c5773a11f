import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logBet } from '#engine/domain/evidence/label-odds.ts';
import { logSampleRatio } from '#engine/domain/evidence/sample-ratio.ts';
import { logTrialEvidence } from '#engine/domain/evidence/trial-evidence.ts';
import { seededRandom } from '../../../support/random.ts';

const LONG = process.env.CONCIERGE_LONG !== undefined;

describe('evidence of errors', () => {
  it.each([
    [0.05, 6, 20, 3.496546],
    [0.05, 2, 38, -0.623431],
    [0.25, 60, 120, 1.988369],
  ])('of share %d with %d errors beside %d is that of DECISIONS.md', (share, arm, control, expected) => {
    expect(logTrialEvidence([{ share, arm, control }])).toBeCloseTo(expected, 6);
  });

  it('multiplies over periods within each bet, and mixes after', () => {
    const halves = [
      { share: 0.05, arm: 3, control: 10 },
      { share: 0.05, arm: 3, control: 10 },
    ];
    expect(logTrialEvidence(halves)).toBeCloseTo(3.496546, 6);
  });

  it('is none without outcomes, never gains from a better arm, and less against a margin', () => {
    expect(logTrialEvidence([])).toBeCloseTo(0, 12);
    expect(logTrialEvidence([{ share: 0.5, arm: 0, control: 500 }])).toBeLessThan(0);
    const strata = [{ share: 0.25, arm: 60, control: 120 }];
    expect(logTrialEvidence(strata, 1.2)).toBeLessThan(logTrialEvidence(strata));
  });

  it('keeps its expectation: one more outcome, of whatever arm, gains nothing on average (exactly)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), fc.double({ min: 0.05, max: 30, noNaN: true }), (share, ratio) => {
        const expectation = share * Math.exp(logBet(share, ratio, 1, 0)) + (1 - share) * Math.exp(logBet(share, ratio, 0, 1));
        expect(expectation).toBeCloseTo(1, 9);
      }),
    );
  });
});

/** How often evidence ever reaches 1/alpha by chance, looked at after every outcome, while shares change. */
function falseAlarms(
  runs: number,
  alpha: number,
  risk: number,
  logOf: (strata: { share: number; arm: number; control: number }[]) => number,
) {
  const random = seededRandom(4);
  let alarms = 0;
  for (let run = 0; run < runs; run++) {
    const strata = [0.05, 0.25, 0.5].map((share) => ({ share, arm: 0, control: 0 }));
    for (let outcome = 0; outcome < 240; outcome++) {
      const stratum = strata[Math.floor(outcome / 80)]!;
      const chance = (stratum.share * risk) / (1 - stratum.share + stratum.share * risk);
      if (random() < chance) stratum.arm++;
      else stratum.control++;
      if (logOf(strata) < -Math.log(alpha)) continue;
      alarms++;
      break;
    }
  }
  return alarms / runs;
}

describe('looked at after every outcome', () => {
  const runs = LONG ? 40_000 : 1_000;
  const alpha = 0.05;
  const slack = 3 * Math.sqrt((alpha * (1 - alpha)) / runs);

  it('a version that is as good is suspected with a chance of at most alpha', () => {
    const rate = falseAlarms(runs, alpha, 1, (strata) => logTrialEvidence(strata));
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThanOrEqual(alpha + slack);
  });

  it('so is one that is worse by no more than its margin', () => {
    expect(falseAlarms(runs, alpha, 1.5, (strata) => logTrialEvidence(strata, 1.5))).toBeLessThanOrEqual(alpha + slack);
    expect(falseAlarms(runs, alpha, 1.5, (strata) => logTrialEvidence(strata))).toBeGreaterThan(2 * alpha);
  });

  it('shares that are as planned are suspected with a chance of at most alpha', () => {
    expect(falseAlarms(runs, alpha, 1, logSampleRatio)).toBeLessThanOrEqual(alpha + slack);
  });

  it('outcomes that are pooled over steps are suspected far too often: the check can fail', () => {
    const pooled = (strata: { share: number; arm: number; control: number }[]) => {
      const sum = strata.reduce((all, { arm, control }) => ({ arm: all.arm + arm, control: all.control + control }), {
        arm: 0,
        control: 0,
      });
      return logTrialEvidence([{ share: 0.05, ...sum }]);
    };
    expect(falseAlarms(500, alpha, 1, pooled)).toBeGreaterThan(0.5);
  });
});

describe('sample ratio', () => {
  it('finds that a fifth of the arm is lost at a share of 5 % within 9,000 visitors, mostly', () => {
    const random = seededRandom(9);
    const found = Array.from({ length: LONG ? 400 : 60 }, () => {
      let [arm, control] = [0, 0];
      for (let visitors = 1; visitors <= 40_000; visitors++) {
        if (random() >= 0.05) control++;
        else if (random() < 0.8) arm++;
        if (visitors % 100 === 0 && logSampleRatio([{ share: 0.05, arm, control }]) >= Math.log(1_000)) return visitors;
      }
      return Infinity;
    }).toSorted((a, b) => a - b);
    expect(found[Math.floor(found.length / 2)]).toBeLessThanOrEqual(9_000);
  });
});
