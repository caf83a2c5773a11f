import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { counted } from '#schemas/counted.ts';
import { MAX_UNIT_BYTES } from '#schemas/limits.ts';
import { FetchError, type Fetched, guardedFetch } from './guarded-fetch.ts';
import type { HostPolicy } from './host-policy.ts';

type Algorithm = 'sha256' | 'sha384' | 'sha512';
type Loaded = { checksum: string; size: number } | { error: string };

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 250;
const ATTEMPT_MS = 10_000;
/** For all attempts, so that whoever publishes gets an answer before giving up. */
const BUDGET_MS = 25_000;
/** How many redirects of a unit's URL are followed, to hosts that may be asked. */
export const UNIT_REDIRECTS = 3;

/** The Subresource Integrity digest of the bytes. */
export const integrityOf = (bytes: Uint8Array, algorithm: Algorithm): string =>
  `${algorithm}-${createHash(algorithm).update(bytes).digest('base64')}`;

export type LoadOptions = { now?: () => number; wait?: (ms: number) => Promise<unknown>; random?: () => number };

/**
 * Loads units from hosts that the policy allows. What may pass (a broken connection, 5xx, 429) is tried five times, after 250
 * ms, 500 ms, … each a little more or less, or when the server says in Retry-After, within 25 s.
 */
export function createUnitLoader(policy: HostPolicy, { now = Date.now, wait = delay, random = Math.random }: LoadOptions = {}) {
  return async (url: string, algorithm: Algorithm): Promise<Loaded> => {
    const deadline = now() + BUDGET_MS;
    for (let attempt = 1; ; attempt++) {
      const outcome = await tryOnce(url, policy, Math.min(ATTEMPT_MS, deadline - now()));
      if ('bytes' in outcome) return { checksum: integrityOf(outcome.bytes, algorithm), size: outcome.bytes.byteLength };
      const backoff = FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + random());
      const pause = Math.max(backoff, retryAfterMs(outcome.retryAfter, now()));
      if (!outcome.mayPass) return { error: outcome.error };
      if (attempt === ATTEMPTS) return { error: `${outcome.error} (asked ${ATTEMPTS} times)` };
      if (now() + pause >= deadline)
        return { error: `${outcome.error} (asked ${counted(attempt, 'time')}, and there is no time to ask again)` };
      await wait(pause);
    }
  };
}

type Outcome = { bytes: Buffer } | { error: string; mayPass: boolean; retryAfter?: string | undefined };

async function tryOnce(url: string, policy: HostPolicy, timeoutMs: number): Promise<Outcome> {
  try {
    return outcomeOf(await guardedFetch(new URL(url), policy, { timeoutMs, maxBytes: MAX_UNIT_BYTES, redirects: UNIT_REDIRECTS }));
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    const { kind, message, status = 0 } = error;
    return { error: message, mayPass: kind === 'network' || kind === 'timeout' || (kind === 'too-large' && status >= 500) };
  }
}

function outcomeOf({ status, headers, body }: Fetched): Outcome {
  if (status === 200) return { bytes: body };
  return { error: `it answered ${status}`, mayPass: status >= 500 || status === 429, retryAfter: headers['retry-after'] };
}

/** Retry-After is a number of seconds, or a date. */
function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const ms = /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
