import { Name, Reason } from './common.ts';
import { z } from './zod.ts';

/** Alerts that others send in. */

const Labels = z.record(z.string().max(200), z.string().max(4_000));

/** One alert as Alertmanager sends it. It adds fields over time, so unknown ones are let through. */
export const AlertmanagerAlert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.default({}),
  startsAt: z.string().max(64).optional(),
  fingerprint: z.string().max(64).optional(),
});
export type AlertmanagerAlert = z.infer<typeof AlertmanagerAlert>;

/** Alertmanager's webhook, version 4. */
export const AlertmanagerDelivery = z.looseObject({
  version: z.literal('4', 'is not a version of the webhook that is known here; send 4'),
  alerts: z.array(AlertmanagerAlert).max(1_000),
});

export const AlertAction = z.enum(['pause', 'roll-back']);
export type AlertAction = z.infer<typeof AlertAction>;

/** The form for everything else. */
export const GenericAlert = z.strictObject({
  name: z.string().min(1).max(100),
  status: z.enum(['firing', 'resolved']),
  rollout: Name.optional(),
  building: Name.optional(),
  action: AlertAction.default('pause'),
  message: Reason.optional(),
});

/** Whatever was delivered, told by its shape. */
export const AlertDelivery = z.looseObject({}).meta({
  id: 'AlertDelivery',
  description:
    'Either Alertmanager\'s webhook (version 4), whose alerts have the label concierge_rollout or concierge_building and may have concierge_action, or {"name", "status": "firing" | "resolved", "rollout", "building", "action": "pause" | "roll-back", "message"}.',
});

export const AlertOutcome = z
  .enum(['rolled-back', 'paused', 'already', 'no-live-rollout', 'unknown-building', 'resolved', 'refused'])
  .meta({
    description:
      '`already`: this alert, or somebody else, did it before. `unknown-building`: the environment has no such building. `refused`: it has a fault, which the message names, or the rollout cannot take it.',
  });
export type AlertOutcome = z.infer<typeof AlertOutcome>;

export const AlertResult = z.strictObject({
  alert: z.string(),
  outcome: AlertOutcome,
  rollout: Name.optional(),
  message: z.string().optional(),
});
export type AlertResult = z.infer<typeof AlertResult>;

export const AlertReceipt = z.strictObject({ results: z.array(AlertResult) }).meta({ id: 'AlertReceipt' });
export type AlertReceipt = z.infer<typeof AlertReceipt>;

/** An alert, whoever sent it. */
export const Alert = z.strictObject({
  name: z.string(),
  status: z.enum(['firing', 'resolved']),
  rollout: Name.optional(),
  building: Name.optional(),
  action: AlertAction,
  message: z.string(),
  instance: z.string().optional().meta({ description: 'Tells one outbreak from the next: it acts once on each rollout.' }),
});
export type Alert = z.infer<typeof Alert>;
