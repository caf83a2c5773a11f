import type { NetworkSpread } from '#schemas/health.ts';

const WORST_KEPT = 32;

type Tally = { exposed: number; failed: number };

/** How visitors of each arm, each once, are spread over networks. */
export type NetworkBook = {
  add: (arm: string, network: number, what: keyof Tally) => void;
  spreads: () => Record<string, NetworkSpread>;
};

export function createNetworkBook(): NetworkBook {
  const arms = new Map<string, Map<number, Tally>>();
  return {
    add(arm, network, what) {
      let networks = arms.get(arm);
      if (!networks) arms.set(arm, (networks = new Map()));
      let tally = networks.get(network);
      if (!tally) networks.set(network, (tally = { exposed: 0, failed: 0 }));
      tally[what] += 1;
    },
    spreads: () => Object.fromEntries([...arms].map(([arm, networks]) => [arm, spreadOf([...networks.values()])])),
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
  spread.worst = failing.slice(0, WORST_KEPT).map((tally) => ({ ...tally }));
  return spread;
}
