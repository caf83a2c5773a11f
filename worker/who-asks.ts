import type { Program } from '#resolver/program.ts';
import type { Visitor } from '#resolver/visitor.ts';
import { SESSION_COOKIE, VISITOR_COOKIE, identify, identifySession } from './identity.ts';
import { ARMS_COOKIE, readKeptArms } from './kept-arms.ts';
import type { Sealer } from './sealer.ts';

export type Asking = {
  url: URL;
  cookie: (name: string) => string | undefined;
  country: string | undefined;
  /** Of the page that asks from elsewhere, if it is one that may. */
  origin: string | undefined;
  /** Where the cookies of this edge belong; the root when empty. */
  basePath: string;
};

export type WhoAsks = {
  visitor: Visitor;
  /** Headers to be sent, for what the visitor did not have yet. */
  setCookies: string[];
  /** What every cookie of this edge ends with. */
  cookieAttributes: string;
};

/**
 * Who asks, as far as the program needs to know. Everything comes from the platform or from what this edge sealed, but for a
 * preview code, which is a secret that only its holders know, and the origin of a page that asks from elsewhere, which may show
 * the preview of a host to whoever says so: a preview is no secret.
 */
export async function whoAsks(asking: Asking, program: Program, sealer: Sealer, randomId: () => string): Promise<WhoAsks> {
  const { url, cookie, country, basePath } = asking;
  const cookieAttributes = `; Path=${basePath || '/'}; HttpOnly; SameSite=Lax${url.protocol === 'https:' ? '; Secure' : ''}`;
  const identity = await identify(cookie(VISITOR_COOKIE), sealer, randomId, cookieAttributes);
  const visitor: Visitor = { key: identity.key, attributes: country === undefined ? {} : { country } };
  const setCookies = identity.setCookie === undefined ? [] : [identity.setCookie];
  if (program.needs.session && sealer.canSeal) {
    const session = await identifySession(cookie(SESSION_COOKIE), sealer, randomId, cookieAttributes);
    visitor.session = session.key;
    if (session.setCookie !== undefined) setCookies.push(session.setCookie);
  }
  if (program.needs.sticky) visitor.sticky = await readKeptArms(cookie(ARMS_COOKIE), visitor.key, sealer);
  const code = program.needs.preview ? url.searchParams.get('preview') : null;
  if (code !== null) visitor.preview = await digestOf(code);
  if (program.needs.host) {
    const host = hostsOf(asking).find((one) => program.overrideByHost.has(one));
    if (host !== undefined) visitor.host = host;
  }
  return { visitor, setCookies, cookieAttributes };
}

/** Where the visitor is: at the host that they ask, or on a page of another one. The dot at the end of a full name says nothing. */
const hostsOf = ({ url, origin }: Asking): string[] =>
  [url.hostname, /:\/\/([^:]+)/.exec(origin ?? '')?.[1] ?? ''].map((host) => host.replace(/\.$/, ''));

async function digestOf(code: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
