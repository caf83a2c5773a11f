import { Name, Timestamp } from './common.ts';
import { MAX_BATCH_EVENTS, MAX_BEACON_EVENTS } from './limits.ts';
import { z } from './zod.ts';

const message = z.string().max(500).optional();

/**
 * One thing that a browser saw. Latency is milliseconds from the start of loading to mounted; feedback is 0…100;
 * lcp and inp are web vitals in milliseconds, cls has no unit; goal is what an A/B test is about, once for each visitor.
 */
export const BeaconEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('loaded'), building: Name }),
  z.strictObject({ kind: z.literal('load_failed'), building: Name, message }),
  z.strictObject({ kind: z.literal('error'), building: Name, message }),
  z.strictObject({ kind: z.literal('latency'), building: Name, value: z.number().min(0).max(600_000) }),
  z.strictObject({ kind: z.literal('feedback'), building: Name, value: z.number().min(0).max(100) }),
  z.strictObject({ kind: z.literal('goal'), building: Name, value: z.number().min(-1e9).max(1e9).default(1) }),
  z.strictObject({ kind: z.enum(['lcp', 'inp']), building: Name, value: z.number().min(0).max(600_000) }),
  z.strictObject({ kind: z.literal('cls'), building: Name, value: z.number().min(0).max(1_000) }),
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

export const HEALTH_EVENT_KINDS = [
  'exposure',
  'loaded',
  'load_failed',
  'error',
  'latency',
  'feedback',
  'goal',
  'lcp',
  'inp',
  'cls',
] as const;
export type HealthEventKind = (typeof HEALTH_EVENT_KINDS)[number];

/** One fact that the edge vouches for: this (pseudonymous) visitor, in this arm of this period, saw this. */
export const HealthEvent = z
  .strictObject({
    rollout: Name,
    period: z.int().nonnegative(),
    arm: z.string().min(1).max(63),
    visitor: z.string().min(1).max(64),
    kind: z.enum(HEALTH_EVENT_KINDS),
    value: z.number().min(-1e9).max(1e9).optional(),
    at: Timestamp,
    segments: z.array(Name).max(10).optional().meta({ description: 'Segments of the analysis that the visitor is in.' }),
    network: z.string().max(16).optional().meta({ description: 'The network that the visitor came from, truncated, salted and hashed.' }),
  })
  .refine(({ kind, value = 0 }) => kind === 'goal' || value >= 0, { path: ['value'], error: 'only a goal may be below 0' });
export type HealthEvent = z.infer<typeof HealthEvent>;

/** What the edge delivers to the engine. Safe to deliver twice: a batch counts once, and so does a visitor per kind, arm and period. */
export const BeaconBatch = z
  .strictObject({
    apartment: Name,
    environment: Name,
    id: z.string().min(1).max(64).optional().meta({ description: 'Names the batch: one that comes again changes nothing.' }),
    events: z.array(HealthEvent).min(1).max(MAX_BATCH_EVENTS),
  })
  .meta({ id: 'BeaconBatch' });
export type BeaconBatch = z.infer<typeof BeaconBatch>;
