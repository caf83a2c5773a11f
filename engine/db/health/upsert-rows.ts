import type { Database } from '../open-database.ts';

/** Rows that one statement writes, which takes half the time of one row each. */
const AT_ONCE = 50;

type Value = string | number;

/** Makes a writer of many rows of so many columns: `insert into <table> values (…), (…) <onConflict>`. Call `flush` at the end. */
export function upsertRows({ $client: client }: Database, table: string, columns: number, onConflict: string) {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
  const statement = (rows: number) =>
    client.prepare(`insert into ${table} values ${Array.from({ length: rows }, () => row).join(', ')} ${onConflict}`);
  const many = statement(AT_ONCE);
  const one = statement(1);
  let waiting: Value[] = [];

  return {
    write(...values: Value[]): void {
      for (const value of values) waiting.push(value);
      if (waiting.length < columns * AT_ONCE) return;
      const rows = waiting;
      waiting = [];
      many.run(rows);
    },
    flush(): void {
      const rows = waiting;
      waiting = [];
      for (let from = 0; from < rows.length; from += columns) one.run(rows.slice(from, from + columns));
    },
    /** After a transaction that failed. */
    forget(): void {
      waiting = [];
    },
  };
}
