import type { NetworkSpread } from '#schemas/health.ts';

const KEPT = 32;

type Tally = { exposed: number; failed: number };

/** How visitors of each arm, each once, are spread over networks. */
export type NetworkBook = {
  add: (arm: string, network: number, what: keyof Tally) => void;
  spreads: () => Record<string, NetworkSpread>;
};

export function createNetworkBook(): NetworkBook {
  const arms = new Map<string, ArmBook>();
  /** Exposed visitors of any arm, and the networks that have most. */
  const anywhere = new Map<number, number>();
  const heaviest = createLargest();
  let everybody = 0;
  return {
    add(arm, network, what) {
      let book = arms.get(arm);
      if (!book) arms.set(arm, (book = createArmBook()));
      book.add(network, what);
      if (what !== 'exposed') return;
      const exposed = (anywhere.get(network) ?? 0) + 1;
      anywhere.set(network, exposed);
      heaviest.grown(network, exposed);
      everybody += 1;
    },
    spreads: () =>
      Object.fromEntries(
        [...arms].map(([arm, { spread, tallyOf, worst }]) => [
          arm,
          {
            ...spread,
            worst: worst.list().map(([network]) => ({ ...tallyOf(network) })),
            heaviest: heaviest.list().map(([network, exposed]) => ({ exposed, failed: tallyOf(network).failed })),
            exposed_anywhere: everybody,
          },
        ]),
      ),
  };
}

type ArmBook = ReturnType<typeof createArmBook>;

function createArmBook() {
  const networks = new Map<number, Tally>();
  const worst = createLargest();
  const spread = { exposed: 0, failed: 0, exposed_pairs: 0, failed_pairs: 0 };
  return {
    spread,
    worst,
    tallyOf: (network: number): Readonly<Tally> => networks.get(network) ?? NOBODY,
    add(network: number, what: keyof Tally): void {
      let tally = networks.get(network);
      if (!tally) networks.set(network, (tally = { exposed: 0, failed: 0 }));
      // One more makes a pair with each that was there.
      spread[`${what}_pairs`] += tally[what];
      spread[what] += 1;
      tally[what] += 1;
      if (what === 'failed') worst.grown(network, tally.failed);
    },
  };
}

const NOBODY: Readonly<Tally> = Object.freeze({ exposed: 0, failed: 0 });

/** The networks with the largest counts, which only grow, kept in order as they do. */
function createLargest() {
  const kept: [network: number, count: number][] = [];
  return {
    list: (): readonly (readonly [network: number, count: number])[] => kept,
    grown(network: number, count: number): void {
      const last = kept.at(-1);
      if (kept.length === KEPT && count <= last![1]) return;
      let at = kept.findIndex(([other]) => other === network);
      if (at >= 0) kept[at]![1] = count;
      else if (kept.length < KEPT) at = kept.push([network, count]) - 1;
      else kept[(at = KEPT - 1)] = [network, count];
      for (; at > 0 && kept[at - 1]![1] < count; at--) [kept[at - 1], kept[at]] = [kept[at]!, kept[at - 1]!];
    },
  };
}
