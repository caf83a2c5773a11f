import { METRIC_KINDS } from './analysis.ts';
import { Digest, Name, Percentage, Reason, Timestamp, UnitId, Version } from './common.ts';
import { Document, HostRoute, Override } from './document.ts';
import { Hostname } from './hostname.ts';
import { BuildingCategory } from './manifest.ts';
import { Fault } from './problem.ts';
import { RevisionSummary } from './revision.ts';
import { Dataset, Release } from './release.ts';
import { MovePlan, Rollout, RolloutEdit } from './rollout.ts';
import { z } from './zod.ts';

/** The API's requests and answers. Those of the registry are in registry.ts. */

export { PublishedUnit, PublishUnitRequest } from './registry.ts';

export const CreateEnvironmentRequest = z.strictObject({ apartment: Name, environment: Name });

export const AddBuildingRequest = z.strictObject({ category: BuildingCategory, unit: UnitId });

export const ReasonRequest = z.strictObject({ reason: Reason.optional() });
const overrideFreeze = z.boolean().optional().meta({ description: 'Does it in a freeze window all the same; needs a reason.' });
export const RetryRequest = z.strictObject({ override_freeze: overrideFreeze, reason: Reason.optional() });
export const EditRequest = z.strictObject({ changes: RolloutEdit, reason: Reason.optional() });
export type EditRequestInput = z.input<typeof EditRequest>;
export const PromoteRequest = z.strictObject({
  to: z.enum(['next-step', 'done']).default('next-step'),
  from_step: z.int().nonnegative().optional().meta({ description: 'Refused when the rollout stands at another step by now.' }),
  variant: Name.optional().meta({ description: 'The variant that an A/B test ends with. Left out: the proposed one.' }),
  override_freeze: overrideFreeze,
  reason: Reason.optional(),
});

export const ReSaltRequest = z.strictObject({
  reason: Reason.meta({ description: 'Visitors change sides for it, so somebody says why.' }),
});

export const OverrideRequest = Override.omit({ units: true }).extend({
  units: z.array(UnitId).min(1).max(20).meta({ description: 'Published units; each goes to the building that it was made for.' }),
});
export type OverrideRequest = z.infer<typeof OverrideRequest>;

export const HostRouteRequest = HostRoute.extend({
  units: z.array(UnitId).min(1).max(20).meta({ description: 'Published units; each goes to the building that it was made for.' }),
});
export type HostRouteRequest = z.infer<typeof HostRouteRequest>;

export const HostRouteView = HostRoute.extend({
  host: Hostname,
  expires_at: Timestamp.nullable().meta({
    description: 'When the first of its snapshots expires, and the route with it, unless something else points at that one; null: never.',
  }),
}).meta({ id: 'HostRouteView' });
export const HostRouteList = z.strictObject({ host_routes: z.array(HostRouteView) });
export type HostRouteList = z.infer<typeof HostRouteList>;

export const HoldoutRequest = z.strictObject({ percentage: Percentage });

export const ExplainRequest = z.strictObject({
  at: Timestamp.optional().meta({ description: 'What edges served at this time; left out: what they are to serve now.' }),
  revision: z.int().positive().optional().meta({ description: 'What this revision gives; not together with `at`.' }),
  key: z.string().min(1).max(200).meta({ description: "The visitor's key." }),
  attributes: z.record(z.string(), z.unknown()).default({}),
  session: z.string().max(200).optional(),
  sticky: z.record(z.string(), z.string()).optional(),
  preview: Digest.optional().meta({ description: 'SHA-256 of the preview code.' }),
  host: Hostname.optional().meta({ description: 'Where they ask.' }),
});

export const Explanation = z
  .strictObject({
    building: Name,
    unit: UnitId,
    reason: z
      .enum(['stable', 'rollout', 'variant', 'override', 'host-route', 'holdout', 'criteria-not-met', 'prerequisite', 'fallback'])
      .meta({
        description:
          '`stable`: nothing moves it for this visitor. `rollout`: an arm of a rollout, or its control. `variant`: an arm of an A/B test. `prerequisite`: a flag in the criteria is off because a flag before it is. `host-route`: what is shown at the host where they ask. `fallback`: the rollout goes by something that this visitor does not have.',
      }),
    rollout: Name.optional(),
    override: Name.optional(),
    host: Hostname.optional(),
    arm: z.string().optional(),
    bucket_percent: z.number().optional().meta({ description: '0…100, in the layer.' }),
    percentage: Percentage.optional().meta({ description: 'The share of the layer that is given an arm.' }),
    failed_criterion: z
      .enum(['user_segments', 'geo_regions', 'feature_flags', 'custom_rules'])
      .optional()
      .meta({ description: 'The first part of the criteria that did not hold.' }),
    failed_prerequisite: Name.optional(),
    matched: z.array(z.string()).optional().meta({ description: 'What of the criteria the visitor matched.' }),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;
export const ExplainAnswer = z.strictObject({
  revision: z.int().positive(),
  basis: z.enum(['head', 'revision', 'delivered', 'decided']).meta({
    description:
      'Why this revision. `delivered`: the newest that every edge had at that time. `decided`: nothing is known to have been delivered by then, so the newest that was decided.',
  }),
  decided_revision: z.int().positive().optional().meta({
    description: 'The newest revision at that time, where it was still on its way to some edge: that one may have served it already.',
  }),
  snapshot: z.enum(['stored', 'derived']).meta({
    description:
      '`stored`: the very text that edges were sent. `derived`: it was not kept, this is what the engine makes of the revision now.',
  }),
  snapshot_digest: Digest.meta({ description: 'SHA-256 of the text of the snapshot.' }),
  manifest: z.string().meta({ description: 'What the edge answers this visitor, byte for byte.' }),
  buildings: z.array(Explanation),
});
export type ExplainAnswer = z.infer<typeof ExplainAnswer>;

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

export const RevisionList = z.strictObject({ revisions: z.array(RevisionSummary), next_before: z.int().positive().nullable() });

export const ChangeResult = z
  .strictObject({
    revision: z.int().positive(),
    digest: z.string(),
    summary: z.string(),
    rollout: Rollout.optional(),
    warnings: z
      .array(Fault)
      .optional()
      .meta({ description: 'Units that do not fit together and that a visitor could be given all the same: going back is never refused.' }),
  })
  .meta({ id: 'ChangeResult' });
export type ChangeResult = z.infer<typeof ChangeResult>;

export const CreateReleaseRequest = z
  .strictObject({
    version: Version,
    units: z.array(UnitId).min(1).max(100).optional().meta({ description: 'Published units, one for each building.' }),
    from: Name.optional().meta({ description: 'Instead: the units that this environment shows now.' }),
    dataset: Dataset.optional(),
  })
  .refine(({ units, from }) => (units === undefined) !== (from === undefined), { path: ['units'], error: 'give units, or from' });
export type CreateReleaseRequest = z.infer<typeof CreateReleaseRequest>;

export const ReleaseView = Release.extend({
  deployed: z.array(z.strictObject({ environment: Name, revision: z.int().positive(), changed: z.array(Name) })).meta({
    description: 'The environments that are on it, of those that the token can see.',
  }),
}).meta({ id: 'ReleaseView' });
export type ReleaseView = z.infer<typeof ReleaseView>;
export const ReleaseList = z.strictObject({ releases: z.array(ReleaseView) });

const moveFields = {
  plan: MovePlan.optional().meta({ description: 'How, as a rollout of a release set; left out: everybody at once.' }),
  take_back: z.boolean().default(false).meta({ description: 'Takes back the rollouts that move these buildings now.' }),
  override_freeze: overrideFreeze,
  reason: Reason.optional(),
};
type Move = { plan?: unknown; take_back: boolean; override_freeze?: boolean | undefined; reason?: string | undefined };
const moveRules = (move: Move, context: z.RefinementCtx): void => {
  const issue = (path: string, message: string): void => void context.addIssue({ code: 'custom', path: [path], message });
  if (move.plan !== undefined && move.take_back) issue('take_back', 'only what moves at once takes rollouts back');
  if (move.override_freeze && move.reason === undefined) issue('reason', 'say why the freeze is overridden');
};

export const DeployRequest = z
  .strictObject({
    release: Version,
    ...moveFields,
    fetch: z.boolean().default(true).meta({ description: 'Loads every unit from its URL first, and compares the bytes.' }),
  })
  .superRefine(moveRules);
export type DeployRequest = z.infer<typeof DeployRequest>;

export const PromoteUnitsRequest = z
  .strictObject({
    from: Name.optional().meta({ description: 'The environment whose units are taken; a short form will do, such as `prod`.' }),
    buildings: z.array(Name).min(1).max(100).optional().meta({ description: 'Only these; left out: all that differ.' }),
    units: z.array(UnitId).min(1).max(100).optional().meta({ description: 'Instead of `from`: published units.' }),
    ...moveFields,
    allow_older: z.boolean().default(false).meta({ description: 'Lower versions, too. What is refused without it is told here.' }),
    while_moving: z
      .boolean()
      .default(false)
      .meta({ description: 'Although a rollout is under way where they come from. What is refused without it is told here.' }),
  })
  .superRefine((request, context) => {
    moveRules(request, context);
    const issue = (path: string, message: string): void => void context.addIssue({ code: 'custom', path: [path], message });
    if ((request.from === undefined) === (request.units === undefined)) issue('from', 'give this, or units');
    if (request.units !== undefined && request.buildings !== undefined) issue('buildings', 'goes with from');
  });
export type PromoteUnitsRequest = z.infer<typeof PromoteUnitsRequest>;

export const MoveResult = ChangeResult.extend({
  changed: z.boolean().meta({ description: 'false: it was so already, and there is no new revision.' }),
  moved: z.array(z.strictObject({ building: Name, from: UnitId, to: UnitId })),
}).meta({ id: 'MoveResult' });
export type MoveResult = z.infer<typeof MoveResult>;

export const BeaconReceipt = z.strictObject({
  counted: z.int().nonnegative(),
  duplicates: z.int().nonnegative(),
  unknown: z.int().nonnegative().meta({ description: 'Events of rollouts that this environment does not have.' }),
});
export type BeaconReceipt = z.infer<typeof BeaconReceipt>;

export const TOKEN_ROLES = ['viewer', 'publisher', 'operator', 'edge', 'alerts', 'admin'] as const;
export const TokenRole = z.enum(TOKEN_ROLES).meta({
  description:
    'viewer reads; publisher also publishes units; operator also changes environments; edge only delivers beacons; alerts only sends alerts in; admin also manages tokens.',
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

const person = z.string().meta({ description: 'Who acts with it: approvals and the history go by this.' });

/** Who asks. */
export const Identity = z.strictObject({ name: z.string(), person, scope: TokenScope }).meta({ id: 'Identity' });
export type Identity = z.infer<typeof Identity>;

export const CreateTokenRequest = z.strictObject({
  name: z.string().min(1).max(80),
  person: z.string().trim().min(1).max(80).optional().meta({
    description: 'Whose it is: tokens of one person count as one in approvals and in the history. Left out: its name says it.',
  }),
  scope: TokenScope,
});
export type CreateTokenRequest = z.infer<typeof CreateTokenRequest>;
export const CreatedToken = z.strictObject({ id: z.string(), name: z.string(), person, scope: TokenScope, token: z.string() });
export const TokenSummary = z.strictObject({
  id: z.string(),
  name: z.string(),
  person,
  scope: TokenScope,
  created_at: Timestamp,
  revoked_at: Timestamp.nullable(),
});
export const TokenList = z.strictObject({ tokens: z.array(TokenSummary) });

export const MetricSourceList = z.strictObject({
  sources: z.array(z.strictObject({ name: Name, kind: z.enum(METRIC_KINDS).meta({ description: 'The kind of query that it takes.' }) })),
});
export type MetricSourceList = z.infer<typeof MetricSourceList>;

const backlogOf = (what: string) => ({
  pending: z
    .int()
    .nonnegative()
    .meta({ description: `${what} that are not in the shadow yet.` }),
  lag_ms: z.int().nonnegative().meta({ description: 'How long the oldest of them has been waiting.' }),
  written: z
    .int()
    .nonnegative()
    .meta({ description: `${what} that are in the shadow.` }),
  last_error: z.string().nullable(),
});
const Backlog = z.strictObject(backlogOf('Units')).meta({ description: 'Units of the registry, whether or not any revision has them.' });
/** How far the shadow is behind with something. */
export type Backlog = z.infer<typeof Backlog>;

export const StoresView = z
  .strictObject({
    database: z.strictObject({ environments: z.int().nonnegative(), newest: z.int().nonnegative() }),
    shadow: z.strictObject({
      store: z.string().nullable().meta({ description: 'Where the shadow is; null: it is turned off.' }),
      ...backlogOf('Revisions'),
      units: Backlog,
    }),
  })
  .meta({ id: 'StoresView' });
export type StoresView = z.infer<typeof StoresView>;

export const Health = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  checks: z.record(z.string(), z.string()),
});
