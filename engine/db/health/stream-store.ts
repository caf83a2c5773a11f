import type { Database } from '../open-database.ts';
import type { Place } from '../revision-store.ts';
import { MAX_ARMS, MAX_SEGMENTS } from './mark.ts';

/** A rollout of which something was counted. Arms and segments are told by their places in these lists, which only grow. */
export type Stream = Place & { id: number; rollout: string; arms: string[]; segments: string[] };

type Row = Place & { id: number; rollout: string; arms: string; segments: string };

const nameOf = ({ apartment, environment }: Place, rollout: string): string => `${apartment}/${environment}/${rollout}`;

export type StreamStore = ReturnType<typeof createStreamStore>;

/** Numbers for rollouts, their arms and segments. What it remembers is true until {@link forgetAll} is called. */
export function createStreamStore({ $client: client }: Database) {
  const byName = new Map<string, Stream>();
  const byId = new Map<number, Stream>();
  const columns = 'id, apartment, environment, rollout, arms, segments';
  const read = client.prepare<[string, string, string], Row>(
    `select ${columns} from health_streams where apartment = ? and environment = ? and rollout = ?`,
  );
  const readById = client.prepare<[number], Row>(`select ${columns} from health_streams where id = ?`);
  const insert = client.prepare('insert into health_streams (apartment, environment, rollout) values (?, ?, ?)');
  const update = client.prepare('update health_streams set arms = ?, segments = ? where id = ?');

  function remember(row: Row | undefined): Stream | undefined {
    if (!row) return undefined;
    const stream = { ...row, arms: JSON.parse(row.arms) as string[], segments: JSON.parse(row.segments) as string[] };
    byName.set(nameOf(row, row.rollout), stream);
    byId.set(row.id, stream);
    return stream;
  }

  const find = (place: Place, rollout: string): Stream | undefined =>
    byName.get(nameOf(place, rollout)) ?? remember(read.get(place.apartment, place.environment, rollout));

  /** The place of the name in the list, −1 when the list is full. */
  function placeIn(stream: Stream, list: 'arms' | 'segments', name: string, limit: number): number {
    const known = stream[list].indexOf(name);
    if (known >= 0 || stream[list].length >= limit) return known;
    stream[list].push(name);
    update.run(JSON.stringify(stream.arms), JSON.stringify(stream.segments), stream.id);
    return stream[list].length - 1;
  }

  return {
    find,
    byId: (id: number): Stream | undefined => byId.get(id) ?? remember(readById.get(id)),
    all: (): Stream[] =>
      client
        .prepare<[], Row>(`select ${columns} from health_streams`)
        .all()
        .map((row) => byId.get(row.id) ?? remember(row)!),

    /** The rest writes, so it belongs into a transaction. */
    findOrMake(place: Place, rollout: string): Stream {
      const there = find(place, rollout);
      if (there) return there;
      insert.run(place.apartment, place.environment, rollout);
      return find(place, rollout)!;
    },
    armOf: (stream: Stream, name: string): number => placeIn(stream, 'arms', name, MAX_ARMS),
    segmentOf: (stream: Stream, name: string): number => placeIn(stream, 'segments', name, MAX_SEGMENTS),
    forgetAll(): void {
      byName.clear();
      byId.clear();
    },
  };
}
