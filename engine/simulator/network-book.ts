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
      const heaviest = [...anywhere].toSorted(([, a], [, b]) => b - a).slice(0, KEPT);
      const everybody = [...anywhere.values()].reduce((sum, exposed) => sum + exposed, 0);
      return Object.fromEntries(
        [...arms].map(([arm, networks]) => [
          arm,
          {
            ...spreadOf([...networks.values()]),
            heaviest: heaviest.map(([network, exposed]) => ({ exposed, failed: networks.get(network)?.failed ?? 0 })),
            exposed_anywhere: everybody,
          },
        ]),
      );
    },
  };
}

const pairsOf = (visitors: number): number => (visitors * (visitors - 1)) / 2;

function spreadOf(networks: Tally[]): NetworkSpread {
  const spread: NetworkSpread = { exposed: 0, failed: 0, exposed_pairs: 0, failed_pairs: 0, worst: [] };
  for (const { exposed, failed } of networks) {
    spread.exposed += exposed;
    spread.failed += failed;
    spread.exposed_pairs += pairsOf(exposed);
    spread.failed_pairs += pairsOf(failed);
  }
  const failing = networks.filter(({ failed }) => failed > 0).toSorted((a, b) => b.failed - a.failed);
  spread.worst = failing.slice(0, KEPT).map((tally) => ({ ...tally }));
  return spread;
}
