import { Name, Timestamp } from './common.ts';
import { MAX_BATCH_EVENTS, MAX_BEACON_EVENTS } from './limits.ts';
import { z } from './zod.ts';

const message = z.string().max(500).optional();

/** One thing that a browser saw. Latency is milliseconds from the start of loading to mounted; feedback is 0…100. */
export const BeaconEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('loaded'), building: Name }),
  z.strictObject({ kind: z.literal('load_failed'), building: Name, message }),
  z.strictObject({ kind: z.literal('error'), building: Name, message }),
  z.strictObject({ kind: z.literal('latency'), building: Name, value: z.number().min(0).max(600_000) }),
  z.strictObject({ kind: z.literal('feedback'), building: Name, value: z.number().min(0).max(100) }),
]);
export type BeaconEvent = z.infer<typeof BeaconEvent>;

/** The body of POST /beacons. The ticket came with the manifest, in the `Concierge-Ticket` header. */
export const Beacon = z
  .strictObject({
    ticket: z.string().min(1).max(32_768),
    events: z.array(BeaconEvent).min(1).max(MAX_BEACON_EVENTS),
  })
  .meta({ id: 'Beacon' });
export type Beacon = z.infer<typeof Beacon>;

export const HEALTH_EVENT_KINDS = ['exposure', 'loaded', 'load_failed', 'error', 'latency', 'feedback'] as const;
export type HealthEventKind = (typeof HEALTH_EVENT_KINDS)[number];

/** One fact that the edge vouches for: this (pseudonymous) visitor, in this arm of this step, saw this. */
export const HealthEvent = z.strictObject({
  rollout: Name,
  step: z.int().nonnegative(),
  arm: z.string().min(1).max(63),
  visitor: z.string().min(1).max(64),
  kind: z.enum(HEALTH_EVENT_KINDS),
  value: z.number().optional(),
  at: Timestamp,
});
export type HealthEvent = z.infer<typeof HealthEvent>;

/** What the edge delivers to the engine. Safe to deliver twice: a visitor counts once per kind, arm and step. */
export const BeaconBatch = z
  .strictObject({
    apartment: Name,
    environment: Name,
    events: z.array(HealthEvent).min(1).max(MAX_BATCH_EVENTS),
  })
  .meta({ id: 'BeaconBatch' });
export type BeaconBatch = z.infer<typeof BeaconBatch>;
