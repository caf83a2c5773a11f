import { describe, expect, it } from 'vitest';
import { createHealthStore } from '#engine/db/health-store.ts';
import { forgetVisitors } from '#engine/controller/forget-visitors.ts';
import { ENDED_HEALTH_KEPT_MS, thinOutHealth } from '#engine/controller/thin-out-health.ts';
import { binOf } from '#engine/domain/evidence/bins.ts';
import { noHealthState } from '#engine/domain/evidence/fold-health.ts';
import { foldPending } from '#engine/services/fold-health.ts';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import { MINUTE, NOW, PLACE, planOf } from '../../support/fixtures.ts';
import { eventOf, folded, healthIn, ingest, shopMoving } from '../../support/health.ts';
import { ANA, type TestServices, seedShop, testServices } from '../../support/services.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One fold of all that waits, as a tick does it. */
async function fold(services: TestServices): Promise<void> {
  const head = (await services.revisions.head(PLACE))!;
  await foldPending(services, [head], (error) => {
    throw error;
  });
}

const visitors = (rollout: string, from: number, count: number, overrides: Partial<HealthEvent> = {}): HealthEvent[] =>
  Array.from({ length: count }, (_, index) => eventOf(rollout, { visitor: `v${from + index}`, ...overrides }));

const loadedOf = async (services: TestServices, rollout: string) => (await healthIn(services, rollout))?.loaded;
const count = (services: TestServices, table: string) => services.database.$client.prepare(`select count(*) from ${table}`).pluck().get();

const marksInRuns = ({ database }: TestServices): number =>
  (database.$client.prepare("select entries from health_runs where kind = 'marks' and state = 'whole'").pluck().all() as number[]).reduce(
    (sum, marks) => sum + marks,
    0,
  );

describe('marks', () => {
  it('are found in memory, in the log after a restart, and in runs once they are written', async () => {
    const { services, rollout } = await shopMoving();
    await ingest(services, ...visitors(rollout, 0, 300));
    expect(marksInRuns(services)).toBe(0);
    expect(await ingest(testServices(services.file), ...visitors(rollout, 0, 300))).toMatchObject({ duplicates: 300 });
    await services.health.forgetVisitors([]);
    expect([marksInRuns(services), count(services, 'health_mark_log')]).toEqual([300, 0]);
    expect(await ingest(services, ...visitors(rollout, 0, 300))).toMatchObject({ duplicates: 300 });
    expect(await ingest(testServices(services.file), ...visitors(rollout, 0, 300))).toMatchObject({ duplicates: 300 });
    expect(await ingest(testServices(services.file), ...visitors(rollout, 0, 300, { kind: 'error' }))).toMatchObject({ counted: 300 });
    expect(await ingest(services, ...visitors(rollout, 0, 300, { kind: 'error' }))).toMatchObject({ duplicates: 300 });
  });

  it('are merged by and by while batches come, and never forgotten for a moment', async () => {
    const { services, rollout } = await shopMoving();
    const batch = 200;
    const waiting = 20_000;
    services.health = createHealthStore(services.database, waiting);
    for (let from = 0; from < 153 * batch; from += batch)
      await services.health.record(PLACE, { events: visitors(rollout, from, batch) }, NOW, binOf);
    const merged = marksInRuns(services);
    expect(merged).toBeGreaterThanOrEqual(waiting);
    expect(merged).toBeLessThan(153 * batch);
    const other = testServices(services.file);
    for (const from of [0, 49 * batch + 100, 99 * batch + 100, 152 * batch]) {
      expect(await ingest(services, ...visitors(rollout, from, batch))).toMatchObject({ duplicates: batch });
      expect(await ingest(other, ...visitors(rollout, from, batch))).toMatchObject({ duplicates: batch });
    }
    expect(await loadedOf(services, rollout)).toBe(153 * batch);
  });
});

describe('two engines on one store', () => {
  it('count a visitor once between them, however they take turns and whoever merges', async () => {
    const { services: one, rollout } = await shopMoving();
    const two = testServices(one.file);
    const network = 'n1';
    for (let round = 0; round < 12; round++) {
      const [first, second] = round % 2 === 0 ? [one, two] : [two, one];
      await ingest(first, ...visitors(rollout, round * 10, 10, { kind: 'exposure', network }));
      await ingest(second, ...visitors(rollout, round * 10 - 5, 15), ...visitors(rollout, round * 10, 10, { kind: 'exposure', network }));
      if (round % 3 === 2) await first.health.forgetVisitors([]);
    }
    for (const services of [one, two, testServices(one.file)]) {
      expect(await healthIn(services, rollout)).toMatchObject({ exposures: 120, loaded: 125 });
      expect((await services.health.networks(PLACE, rollout))['canary']).toMatchObject({ exposed: 120 });
    }
  });

  it('fold what was counted once between them', async () => {
    const { services: one, rollout } = await shopMoving();
    const two = testServices(one.file);
    for (let round = 0; round < 10; round++) {
      await ingest(
        round % 2 === 0 ? one : two,
        ...visitors(rollout, round * 10, 10, { kind: 'exposure' }),
        ...visitors(rollout, round * 10, 10),
      );
      if (round % 3 > 0) await fold(one);
      if (round % 3 > 1) await fold(two);
      if (round % 4 === 3) await Promise.all([fold(two), fold(one), fold(testServices(one.file))]);
      for (const services of [one, two]) expect(await loadedOf(services, rollout)).toBe((round + 1) * 10);
    }
    await fold(two);
    expect(count(one, 'health_deltas')).toBe(0);
    expect(await folded(one, rollout)).toEqual(await folded(two, rollout));
    const points = await one.health.points(PLACE, rollout, 0);
    expect(points).toMatchObject([{ arm: 'canary', exposures: 100, loaded: 100 }]);
  });

  it('a fold that fails half way changes nothing and is made good by the next', async () => {
    const { services, rollout } = await shopMoving();
    await ingest(services, ...visitors(rollout, 0, 10));
    services.database.$client.exec("create trigger full before insert on health_states begin select raise(abort, 'disk full'); end");
    await expect(fold(services)).rejects.toThrow('disk full');
    services.database.$client.exec('drop trigger full');
    expect(await loadedOf(services, rollout)).toBe(10);
    await ingest(services, ...visitors(rollout, 10, 5));
    await fold(services);
    expect(count(services, 'health_deltas')).toBe(0);
    expect(await loadedOf(services, rollout)).toBe(15);
    expect(await loadedOf(testServices(services.file), rollout)).toBe(15);
    expect(await services.health.points(PLACE, rollout, 0)).toMatchObject([{ loaded: 15 }]);
  });

  it('one rollout that cannot be folded keeps the others from nothing, and nothing of its own is lost', async () => {
    const { services, rollout } = await shopMoving();
    const { rollout: other } = await startRollout(services, PLACE, planOf({ units: ['header@1.1.0'] }), ANA);
    await ingest(services, ...visitors(rollout, 0, 10), ...visitors(other.id, 0, 10));
    const foldFailing = (failing: string) =>
      services.health.fold(
        [],
        (_, id, state, deltas) => {
          if (id === failing) throw new Error('cannot be folded');
          return { ...(state ?? noHealthState()), folded_through: Math.max(...deltas.map((delta) => delta.id)) };
        },
        () => undefined,
      );
    await foldFailing(rollout);
    expect((await services.health.look(PLACE, other.id)).deltas).toEqual([]);
    expect(await loadedOf(services, rollout)).toBe(10);
    await ingest(services, ...visitors(rollout, 10, 5));
    await fold(services);
    expect(await loadedOf(services, rollout)).toBe(15);
  });

  it('a fold that does not take all that waits leaves the rest to the next', async () => {
    const { services, rollout } = await shopMoving();
    await ingest(services, ...visitors(rollout, 0, 1));
    const { $client: client } = testServices(services.file).database;
    client.exec(`insert into health_deltas (stream, deltas)
      select stream, deltas from health_deltas, (with recursive n (i) as (select 1 union all select i + 1 from n limit 50009) select i from n)`);
    await fold(services);
    expect(count(services, 'health_deltas')).toBe(10);
    await fold(services);
    expect(count(services, 'health_deltas')).toBe(0);
    expect(await loadedOf(services, rollout)).toBe(50_010);
  });

  it('a look writes nothing', async () => {
    const { services, rollout } = await shopMoving();
    await ingest(services, ...visitors(rollout, 0, 10));
    expect(await loadedOf(services, rollout)).toBe(10);
    expect([count(services, 'health_states'), count(services, 'health_deltas')]).toEqual([0, 1]);
  });
});

describe('networks', () => {
  it('have first exposures and first failures of every arm but the control, with the pairs that share one', async () => {
    const { services, rollout } = await shopMoving();
    const from = (network: string | undefined, first: number, exposed: number, failed: number, arm = 'canary') =>
      ingest(
        services,
        ...visitors(rollout, first, exposed, { kind: 'exposure', arm, ...(network && { network }) }),
        ...visitors(rollout, first, failed, { kind: 'error', arm, ...(network && { network }) }),
        ...visitors(rollout, first, failed, { kind: 'load_failed', arm, ...(network && { network }) }),
      );
    await from('a', 0, 4, 3);
    await from('b', 10, 3, 0);
    await from('a', 20, 1, 1);
    await from(undefined, 30, 9, 9); // of whom no network is known
    await from('a', 40, 50, 50, 'control');
    const expected = {
      canary: {
        exposed: 8,
        failed: 4,
        exposed_pairs: 10 + 3,
        failed_pairs: 6,
        worst: [{ exposed: 5, failed: 4 }],
        heaviest: [
          { exposed: 55, failed: 4 },
          { exposed: 3, failed: 0 },
        ],
        exposed_anywhere: 58,
      },
    };
    expect(await services.health.networks(PLACE, rollout)).toEqual(expected);
    await services.health.forgetVisitors([]);
    expect(await services.health.networks(PLACE, rollout)).toEqual(expected);
    await from('c', 100, 2, 2);
    expect((await services.health.networks(PLACE, rollout))['canary']).toMatchObject({
      exposed: 10,
      worst: [{ failed: 4 }, { failed: 2 }],
    });
    await services.health.forgetVisitors([{ ...PLACE, rollout }]);
    expect((await services.health.networks(PLACE, rollout))['canary']).toMatchObject({ exposed: 0, worst: [] });
  });

  it('that are worst come first, 32 at most', async () => {
    const { services, rollout } = await shopMoving();
    for (let index = 0; index < 40; index++) {
      await ingest(services, ...visitors(rollout, index * 100, 1 + (index % 7), { kind: 'error', network: `n${index}` }));
    }
    const { worst } = (await services.health.networks(PLACE, rollout))['canary']!;
    expect(worst).toHaveLength(32);
    expect(worst.map(({ failed }) => failed)).toEqual(worst.map(({ failed }) => failed).toSorted((a, b) => b - a));
  });
});

describe('points of charts', () => {
  /** Two visitors of each arm in every minute of so many hours. */
  async function hours(services: TestServices, rollout: string, amount: number) {
    for (let minute = 0; minute < amount * 60; minute++) {
      const at = NOW + minute * MINUTE;
      services.clock.now = at;
      const two = (arm: string) => visitors(rollout, minute * 10, 2, { arm, at, kind: 'latency', value: 50 });
      await services.health.record(PLACE, { events: [...two('canary'), ...two('control')] }, at, binOf);
    }
    await fold(services);
  }

  it('are minutes, then hours, then days; sums stay, however often they are thinned out and whatever comes late', async () => {
    const { services, rollout } = await shopMoving();
    await hours(services, rollout, 3);
    const read = async () => services.health.points(PLACE, rollout, 0);
    const sketched = async () => (await read()).flatMap(({ sketches }) => sketches.latency ?? []);
    const sum = async () =>
      (await read()).reduce((total, { visitors, latency_sum_ms }) => [total[0]! + visitors, total[1]! + latency_sum_ms], [0, 0]);
    expect((await read()).map(({ width }) => width)).toEqual(Array.from({ length: 360 }, () => 1));
    for (const [age, widths] of [
      [2 * DAY - 1, 360],
      [2 * DAY + HOUR, 2 + 240],
      [2 * DAY + 3 * HOUR, 6],
      [30 * DAY, 6],
      [31 * DAY + 12 * HOUR, 2],
    ] as const) {
      for (let times = 0; times < 2; times++) await services.health.thinOut(NOW + age);
      expect(await read()).toHaveLength(widths);
      expect(await sum()).toEqual([720, 36_000]);
      expect(new Set((await sketched()).map(([bin]) => bin))).toEqual(new Set([binOf(50)]));
      // A visitor's value counts once in the whole rollout, and they come again in both arms: half of them count.
      expect((await sketched()).reduce((all, [, many]) => all + many, 0)).toBe(360);
    }
    await services.health.record(
      PLACE,
      { events: [eventOf(rollout, { visitor: 'late', kind: 'latency', value: 50 })] },
      NOW + 32 * DAY,
      binOf,
    );
    await fold(services);
    await services.health.thinOut(NOW + 32 * DAY);
    expect(await read()).toMatchObject([
      { arm: 'canary', width: 1_440, visitors: 361 },
      { arm: 'control', width: 1_440, visitors: 360 },
    ]);
  });

  it('are read from a moment on', async () => {
    const { services, rollout } = await shopMoving();
    await hours(services, rollout, 1);
    expect(await services.health.points(PLACE, rollout, NOW + 58 * MINUTE)).toHaveLength(4);
  });
});

describe('what was counted of a rollout', () => {
  it('goes 90 days after the last report, once it has ended; verdicts stay in the chain', async () => {
    const { services, rollout } = await shopMoving();
    await ingest(services, ...visitors(rollout, 0, 5));
    await fold(services);
    services.clock.now = NOW + 2 * ENDED_HEALTH_KEPT_MS;
    expect(await thinOutHealth(services)).toBe(0); // it is live
    await moveRollout(services, PLACE, { type: 'abort-rollout', rollout }, ANA);
    services.clock.now = NOW + ENDED_HEALTH_KEPT_MS;
    expect(await thinOutHealth(services)).toBe(0);
    expect(await loadedOf(services, rollout)).toBe(5);
    services.clock.now += 2 * DAY; // its points are of whole days by then
    expect(await thinOutHealth(services)).toBe(1);
    expect(await loadedOf(services, rollout)).toBeUndefined();
    expect(await services.health.points(PLACE, rollout, 0)).toEqual([]);
    for (const table of ['health_streams', 'health_states', 'health_minutes']) expect(count(services, table)).toBe(0);
    // Its visitors too, who came too lately to be forgotten before.
    expect([marksInRuns(services), count(services, 'health_mark_log')]).toEqual([0, 0]);
  });

  it.each([
    ['its visitors', forgetVisitors],
    ['all that was counted', thinOutHealth],
  ])('stays when the rollout begins while an engine looks for what to forget: %s', async (_, keepHouse) => {
    const services = testServices();
    await seedShop(services);
    const other = testServices(services.file);
    const { revisions } = services;
    let rollout = '';
    const head: typeof revisions.head = async (place) => {
      const was = await revisions.head(place);
      // Here it is stopped. It goes on when another engine has long counted the first visitors.
      rollout = (await startRollout(other, PLACE, planOf(), ANA)).rollout.id;
      await ingest(other, ...visitors(rollout, 0, 5));
      services.revisions = revisions;
      return was;
    };
    services.revisions = { ...revisions, head };
    expect(await keepHouse(services)).toBe(0);
    for (const engine of [services, other]) expect(await ingest(engine, ...visitors(rollout, 0, 5))).toMatchObject({ duplicates: 5 });
    expect(await loadedOf(other, rollout)).toBe(5);
  });
});
