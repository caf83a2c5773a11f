import { AddBuildingRequest, HoldoutRequest, HostRouteRequest, OverrideRequest, PublishUnitRequest } from './api.ts';
import { Name } from './common.ts';
import { Flag, Group, Segment } from './document.ts';
import { Hostname } from './hostname.ts';
import { Policy } from './policy.ts';
import { RolloutPlan } from './rollout.ts';
import { z } from './zod.ts';

/** One request of the API, by its name: what its path names, and its body. */
export const BootstrapCommand = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('publish-unit'), ...PublishUnitRequest.shape }),
    z.strictObject({ type: z.literal('create-environment') }),
    z.strictObject({ type: z.literal('add-building'), building: Name, ...AddBuildingRequest.shape }),
    z.strictObject({ type: z.literal('set-segment'), name: Name, segment: Segment }),
    z.strictObject({ type: z.literal('set-group'), name: Name, group: Group }),
    z.strictObject({ type: z.literal('set-flag'), name: Name, flag: Flag }),
    z.strictObject({ type: z.literal('set-override'), name: Name, override: OverrideRequest }),
    z.strictObject({ type: z.literal('set-host-route'), host: Hostname, route: HostRouteRequest }),
    z.strictObject({ type: z.literal('set-holdout'), ...HoldoutRequest.shape }),
    z.strictObject({ type: z.literal('set-policy'), policy: Policy }),
    z.strictObject({ type: z.literal('start-rollout'), plan: RolloutPlan }),
  ])
  .meta({ id: 'BootstrapCommand' });
export type BootstrapCommand = z.infer<typeof BootstrapCommand>;

/** A numbered file of the bootstrap folder. The environment is the folder that it is in. */
export const BootstrapFile = z
  .strictObject({
    apartment: Name,
    commands: z.array(BootstrapCommand).min(1).max(1_000).meta({ description: 'Carried out in order: all of them, or none.' }),
  })
  .meta({ id: 'BootstrapFile' });
export type BootstrapFile = z.infer<typeof BootstrapFile>;
