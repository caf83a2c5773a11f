import { Actor, Digest, Integrity, Name, Timestamp, UnitId, Version } from './common.ts';
import { z } from './zod.ts';

/** What data a release goes with, in the words of whoever made it; nobody here reads it. */
export const Dataset = z.string().min(1).max(2_000).meta({ description: 'Kept and handed out verbatim, whatever it says.' });

/** Where promoted units were taken from. */
export const Origin = z.strictObject({ environment: Name, revision: z.int().positive(), digest: Digest }).meta({ id: 'Origin' });
export type Origin = z.infer<typeof Origin>;

/** The release that an environment was deployed with, as its document keeps it. */
export const DeployedRelease = z
  .strictObject({
    version: Version,
    digest: Digest,
    dataset: Dataset.optional(),
    units: z.record(Name, UnitId).meta({ description: 'For each of its buildings the unit.' }),
  })
  .meta({ id: 'DeployedRelease' });
export type DeployedRelease = z.infer<typeof DeployedRelease>;

/** A named, immutable set of units of several buildings. `digest` is the SHA-256 of its apartment, version, dataset and units with their checksums. */
export const Release = z
  .strictObject({
    apartment: Name,
    version: Version,
    digest: Digest,
    dataset: Dataset.optional(),
    units: z.record(Name, z.strictObject({ unit: UnitId, checksum: Integrity })),
    origin: Origin.optional().meta({ description: 'The environment whose units it took.' }),
    created_by: Actor,
    created_at: Timestamp,
  })
  .meta({ id: 'Release' });
export type Release = z.infer<typeof Release>;

/** What `release.json` says of an environment. */
export const ReleaseFile = z
  .strictObject({
    apartment: Name,
    environment: Name,
    release: Version.nullable().meta({ description: 'null: no release was deployed there.' }),
    digest: Digest.nullable(),
    dataset: Dataset.nullable(),
    changed: z.array(Name).meta({ description: 'Buildings of the release that show another unit by now.' }),
    units: z.record(Name, z.strictObject({ unit: UnitId, version: Version, url: z.string(), integrity: Integrity })).meta({
      description: 'What is stable in each building; visitors in a rollout may have another unit.',
    }),
    revision: z.int().positive(),
    time: Timestamp,
  })
  .meta({ id: 'ReleaseFile' });
export type ReleaseFile = z.infer<typeof ReleaseFile>;
