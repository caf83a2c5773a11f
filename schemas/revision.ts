import { Actor, Digest, Name, Timestamp } from './common.ts';
import { Command } from './command.ts';
import { Document } from './document.ts';
import { z } from './zod.ts';

/**
 * One immutable document in the chain. `digest` is the SHA-256 of the canonical JSON (RFC 8785) of all other fields;
 * `parent_digest` is the digest of the revision before, or 64 zeros for the first.
 */
export const Revision = z
  .strictObject({
    apartment: Name,
    environment: Name,
    number: z.int().positive(),
    parent_digest: Digest,
    digest: Digest,
    actor: Actor,
    cause: Command,
    at: Timestamp,
    document: Document,
  })
  .meta({ id: 'Revision' });
export type Revision = z.infer<typeof Revision>;

export const RevisionSummary = Revision.omit({ document: true, cause: true })
  .extend({
    cause: z.string().meta({ description: 'The type of the command.' }),
    summary: z.string().meta({ description: 'What changed, in a sentence.' }),
  })
  .meta({ id: 'RevisionSummary' });
export type RevisionSummary = z.infer<typeof RevisionSummary>;
