import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { createStores } from '#engine/db/create-stores.ts';
import { type Database, openDatabase } from '#engine/db/open-database.ts';
import { once } from '#engine/db/once.ts';
import * as tables from '#engine/db/tables.ts';
import type { Command } from '#schemas/command.ts';
import type { Revision } from '#schemas/revision.ts';
import type { Stores } from './parts.ts';

/** A connection that can be made to die in the middle of a transaction. */
export type Connection = {
  database: Database;
  /** Runs something that may write; the `dieAt`th row that it writes is its last (0: none). Tells whether it died. */
  run: <Result>(dieAt: number, call: () => Result) => { died: boolean; result: Result };
};

/** A revision as it lies there: its cause and its document are still texts. */
export type StoredRevision = Omit<Revision, 'cause' | 'document'> & { cause: string; document: string };

export const causeOf = ({ cause }: StoredRevision): Command => JSON.parse(cause) as Command;

export type SharedStore = {
  /** What an engine opens when it starts; it may go on with the connection that its machine's life before had. */
  connect: (before?: Connection) => Connection;
  /** An engine died without a word. Where it was alone, the next one finds the store as it was left. */
  lose: () => void;
  /** For looking at what is there. */
  reader: () => Stores;
  /** One that remembers nothing. */
  freshReader: () => Stores;
  /** The revisions from this number on, as they lie there. */
  chainFrom: (number: number) => StoredRevision[];
  /** The revisions that have an entry in the outbox. */
  outbox: () => number[];
  close: () => void;
};

let template: Buffer | undefined;
/** A database with its tables and nothing in them. */
const emptyDatabase = (): Buffer => (template ??= openDatabase(':memory:').$client.serialize());

/** In memory: every connection is the same one, so for one engine at a time. It is what was committed, whoever dies. */
export function createMemoryStore(): SharedStore {
  const client = remembering(new Sqlite(emptyDatabase()));
  const connection = withFailPoints(drizzle(client, { schema: tables }));
  const stores = createStores(connection.database);
  return {
    connect: () => connection,
    lose: () => undefined,
    reader: () => stores,
    freshReader: () => createStores(connection.database),
    chainFrom: chainOf(connection.database),
    outbox: () => outboxOf(connection.database),
    close: () => void client.close(),
  };
}

function chainOf({ $client }: Database): SharedStore['chainFrom'] {
  const read = once(() =>
    $client.prepare<[number], StoredRevision>(
      `select apartment, environment, number, parent_digest, digest, actor, at, cause, document
       from revisions where number >= ? order by number`,
    ),
  );
  return (number) => read().all(number);
}

const outboxOf = ({ $client }: Database): number[] =>
  $client.prepare('select revision from outbox order by revision').pluck().all() as number[];

/** A file. One that is recovered from is opened as the engine opens it; beside another engine that would be the same every time. */
export function createFileStore(recovers: boolean): SharedStore {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'concierge-simulation-'));
  const open: Database[] = [];
  let lives = 0;
  let file = join(folder, 'engine-0.sqlite');
  writeFileSync(file, emptyDatabase());
  const connectTo = (): Database => {
    const database = recovers ? openDatabase(file) : drizzle(new Sqlite(file), { schema: tables });
    remembering(database.$client).pragma('journal_mode = WAL');
    database.$client.pragma('synchronous = OFF'); // nobody cuts the power here
    open.push(database);
    return database;
  };
  const look = (database: Database) => ({ stores: createStores(database), chainFrom: chainOf(database) });
  let reader = look(connectTo());
  return {
    // What an engine remembers is in its stores: to a connection another life is nothing new.
    connect: (before) => (before && !recovers ? before : withFailPoints(connectTo())),
    lose() {
      if (!recovers) return;
      // As a killed process leaves it: the log was never checkpointed, and whoever comes next recovers from it.
      const next = join(folder, `engine-${++lives}.sqlite`);
      copyFileSync(file, next);
      if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${next}-wal`);
      for (const database of open.splice(0)) database.$client.close();
      file = next;
      reader = look(connectTo());
    },
    reader: () => reader.stores,
    freshReader: () => createStores(open[0]!),
    chainFrom: (number) => reader.chainFrom(number),
    outbox: () => outboxOf(open[0]!),
    close() {
      for (const database of open) database.$client.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Compiles each statement once for all lives of engines on the connection. The same SQL is wanted in the same form every time
 * (objects, rows or single values), which a statement keeps. What is a function for SQL is so once and for all, as to
 * define it again would have every statement compiled anew.
 */
function remembering(client: Sqlite.Database): Sqlite.Database {
  const statements = new Map<string, Sqlite.Statement>();
  const defined = new Set<string>();
  const prepare = client.prepare.bind(client);
  const definedOnce = (define: (name: string, ...rest: unknown[]) => unknown) =>
    function defineOnce(name: string, ...rest: unknown[]) {
      if (!defined.has(name)) define.call(client, name, ...rest);
      defined.add(name);
      return client;
    };
  return Object.assign(client, {
    prepare(sql: string) {
      let statement = statements.get(sql);
      if (!statement) statements.set(sql, (statement = prepare(sql)));
      return statement;
    },
    function: definedOnce(client.function as never),
    aggregate: definedOnce(client.aggregate as never),
  });
}

/** Triggers on every table ask, before each row is written, whether this is where it ends; SQLite then undoes the transaction. */
function withFailPoints(database: Database): Connection {
  const client = database.$client;
  let left = 0;
  let died = false;
  client.function('concierge_fail_point', () => {
    if (left > 0 && --left === 0) {
      died = true;
      throw new Error('died in the middle of a transaction');
    }
    return null;
  });
  const names = client.prepare("select name from main.sqlite_master where type = 'table' and name not like 'sqlite_%'").pluck().all();
  const triggers = (names as string[]).flatMap((name) =>
    ['insert', 'update', 'delete'].map(
      (action) => `create temp trigger "${name}_${action}" before ${action} on main."${name}" begin select concierge_fail_point(); end;`,
    ),
  );
  client.exec(triggers.join('\n'));
  return {
    database,
    run(dieAt, call) {
      left = dieAt;
      died = false;
      try {
        const result = call();
        return { died, result };
      } finally {
        left = 0;
      }
    },
  };
}
