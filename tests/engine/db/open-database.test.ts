import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { describe, expect, it } from 'vitest';
import { DatabaseError, openDatabase } from '#engine/db/open-database.ts';
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

it('of a data folder from before periods keeps all but the counters of steps', () => {
  const folder = temporaryFolder();
  cpSync('engine/db/migrations', join(folder, 'migrations'), { recursive: true });
  const journal = join(folder, 'migrations', 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: { idx: number }[] };
  writeFileSync(journal, JSON.stringify({ ...rest, entries: entries.slice(0, 2) }));
  const file = join(folder, 'engine.sqlite');
  const old = new Sqlite(file);
  migrate(drizzle(old), { migrationsFolder: join(folder, 'migrations') });
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
  expect(tables).toContain('health_marks');
  $client.close();
  openDatabase(file).$client.close();
});
