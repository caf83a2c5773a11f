import { Digest, Name, Percentage, UnitId } from './common.ts';
import { Condition } from './condition.ts';
import { Hostname } from './hostname.ts';
import { BuildingCategory } from './manifest.ts';
import { Policy } from './policy.ts';
import { DeployedRelease } from './release.ts';
import { Rollout } from './rollout.ts';
import { Unit } from './unit.ts';
import { z } from './zod.ts';

export const Segment = z.strictObject({ description: z.string().max(500).default(''), condition: Condition }).meta({ id: 'Segment' });
export type Segment = z.infer<typeof Segment>;

/** A list of values that conditions refer to by name: `{"company": {"$inGroup": "partners"}}`. */
export const Group = z
  .array(z.union([z.string().max(200), z.number()]))
  .max(10_000)
  .meta({ id: 'Group' });
export type Group = z.infer<typeof Group>;

export const Flag = z
  .strictObject({
    description: z.string().max(500).default(''),
    enabled: z.boolean(),
    segments: z.array(Name).max(100).default([]).meta({ description: 'On only for visitors in any of these segments; empty: for all.' }),
    prerequisites: z.array(Name).max(20).default([]).meta({ description: 'On only where all of these flags are on.' }),
    percentage: Percentage.default(100).meta({ description: 'On for this share of the visitors.' }),
  })
  .meta({ id: 'Flag' });
export type Flag = z.infer<typeof Flag>;

/** Visitors who get stable units only, whatever is rolled out. */
export const Holdout = z.strictObject({ percentage: Percentage, salt: z.string().min(1).max(64) }).meta({ id: 'Holdout' });
export type Holdout = z.infer<typeof Holdout>;

/** Certain visitors get certain units, before any rollout is asked. They are in no rollout of those buildings. */
export const Override = z
  .strictObject({
    description: z.string().max(500).default(''),
    visitors: z.array(z.string().min(1).max(200)).max(1_000).default([]).meta({ description: 'Keys of visitors.' }),
    segments: z.array(Name).max(100).default([]).meta({ description: 'Visitors in any of these segments.' }),
    preview_digest: Digest.optional().meta({ description: 'SHA-256 of the code that a preview link carries.' }),
    units: z.record(Name, UnitId).meta({ description: 'For each building the unit that they get.' }),
  })
  .meta({ id: 'Override' });
export type Override = z.infer<typeof Override>;

/** Whoever asks at a host gets certain units, before any rollout is asked: a preview. What they report counts for no rollout. */
export const HostRoute = z
  .strictObject({
    description: z.string().max(500).default(''),
    units: z.record(Name, UnitId).meta({ description: 'For each building the unit that they get.' }),
  })
  .meta({ id: 'HostRoute' });
export type HostRoute = z.infer<typeof HostRoute>;

export const DocumentBuilding = z.strictObject({ category: BuildingCategory, active_unit: UnitId });
export type DocumentBuilding = z.infer<typeof DocumentBuilding>;

const segments = z.record(Name, Segment);
const flags = z.record(Name, Flag);
const groups = z.record(Name, Group);
const overrides = z.record(Name, Override);
const hostRoutes = z.record(Hostname, HostRoute).optional().meta({ description: 'host → what is shown there.' });

/** What a snapshot's rules refer to by name, and what stands before its rollouts. */
export const namedThings = {
  segments,
  flags,
  groups: groups.default({}),
  overrides: overrides.default({}),
  holdout: Holdout.optional(),
  host_routes: hostRoutes,
};

/** The whole desired state of one apartment in one environment. `units` holds every unit that it refers to, and no other. */
export const Document = z
  .strictObject({
    format: z.literal(1),
    apartment: Name,
    environment: Name,
    buildings: z.record(Name, DocumentBuilding),
    units: z.record(UnitId, Unit),
    rollouts: z.record(Name, Rollout),
    segments,
    flags,
    groups: groups.optional(),
    overrides: overrides.optional(),
    holdout: Holdout.optional(),
    host_routes: hostRoutes,
    policy: Policy.optional(),
    release: DeployedRelease.optional(),
  })
  .meta({ id: 'Document' });
export type Document = z.infer<typeof Document>;
