import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { MIGRATIONS } from './open-database.ts';

type Definition = { name: string; sql: string };

const definitionsIn = (client: Sqlite.Database): Definition[] =>
  client.prepare<[], Definition>('select name, sql from sqlite_master where sql is not null').all();

/** What the first so many migrations make; null where this engine does not have as many. */
function definitionsAfter(count: number): Definition[] | null {
  const { entries } = JSON.parse(readFileSync(join(MIGRATIONS, 'meta', '_journal.json'), 'utf8')) as { entries: { tag: string }[] };
  if (count > entries.length) return null;
  const client = new Sqlite(':memory:');
  try {
    for (const { tag } of entries.slice(0, count)) client.exec(readFileSync(join(MIGRATIONS, `${tag}.sql`), 'utf8'));
    return definitionsIn(client);
  } finally {
    client.close();
  }
}

/**
 * Tables and indexes that are not defined as the migrations made them which the file says it has had. SQLite does not mind a
 * name of a column that a flipped bit changed; an engine that asks for that column does.
 */
export function schemaDamage(client: Sqlite.Database): string[] {
  try {
    const applied = client.prepare<[], { count: number }>('select count(*) as count from __drizzle_migrations').get()!.count;
    const found = new Map(definitionsIn(client).map(({ name, sql }) => [name, sql]));
    return (definitionsAfter(applied) ?? [])
      .filter(({ name, sql }) => found.get(name) !== sql)
      .map(({ name }) => `${name} is not defined as it was made`);
  } catch (error) {
    return [(error as Error).message];
  }
}
