import type { NetworkSpread } from '#schemas/health.ts';
import type { Database } from '../open-database.ts';
import { MAX_ARMS } from './mark.ts';
import { upsertRows } from './upsert-rows.ts';

/** Visitors of an arm (its place in the list of the stream) who were exposed, and who failed, from one network. */
export type NetworkCount = [stream: number, arm: number, network: string, exposed: number, failed: number];

/** How many of the worst and of the largest networks a spread shows. */
const SHOWN = 32;

/** By stream and arm, then by network. */
type Counts = Map<number, Map<string, NetworkCount>>;

function* countsIn(counts: Counts): Generator<NetworkCount> {
  for (const ofArm of counts.values()) yield* ofArm.values();
}

const pairs = (count: number): number => (count * (count - 1)) / 2;

/** How visitors are spread over networks. Like marks, counts wait in memory (the log of marks has them) until they are merged. */
export function createNetworkStore(database: Database) {
  const { $client: client } = database;
  let waiting: Counts = new Map();
  /** Of the merge that is under way. */
  let settling: Counts = new Map();

  const rows = upsertRows(
    database,
    'health_networks',
    5,
    'on conflict do update set exposed = exposed + excluded.exposed, failed = failed + excluded.failed',
  );
  const read = client
    .prepare<[number], NetworkCount>('select stream, arm, network, exposed, failed from health_networks where stream = ?')
    .raw();
  const forget = client.prepare('delete from health_networks where stream = ?');

  return {
    add(counts: readonly NetworkCount[]): void {
      for (const count of counts) {
        const [stream, arm, network, exposed, failed] = count;
        const place = stream * MAX_ARMS + arm;
        let ofArm = waiting.get(place);
        if (!ofArm) waiting.set(place, (ofArm = new Map()));
        const there = ofArm.get(network);
        if (!there) {
          ofArm.set(network, [stream, arm, network, exposed, failed]);
          continue;
        }
        there[3] += exposed;
        there[4] += failed;
      }
    },

    /** What waits belongs to the merge that begins; what comes from now on to the next. */
    settle(): void {
      settling = waiting;
      waiting = new Map();
    },

    merge(): void {
      const sorted = [...countsIn(settling)].toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
      for (const count of sorted) rows.write(...count);
      rows.flush();
      settling = new Map();
    },

    forgetAll(): void {
      rows.forget();
      waiting = new Map();
      settling = new Map();
    },
    forget: (stream: number): void => void forget.run(stream),

    /** Of the visitors whose network is known, for each of these arms (places in the stream's list). */
    spreads(stream: number, arms: readonly number[]): NetworkSpread[] {
      const networks = new Map<string, Network>();
      for (const [ofStream, arm, name, exposed, failed] of [...read.all(stream), ...countsIn(settling), ...countsIn(waiting)]) {
        if (ofStream !== stream) continue;
        let network = networks.get(name);
        if (!network) networks.set(name, (network = { exposed: [], failed: [], anywhere: 0 }));
        network.exposed[arm] = (network.exposed[arm] ?? 0) + exposed;
        network.failed[arm] = (network.failed[arm] ?? 0) + failed;
        network.anywhere += exposed;
      }
      const all = [...networks.values()];
      const heaviest = all.toSorted((a, b) => b.anywhere - a.anywhere).slice(0, SHOWN);
      return arms.map((arm) => spreadOf(all, heaviest, arm));
    },
  };
}

/** Counts by arm. */
type Network = { exposed: number[]; failed: number[]; anywhere: number };

function spreadOf(networks: readonly Network[], heaviest: readonly Network[], arm: number): NetworkSpread {
  const counts = networks.map(({ exposed, failed }) => ({ exposed: exposed[arm] ?? 0, failed: failed[arm] ?? 0 }));
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
    heaviest: heaviest.map(({ anywhere, failed }) => ({ exposed: anywhere, failed: failed[arm] ?? 0 })),
    exposed_anywhere: networks.reduce((total, { anywhere }) => total + anywhere, 0),
  };
}
