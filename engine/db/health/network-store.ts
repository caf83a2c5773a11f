import type { NetworkSpread } from '#schemas/health.ts';
import { type NetworkCounts, NETWORKS, addCounts } from './pack-networks.ts';
import type { Packed, Runs } from './runs.ts';

/** Visitors of an arm (its place in the list of the stream) who were exposed, and who failed, from one network. */
export type NetworkCount = [stream: number, arm: number, network: string, exposed: number, failed: number];

/** How many of the worst and of the largest networks a spread shows. */
const SHOWN = 32;

/** By stream, then by network. */
type Counts = Map<number, Map<string, NetworkCounts>>;

const pairs = (count: number): number => (count * (count - 1)) / 2;

/**
 * How visitors are spread over networks. Like marks, counts wait in memory (the log of marks has them) until they are in runs; other
 * than marks they must never be found in both.
 */
export function createNetworkStore(runs: Runs) {
  let waiting: Counts = new Map();
  /** Being written to runs, which nobody looks into yet. */
  let settling: Counts = new Map();

  return {
    add(counts: readonly NetworkCount[]): void {
      for (const [stream, arm, network, exposed, failed] of counts) {
        let ofStream = waiting.get(stream);
        if (!ofStream) waiting.set(stream, (ofStream = new Map()));
        let there = ofStream.get(network);
        if (!there) ofStream.set(network, (there = []));
        while (there.length < 2 * arm + 2) there.push(0);
        there[2 * arm]! += exposed;
        there[2 * arm + 1]! += failed;
      }
    },

    /** What waits is to be written; what comes from now on is not. */
    settle(): void {
      settling = waiting;
      waiting = new Map();
    },
    settling: (): Counts => settling,
    /** What was settling is in runs that are whole. */
    written: (): void => void (settling = new Map()),

    forgetAll(): void {
      waiting = new Map();
      settling = new Map();
    },

    /** Of the visitors whose network is known, for each of these arms (places in the stream's list). */
    spreads(stream: number, arms: readonly number[]): NetworkSpread[] {
      const networks = new Map<string, NetworkCounts>();
      const add = (counts: Iterable<[network: string, counts: NetworkCounts]>): void => {
        for (const [network, some] of counts) {
          const there = networks.get(network);
          if (there) addCounts(there, some);
          else networks.set(network, [...some]);
        }
      };
      for (const run of runs.runsOf('networks', stream)) {
        for (const text of runs.readAll(run)) add(NETWORKS.unpack(JSON.parse(text) as Packed));
      }
      for (const counts of [settling, waiting]) add(counts.get(stream) ?? []);
      const all = [...networks.values()].map((counts): Network => ({ counts, anywhere: anywhereOf(counts) }));
      const heaviest = all.toSorted((a, b) => b.anywhere - a.anywhere).slice(0, SHOWN);
      return arms.map((arm) => spreadOf(all, heaviest, arm));
    },
  };
}

/** `anywhere`: how many were exposed, whatever their arm. */
type Network = { counts: NetworkCounts; anywhere: number };

const anywhereOf = (counts: NetworkCounts): number => counts.reduce((sum, count, index) => (index % 2 === 0 ? sum + count : sum), 0);

const countOf = (counts: NetworkCounts, arm: number) => ({ exposed: counts[2 * arm] ?? 0, failed: counts[2 * arm + 1] ?? 0 });

function spreadOf(networks: readonly Network[], heaviest: readonly Network[], arm: number): NetworkSpread {
  const counts = networks.map(({ counts }) => countOf(counts, arm));
  const sum = (pick: (count: { exposed: number; failed: number }) => number): number =>
    counts.reduce((total, count) => total + pick(count), 0);
  return {
    exposed: sum(({ exposed }) => exposed),
    failed: sum(({ failed }) => failed),
    exposed_pairs: sum(({ exposed }) => pairs(exposed)),
    failed_pairs: sum(({ failed }) => pairs(failed)),
    worst: counts
      .filter(({ failed }) => failed > 0)
      .toSorted((a, b) => b.failed - a.failed || a.exposed - b.exposed)
      .slice(0, SHOWN),
    heaviest: heaviest.map(({ anywhere, counts }) => ({ exposed: anywhere, failed: countOf(counts, arm).failed })),
    exposed_anywhere: networks.reduce((total, { anywhere }) => total + anywhere, 0),
  };
}
