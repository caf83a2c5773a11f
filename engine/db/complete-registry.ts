import type Sqlite from 'better-sqlite3';
import { type UnitRow, recordDigest, recordOf } from './unit-record.ts';

/** Gives units from before there were digests theirs, and a place in the outbox of the shadow. Does nothing where all have them. */
export function completeRegistry(client: Sqlite.Database): void {
  const without = client
    .prepare<[], UnitRow>(
      `select apartment, name, version, building, unit, published_by as publishedBy, published_at as publishedAt,
       expires_at as expiresAt, promotion, digest, expired_at as expiredAt from units where digest = ''`,
    )
    .all();
  if (without.length === 0) return;
  const update = client.prepare('update units set digest = ? where apartment = ? and name = ? and version = ?');
  const enter = client.prepare('insert or ignore into unit_outbox (apartment, name, version) values (?, ?, ?)');
  client
    .transaction(() => {
      for (const row of without) {
        const digest = digestOf(row);
        if (digest === null) continue; // it is damaged, and stays without
        update.run(digest, row.apartment, row.name, row.version);
        enter.run(row.apartment, row.name, row.version);
      }
    })
    .immediate();
}

function digestOf(row: UnitRow): string | null {
  try {
    return recordDigest(recordOf(row));
  } catch {
    return null;
  }
}
