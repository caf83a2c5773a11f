import { Name } from './common.ts';
import { z } from './zod.ts';

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export const Weekday = z.enum(WEEKDAYS);
export type Weekday = z.infer<typeof Weekday>;

const clockTime = (pattern: RegExp, words: string) => z.string().regex(pattern, words);

/** A name of the IANA time zone database that this runtime knows. */
export const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'use the name of a time zone, such as Europe/Berlin or UTC')
  .meta({ description: 'An IANA time zone, such as Europe/Berlin.' });

function isTimeZone(name: string): boolean {
  try {
    // Offsets such as +02:00 are taken too, and know no summer time: nobody means that.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Times of the week in which the engine starts nothing and takes no step. */
export const FreezeWindow = z
  .strictObject({
    days: z.array(Weekday).min(1).max(7).meta({ description: 'The days on which it begins.' }),
    from: clockTime(/^([01]\d|2[0-3]):[0-5]\d$/, 'use a time from 00:00 to 23:59').default('00:00'),
    to: clockTime(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'use a time from 00:00 to 24:00')
      .default('24:00')
      .meta({ description: 'Not in it any more. Not after `from`: on the next day.' }),
    time_zone: TimeZone,
    reason: z.string().trim().min(1).max(200).optional(),
  })
  .meta({ id: 'FreezeWindow' });
export type FreezeWindow = z.infer<typeof FreezeWindow>;

/** The rules that every rollout of an environment is held to. Rollbacks are held to none. */
export const Policy = z
  .strictObject({
    freeze_windows: z.array(FreezeWindow).max(50).default([]),
    approvals: z.int().min(0).max(5).default(0).meta({ description: 'How many other people must approve a rollout before it runs.' }),
    max_rollouts: z.int().min(1).max(1_000).optional().meta({ description: 'How many rollouts may be under way at once.' }),
  })
  .meta({ id: 'Policy' });
export type Policy = z.infer<typeof Policy>;
export type PolicyInput = z.input<typeof Policy>;

/** Who may promote a rollout past a step's manual gate. */
export const GateRole = z.enum(['operator', 'admin']);
export type GateRole = z.infer<typeof GateRole>;

export const Approval = z.strictObject({
  by: z.string().min(1).max(120),
  at: z.int().nonnegative(),
  reason: z.string().max(500).optional(),
});
export type Approval = z.infer<typeof Approval>;

/** Rollouts by id; a few at most. */
export const RolloutIds = z.array(Name).max(20);
