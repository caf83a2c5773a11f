import type { Sealer } from './sealer.ts';

export const VISITOR_COOKIE = 'concierge_visitor';
/** Of the browser's session; it is for rollouts that are bucketed by it, and set only while there are some. */
export const SESSION_COOKIE = 'concierge_session';
const PURPOSE = 'visitor.v1';
const SESSION_PURPOSE = 'session.v1';
const YEAR_SECONDS = 365 * 24 * 60 * 60;

export type Identity = { key: string; /** To be sent when the visitor is new. */ setCookie: string | undefined };

/** Where visitors cannot be told apart, all are one. */
const NOBODY: Identity = { key: '', setCookie: undefined };

/** Who asks, by the cookie that this edge set; anything else that claims to be somebody makes a new visitor. */
export async function identify(cookie: string | undefined, sealer: Sealer, randomId: () => string, attributes: string): Promise<Identity> {
  if (!sealer.canSeal) return NOBODY;
  const { key, value } = await openOrMake(PURPOSE, cookie, sealer, randomId);
  return { key, setCookie: value && `${VISITOR_COOKIE}=${value}; Max-Age=${YEAR_SECONDS}${attributes}` };
}

/** Which session of a browser asks. It ends when the browser says so. */
export async function identifySession(
  cookie: string | undefined,
  sealer: Sealer,
  randomId: () => string,
  attributes: string,
): Promise<Identity> {
  const { key, value } = await openOrMake(SESSION_PURPOSE, cookie, sealer, randomId);
  return { key, setCookie: value && `${SESSION_COOKIE}=${value}${attributes}` };
}

/** The id that the cookie carries, or a new one with the cookie's value for it. */
async function openOrMake(
  purpose: string,
  cookie: string | undefined,
  sealer: Sealer,
  randomId: () => string,
): Promise<{ key: string; value: string | undefined }> {
  const known = cookie === undefined ? null : await sealer.open(purpose, cookie);
  if (known !== null) return { key: known, value: undefined };
  const key = randomId();
  return { key, value: await sealer.seal(purpose, key) };
}
