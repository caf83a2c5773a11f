import { splitUnitId } from '#schemas/common.ts';
import { and, desc, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import { refuse } from '#schemas/problem.ts';
import type { PublishedUnit, UnitPage, UnitRecord } from '#schemas/registry.ts';
import type { VersionKind } from '#schemas/version-tag.ts';
import { once } from './once.ts';
import type { Database } from './open-database.ts';
import { canonicalJson } from './revision-digest.ts';
import { unitOutbox, units } from './tables.ts';
import { type UnitRow, recordDigest, soundRecord, toPublished } from './unit-record.ts';

export type UnitFilter = { building?: string | undefined; name?: string | undefined; kind?: VersionKind | undefined; expired?: boolean };

export type UnitStore = ReturnType<typeof createUnitStore>;

/** How each kind's stored version looks; what no tag says is of no kind. */
const GLOBS: Record<VersionKind, ReturnType<typeof sql>> = {
  stable: sql`${units.version} not like '%-%'`,
  rc: sql`${units.version} glob '*-rc.*'`,
  snapshot: sql`${units.version} glob '*-0.snap.*'`,
};

/** The registry of immutable units. A row that is not what its digest was made of is told, never handed out. */
export function createUnitStore(database: Database) {
  const isUnit = (apartment: string, name: string, version: string) =>
    and(eq(units.apartment, apartment), eq(units.name, name), eq(units.version, version));
  const aUnit = { apartment: sql.placeholder('apartment'), name: sql.placeholder('name'), version: sql.placeholder('version') };
  const selectUnit = once(() =>
    database
      .select()
      .from(units)
      .where(and(eq(units.apartment, aUnit.apartment), eq(units.name, aUnit.name), eq(units.version, aUnit.version)))
      .prepare(),
  );
  const insertUnit = once(() =>
    database
      .insert(units)
      .values({
        ...aUnit,
        building: sql.placeholder('building'),
        unit: sql.placeholder('unit'),
        publishedBy: sql.placeholder('publishedBy'),
        publishedAt: sql.placeholder('publishedAt'),
        expiresAt: sql.placeholder('expiresAt'),
        promotion: sql.placeholder('promotion'),
        digest: sql.placeholder('digest'),
      })
      .onConflictDoNothing()
      .prepare(),
  );
  const insertDelivery = once(() => database.insert(unitOutbox).values(aUnit).onConflictDoNothing().prepare());
  const find = (apartment: string, name: string, version: string): UnitRow | undefined => selectUnit().get({ apartment, name, version });

  return {
    /** The unit, whether or not it has expired. Throws `unavailable` where its row is damaged. */
    async get(apartment: string, id: string): Promise<PublishedUnit | null> {
      const { name, version } = splitUnitId(id);
      const row = find(apartment, name, version);
      return row ? published(row) : null;
    },

    /** A page, newest first, those that come after `before`: a `next_before` of another page. */
    async list(apartment: string, filter: UnitFilter = {}, limit = 1_000, before?: string): Promise<UnitPage> {
      const { building, name, kind, expired } = filter;
      const [, at, afterName, afterVersion] = /^(\d{1,15})~([^@]+)@(.+)$/.exec(before ?? '') ?? [];
      if (before !== undefined && at === undefined)
        refuse('invalid-request', 'The request has a fault.', [{ path: '/before', message: 'use the next_before of a page' }]);
      const rows = database
        .select()
        .from(units)
        .where(
          and(
            eq(units.apartment, apartment),
            ...(building === undefined ? [] : [eq(units.building, building)]),
            ...(name === undefined ? [] : [eq(units.name, name)]),
            ...(kind === undefined ? [] : [GLOBS[kind]]),
            ...(expired ? [] : [isNull(units.expiredAt)]),
            ...(at === undefined
              ? []
              : [sql`(${units.publishedAt}, ${units.name}, ${units.version}) < (${Number(at)}, ${afterName}, ${afterVersion})`]),
          ),
        )
        .orderBy(desc(units.publishedAt), desc(units.name), desc(units.version))
        .limit(limit + 1)
        .all();
      const page = rows.slice(0, limit);
      const sound = page.map((row) => soundUnit(row));
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        units: sound.filter((unit) => unit !== null),
        damaged: page.filter((_, index) => sound[index] === null).map(({ name, version }) => `${name}@${version}`),
        next_before: last ? `${last.publishedAt}~${last.name}@${last.version}` : null,
      };
    },

    /** The names of all units that were ever published for the apartment. */
    async names(apartment: string): Promise<ReadonlySet<string>> {
      const rows = database.selectDistinct({ name: units.name }).from(units).where(eq(units.apartment, apartment)).all();
      return new Set(rows.map(({ name }) => name));
    },

    /** Every unit of the apartment, or of one name, that is sound and has not expired, in no order. */
    async all(apartment: string, name?: string): Promise<PublishedUnit[]> {
      const isIt = and(eq(units.apartment, apartment), isNull(units.expiredAt), ...(name === undefined ? [] : [eq(units.name, name)]));
      return database
        .select()
        .from(units)
        .where(isIt)
        .all()
        .flatMap((row) => soundUnit(row) ?? []);
    },

    /** Every version of the name that has not expired, in no order. */
    async versions(apartment: string, name: string): Promise<string[]> {
      return database
        .select({ version: units.version })
        .from(units)
        .where(and(eq(units.apartment, apartment), eq(units.name, name), isNull(units.expiredAt)))
        .all()
        .map(({ version }) => version);
    },

    /** Writes the unit if its version is new; else tells what is there and whether it is the very same unit, whoever published it. */
    async insert(record: UnitRecord): Promise<{ outcome: 'inserted' | 'same' | 'differs'; stored: PublishedUnit }> {
      const { apartment, building, unit } = record;
      const text = canonicalJson(unit);
      const digest = recordDigest(record);
      const isNew = database.transaction(
        () => {
          const id = { apartment, name: unit.name, version: unit.version };
          const { changes } = insertUnit().run({
            ...id,
            building,
            unit: text,
            publishedBy: record.published_by,
            publishedAt: record.published_at,
            expiresAt: record.expires_at ?? null,
            promotion: record.promotion === undefined ? null : canonicalJson(record.promotion),
            digest,
          });
          if (changes === 1) insertDelivery().run(id);
          return changes === 1;
        },
        { behavior: 'immediate' },
      );
      if (isNew) return { outcome: 'inserted', stored: toPublished(record, digest) };
      const row = find(apartment, unit.name, unit.version)!;
      return { outcome: row.unit === text && row.building === building ? 'same' : 'differs', stored: published(row) };
    },

    /** Units whose time was up by `now` and that have not gone yet, the oldest first. */
    async expiring(now: number): Promise<{ apartment: string; id: string }[]> {
      return database
        .select({ apartment: units.apartment, name: units.name, version: units.version })
        .from(units)
        .where(and(isNotNull(units.expiresAt), lte(units.expiresAt, now), isNull(units.expiredAt)))
        .orderBy(units.expiresAt)
        .all()
        .map(({ apartment, name, version }) => ({ apartment, id: `${name}@${version}` }));
    },

    /** Lets the unit go; its name and version stay taken. */
    async expire(apartment: string, id: string, now: number): Promise<void> {
      const { name, version } = splitUnitId(id);
      database
        .update(units)
        .set({ expiredAt: now })
        .where(and(isUnit(apartment, name, version), isNull(units.expiredAt)))
        .run();
    },
  };
}

function soundUnit(row: UnitRow): PublishedUnit | null {
  const record = soundRecord(row);
  return record && toPublished(record, row.digest, row.expiredAt);
}

function published(row: UnitRow): PublishedUnit {
  const words = `The registry's record of ${row.name}@${row.version} in ${row.apartment} is damaged`;
  return soundUnit(row) ?? refuse('unavailable', `${words}: it is not what its digest was made of. "concierge verify" says more.`);
}
