import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import * as tables from './tables.ts';
import { completeRegistry } from './complete-registry.ts';

export const MIGRATIONS = fileURLToPath(new URL('./migrations', import.meta.url));

/** Blocks of marks are read all over a large table; with SQLite's 2 MB few of its pages would be at hand. */
const CACHE_KIB = 64 * 1024;
/** 32 MB: what batches write again and again comes into the file once. */
const LOG_PAGES = 8_000;

export type Database = BetterSQLite3Database<typeof tables> & { $client: Sqlite.Database };

/** The database cannot be used; the message says what a person can do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * Opens (or makes) the SQLite file, checks it and brings its tables up to date. Commits survive a killed process and a
 * lost machine: WAL with full synchronisation. Throws {@link DatabaseError}; a file that is not whole is never written to.
 */
export function openDatabase(file: string): Database {
  if (file !== ':memory:' && !existsSync(dirname(resolve(file)))) {
    throw new DatabaseError(`The folder ${dirname(resolve(file))} does not exist. Create it, or name another with CONCIERGE_DATA.`);
  }
  let client: Sqlite.Database | undefined;
  try {
    client = new Sqlite(file, { timeout: 5_000 });
    const check = client.pragma('quick_check(1)', { simple: true });
    if (check !== 'ok') throw new Error(String(check));
    client.pragma('journal_mode = WAL');
    client.pragma('synchronous = FULL');
    client.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
    client.pragma(`cache_size = -${CACHE_KIB}`);
    const database = drizzle(client, { schema: tables });
    migrate(database, { migrationsFolder: MIGRATIONS });
    completeRegistry(client);
    return database;
  } catch (error) {
    client?.close();
    throw new DatabaseError(`The database ${file} cannot be used: ${(error as Error).message}. Its contents were left as they are.`);
  }
}
