const HALVINGS = 60;

/** The upper 95 % limit of a chance of which so many cases were seen: one-sided, exact (Clopper & Pearson 1934). */
export function upperLimit95(cases: number, trials: number): number {
  if (cases >= trials) return 1;
  let low = cases / trials;
  let high = 1;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (atMost(cases, trials, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** How likely there are at most so many cases. */
function atMost(cases: number, trials: number, chance: number): number {
  let log = trials * Math.log1p(-chance);
  let sum = Math.exp(log);
  for (let k = 1; k <= cases; k++) {
    log += Math.log((trials - k + 1) / k) + Math.log(chance) - Math.log1p(-chance);
    sum += Math.exp(log);
  }
  return sum;
}
