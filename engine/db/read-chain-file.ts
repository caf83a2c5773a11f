import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { DatabaseError } from './open-database.ts';
import type { Place } from './revision-store.ts';
import { schemaDamage } from './schema-damage.ts';
import { unpackPayload } from './snapshot-store.ts';
import type { UnitRow } from './unit-record.ts';

/** A revision's row, unchecked. */
export type RawRevision = {
  number: number;
  content: { value: unknown } | { error: string };
  summary?: string;
  payload?: string | 'damaged' | null;
};

/** A database file that may be damaged, opened for reading only. */
export type ChainFile = {
  /** What SQLite itself finds wrong, such as pages that do not fit together. */
  damage: string[];
  places: () => Place[];
  revisions: (place: Place) => Generator<RawRevision>;
  /** The highest number that was ever given out there, as far as any table still says. */
  highest: (place: Place) => number;
  /** The highest number that two tables name: a transaction writes several, and a flipped bit changes one. */
  likelyHighest: (place: Place) => number;
  /** The registry; a file from before there were digests has none of them. */
  units: () => UnitRow[];
  close: () => void;
};

/** Opens the file without writing to it. Whatever cannot be read is told, not thrown. Throws {@link DatabaseError} if it is no database at all. */
export function readChainFile(file: string): ChainFile {
  if (!existsSync(file)) throw new DatabaseError(`There is no database ${file}.`);
  let client: Sqlite.Database;
  try {
    client = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 });
    client.pragma('schema_version');
  } catch (error) {
    throw new DatabaseError(`The database ${file} cannot be read: ${(error as Error).message}.`);
  }
  const damage = [...damageOf(client), ...schemaDamage(client)];
  /** Reads what can be read of a query, and notes why it ended early. */
  const rows = <Row>(sql: string, ...values: unknown[]): Row[] => {
    const found: Row[] = [];
    try {
      for (const row of client.prepare(sql).iterate(...values)) found.push(row as Row);
    } catch (error) {
      note((error as Error).message);
    }
    return found;
  };
  const note = (message: string): void => {
    if (!damage.includes(message)) damage.push(message);
  };
  const tables = new Set(rows<{ name: string }>(`select name from sqlite_master where type = 'table'`).map(({ name }) => name));
  /** The numbers that each table names. */
  const named = (place: Place): Set<number>[] =>
    NUMBERED.filter(([table]) => tables.has(table)).map(
      ([table, column]) =>
        new Set(
          rows<{ n: number }>(`select ${column} as n from ${table} where apartment = ? and environment = ?`, ...both(place)).map(
            ({ n }) => n,
          ),
        ),
    );

  return {
    damage,
    places: () => placesOf(tables, rows),
    *revisions(place) {
      for (const number of numbersOf(rows, place)) yield readRow(client, place, number, tables.has('snapshots'));
    },
    highest: (place) => Math.max(0, ...named(place).flatMap((numbers) => [...numbers])),
    likelyHighest(place) {
      const sets = named(place);
      return Math.max(0, ...sets.flatMap((numbers) => [...numbers].filter((one) => sets.filter((set) => set.has(one)).length > 1)));
    },
    units() {
      if (!tables.has('units')) return [];
      const columns = new Set(rows<{ name: string }>(`select name from pragma_table_info('units')`).map(({ name }) => name));
      const since = columns.has('digest')
        ? 'expires_at as expiresAt, promotion, digest, expired_at as expiredAt'
        : `null as expiresAt, null as promotion, '' as digest, null as expiredAt`;
      return rows<UnitRow>(
        `select apartment, name, version, building, unit, published_by as publishedBy, published_at as publishedAt, ${since} from units`,
      );
    },
    close: () => void client.close(),
  };
}

const NUMBERED = [
  ['revisions', 'number'],
  ['snapshots', 'number'],
  ['outbox', 'revision'],
  ['shadow_outbox', 'revision'],
  ['deliveries', 'revision'],
] as const;

type Rows = <Row>(sql: string, ...values: unknown[]) => Row[];

const both = ({ apartment, environment }: Place): [string, string] => [apartment, environment];

function damageOf(client: Sqlite.Database): string[] {
  try {
    const found = client.pragma('integrity_check(20)') as { integrity_check: string }[];
    return found.map((row) => row.integrity_check).filter((message) => message !== 'ok');
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Every place that any table still names, so that a chain which is gone as a whole is missed. */
function placesOf(tables: ReadonlySet<string>, rows: Rows): Place[] {
  const places = new Map<string, Place>();
  for (const table of ['revisions', 'outbox', 'shadow_outbox', 'snapshots'].filter((name) => tables.has(name))) {
    for (const place of rows<Place>(`select distinct apartment, environment from ${table}`)) {
      if (typeof place.apartment === 'string' && typeof place.environment === 'string') places.set(both(place).join('/'), place);
    }
  }
  return [...places.values()].toSorted((a, b) => (both(a).join('/') < both(b).join('/') ? -1 : 1));
}

/** By the index and by the table itself: where one of them is damaged the other may not be. */
function numbersOf(rows: Rows, place: Place): number[] {
  const where = 'where apartment = ? and environment = ?';
  const found = [
    ...rows<{ number: number }>(`select number from revisions ${where}`, ...both(place)),
    ...rows<{ number: number }>(`select number from revisions not indexed ${where}`, ...both(place)),
  ].map(({ number }) => number);
  return [...new Set(found)].filter(Number.isSafeInteger).toSorted((a, b) => a - b);
}

type Row = {
  parent_digest: string;
  digest: string;
  actor: string;
  cause: string;
  summary: string;
  at: number;
  document: string;
  snapshot_digest: string | null;
  payload: Buffer | null;
};

function readRow(client: Sqlite.Database, place: Place, number: number, hasSnapshots: boolean): RawRevision {
  try {
    const kept = hasSnapshots
      ? `, (select digest from snapshots s where s.apartment = r.apartment and s.environment = r.environment and s.number = r.number) snapshot_digest,
         (select payload from snapshots s where s.apartment = r.apartment and s.environment = r.environment and s.number = r.number) payload`
      : '';
    const sql = `select parent_digest, digest, actor, cause, summary, at, document${kept} from revisions r where apartment = ? and environment = ? and number = ?`;
    const row = client.prepare(sql).get(...both(place), number) as Row | undefined;
    if (row === undefined) return { number, content: { error: 'the index does not lead to it' } };
    const { parent_digest, digest, actor, at } = row;
    const value = { ...place, number, parent_digest, digest, actor, cause: JSON.parse(row.cause), at, document: JSON.parse(row.document) };
    const payload =
      row.payload && row.snapshot_digest ? (unpackPayload({ digest: row.snapshot_digest, payload: row.payload }) ?? 'damaged') : null;
    return { number, content: { value }, summary: row.summary, payload };
  } catch (error) {
    return { number, content: { error: (error as Error).message } };
  }
}
