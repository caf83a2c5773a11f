import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { describe, expect, it } from 'vitest';
import { createHealthStore } from '#engine/db/health-store.ts';
import { KIND_BITS } from '#engine/db/health/mark.ts';
import { NameFilter } from '#engine/db/health/name-filter.ts';
import { hashOf } from '#engine/db/health/name-hash.ts';
import { DatabaseError, openDatabase } from '#engine/db/open-database.ts';
import { binOf } from '#engine/domain/evidence/bins.ts';
import { HEALTH_EVENT_KINDS } from '#schemas/beacon.ts';
import { NOW, PLACE } from '../../support/fixtures.ts';
import { eventOf } from '../../support/health.ts';
import { temporaryFolder } from '../../support/services.ts';

describe('a database that cannot be used', () => {
  it('is refused with its name and left as it is', () => {
    const file = join(temporaryFolder(), 'engine.sqlite');
    const bytes = 'this is no database '.repeat(50);
    writeFileSync(file, bytes);
    expect(() => openDatabase(file)).toThrow(DatabaseError);
    expect(() => openDatabase(file)).toThrow(file);
    expect(readFileSync(file, 'utf8')).toBe(bytes);
  });

  it('in a folder that is not there says so', () => {
    expect(() => openDatabase(join(temporaryFolder(), 'no', 'engine.sqlite'))).toThrow(/folder .* does not exist/);
  });

  it('damaged in its middle is refused', () => {
    const file = join(temporaryFolder(), 'engine.sqlite');
    openDatabase(file).$client.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4_096, 3 * 4_096);
    writeFileSync(file, bytes);
    expect(() => openDatabase(file)).toThrow(DatabaseError);
  });
});

it('is durable: write-ahead log, fully synchronised', () => {
  const { $client } = openDatabase(join(temporaryFolder(), 'engine.sqlite'));
  expect($client.pragma('journal_mode', { simple: true })).toBe('wal');
  expect($client.pragma('synchronous', { simple: true })).toBe(2);
  $client.close();
});

/** A database file as it was when there were only so many migrations. */
function databaseAfter(migrations: number): { file: string; old: Sqlite.Database } {
  const folder = temporaryFolder();
  cpSync('engine/db/migrations', join(folder, 'migrations'), { recursive: true });
  const journal = join(folder, 'migrations', 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: { idx: number }[] };
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, migrations) }));
  const file = join(folder, 'engine.sqlite');
  const old = new Sqlite(file);
  migrate(drizzle(old), { migrationsFolder: join(folder, 'migrations') });
  return { file, old };
}

it('of a data folder from before periods keeps all but the counters of steps', () => {
  const { file, old } = databaseAfter(2);
  const kept = ['revisions', 'requests', 'outbox', 'units', 'tokens'];
  for (const table of [...kept, 'health_counters', 'health_seen']) {
    const columns = old.prepare<[], { name: string; type: string }>(`select name, type from pragma_table_info('${table}')`).all();
    old
      .prepare(`insert into ${table} values (${columns.map(() => '?').join(', ')})`)
      .run(columns.map(({ type }) => (type === 'text' ? 'x' : 1)));
  }
  const columnsOf = Object.fromEntries(
    kept.map((table) => [table, old.prepare(`select name from pragma_table_info('${table}')`).pluck().all().join(', ')]),
  );
  const rowsOf = (client: Sqlite.Database) => kept.map((table) => client.prepare(`select ${columnsOf[table]} from ${table}`).all());
  const before = rowsOf(old);
  old.close();

  const { $client } = openDatabase(file);
  expect(rowsOf($client)).toEqual(before);
  expect(before.every((rows) => rows.length === 1)).toBe(true);
  const tables = $client.prepare("select name from sqlite_master where type = 'table' and name like 'health%'").pluck().all();
  expect(tables).not.toContain('health_counters');
  expect(tables).toContain('health_runs');
  $client.close();
  openDatabase(file).$client.close();
});

it('of a data folder whose marks of visitors had a row each still knows who has counted for what', async () => {
  const { file, old } = databaseAfter(11);
  const names = [...Array.from({ length: 2_500 }, (_, index) => `v${index}`), '"', ',"v1",', '\\', 'é 🙂'];
  const [exposed, loaded] = [KIND_BITS.exposure, KIND_BITS.loaded];
  const ofCanary = 2 ** HEALTH_EVENT_KINDS.length; // the second arm's slot
  old.prepare("insert into health_streams values (1, ?, ?, 'r1', ?, '[]')").run(PLACE.apartment, PLACE.environment, '["control","canary"]');
  const insert = old.prepare('insert into health_marks values (1, ?, ?, 0, ?)');
  old.exec('begin');
  for (const name of names) insert.run(name, 1, name === 'v7' ? `${ofCanary + exposed} ${exposed}` : `${ofCanary + exposed}`);
  const newer = ['v1', 1, 0, 1, ofCanary + exposed + loaded]; // in the log, it waits to come into the table
  old.prepare('insert into health_mark_log (marks, networks) values (?, ?)').run(JSON.stringify([[1, newer]]), '[]');
  old.exec('commit');
  old.close();

  const health = createHealthStore(openDatabase(file), 500);
  const tell = (kind: 'exposure' | 'loaded', arm: string, ...visitors: string[]) =>
    health.record(PLACE, { events: visitors.map((visitor) => eventOf('r1', { visitor, kind, arm })) }, NOW, binOf);
  expect(await tell('exposure', 'canary', ...names)).toEqual({ counted: 0, duplicates: names.length });
  expect(await tell('exposure', 'control', 'v7', 'v8')).toEqual({ counted: 1, duplicates: 1 });
  expect(await tell('loaded', 'canary', 'v1', 'v2')).toEqual({ counted: 1, duplicates: 1 });
});

it('of a data folder whose networks had a row each still knows how visitors are spread over them', async () => {
  const { file, old } = databaseAfter(13);
  old.prepare("insert into health_streams values (1, ?, ?, 'r1', ?, '[]')").run(PLACE.apartment, PLACE.environment, '["control","canary"]');
  const insert = old.prepare('insert into health_networks values (1, 1, ?, ?, ?)');
  old.exec('begin');
  for (let index = 0; index < 2_500; index++) insert.run(`"n,${index}`, 2, 1);
  old.exec('commit');
  const log = old.prepare('insert into health_mark_log (marks, networks) values (?, ?)');
  log.run(JSON.stringify([[1, ['v1', 1, 0, 0]]]), JSON.stringify([[1, 1, '"n,7', 1, 0]]));
  const filter = NameFilter.of(1);
  filter.add(hashOf('v2'));
  old.prepare("insert into health_mark_runs values (5, 1, 0, 0, 1, 'whole', ?)").run(filter.bytes);
  const loaded = 2 ** HEALTH_EVENT_KINDS.length + KIND_BITS.loaded; // in the second arm's slot
  old.prepare('insert into health_mark_blocks values (?, ?)').run(5 * 2 ** 20, JSON.stringify(['v2', 0, 1, 1, loaded]));
  old.close();

  const health = createHealthStore(openDatabase(file), 3);
  const expected = { exposed: 5_001, failed: 2_500, exposed_pairs: 2_502 };
  expect((await health.networks(PLACE, 'r1'))['canary']).toMatchObject(expected);
  const events = ['v2', 'v3', 'v4', 'v5'].map((visitor) => eventOf('r1', { visitor }));
  expect(await health.record(PLACE, { events }, NOW, binOf)).toEqual({ counted: 3, duplicates: 1 });
  for (let batch = 0; batch < 400; batch++) await health.record(PLACE, { events: [eventOf('r1', { visitor: `w${batch}` })] }, NOW, binOf);
  expect((await health.networks(PLACE, 'r1'))['canary']).toMatchObject(expected);
});

it('of a data folder whose networks had a row each forgets them with their rollout, though nobody reports any more', async () => {
  const { file, old } = databaseAfter(13);
  old.prepare("insert into health_streams values (1, ?, ?, 'r1', ?, '[]')").run(PLACE.apartment, PLACE.environment, '["control","canary"]');
  old.prepare("insert into health_networks values (1, 1, 'n1', 2, 1)").run();
  old.close();

  const database = openDatabase(file);
  const health = createHealthStore(database);
  expect((await health.networks(PLACE, 'r1'))['canary']).toMatchObject({ exposed: 2 });
  await health.forgetVisitors([{ ...PLACE, rollout: 'r1' }]);
  expect((await health.networks(PLACE, 'r1'))['canary']).toMatchObject({ exposed: 0 });
  for (const table of ['health_mark_log', 'health_runs', 'health_run_blocks']) {
    expect(database.$client.prepare(`select count(*) from ${table}`).pluck().get()).toBe(0);
  }
});
