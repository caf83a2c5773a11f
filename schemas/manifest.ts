import { Name, Timestamp, UnitId } from './common.ts';
import { Unit } from './unit.ts';
import { z } from './zod.ts';

export const BuildingCategory = z.enum(['header', 'main', 'sidebar', 'footer']);
export type BuildingCategory = z.infer<typeof BuildingCategory>;

/** How the visitor came by the unit; present in full only where a rollout decided. */
export const Routing = z.strictObject({
  rollout: Name.optional(),
  arm: z.string().max(63).optional(),
  step: z.int().nonnegative().optional(),
});

/** A slot of the page with the one unit that this visitor loads there. */
export const Building = z
  .strictObject({
    name: Name,
    category: BuildingCategory,
    active_unit: UnitId,
    units: z.record(UnitId, Unit),
    routing: Routing,
  })
  .meta({ id: 'Building' });
export type Building = z.infer<typeof Building>;

export const Apartment = z.strictObject({ name: Name, buildings: z.record(Name, Building) }).meta({ id: 'Apartment' });
export type Apartment = z.infer<typeof Apartment>;

/** A visitor's personal manifest: what GET /manifest answers. It names nothing of other visitors' arms. */
export const ApartmentManifest = z
  .strictObject({
    version: z.int().nonnegative().meta({ description: 'The revision that it was made from.' }),
    timestamp: Timestamp,
    apartments: z.record(Name, Apartment),
    global: z.strictObject({ environment: Name }),
  })
  .meta({ id: 'ApartmentManifest' });
export type ApartmentManifest = z.infer<typeof ApartmentManifest>;
