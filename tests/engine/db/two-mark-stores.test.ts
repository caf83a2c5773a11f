import type { Statement } from 'better-sqlite3';
import { expect, it, vi } from 'vitest';
import { createHealthStore } from '#engine/db/health-store.ts';
import { binOf } from '#engine/domain/evidence/bins.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import { NOW, PLACE } from '#tests/support/fixtures.ts';
import { eventOf, shopMoving } from '#tests/support/health.ts';
import { seededRandom } from '#tests/support/random.ts';
import { testServices } from '#tests/support/services.ts';

/** Two engines on one file, that count, merge, fail in the middle of a transaction and are started anew in any order. */

type Store = ReturnType<typeof createHealthStore>;

const SEEDS = process.env.CONCIERGE_LONG ? 300 : 12;
const ROLLOUTS = ['r1', 'r2', 'r3'];
const FAILURES = [
  'insert on main.health_mark_log',
  'delete on main.health_mark_log',
  'insert on main.health_run_blocks',
  'delete on main.health_run_blocks',
  'insert on main.health_runs',
  'update on main.health_runs',
];
const KINDS = ['loaded', 'error', 'exposure'] as const;

/** One of ten networks, the same every time. */
const networkOf = (visitor: string): string => `n${visitor.at(-1)}`;

/** What is to be found of each network of the rollout, when everybody in `seen` counted once. */
function networksIn(seen: ReadonlySet<string>, rollout: string) {
  const networks = new Map<string, { exposed: number; failed: number }>();
  for (const one of seen) {
    const [of, visitor, kind] = one.split(' ') as [string, string, (typeof KINDS)[number]];
    if (of !== rollout || kind === 'loaded') continue;
    const network = networkOf(visitor);
    if (!networks.has(network)) networks.set(network, { exposed: 0, failed: 0 });
    networks.get(network)![kind === 'exposure' ? 'exposed' : 'failed']++;
  }
  return [...networks.values()];
}

const inOrder = (networks: readonly { exposed: number; failed: number }[]) =>
  networks.toSorted((a, b) => a.exposed - b.exposed || a.failed - b.failed);

const record = (store: Store, events: HealthEvent[]) => store.record(PLACE, { events }, NOW, binOf);

it('the newer mark of a visitor stays, whichever of two merges writes it last', async () => {
  const { services } = await shopMoving();
  const other = testServices(services.file);
  const [one, two] = [createHealthStore(services.database, 20), createHealthStore(other.database, 20)];
  const tell = (store: Store, kind: 'loaded' | 'error', ...visitors: string[]) =>
    record(
      store,
      visitors.map((visitor) => eventOf('r1', { visitor, kind })),
    );
  await tell(one, 'loaded', ...Array.from({ length: 19 }, (_, index) => `v${String(index).padStart(2, '0')}`));
  await tell(two, 'loaded', 'v90'); // twenty wait: its merge begins
  await tell(one, 'error', 'v05'); // so does the other's, which knows of the error
  await tell(one, 'loaded', 'v91', 'v92', 'v93'); // which is written
  await tell(two, 'loaded', 'v94', 'v95', 'v96'); // v05 is written again
  await tell(one, 'loaded', ...Array.from({ length: 8 }, (_, index) => `w${index}`)); // the merge ends, its log goes
  expect(await tell(two, 'error', 'v05')).toEqual({ counted: 0, duplicates: 1 });
});

it('what another engine writes while one only looks is counted once', async () => {
  const { services } = await shopMoving();
  const other = createHealthStore(testServices(services.file).database);
  const { $client: client } = services.database;
  const prepare = client.prepare.bind(client) as (sql: string) => Statement;
  let between = (): void => {};
  const spy = vi.spyOn(client, 'prepare').mockImplementation(((sql: string) => {
    const statement = prepare(sql);
    if (!sql.startsWith('select min(id) from health_mark_log')) return statement;
    const get = statement.get.bind(statement);
    statement.get = () => {
      const row = get();
      between();
      between = () => {};
      return row;
    };
    return statement;
  }) as never);
  const one = createHealthStore(services.database);
  spy.mockRestore();
  const expose = (store: Store, visitor: string) => record(store, [eventOf('r1', { visitor, kind: 'exposure', network: 'n1' })]);
  await expose(other, 'v1');
  between = () => void expose(other, 'v2');
  expect((await one.networks(PLACE, 'r1'))['canary']).toMatchObject({ exposed: 1 });
  expect((await one.networks(PLACE, 'r1'))['canary']).toMatchObject({ exposed: 2 });
});

it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))('everybody counts once, seed %i', async (seed) => {
  const random = seededRandom(seed);
  const upTo = (count: number): number => Math.floor(random() * count);
  const { services } = await shopMoving();
  const engines = [services, testServices(services.file)];
  const start = (at: number): Store => createHealthStore(engines[at]!.database, 5 + upTo(40));
  const stores = engines.map((_, at) => start(at));
  const seen = new Set<string>();
  for (let step = 0; step < 150; step++) {
    const at = random() < 0.7 ? 0 : 1;
    const what = random();
    if (what < 0.05) {
      stores[at] = start(at);
      continue;
    }
    if (what < 0.08) {
      await stores[at]!.forgetVisitors([]);
      continue;
    }
    const events = Array.from({ length: 1 + upTo(25) }, () =>
      eventOf(ROLLOUTS[upTo(3)]!, { visitor: `v${upTo(150)}`, kind: KINDS[upTo(3)]! }),
    ).map((event) => ({ ...event, network: networkOf(event.visitor) }));
    const client = engines[at]!.database.$client;
    const failsAt = what < 0.2 ? FAILURES[upTo(FAILURES.length)]! : null;
    if (failsAt !== null) client.exec(`create temp trigger boom before ${failsAt} begin select raise(abort, 'boom'); end`);
    const receipt = await record(stores[at]!, events).catch(() => null);
    if (failsAt !== null) client.exec('drop trigger temp.boom');
    if (receipt === null) continue; // as if it had never come
    const before = seen.size;
    for (const { rollout, visitor, kind } of events) seen.add(`${rollout} ${visitor} ${kind}`);
    expect(receipt.counted, `step ${step}, engine ${at}`).toBe(seen.size - before);
    const asked = upTo(2);
    const rollout = ROLLOUTS[upTo(3)]!;
    const found = (await stores[asked]!.networks(PLACE, rollout))['canary']?.heaviest ?? [];
    expect(inOrder(found), `step ${step}, engine ${asked}`).toEqual(inOrder(networksIn(seen, rollout)));
  }
  const tiers = services.database.$client.prepare('select kind, max(tier) > 0 from health_runs group by kind').raw().all();
  expect(tiers, 'runs were joined').toEqual([
    ['marks', 1],
    ['networks', 1],
  ]);
});
