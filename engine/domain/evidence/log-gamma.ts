const SHIFT = 10;

/** ln Γ(x) for x > 0, to a relative error below 1e-13: Stirling's series, after Γ(x) = Γ(x + 1)/x has made x large. */
export function logGamma(x: number): number {
  let shifted = x;
  let log = 0;
  while (shifted < SHIFT) log -= Math.log(shifted++);
  const square = 1 / (shifted * shifted);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / shifted;
  return log + (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series;
}

/** ln B(a, b). */
export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);
