import type { Sealer } from './sealer.ts';

export const VISITOR_COOKIE = 'concierge_visitor';
const PURPOSE = 'visitor.v1';
const YEAR_SECONDS = 365 * 24 * 60 * 60;

export type Identity = { key: string; /** To be sent when the visitor is new. */ setCookie: string | undefined };

/** Where visitors cannot be told apart, all are one. */
const NOBODY: Identity = { key: '', setCookie: undefined };

/**
 * Who asks, by the cookie that this edge set; anything else that claims to be somebody makes a new visitor.
 * The cookie goes to `path` and below only: the rest of the site, and another edge on it, have no use for it.
 */
export async function identify(
  cookie: string | undefined,
  sealer: Sealer,
  randomId: () => string,
  { secure, path }: { secure: boolean; path: string },
): Promise<Identity> {
  if (!sealer.canSeal) return NOBODY;
  const known = cookie === undefined ? null : await sealer.open(PURPOSE, cookie);
  if (known !== null) return { key: known, setCookie: undefined };
  const key = randomId();
  const value = await sealer.seal(PURPOSE, key);
  const setCookie = `${VISITOR_COOKIE}=${value}; Path=${path}; Max-Age=${YEAR_SECONDS}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return { key, setCookie };
}
