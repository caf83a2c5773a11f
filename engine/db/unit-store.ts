import { and, desc, eq } from 'drizzle-orm';
import type { PublishedUnit } from '#schemas/api.ts';
import type { Database } from './open-database.ts';
import { canonicalJson } from './revision-digest.ts';
import { units } from './tables.ts';

type Row = typeof units.$inferSelect;

const toPublished = (row: Row): PublishedUnit => ({
  apartment: row.apartment,
  building: row.building,
  unit: JSON.parse(row.unit),
  published_by: row.publishedBy,
  published_at: row.publishedAt,
});

export type UnitStore = ReturnType<typeof createUnitStore>;

/** The registry of immutable units. */
export function createUnitStore(database: Database) {
  const find = (apartment: string, name: string, version: string): Row | undefined =>
    database
      .select()
      .from(units)
      .where(and(eq(units.apartment, apartment), eq(units.name, name), eq(units.version, version)))
      .get();

  return {
    async get(apartment: string, id: string): Promise<PublishedUnit | null> {
      const at = id.lastIndexOf('@');
      const row = find(apartment, id.slice(0, at), id.slice(at + 1));
      return row ? toPublished(row) : null;
    },

    /** Newest first. */
    async list(apartment: string): Promise<PublishedUnit[]> {
      return database
        .select()
        .from(units)
        .where(eq(units.apartment, apartment))
        .orderBy(desc(units.publishedAt), desc(units.version))
        .all()
        .map(toPublished);
    },

    /** The names of all units that were ever published for the apartment. */
    async names(apartment: string): Promise<ReadonlySet<string>> {
      const rows = database.selectDistinct({ name: units.name }).from(units).where(eq(units.apartment, apartment)).all();
      return new Set(rows.map(({ name }) => name));
    },

    /** Every version of the unit. */
    async versions(apartment: string, name: string): Promise<PublishedUnit[]> {
      const isIt = and(eq(units.apartment, apartment), eq(units.name, name));
      return database.select().from(units).where(isIt).all().map(toPublished);
    },

    /** Writes the unit if its version is new; else tells what is there and whether it is the very same unit. */
    async insert(published: PublishedUnit): Promise<{ outcome: 'inserted' | 'same' | 'differs'; stored: PublishedUnit }> {
      const { apartment, building, unit } = published;
      const text = canonicalJson(unit);
      const { changes } = database
        .insert(units)
        .values({
          apartment,
          name: unit.name,
          version: unit.version,
          building,
          unit: text,
          publishedBy: published.published_by,
          publishedAt: published.published_at,
        })
        .onConflictDoNothing()
        .run();
      if (changes === 1) return { outcome: 'inserted', stored: published };
      const row = find(apartment, unit.name, unit.version)!;
      return { outcome: row.unit === text && row.building === building ? 'same' : 'differs', stored: toPublished(row) };
    },
  };
}
