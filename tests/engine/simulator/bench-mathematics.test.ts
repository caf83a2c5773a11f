import { describe, expect, it } from 'vitest';
import { upperLimit95 } from '../../../bench/decisions/binomial-limit.ts';
import { errorBound, latencyBound } from '../../../bench/decisions/information-bound.ts';

describe('the upper 95 % limit of a chance', () => {
  it.each<[string, number, number, number]>([
    ['nothing seen: 1 − 0.05^(1/n)', 0, 1_500, 1 - 0.05 ** (1 / 1_500)],
    ['one of one', 1, 1, 1],
    ['tables: 5 of 10', 5, 10, 0.77756],
    ['tables: 8 of 1,500', 8, 1_500, 0.0096],
  ])('%s', (_, cases, trials, limit) => expect(upperLimit95(cases, trials)).toBeCloseTo(limit, 4));
});

describe('the information bound', () => {
  it('of errors is what the formula says: w = 5 %, 0.5 %, five times as many', () => {
    const [w, p0, p1] = [0.05, 0.005, 0.025];
    const mean = w * p1 + (1 - w) * p0;
    const kl = (p: number): number => p * Math.log(p / mean) + (1 - p) * Math.log((1 - p) / (1 - mean));
    expect(errorBound(0.009, w, p0, 5)).toBeCloseTo(Math.log(1 / 0.009) / (w * kl(p1) + (1 - w) * kl(p0)), 6);
    expect(errorBound(0.009, w, p0, 5)).toBeCloseTo(5_079, 0);
  });

  it('of latency is that of a small shift: 2·ln(1/α) / (w(1 − w)δ²)', () => {
    const shift = 0.02;
    const expected = (2 * Math.log(1 / 0.009)) / (0.05 * 0.95 * shift ** 2);
    expect(latencyBound(0.009, 0.05, 0.6, Math.exp(0.6 * shift)) / expected).toBeCloseTo(1, 2);
  });
});
