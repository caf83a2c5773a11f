import { setImmediate } from 'node:timers/promises';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { HealthDelta, HealthState, NetworkSpread } from '#schemas/health.ts';
import { type BinOf, countEvent } from './health/count-event.ts';
import { DeltaSums } from './health/delta-sums.ts';
import { type Waiting, createFoldStore } from './health/fold-store.ts';
import { createMarkStore } from './health/mark-store.ts';
import { type HealthPoint, createMinuteStore, gatherPoints } from './health/minute-store.ts';
import type { NetworkCount } from './health/network-store.ts';
import { type Stream, createStreamStore } from './health/stream-store.ts';
import type { Database } from './open-database.ts';
import type { Place } from './revision-store.ts';

export type { BinOf, HealthPoint };

/** A delta with the number of the newest row that is in it. */
export type NumberedDelta = HealthDelta & { id: number };

const MS_PER_MINUTE = 60_000;
/** The arm of whose networks nobody asks but beside those of all. */
const CONTROL_ARM = 'control';
/** The segments of most visitors. */
const NOWHERE: readonly number[] = [];
/** How long a batch's name is remembered: longer than any edge tries. */
const BATCHES_KEPT_MS = 24 * 60 * MS_PER_MINUTE;

export type Delivered = { events: readonly HealthEvent[]; /** Names the batch, so that it counts once. */ id?: string | undefined };
/** A rollout, wherever it is, of which something was counted. */
export type CountedRollout = Place & { rollout: string };
export type Receipt = { counted: number; duplicates: number };

/** Makes the next state of a rollout of deltas that it has not seen; null: nobody knows the rollout, and they go. */
export type FoldOne = (place: Place, rollout: string, state: HealthState | null, deltas: readonly NumberedDelta[]) => HealthState | null;

export type HealthStore = ReturnType<typeof createHealthStore>;

/**
 * What is counted of rollouts. Batches leave marks of visitors and deltas; folds take the deltas into states. Several
 * engines may share the store: what is remembered in memory is checked against it at the start of every transaction.
 * `maxWaitingMarks`: how many marks of visitors wait in memory before they are written to runs.
 */
export function createHealthStore(database: Database, maxWaitingMarks?: number) {
  const { $client: client } = database;
  const streams = createStreamStore(database);
  const marks = createMarkStore(database, maxWaitingMarks);
  const folds = createFoldStore(database);
  const minutes = createMinuteStore(database);
  const dataVersion = client.prepare<[], number>('pragma data_version').pluck();
  const insertBatch = client.prepare('insert into health_batches values (?, ?) on conflict do nothing');
  const forgetBatches = client.prepare('delete from health_batches where at < ?');
  const forgetStream = client.prepare('delete from health_streams where id = ?');
  const foldedState = client
    .prepare<[string, string, string], string>(
      `select state from health_states
       where stream = (select id from health_streams where apartment = +? and environment = +? and rollout = +?)`,
    )
    .pluck();
  let version = -1;

  function forgetAll(): void {
    streams.forgetAll();
    folds.forgetAll();
  }

  /** The data version changes when another connection, that is another engine, has written. */
  function catchUp(): void {
    const now = dataVersion.get()!;
    if (now === version) return;
    forgetAll();
    marks.catchUp();
    version = now;
  }

  const transaction = client.transaction((work: () => unknown): unknown => {
    catchUp();
    return work();
  });

  /** All or nothing, in memory too. One that only reads is `deferred`: it waits for nobody, and sees what was at one instant. */
  function transact<T>(work: () => T, behavior: 'immediate' | 'deferred' = 'immediate'): T {
    try {
      return transaction[behavior](work) as T;
    } catch (error) {
      version = -1;
      forgetAll();
      marks.forgetAll();
      throw error;
    }
  }

  function count(place: Place, events: readonly HealthEvent[], now: number, binOf: BinOf): Receipt {
    const counting = new Map<string, { stream: Stream; sums: DeltaSums }>();
    const visits = events.map((event) => {
      let there = counting.get(event.rollout);
      if (!there) counting.set(event.rollout, (there = { stream: streams.findOrMake(place, event.rollout), sums: new DeltaSums() }));
      return { stream: there.stream.id, visitor: event.visitor, there, event };
    });
    const batch = marks.beginBatch();
    const found = marks.findAll(visits);
    const networks: NetworkCount[] = [];
    let counted = 0;
    visits.forEach(({ event, there: { stream, sums } }, index) => {
      const arm = streams.armOf(stream, event.arm);
      if (arm < 0) return;
      const mark = found[index]!;
      const minute = Math.floor(Math.min(event.at, now) / MS_PER_MINUTE);
      const segments = segmentsOf(stream, event.segments);
      const news = countEvent(mark, { kind: event.kind, period: event.period, value: event.value, arm, segments, minute }, sums, binOf);
      if (news === 'duplicate') return;
      counted++;
      batch.changed(stream.id, event.visitor, mark);
      if (news !== null && event.network !== undefined) {
        networks.push([stream.id, arm, event.network, news === 'exposed' ? 1 : 0, news === 'failed' ? 1 : 0]);
      }
    });
    for (const { stream, sums } of counting.values()) if (!sums.isEmpty) folds.append(stream.id, sums);
    batch.append(networks);
    return { counted, duplicates: events.length - counted };
  }

  const segmentsOf = (stream: Stream, names: readonly string[] | undefined): readonly number[] =>
    names === undefined || names.length === 0
      ? NOWHERE
      : [...new Set(names)].map((name) => streams.segmentOf(stream, name)).filter((index) => index >= 0);

  const deltasOf = (stream: Stream, waiting: Waiting | undefined): NumberedDelta[] =>
    waiting ? waiting.sums.toDeltas(stream).map((delta) => ({ ...delta, id: waiting.through })) : [];

  return {
    /**
     * Counts a batch in one transaction: a visitor once per kind, arm and period, a batch with a name once. `at` of an event is
     * used for its minute only and is never taken to be in the future.
     */
    async record(place: Place, { events, id }: Delivered, now: number, binOf: BinOf): Promise<Receipt> {
      return transact(() => {
        const isNew = id === undefined || insertBatch.run(`${place.apartment}/${place.environment}/${id}`, now).changes === 1;
        return isNew ? count(place, events, now, binOf) : { counted: 0, duplicates: events.length };
      });
    },

    /**
     * Folds what waits into the states, all in one transaction that no other engine's can overlap: a delta is folded once.
     * `foldOne` is asked for every rollout with deltas and for those in `also`; where it throws, its rollout's wait on. What
     * cannot be written fails the whole fold. Returns the states of those in `also`, in their order; null: nothing was ever counted, or the fold failed.
     */
    async fold(
      also: readonly (Place & { rollout: string })[],
      foldOne: FoldOne,
      onError: (error: unknown, place: Place) => void,
    ): Promise<(HealthState | null)[]> {
      return transact(() => {
        folds.loadAll();
        const pending = folds.pending();
        const failed = new Set<number>();
        const others = also.map(({ rollout, ...place }) => streams.find(place, rollout)?.id);
        for (const id of new Set([...pending.streams.keys(), ...others])) {
          const stream = id === undefined ? undefined : streams.byId(id);
          if (!stream) continue;
          const state = folds.state(stream.id);
          const deltas = deltasOf(stream, pending.streams.get(stream.id));
          let next: HealthState | null;
          try {
            next = foldOne(stream, stream.rollout, state, deltas);
          } catch (error) {
            failed.add(stream.id);
            onError(error, { apartment: stream.apartment, environment: stream.environment });
            continue;
          }
          if (next === null) continue;
          if (deltas.length === 0) {
            if (next !== state) folds.save(stream.id, next, folds.points(stream.id));
            continue;
          }
          const { waiting, over } = gatherPoints(folds.points(stream.id), deltas);
          minutes.add(stream.id, over);
          folds.save(stream.id, next, waiting);
        }
        folds.clear(pending.through, pending.streams.keys(), failed);
        return others.map((id) => (id === undefined ? null : folds.state(id)));
      });
    },

    /** What was folded of the rollout, and what waits to be. A look at it writes nothing. */
    async look(place: Place, rollout: string): Promise<{ state: HealthState | null; deltas: NumberedDelta[] }> {
      return transact(() => {
        const stream = streams.find(place, rollout);
        return stream
          ? { state: folds.state(stream.id), deltas: deltasOf(stream, folds.pendingOf(stream.id)) }
          : { state: null, deltas: [] };
      }, 'deferred');
    },

    /** What was folded of the rollout; null: nothing was. What is in memory of visitors is neither asked for nor brought up to date. */
    async folded({ apartment, environment }: Place, rollout: string): Promise<HealthState | null> {
      const state = foldedState.get(apartment, environment, rollout);
      return state === undefined ? null : (JSON.parse(state) as HealthState);
    },

    /** How the visitors of each arm but the control are spread over networks. */
    async networks(place: Place, rollout: string): Promise<Record<string, NetworkSpread>> {
      return transact(() => {
        const stream = streams.find(place, rollout);
        if (!stream) return {};
        const spreads = marks.spreads(
          stream.id,
          stream.arms.map((_, index) => index),
        );
        return Object.fromEntries(
          stream.arms.map((name, index) => [name, spreads[index]!] as const).filter(([name]) => name !== CONTROL_ARM),
        );
      }, 'deferred');
    },

    /** For charts: points that end after `from` (epoch ms). What waits to be folded is not in them yet. */
    async points(place: Place, rollout: string, from: number): Promise<HealthPoint[]> {
      return transact(() => {
        const stream = streams.find(place, rollout);
        return stream ? minutes.read(stream.id, Math.floor(from / MS_PER_MINUTE), folds.points(stream.id)) : [];
      }, 'deferred');
    },

    /** The rollouts of which something was counted. */
    async counted(): Promise<CountedRollout[]> {
      return transact(() => streams.all().map(({ apartment, environment, rollout }) => ({ apartment, environment, rollout })), 'deferred');
    },

    /**
     * Forgets who counted for these rollouts; nobody may speak of them any more. The counts stay. Returns how many marks of visitors
     * went; a visitor who came back much later may have left several. Whatever marks wait are written, of other rollouts too.
     */
    async forgetVisitors(rollouts: readonly CountedRollout[]): Promise<number> {
      const forgotten = transact(() => {
        marks.writeAll();
        const known = rollouts.flatMap(({ rollout, ...place }) => streams.find(place, rollout) ?? []);
        return known.reduce((sum, { id }) => sum + marks.forget(id), 0);
      });
      while (transact(() => marks.clean())) await setImmediate(); // others' turn
      return forgotten;
    },

    /** Forgets all that was counted for those of these rollouts whose newest count is older than `before` (epoch ms). Returns of how many. */
    async forgetHealth(rollouts: readonly CountedRollout[], before: number): Promise<number> {
      const forgetOne = ({ rollout, ...place }: CountedRollout): boolean => {
        const stream = streams.find(place, rollout);
        if (!stream || newestCount(stream.id) * MS_PER_MINUTE >= before) return false;
        marks.writeAll();
        marks.forget(stream.id);
        minutes.forget(stream.id);
        folds.forget(stream.id);
        forgetStream.run(stream.id);
        streams.forgetAll();
        return true;
      };
      return rollouts.filter((one) => transact(() => forgetOne(one))).length;
    },

    /** Makes old points of charts coarser, and forgets the names of old batches. */
    async thinOut(now: number): Promise<void> {
      transact(() => {
        for (const stream of folds.withPoints()) {
          minutes.add(stream, folds.points(stream));
          folds.save(stream, folds.state(stream)!, []);
        }
        minutes.thinOut(Math.floor(now / MS_PER_MINUTE));
      });
      transact(() => forgetBatches.run(now - BATCHES_KEPT_MS));
    },
  };

  /** The minute after the newest count; 0: there is none. What waits to be folded is newer than all. */
  function newestCount(stream: number): number {
    if (folds.pendingOf(stream)) return Number.POSITIVE_INFINITY;
    return folds.points(stream).reduce((last, { at }) => Math.max(last, at + 1), minutes.newest(stream));
  }
}
