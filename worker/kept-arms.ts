import type { Answer } from '#resolver/make-answer.ts';
import type { Visitor } from '#resolver/visitor.ts';
import { fromBase64url, toBase64url } from './base64url.ts';
import type { Sealer } from './sealer.ts';

export const ARMS_COOKIE = 'concierge_arms';
const PURPOSE = 'arms.v1';
const YEAR_SECONDS = 365 * 24 * 60 * 60;

type Sealed = { visitor: string; arms: Record<string, string> };

/** The arms that this edge gave this visitor to keep; nothing where the cookie is another's, or was not made here. */
export async function readKeptArms(cookie: string | undefined, visitor: string, sealer: Sealer): Promise<Record<string, string>> {
  const sealed = cookie === undefined ? null : await sealer.open(PURPOSE, cookie);
  const bytes = sealed === null ? null : fromBase64url(sealed);
  if (!bytes) return {};
  const kept = JSON.parse(new TextDecoder().decode(bytes)) as Sealed; // what the seal covers was written below
  return kept.visitor === visitor ? kept.arms : {};
}

/** The cookie that keeps the answer's arms, or undefined where nothing is to be kept or the visitor has it already. */
export async function keepArms(answer: Answer, visitor: Visitor, sealer: Sealer, attributes: string): Promise<string | undefined> {
  const arms = Object.entries(answer.keeps);
  const known = visitor.sticky ?? {};
  const isKnown = arms.length === Object.keys(known).length && arms.every(([rollout, arm]) => known[rollout] === arm);
  if (!sealer.canSeal || arms.length === 0 || isKnown) return undefined;
  const text = JSON.stringify({ visitor: visitor.key, arms: answer.keeps } satisfies Sealed);
  const value = await sealer.seal(PURPOSE, toBase64url(new TextEncoder().encode(text)));
  return `${ARMS_COOKIE}=${value}; Max-Age=${YEAR_SECONDS}${attributes}`;
}
