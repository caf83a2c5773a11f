import type { Packed, Packing } from './runs.ts';

/** Visitors from one network, by arm (its place in the list of the stream): who were exposed and who failed, in turn. */
export type NetworkCounts = number[];

/** Adds counts to others of the same network. */
export function addCounts(counts: NetworkCounts, others: NetworkCounts): void {
  for (let index = 0; index < others.length; index++) counts[index] = (counts[index] ?? 0) + others[index]!;
}

/** Counts by network, as a flat list: network, how many numbers follow, and these. */
export const NETWORKS: Packing<NetworkCounts> = {
  kind: 'networks',
  pack(networks, all) {
    const packed: Packed = [];
    all.forEach((counts, index) => packed.push(networks[index]!, counts.length, ...counts));
    return packed;
  },
  *unpack(packed) {
    for (let at = 0; at < packed.length;) {
      const counts = packed.slice(at + 2, at + 2 + (packed[at + 1] as number)) as number[];
      yield [packed[at] as string, counts];
      at += 2 + counts.length;
    }
  },
  join: addCounts,
};
