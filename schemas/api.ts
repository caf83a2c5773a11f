import { Name, Reason, Timestamp, UnitId } from './common.ts';
import { Document } from './document.ts';
import { BuildingCategory } from './manifest.ts';
import { RevisionSummary } from './revision.ts';
import { Rollout, RolloutConfig } from './rollout.ts';
import { NewUnit, Unit } from './unit.ts';
import { Verdict } from './verdict.ts';
import { z } from './zod.ts';

/** The API's requests and answers. */

export const CreateEnvironmentRequest = z.strictObject({ apartment: Name, environment: Name });

export const PublishUnitRequest = z.strictObject({
  building: Name.meta({ description: 'The building that the unit is made for.' }),
  unit: NewUnit,
});
export type PublishUnitRequest = z.infer<typeof PublishUnitRequest>;

export const PublishedUnit = z
  .strictObject({
    apartment: Name,
    building: Name,
    unit: Unit,
    published_by: z.string(),
    published_at: Timestamp,
  })
  .meta({ id: 'PublishedUnit' });
export type PublishedUnit = z.infer<typeof PublishedUnit>;

export const PublishedUnitList = z.strictObject({ units: z.array(PublishedUnit) });

export const AddBuildingRequest = z.strictObject({ category: BuildingCategory, unit: UnitId });

export const ReasonRequest = z.strictObject({ reason: Reason.optional() });
export const PromoteRequest = z.strictObject({
  to: z.enum(['next-step', 'done']).default('next-step'),
  from_step: z.int().nonnegative().optional().meta({ description: 'Refused when the rollout stands at another step by now.' }),
  reason: Reason.optional(),
});

export const RollBackRequest = z.strictObject({
  building: Name.optional().meta({ description: 'Only this building; left out: all of them.' }),
  to_revision: z
    .int()
    .positive()
    .optional()
    .meta({ description: 'Go back to the units of this revision; left out: undo the latest change.' }),
  reason: Reason.optional(),
});

export const EnvironmentRef = z.strictObject({ apartment: Name, environment: Name, revision: z.int().positive(), at: Timestamp });
export const EnvironmentList = z.strictObject({ environments: z.array(EnvironmentRef) });

/** Whether the edge has what the engine decided. */
export const Delivery = z.strictObject({
  delivered_revision: z.int().nonnegative().meta({ description: 'The newest revision that every edge has taken; 0: none yet.' }),
  pending: z.int().nonnegative(),
  last_error: z.string().nullable(),
});
export type Delivery = z.infer<typeof Delivery>;

export const EnvironmentState = z
  .strictObject({
    apartment: Name,
    environment: Name,
    revision: z.int().positive(),
    digest: z.string(),
    at: Timestamp,
    actor: z.string(),
    document: Document,
    delivery: Delivery,
  })
  .meta({ id: 'EnvironmentState' });
export type EnvironmentState = z.infer<typeof EnvironmentState>;

export const RolloutView = z
  .strictObject({
    rollout: Rollout,
    config: RolloutConfig.meta({ description: "The same in the manifest's words: strategy, percentage now, criteria, monitoring." }),
    verdict: Verdict.nullable().meta({ description: 'How the current step looks right now; null once the rollout has ended.' }),
    step_ends_at: Timestamp.nullable(),
    revision: z.int().positive(),
    now: Timestamp,
  })
  .meta({ id: 'RolloutView' });
export type RolloutView = z.infer<typeof RolloutView>;

export const RolloutList = z.strictObject({ rollouts: z.array(RolloutView) });

export const RevisionList = z.strictObject({ revisions: z.array(RevisionSummary), next_before: z.int().positive().nullable() });

export const ChangeResult = z
  .strictObject({
    revision: z.int().positive(),
    digest: z.string(),
    summary: z.string(),
    rollout: Rollout.optional(),
  })
  .meta({ id: 'ChangeResult' });
export type ChangeResult = z.infer<typeof ChangeResult>;

export const BeaconReceipt = z.strictObject({
  counted: z.int().nonnegative(),
  duplicates: z.int().nonnegative(),
  unknown: z.int().nonnegative().meta({ description: 'Events of rollouts that this environment does not have.' }),
});
export type BeaconReceipt = z.infer<typeof BeaconReceipt>;

export const TOKEN_ROLES = ['viewer', 'publisher', 'operator', 'edge', 'admin'] as const;
export const TokenRole = z.enum(TOKEN_ROLES).meta({
  description:
    'viewer reads; publisher also publishes units; operator also changes environments; edge only delivers beacons; admin also manages tokens.',
});
export type TokenRole = z.infer<typeof TokenRole>;

export const TokenScope = z
  .strictObject({
    role: TokenRole,
    apartment: Name.or(z.literal('*')).default('*'),
    environment: Name.or(z.literal('*')).default('*'),
  })
  .meta({ id: 'TokenScope' });
export type TokenScope = z.infer<typeof TokenScope>;

export const CreateTokenRequest = z.strictObject({ name: z.string().min(1).max(80), scope: TokenScope });
export const CreatedToken = z.strictObject({ id: z.string(), name: z.string(), scope: TokenScope, token: z.string() });
export const TokenSummary = z.strictObject({
  id: z.string(),
  name: z.string(),
  scope: TokenScope,
  created_at: Timestamp,
  revoked_at: Timestamp.nullable(),
});
export const TokenList = z.strictObject({ tokens: z.array(TokenSummary) });

export const Health = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  checks: z.record(z.string(), z.string()),
});
