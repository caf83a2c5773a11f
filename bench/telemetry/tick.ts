import { tick } from '../../engine/controller/tick.ts';
import { ingestBeacons } from '../../engine/services/ingest-beacons.ts';
import { START, openEngine, seedEnvironment } from './engine.ts';
import { medianOf } from './numbers.ts';
import { createVisits } from './visits.ts';

const ENVIRONMENTS = 50;
const ROLLOUTS_EACH = 20;
const VISITORS_PER_SECOND = 10_000;
/** How long an edge gathers events before it delivers them (worker/delivery-buffer.ts). */
const GATHERED_MS = 250;
const WARM_UP_TICKS = 4;

/** Milliseconds of a tick with the deltas of `seconds` of visitors pending. */
export async function measureTick(folder: string, seconds: number, ticks: number) {
  const services = openEngine(folder, `tick-${seconds}`);
  const places = [];
  for (let index = 0; index < ENVIRONMENTS; index++) {
    const place = { apartment: `shop-${index}`, environment: 'production' };
    const rollouts = await seedEnvironment(services, place, ROLLOUTS_EACH);
    places.push({ place, visits: createVisits(rollouts, VISITORS_PER_SECOND / ENVIRONMENTS, START, index) });
  }
  const pending = services.database.$client.prepare<[], number>('select count(*) from health_deltas').pluck();
  const times: number[] = [];
  let batches = 0;
  let events = 0;
  let rows = 0;
  for (let round = -WARM_UP_TICKS; round < ticks; round++) {
    batches = events = 0;
    for (let at = 0; at < seconds * 1_000; at += GATHERED_MS) {
      services.clock.now += GATHERED_MS;
      for (const { place, visits } of places) {
        const batch = visits.next(GATHERED_MS);
        if (batch.length === 0) continue;
        await ingestBeacons(services, { ...place, events: batch });
        batches++;
        events += batch.length;
      }
    }
    rows = pending.get()!;
    const began = performance.now();
    const caused = await tick(services, (error) => {
      throw error;
    });
    if (round >= 0) times.push(performance.now() - began);
    if (caused.length > 0) throw new Error(`${caused.length} rollouts moved, though they are healthy and young: ${caused[0]!.cause.type}`);
  }
  services.database.$client.close();
  return {
    seconds,
    environments: ENVIRONMENTS,
    rollouts: ENVIRONMENTS * ROLLOUTS_EACH,
    median_ms: medianOf(times),
    slowest_ms: Math.max(...times),
    batches,
    events,
    rows,
  };
}
