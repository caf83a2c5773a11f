/** ln Σ weights·exp(logs), without overflow; −Infinity only when every weight is 0. */
export function logMixture(logs: readonly number[], weights: readonly number[]): number {
  let highest = -Infinity;
  for (let i = 0; i < logs.length; i++) if (weights[i]! > 0 && logs[i]! > highest) highest = logs[i]!;
  if (highest === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = 0; i < logs.length; i++) if (weights[i]! > 0) sum += weights[i]! * Math.exp(logs[i]! - highest);
  return highest + Math.log(sum);
}

/** The most that evidence is told as; its logarithm knows no such limit. */
export const MOST_EVIDENCE = 1e300;

/** Evidence as a number that JSON can say. */
export const fromLog = (log: number): number => Math.min(MOST_EVIDENCE, Math.exp(log));
