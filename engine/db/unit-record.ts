import { createHash } from 'node:crypto';
import type { PublishedUnit, UnitRecord } from '#schemas/registry.ts';
import { parseVersion } from '#schemas/version-tag.ts';
import { canonicalJson } from './revision-digest.ts';

/** A row of the registry, as it is stored. */
export type UnitRow = {
  apartment: string;
  name: string;
  version: string;
  building: string;
  unit: string;
  publishedBy: string;
  publishedAt: number;
  expiresAt: number | null;
  promotion: string | null;
  digest: string;
  expiredAt: number | null;
};

/** SHA-256, in hexadecimal, of the canonical JSON of the record. */
export const recordDigest = (record: UnitRecord): string => createHash('sha256').update(canonicalJson(record)).digest('hex');

/** What the row says, unchecked. Throws where it holds no JSON. */
export function recordOf(row: Omit<UnitRow, 'digest' | 'expiredAt'>): UnitRecord {
  return {
    apartment: row.apartment,
    building: row.building,
    unit: JSON.parse(row.unit),
    published_by: row.publishedBy,
    published_at: row.publishedAt,
    ...(row.expiresAt === null ? {} : { expires_at: row.expiresAt }),
    ...(row.promotion === null ? {} : { promotion: JSON.parse(row.promotion) }),
  };
}

/** The record, if the row is what its digest was made of and stands where it belongs; else null. */
export function soundRecord(row: UnitRow): UnitRecord | null {
  try {
    const record = recordOf(row);
    const isHere = record.unit.name === row.name && record.unit.version === row.version;
    return isHere && recordDigest(record) === row.digest ? record : null;
  } catch {
    return null;
  }
}

/** A record as it is told: with its digest, and its version in both forms. */
export function toPublished(record: UnitRecord, digest: string, expiredAt: number | null = null): PublishedUnit {
  const parsed = parseVersion(record.unit.version);
  const named = 'fault' in parsed ? { kind: null, tag: null } : { kind: parsed.kind, tag: parsed.tag };
  return { ...record, digest, ...named, ...(expiredAt === null ? {} : { expired_at: expiredAt }) };
}

/** What was written once: all of a published unit but what is derived from it, and when it went. */
export function writtenOnce(published: PublishedUnit): UnitRecord {
  const { digest: _, kind: __, tag: ___, expired_at: ____, ...record } = published;
  return record;
}
