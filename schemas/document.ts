import { Name, UnitId } from './common.ts';
import { Condition } from './condition.ts';
import { BuildingCategory } from './manifest.ts';
import { Rollout } from './rollout.ts';
import { Unit } from './unit.ts';
import { z } from './zod.ts';

export const Segment = z.strictObject({ description: z.string().max(500).default(''), condition: Condition }).meta({ id: 'Segment' });
export type Segment = z.infer<typeof Segment>;

export const Flag = z
  .strictObject({
    description: z.string().max(500).default(''),
    enabled: z.boolean(),
    segments: z.array(Name).max(100).default([]).meta({ description: 'On only for visitors in any of these segments; empty: for all.' }),
  })
  .meta({ id: 'Flag' });
export type Flag = z.infer<typeof Flag>;

export const DocumentBuilding = z.strictObject({ category: BuildingCategory, active_unit: UnitId });
export type DocumentBuilding = z.infer<typeof DocumentBuilding>;

/** The whole desired state of one apartment in one environment. `units` holds every unit that it refers to, and no other. */
export const Document = z
  .strictObject({
    format: z.literal(1),
    apartment: Name,
    environment: Name,
    buildings: z.record(Name, DocumentBuilding),
    units: z.record(UnitId, Unit),
    rollouts: z.record(Name, Rollout),
    segments: z.record(Name, Segment),
    flags: z.record(Name, Flag),
  })
  .meta({ id: 'Document' });
export type Document = z.infer<typeof Document>;
