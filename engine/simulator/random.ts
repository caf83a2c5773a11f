/** Randomness that is all in its seed. */
export type Random = {
  /** 32 random bits. */
  bits: () => number;
  /** 0 ≤ u < 1. */
  uniform: () => number;
  /** How many events there are when `mean` are expected. */
  poisson: (mean: number) => number;
  /** 0 … count − 1. */
  below: (count: number) => number;
};

const WARM_UP_ROUNDS = 15;
/** Above this mean, counts are drawn by rejection; below, event by event. */
const SMALL_MEAN = 10;

/** A stream of its own for every pair of seed and stream: sfc32 (Chris Doty-Humphrey, PractRand), which is small and fast. */
export function createRandom(seed: number, stream = 0): Random {
  let a = seed | 0;
  let b = stream | 0;
  let c = 0x9e37_79b9 | 0;
  let counter = 1;
  const bits = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++) bits();
  const uniform = (): number => bits() / 2 ** 32;
  const poisson = (mean: number): number => {
    if (mean <= 0) return 0;
    return mean < SMALL_MEAN ? smallPoisson(mean, uniform) : largePoisson(mean, uniform);
  };
  return { bits, uniform, poisson, below: (count) => Math.floor(uniform() * count) };
}

/** By multiplying uniforms (Knuth). */
function smallPoisson(mean: number, uniform: () => number): number {
  const limit = Math.exp(-mean);
  let product = uniform();
  let count = 0;
  while (product > limit) {
    product *= uniform();
    count += 1;
  }
  return count;
}

/** PTRS: transformed rejection with squeeze (Hörmann, "The transformed rejection method for generating Poisson random variables", 1993). */
function largePoisson(mean: number, uniform: () => number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  const logMean = Math.log(mean);
  for (;;) {
    const u = uniform() - 0.5;
    const v = 1 - uniform(); // never 0: its logarithm is taken
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return count;
    if (count < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= count * logMean - mean - logFactorial(count)) return count;
  }
}

const SMALL_FACTORIALS = Array.from({ length: 16 }, (_, n) =>
  Array.from({ length: n }, (_, k) => Math.log(k + 1)).reduce((a, b) => a + b, 0),
);

/** ln n!, by Stirling's series; its error is below 1e-9 from 16 on. */
function logFactorial(n: number): number {
  const small = SMALL_FACTORIALS[n];
  if (small !== undefined) return small;
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.918_938_533_204_672_7 + (1 / 12 - 1 / (360 * x * x)) / x;
}
