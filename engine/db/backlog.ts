import type { Backlog } from '#schemas/api.ts';

/** What an outbox knows of its entries that wait: how many, when the oldest of what they stand for was made, and an error. */
type Waiting = { pending: number; oldest: number | null; error: string | null };

/** How far the shadow is behind with what an outbox holds, at `now` (epoch ms). */
export function toBacklog(waiting: Waiting | undefined, written: { n: number } | undefined, now: number): Backlog {
  const lag_ms = waiting?.oldest == null ? 0 : Math.max(0, now - waiting.oldest);
  return { pending: waiting?.pending ?? 0, lag_ms, written: written?.n ?? 0, last_error: waiting?.error ?? null };
}
