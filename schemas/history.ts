import { Command } from './command.ts';
import { Actor, Digest, Name, Reason, Timestamp } from './common.ts';
import { z } from './zod.ts';

/** What differs between two documents, in the product's words and in data. */
export const DocumentChange = z
  .strictObject({
    kind: z.enum(['building', 'rollout', 'segment', 'flag', 'group', 'override', 'host-route', 'holdout', 'policy', 'release', 'unit']),
    name: z.string().meta({ description: 'Of the building, rollout, segment, … ; empty for the holdout.' }),
    text: z.string().meta({ description: 'Such as "header 2.0.0 → 2.1.0 for 25 % of KR".' }),
    before: z.unknown().meta({ description: 'What the document said; null: nothing.' }),
    after: z.unknown().meta({ description: 'What it says then; null: nothing.' }),
  })
  .meta({ id: 'DocumentChange' });
export type DocumentChange = z.infer<typeof DocumentChange>;

export const RevisionDiff = z
  .strictObject({
    from: z.int().nonnegative().meta({ description: '0: before there was anything.' }),
    to: z.int().positive(),
    changes: z.array(DocumentChange),
  })
  .meta({ id: 'RevisionDiff' });
export type RevisionDiff = z.infer<typeof RevisionDiff>;

/** One line of the audit log: who changed what, by which command, from what to what. */
export const AuditEntry = z
  .strictObject({
    number: z.int().positive(),
    at: Timestamp,
    actor: Actor,
    summary: z.string(),
    cause: Command,
    changes: z.array(DocumentChange),
    parent_digest: Digest,
    digest: Digest,
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditPage = z.strictObject({ entries: z.array(AuditEntry), next_before: z.int().positive().nullable() });
export type AuditPage = z.infer<typeof AuditPage>;

export const RestoreRequest = z.strictObject({
  revision: z.int().positive().meta({ description: 'The revision whose state is wanted again.' }),
  reason: Reason.optional(),
});
export type RestoreRequest = z.infer<typeof RestoreRequest>;

export const FINDING_KINDS = [
  'unreadable',
  'tampered',
  'replaced',
  'reordered',
  'missing',
  'foreign',
  'truncated',
  'not-decided',
  'snapshot',
  'unit',
  'summary',
  'index',
] as const;

/** One thing that is wrong with a chain of revisions. */
export const Finding = z
  .strictObject({
    kind: z.enum(FINDING_KINDS),
    severity: z.enum(['error', 'warning']).meta({
      description:
        '`warning`: a later engine, too, could be the reason, because it decides or words it otherwise than the one that wrote it.',
    }),
    apartment: Name.or(z.literal('')),
    environment: Name.or(z.literal('')),
    revision: z.int().nonnegative().nullable().meta({ description: 'The revision that is named; null: the chain as a whole.' }),
    message: z.string(),
  })
  .meta({ id: 'Finding' });
export type Finding = z.infer<typeof Finding>;

export const VerifiedChain = z.strictObject({
  apartment: z.string(),
  environment: z.string(),
  revisions: z.int().nonnegative(),
  head: z.strictObject({ number: z.int().nonnegative(), digest: z.string() }).nullable(),
});
export type VerifiedChain = z.infer<typeof VerifiedChain>;

export const VerifyReport = z
  .strictObject({ source: z.string(), chains: z.array(VerifiedChain), findings: z.array(Finding) })
  .meta({ id: 'VerifyReport' });
export type VerifyReport = z.infer<typeof VerifyReport>;
