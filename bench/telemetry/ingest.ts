import { join } from 'node:path';
import { openDatabase } from '../../engine/db/open-database.ts';
import { ingestBeacons } from '../../engine/services/ingest-beacons.ts';
import type { HealthEvent } from '../../schemas/beacon.ts';
import { START, openEngine, seedEnvironment } from './engine.ts';
import { createVisits } from './visits.ts';

const PLACE = { apartment: 'shop', environment: 'production' };
const BATCH = 1_000;
const BATCHES_PER_ROUND = 100;
const WARM_UP_ROUNDS = 12;
const PER_SECOND = 10_000;

/** Events per second through the engine, and as bare upserts of one counter each; the two take turns. */
export async function measureIngest(folder: string, rounds: number) {
  const services = openEngine(folder, 'ingest');
  const rollouts = await seedEnvironment(services, PLACE, 3);
  const visits = createVisits(rollouts, PER_SECOND, START, 1);
  const raw = createRaw(join(folder, 'raw.sqlite'));
  const stream: HealthEvent[] = visits.next(30_000); // visitors of all ages
  let serial = 0;
  let slowest = 0;

  const nextRound = (): HealthEvent[][] =>
    Array.from({ length: BATCHES_PER_ROUND }, () => {
      while (stream.length < BATCH) stream.push(...visits.next(100));
      return stream.splice(0, BATCH);
    });
  async function engineRound(batches: HealthEvent[][]): Promise<number> {
    const began = performance.now();
    for (const events of batches) {
      const before = performance.now();
      services.clock.now = events.at(-1)!.at;
      await ingestBeacons(services, { ...PLACE, id: `batch-${serial++}`, events });
      slowest = Math.max(slowest, performance.now() - before);
    }
    return secondsSince(began);
  }
  function rawRound(batches: HealthEvent[][]): number {
    const began = performance.now();
    for (const events of batches) raw.count(events);
    return secondsSince(began);
  }

  // Until marks are merged as they are in the long run.
  for (let round = 0; round < WARM_UP_ROUNDS; round++) await engineRound(nextRound());
  rawRound(nextRound());
  slowest = 0;
  let engine = 0;
  let floor = 0;
  for (let round = 0; round < rounds; round++) {
    const batches = nextRound();
    floor += rawRound(batches);
    engine += await engineRound(batches);
  }
  services.database.$client.close();
  raw.close();
  // Sums, since a merge makes some rounds slow that the median would leave out.
  const events = rounds * BATCHES_PER_ROUND * BATCH;
  const rates = { events_per_second: events / engine, raw_per_second: events / floor };
  return { ...rates, ratio: rates.events_per_second / rates.raw_per_second, slowest_batch_ms: slowest, rounds };
}

const secondsSince = (began: number): number => (performance.now() - began) / 1_000;

/** What SQLite itself does in the time: one prepared upsert for each event, in the same transactions. */
function createRaw(file: string) {
  const { $client: client } = openDatabase(file);
  client.exec(
    `create table counters (stream text, period integer, arm text, minute integer, kind text, count integer,
     primary key (stream, period, arm, minute, kind)) without rowid`,
  );
  const upsert = client.prepare('insert into counters values (?, ?, ?, ?, ?, 1) on conflict do update set count = count + 1');
  return {
    count: (events: readonly HealthEvent[]): void =>
      client
        .transaction(() => {
          for (const { rollout, period, arm, at, kind } of events) {
            upsert.run(`shop/production/${rollout}`, period, arm, Math.floor(at / 60_000), kind);
          }
        })
        .immediate(),
    close: (): void => void client.close(),
  };
}
