import { Actor, Name, Percentage, Timestamp, UnitId, Version } from './common.ts';
import { Hostname } from './hostname.ts';
import { RolloutState } from './rollout.ts';
import { z } from './zod.ts';

/** `header@2.1.0`, or `header@production`: the unit that the environment shows there. */
export const UnitRef = z
  .string()
  .max(128)
  .regex(/^[a-z][a-z0-9-]{0,62}@[a-z0-9][a-zA-Z0-9.-]*$/, 'use name@version, or name@environment');

export const ResolvedUnit = z
  .strictObject({
    ref: UnitRef,
    unit: UnitId,
    alias: z
      .strictObject({ environment: Name, building: Name, revision: z.int().positive() })
      .optional()
      .meta({ description: 'What the unit was read from; left out: the reference named a version.' }),
  })
  .meta({ id: 'ResolvedUnit' });
export type ResolvedUnit = z.infer<typeof ResolvedUnit>;

/** One move of what a building of an environment points at. */
export const PointerMove = z
  .strictObject({
    revision: z.int().positive(),
    at: Timestamp,
    actor: Actor,
    from: UnitId.nullable().meta({ description: 'null: the building was not there.' }),
    to: UnitId.nullable(),
    summary: z.string().meta({ description: 'What was done, and why.' }),
  })
  .meta({ id: 'PointerMove' });
export type PointerMove = z.infer<typeof PointerMove>;

export const PointerHistory = z
  .strictObject({ building: Name, unit: UnitId.nullable(), moves: z.array(PointerMove), next_before: z.int().positive().nullable() })
  .meta({ id: 'PointerHistory' });
export type PointerHistory = z.infer<typeof PointerHistory>;

/** A unit that some visitors of a building get by a rollout that is under way. */
export const MovingUnit = z.strictObject({
  unit: UnitId,
  rollout: Name,
  arm: z.string().meta({ description: 'The variant of an A/B test; else `canary`.' }),
  state: RolloutState,
  percentage: Percentage.meta({ description: 'Of the visitors whom the rollout asks for; of a variant, its part.' }),
  release: Version.optional(),
});
export type MovingUnit = z.infer<typeof MovingUnit>;

export const WhereBuilding = z.strictObject({
  unit: UnitId,
  since: z.strictObject({ revision: z.int().positive(), at: Timestamp, actor: Actor, summary: z.string() }).nullable().meta({
    description: 'The revision that brought it; null where that one was lost.',
  }),
  moving: z.array(MovingUnit),
});
export type WhereBuilding = z.infer<typeof WhereBuilding>;

export const DeployLock = z
  .strictObject({ holder: Actor, purpose: z.string(), since: Timestamp, until: Timestamp })
  .meta({ id: 'DeployLock' });
export type DeployLock = z.infer<typeof DeployLock>;

export const WhereEnvironment = z
  .strictObject({
    environment: Name,
    revision: z.int().positive(),
    at: Timestamp,
    release: z
      .strictObject({ version: Version, dataset: z.string().nullable(), changed: z.array(Name) })
      .nullable()
      .meta({ description: 'The release that was deployed there, and its buildings that show another unit by now.' }),
    lock: DeployLock.nullable(),
    buildings: z.record(Name, WhereBuilding),
    previews: z.record(Hostname, z.array(UnitId)).meta({ description: 'host → the units that whoever asks there is shown.' }),
  })
  .meta({ id: 'WhereEnvironment' });
export type WhereEnvironment = z.infer<typeof WhereEnvironment>;

/** Which unit runs where, in every environment that the asker may see. */
export const WhereAnswer = z.strictObject({ apartment: Name, environments: z.array(WhereEnvironment) }).meta({ id: 'WhereAnswer' });
export type WhereAnswer = z.infer<typeof WhereAnswer>;
