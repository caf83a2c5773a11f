import { Digest, Name, Reason, Timestamp, UnitId, Version } from './common.ts';
import { SNAPSHOT_DAYS } from './limits.ts';
import { Fault } from './problem.ts';
import { RolloutState } from './rollout.ts';
import { NewUnit, Unit } from './unit.ts';
import { VERSION_KINDS, VersionTag } from './version-tag.ts';
import { z } from './zod.ts';

/** The registry of units: what is written of a version, once, and what is asked about it. */

/** How a rollout of a candidate went, as the chain of its environment tells it. */
export const RolloutEvidence = z
  .strictObject({
    environment: Name,
    rollout: Name,
    started_in: z.int().positive().meta({ description: 'The revision that started it.' }),
    state: RolloutState,
    survived: z
      .boolean()
      .meta({ description: 'It completed: the unit went to everyone it was meant for, and was not taken back on the way.' }),
    ended_at: Timestamp.optional(),
    reason: z.string().meta({ description: 'Why it is in that state.' }),
  })
  .meta({ id: 'RolloutEvidence' });
export type RolloutEvidence = z.infer<typeof RolloutEvidence>;

/** How a version came to be without being built: it has the bytes of the one that it was promoted from. */
export const UnitPromotion = z
  .strictObject({
    from: Version,
    from_digest: Digest.meta({ description: 'Of the record of the unit that it was promoted from.' }),
    reason: Reason.optional(),
    verified: z.boolean().meta({ description: 'Its URL was asked for the bytes once more.' }),
    rollouts: z.array(RolloutEvidence).meta({ description: 'What that unit went through, in every environment of the apartment.' }),
  })
  .meta({ id: 'UnitPromotion' });
export type UnitPromotion = z.infer<typeof UnitPromotion>;

/** All that is written of a version, once and for good. */
export const UnitRecord = z
  .strictObject({
    apartment: Name,
    building: Name,
    unit: Unit,
    published_by: z.string().meta({ description: 'Who published or promoted it.' }),
    published_at: Timestamp,
    expires_at: Timestamp.optional().meta({ description: 'Of a snapshot: when it goes, unless something points at it.' }),
    promotion: UnitPromotion.optional(),
  })
  .meta({ id: 'UnitRecord' });
export type UnitRecord = z.infer<typeof UnitRecord>;

export const PublishedUnit = UnitRecord.extend({
  digest: Digest.meta({
    description: 'SHA-256 of the canonical JSON of the record: of all of this but `digest`, `tag`, `kind` and `expired_at`.',
  }),
  kind: z.enum(VERSION_KINDS).nullable().meta({ description: 'null: of a prerelease such as can no longer be published.' }),
  tag: z.string().nullable().meta({ description: 'The version as a tag, such as v1.2.0.snap.20260115.' }),
  expired_at: Timestamp.optional().meta({ description: 'It has gone. Its name, version and digest stay taken for good.' }),
}).meta({ id: 'PublishedUnit' });
export type PublishedUnit = z.infer<typeof PublishedUnit>;

export const PublishAnswer = PublishedUnit.extend({
  warnings: z.array(Fault).optional().meta({ description: 'Needs that nothing published meets yet.' }),
}).meta({ id: 'PublishAnswer' });

export const PublishUnitRequest = z.strictObject({
  building: Name.meta({ description: 'The building that the unit is made for.' }),
  unit: NewUnit,
  verify: z.boolean().default(false).meta({
    description: 'The engine loads the bytes and compares them with checksum and size. Where one of those is left out it does so anyway.',
  }),
  keep_days: z
    .number()
    .positive()
    .max(365)
    .optional()
    .meta({ description: `Of a snapshot: how long it is kept, ${SNAPSHOT_DAYS} days if left out. No other version expires.` }),
});
export type PublishUnitRequest = z.infer<typeof PublishUnitRequest>;

export const UnitsQuery = z.object({
  building: Name.optional().meta({ description: 'Only units made for this building.' }),
  name: Name.optional(),
  kind: z.enum(VERSION_KINDS).optional(),
  expired: z.enum(['true', 'false']).optional().meta({ description: '`true`: also those that have gone.' }),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  before: z.string().max(200).optional().meta({ description: 'The `next_before` of the page before.' }),
});
export type UnitsQuery = z.infer<typeof UnitsQuery>;

export const UnitPage = z.strictObject({
  units: z.array(PublishedUnit),
  damaged: z.array(UnitId).meta({ description: 'Units of this page whose record is not what its digest was made of.' }),
  next_before: z.string().nullable().meta({ description: 'Asks for the next page; null: this was the last.' }),
});
export type UnitPage = z.infer<typeof UnitPage>;

/** Something that needs a unit, so that it must not go; a host route does not keep it, and goes with it. */
export const UnitReference = z
  .strictObject({
    environment: Name.optional().meta({ description: 'Left out: every environment, as releases are of all of them.' }),
    revision: z.int().positive().optional().meta({ description: 'The head, whose document holds the unit.' }),
    as: z.enum(['active', 'rollout', 'override', 'host-route', 'document', 'release']),
    name: z.string().meta({ description: 'The building, rollout, override, host or release.' }),
  })
  .meta({ id: 'UnitReference' });
export type UnitReference = z.infer<typeof UnitReference>;

export const UnitView = z.strictObject({ published: PublishedUnit, used_by: z.array(UnitReference) }).meta({ id: 'UnitView' });
export type UnitView = z.infer<typeof UnitView>;

export const VersionsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  below: VersionTag.optional().meta({ description: 'The `next_below` of the page before.' }),
});
export const VersionPage = z.strictObject({
  name: Name,
  versions: z.array(UnitView).meta({ description: 'Highest version first, as semver orders them.' }),
  next_below: Version.nullable(),
});
export type VersionPage = z.infer<typeof VersionPage>;

export const PromoteUnitRequest = z.strictObject({
  version: VersionTag.meta({ description: 'The version to be: stable (of a candidate) or a candidate (of a snapshot).' }),
  from: VersionTag.optional().meta({ description: 'Left out: the newest candidate (or snapshot) of that version.' }),
  verify: z.boolean().default(false).meta({ description: 'Asks the URL for the bytes once more before it is promoted.' }),
  reason: Reason.optional(),
});
export type PromoteUnitRequest = z.infer<typeof PromoteUnitRequest>;
