import { describe, expect, it } from 'vitest';
import { concentrationOf } from '#engine/domain/evidence/concentration.ts';
import { logTrialEvidence } from '#engine/domain/evidence/trial-evidence.ts';
import type { NetworkSpread } from '#schemas/health.ts';
import { seededRandom } from '../../../support/random.ts';

/** Three minutes at 1,000 visitors a minute. */
const WARM_UP = 3_000;

type Scenario = { share: number; networks: number; zipf: number; risk: number; attack?: { share: number; networks: number } };

/** How failures lie at the moment at which the comparison of errors would take the version back. `heaviest` is told if it is known. */
function spreadAtCrossing(scenario: Scenario, seed: number, heaviestIsKnown: boolean): NetworkSpread {
  const random = seededRandom(seed);
  const draw = sampler(scenario, random);
  const exposed = new Map<number, number>();
  const anywhere = new Map<number, number>();
  const failed = new Map<number, number>();
  const stratum = { share: scenario.share, arm: 0, control: 0 };
  let everybody = 0;
  // Whoever comes in the warm-up is exposed and not compared.
  while (everybody < WARM_UP || logTrialEvidence([stratum]) < Math.log(250)) {
    const isAttacker = scenario.attack !== undefined && random() < scenario.attack.share;
    const network = isAttacker ? -1 - Math.floor(random() * scenario.attack!.networks) : draw();
    const isArm = random() < scenario.share;
    const fails = isAttacker ? isArm : random() < 0.005 * (isArm ? scenario.risk : 1);
    everybody++;
    add(anywhere, network);
    if (isArm) add(exposed, network);
    if (!fails) continue;
    if (isArm) add(failed, network);
    if (everybody > WARM_UP) stratum[isArm ? 'arm' : 'control']++;
  }
  const sum = (of: Map<number, number>, value = (count: number) => count) => [...of.values()].reduce((all, count) => all + value(count), 0);
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const row = ([network, count]: [number, number]) => ({ exposed: count, failed: failed.get(network) ?? 0 });
  const worst = [...exposed]
    .map(row)
    .filter((one) => one.failed > 0)
    .toSorted((a, b) => b.failed - a.failed);
  const heaviest = [...anywhere].map(row).toSorted((a, b) => b.exposed - a.exposed);
  return {
    exposed: sum(exposed),
    failed: sum(failed),
    exposed_pairs: sum(exposed, pairs),
    failed_pairs: sum(failed, pairs),
    worst: worst.slice(0, 32),
    ...(heaviestIsKnown && { heaviest: heaviest.slice(0, 32), exposed_anywhere: everybody }),
  };
}

const add = (counts: Map<number, number>, key: number) => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** Networks are as large as Zipf has it: a few carriers, many homes. */
function sampler({ networks, zipf }: Scenario, random: () => number): () => number {
  const sums: number[] = [];
  let sum = 0;
  for (let i = 1; i <= networks; i++) sums.push((sum += i ** -zipf));
  return () => {
    const at = random() * sum;
    let [low, high] = [0, networks - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

const RUNS = process.env.CONCIERGE_LONG ? 2_000 : 30;
const rateOf = (scenario: Scenario, heaviestIsKnown: boolean) => {
  let found = 0;
  for (let run = 0; run < RUNS; run++) if (concentrationOf(spreadAtCrossing(scenario, run + 1, heaviestIsKnown))) found++;
  return found / RUNS;
};

describe('a version that fails for everybody is not excused', () => {
  it.each<[string, Scenario]>([
    ['many small networks', { share: 0.05, networks: 20_000, zipf: 0, risk: 5 }],
    ['networks of all sizes', { share: 0.05, networks: 5_000, zipf: 0.8, risk: 5 }],
    ['carriers that hold most visitors', { share: 0.05, networks: 2_000, zipf: 1.2, risk: 5 }],
    ['one in twenty visitors fails', { share: 0.25, networks: 5_000, zipf: 1, risk: 10 }],
    ['a small regression, found late', { share: 0.25, networks: 5_000, zipf: 1, risk: 1.8 }],
  ])('%s', (_, scenario) => {
    expect(rateOf(scenario, true)).toBeLessThanOrEqual(process.env.CONCIERGE_LONG ? 0.005 : 0.04);
    expect(rateOf(scenario, false)).toBeLessThanOrEqual(process.env.CONCIERGE_LONG ? 0.005 : 0.04);
  });
});

describe('an attack from few networks is seen', () => {
  it.each<[string, number, Scenario]>([
    [
      '5 % of all tickets, from ten networks',
      0.98,
      { share: 0.05, networks: 20_000, zipf: 0.5, risk: 1, attack: { share: 0.05, networks: 10 } },
    ],
    ['at a larger share', 0.98, { share: 0.25, networks: 20_000, zipf: 0.5, risk: 1, attack: { share: 0.05, networks: 10 } }],
    ['from one network', 0.98, { share: 0.05, networks: 5_000, zipf: 0.8, risk: 1, attack: { share: 0.05, networks: 1 } }],
    [
      'mostly, beside carriers that are larger',
      0.75,
      { share: 0.05, networks: 2_000, zipf: 1.2, risk: 1, attack: { share: 0.05, networks: 10 } },
    ],
  ])('%s', (_, least, scenario) => expect(rateOf(scenario, true)).toBeGreaterThanOrEqual(least));
});

it.each<[string, Partial<NetworkSpread>]>([
  ['nobody failed', { failed: 0, failed_pairs: 0, worst: [] }],
  ['nobody was exposed', { exposed: 0, exposed_pairs: 0, failed: 0, failed_pairs: 0, worst: [] }],
  ['they hold less than half', { failed: 100, failed_pairs: 800, worst: [{ exposed: 10, failed: 10 }] }],
])('no concentration: %s', (_, spread) => {
  const all = { exposed: 1_000, exposed_pairs: 100, failed: 10, failed_pairs: 0, worst: [{ exposed: 3, failed: 1 }], ...spread };
  expect(concentrationOf(all)).toBeNull();
});
