/** What the tests of shares and independence judge by. No more than they need, and exact to more digits than they need. */

/** Lanczos' approximation, for x > 0. */
function logGamma(x: number): number {
  const coefficients = [76.180_091_729, -86.505_320_329, 24.014_098_241, -1.231_739_572, 0.001_208_651, -0.000_005_395];
  const shifted = x + 5.5;
  const series = coefficients.reduce((sum, coefficient, index) => sum + coefficient / (x + 1 + index), 1.000_000_000_19);
  return (x + 0.5) * Math.log(shifted) - shifted + Math.log((2.506_628_274_631 * series) / x);
}

/** The upper regularised incomplete gamma function: by its series below a + 1, by Lentz' continued fraction above. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * gammaSeries(a, x) : scale * gammaFraction(a, x);
}

function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 1_000 && term > sum * 1e-15; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 1_000; n++) {
    const factor = n * (a - n);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return fraction;
}

/** How likely a chi-square of so many degrees of freedom is at least this. */
export const chiSquareP = (statistic: number, degrees: number): number => upperGamma(degrees / 2, statistic / 2);

/** The largest distance between the values' distribution and the uniform one on 0…1. */
export function uniformDistance(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const { length } = sorted;
  return sorted.reduce((most, value, index) => Math.max(most, value - index / length, (index + 1) / length - value), 0);
}

/** How likely so many uniform values are at least this far from uniform: Kolmogorov–Smirnov, with Stephens' correction. */
export function kolmogorovP(distance: number, count: number): number {
  const root = Math.sqrt(count);
  const x = (root + 0.12 + 0.11 / root) * distance;
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}

/** Chi-square of a square table of counts against what its margins make likely. */
export function tableChiSquare(table: readonly (readonly number[])[]): number {
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = table[0]!.map((_, column) => table.reduce((sum, row) => sum + row[column]!, 0));
  const total = rows.reduce((sum, count) => sum + count, 0);
  return table
    .flatMap((row, i) => row.map((count, j) => ({ count, likely: (rows[i]! * columns[j]!) / total })))
    .reduce((sum, { count, likely }) => sum + (likely === 0 ? 0 : (count - likely) ** 2 / likely), 0);
}
