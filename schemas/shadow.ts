import { Digest, Name, Timestamp } from './common.ts';
import { UnitRecord } from './registry.ts';
import type { Revision } from './revision.ts';
import { z } from './zod.ts';

/** One revision in the shadow, with all that bringing it back takes. Every object there is {"sha256": …, "content": …}. */
export type ShadowVersion = {
  format: 1;
  revision: Revision;
  summary: string;
  /** The text that edges were sent; null: it was not kept. */
  snapshot: string | null;
  /** The registry's record of each unit that the revision's document is the first to hold. */
  units: UnitRecord[];
};

/** What is asked of a version before it is believed; its revision is checked by its digest, not by today's schema. */
export const ShadowVersionShape = z.object({
  format: z.literal(1),
  revision: z.record(z.string(), z.unknown()),
  summary: z.string(),
  snapshot: z.string().nullable(),
  units: z.array(UnitRecord),
});

export const ShadowEntry = z.strictObject({
  number: z.int().positive(),
  digest: Digest.meta({ description: 'Of the revision.' }),
  sha256: Digest.meta({ description: 'Of the content of the version.' }),
  bytes: z.int().positive(),
  at: Timestamp,
});
export type ShadowEntry = z.infer<typeof ShadowEntry>;

export const ShadowIndex = z.strictObject({
  format: z.literal(1),
  apartment: Name,
  environment: Name,
  begins: z
    .strictObject({ number: z.int().positive(), parent_digest: Digest })
    .meta({ description: 'The oldest revision that is kept, and the digest of the one before it.' }),
  versions: z.array(ShadowEntry),
});
export type ShadowIndex = z.infer<typeof ShadowIndex>;
