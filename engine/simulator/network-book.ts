import type { NetworkSpread } from '#schemas/health.ts';

const KEPT = 32;

type Tally = { exposed: number; failed: number };

/** How visitors of each arm, each once, are spread over networks. */
export type NetworkBook = {
  add: (arm: string, network: number, what: keyof Tally) => void;
  spreads: () => Record<string, NetworkSpread>;
};

export function createNetworkBook(): NetworkBook {
  const arms = new Map<string, Map<number, Tally>>();
  /** Exposed visitors of any arm. */
  const anywhere = new Map<number, number>();
  return {
    add(arm, network, what) {
      let networks = arms.get(arm);
      if (!networks) arms.set(arm, (networks = new Map()));
      let tally = networks.get(network);
      if (!tally) networks.set(network, (tally = { exposed: 0, failed: 0 }));
      tally[what] += 1;
      if (what === 'exposed') anywhere.set(network, (anywhere.get(network) ?? 0) + 1);
    },
    spreads() {
      const heaviest = largest(anywhere, ([, exposed]) => exposed);
      let everybody = 0;
      for (const exposed of anywhere.values()) everybody += exposed;
      return Object.fromEntries(
        [...arms].map(([arm, networks]) => [
          arm,
          {
            ...spreadOf(networks),
            heaviest: heaviest.map(([network, exposed]) => ({ exposed, failed: networks.get(network)?.failed ?? 0 })),
            exposed_anywhere: everybody,
          },
        ]),
      );
    },
  };
}

const pairsOf = (visitors: number): number => (visitors * (visitors - 1)) / 2;

function spreadOf(networks: ReadonlyMap<number, Tally>): NetworkSpread {
  const spread: NetworkSpread = { exposed: 0, failed: 0, exposed_pairs: 0, failed_pairs: 0, worst: [] };
  const failing: Tally[] = [];
  for (const tally of networks.values()) {
    const { exposed, failed } = tally;
    spread.exposed += exposed;
    spread.failed += failed;
    spread.exposed_pairs += pairsOf(exposed);
    spread.failed_pairs += pairsOf(failed);
    if (failed > 0) failing.push(tally);
  }
  spread.worst = largest(failing, ({ failed }) => failed).map((tally) => ({ ...tally }));
  return spread;
}

/** The first few of all by size, without sorting them all. */
function largest<Item>(items: Iterable<Item>, sizeOf: (item: Item) => number): Item[] {
  let kept: Item[] = [];
  let least = -Infinity;
  for (const item of items) {
    if (sizeOf(item) <= least) continue;
    kept.push(item);
    if (kept.length < 2 * KEPT) continue;
    kept = kept.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, KEPT);
    least = sizeOf(kept.at(-1)!);
  }
  return kept.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, KEPT);
}
