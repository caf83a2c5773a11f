import type { NetworkSpread } from '#schemas/health.ts';
import type { Database } from '../open-database.ts';

/** Visitors of an arm (its place in the list of the stream) who were exposed, and who failed, from one network. */
export type NetworkCount = [stream: number, arm: number, network: string, exposed: number, failed: number];

const WORST = 32;

const pairs = (count: number): number => (count * (count - 1)) / 2;

/** How visitors are spread over networks. Like marks, counts wait in memory (the log of marks has them) until they are merged. */
export function createNetworkStore({ $client: client }: Database) {
  let waiting = new Map<string, NetworkCount>();
  /** Of the merge that is under way. */
  let settling = new Map<string, NetworkCount>();

  const upsert = client.prepare(
    `insert into health_networks values (?, ?, ?, ?, ?)
     on conflict do update set exposed = exposed + excluded.exposed, failed = failed + excluded.failed`,
  );
  const read = client.prepare<[number, number], { network: string; exposed: number; failed: number }>(
    'select network, exposed, failed from health_networks where stream = ? and arm = ?',
  );
  const forget = client.prepare('delete from health_networks where stream = ?');

  return {
    add(counts: readonly NetworkCount[]): void {
      for (const [stream, arm, network, exposed, failed] of counts) {
        const key = `${stream} ${arm} ${network}`;
        const there = waiting.get(key);
        if (!there) {
          waiting.set(key, [stream, arm, network, exposed, failed]);
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
      const sorted = [...settling.values()].toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
      for (const count of sorted) upsert.run(...count);
      settling = new Map();
    },

    forgetAll(): void {
      waiting = new Map();
      settling = new Map();
    },
    forget: (stream: number): void => void forget.run(stream),

    /** Of the visitors whose network is known. */
    spread(stream: number, arm: number): NetworkSpread {
      const counts = new Map(read.all(stream, arm).map((row) => [row.network, row]));
      for (const [ofStream, ofArm, network, exposed, failed] of [...settling.values(), ...waiting.values()]) {
        if (ofStream !== stream || ofArm !== arm) continue;
        const there = counts.get(network);
        counts.set(network, { network, exposed: exposed + (there?.exposed ?? 0), failed: failed + (there?.failed ?? 0) });
      }
      const spread: NetworkSpread = { exposed: 0, failed: 0, exposed_pairs: 0, failed_pairs: 0, worst: [] };
      for (const { exposed, failed } of counts.values()) {
        spread.exposed += exposed;
        spread.failed += failed;
        spread.exposed_pairs += pairs(exposed);
        spread.failed_pairs += pairs(failed);
      }
      spread.worst = [...counts.values()]
        .filter(({ failed }) => failed > 0)
        .toSorted((a, b) => b.failed - a.failed || a.exposed - b.exposed)
        .slice(0, WORST)
        .map(({ exposed, failed }) => ({ exposed, failed }));
      return spread;
    },
  };
}
