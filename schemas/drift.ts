import { Name, Timestamp } from './common.ts';
import { z } from './zod.ts';

/** What an edge answers for, as it was asked. */
export const EdgeSight = z.strictObject({
  edge: z.string(),
  revision: z.int().nonnegative().nullable().meta({ description: 'null: it has no snapshot, or could not be asked.' }),
  error: z.string().optional(),
});
export type EdgeSight = z.infer<typeof EdgeSight>;

/** What is really served where a unit says that it is. */
export const UnitSight = z.strictObject({
  unit: z.string(),
  url: z.string(),
  checksum: z.string(),
  found: z.enum(['same', 'other', 'missing', 'unreachable']),
  detail: z.string().optional(),
});
export type UnitSight = z.infer<typeof UnitSight>;

export const DriftFinding = z.strictObject({
  kind: z.enum(['missing', 'extra', 'modified', 'checksum-mismatch', 'behind', 'unreachable']),
  severity: z.enum(['info', 'warning', 'critical']),
  where: z.string().meta({ description: 'An edge, a unit, or `outbox`.' }),
  message: z.string(),
});
export type DriftFinding = z.infer<typeof DriftFinding>;

/** Whether what was decided, what was recorded as published, and what is really there, are the same. */
export const DriftReport = z
  .strictObject({
    apartment: Name,
    environment: Name,
    at: Timestamp,
    desired: z.int().positive().meta({ description: 'The head.' }),
    published: z.int().nonnegative().meta({ description: 'The newest revision that was recorded as delivered; 0: none.' }),
    edges: z.array(EdgeSight),
    units: z.array(UnitSight),
    findings: z.array(DriftFinding),
    severity: z.enum(['none', 'info', 'warning', 'critical']),
    summary: z.string(),
  })
  .meta({ id: 'DriftReport' });
export type DriftReport = z.infer<typeof DriftReport>;
