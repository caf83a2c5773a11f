/**
 * How many samples any test of this level needs in the mean to tell a difference (Wald): ln(1/α) over what one visitor tells of
 * whose it is, which is w·KL(p1‖p̄) + (1 − w)·KL(p0‖p̄), p̄ = w·p1 + (1 − w)·p0.
 */

export function errorBound(alpha: number, share: number, rate: number, risk: number): number {
  const worse = rate * risk;
  const pooled = share * worse + (1 - share) * rate;
  return -Math.log(alpha) / (share * divergence(worse, pooled) + (1 - share) * divergence(rate, pooled));
}

/** Kullback–Leibler, of two coins. */
const divergence = (p: number, q: number): number => p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));

const STEPS = 20_000;
const REACH = 9;

/** Of log-normal latencies of this spread, those of the arm `factor` times as long: the same, by integration over the logarithm. */
export function latencyBound(alpha: number, share: number, spread: number, factor: number): number {
  const shift = Math.log(factor) / spread;
  const from = -REACH;
  const width = (2 * REACH + shift) / STEPS;
  let information = 0;
  for (let step = 0; step <= STEPS; step++) {
    const z = from + step * width;
    const control = density(z);
    const arm = density(z - shift);
    const pooled = share * arm + (1 - share) * control;
    if (pooled > 0) information += width * (share * part(arm, pooled) + (1 - share) * part(control, pooled));
  }
  return -Math.log(alpha) / information;
}

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
const part = (p: number, q: number): number => (p > 0 ? p * Math.log(p / q) : 0);
