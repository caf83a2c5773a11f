import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import type { Actor } from '#engine/services/change.ts';
import type { TokenRole } from '#schemas/api.ts';
import { refuse } from '#schemas/problem.ts';
import type { ApiEnv } from './environment.ts';

export type Permission = 'read' | 'publish' | 'operate' | 'deliver' | 'alert' | 'administer';

const PERMISSIONS: Record<TokenRole, readonly Permission[]> = {
  viewer: ['read'],
  publisher: ['read', 'publish'],
  operator: ['read', 'publish', 'operate', 'alert'],
  edge: ['deliver'],
  alerts: ['alert'],
  admin: ['read', 'publish', 'operate', 'deliver', 'alert', 'administer'],
};

export const SESSION_COOKIE = 'concierge_session';

/** Finds out who asks, before any route runs, unless a signature told it already. A cookie is taken only from a page of this very origin. */
export const authenticate = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.get('signedRequest') !== undefined) return next();
  const [, bearer] = /^Bearer ([\x21-\x7e]+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
  const cookie = bearer === undefined ? getCookie(c, SESSION_COOKIE) : undefined;
  if (cookie !== undefined && !isSameOrigin(c))
    refuse('forbidden', 'A session is for pages of this origin only; other programs send a token.');
  const token = bearer ?? cookie;
  const record = token === undefined ? null : await c.var.services.tokens.verify(token);
  if (!record)
    refuse('unauthenticated', token === undefined ? 'Send "Authorization: Bearer <token>".' : 'The token is unknown or revoked.');
  c.set('token', record as NonNullable<typeof record>);
  return next();
});

/** Browsers say where a request comes from and pages cannot forge it; a program that sends neither header is no browser. */
function isSameOrigin(c: Context): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = c.req.header('origin');
  return origin === new URL(c.req.url).origin;
}

/** Refuses unless the token may do this to that apartment and environment; undefined: to all of them. */
export function requirePermission(
  c: Context<ApiEnv>,
  permission: Permission,
  apartment: string | undefined,
  environment: string | undefined,
): void {
  const { scope, name } = c.var.token;
  const covers = (limit: string, wanted: string | undefined): boolean => limit === '*' || limit === wanted;
  if (!PERMISSIONS[scope.role].includes(permission)) {
    refuse('forbidden', `The token "${name}" has the role ${scope.role}, which may not ${permission}.`);
  }
  if (!covers(scope.apartment, apartment) || !covers(scope.environment, environment)) {
    refuse('forbidden', `The token "${name}" is for ${scope.apartment}/${scope.environment} only.`);
  }
}

/** A route's own check, on the apartment and environment in its path. What a path does not name is meant in full. */
export const requires = (permission: Permission) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const { apartment, environment } = c.req.param() as { apartment?: string; environment?: string };
    requirePermission(c, permission, apartment, environment);
    return next();
  });

/** For reading what all environments of an apartment share: a token for any one of them will do. */
export const requiresInApartment = (permission: Permission) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    requirePermission(c, permission, c.req.param('apartment'), c.var.token.scope.environment);
    return next();
  });

/** For what belongs to no apartment and tells nothing of any: a token for anything will do. */
export const requiresSomewhere = (permission: Permission) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const { apartment, environment } = c.var.token.scope;
    requirePermission(c, permission, apartment, environment);
    return next();
  });

/** Whether the token reads an environment of the apartment that the request is about. */
export const mayRead =
  (c: Context<ApiEnv>) =>
  (environment: string): boolean =>
    c.var.token.scope.environment === '*' || c.var.token.scope.environment === environment;

/** Who acts, on which revision, as `If-Match: "<number>"` says, and which request this is, as `Idempotency-Key` says. */
export function actorOf(c: Context<ApiEnv>): Actor {
  const header = c.req.header('if-match');
  const actor: Actor = { name: c.var.token.person, role: c.var.token.scope.role };
  const named = c.get('named');
  if (named !== undefined) {
    actor.idempotencyKey = `${c.var.token.id} ${named.key}`;
    actor.asked = named.asked;
  }
  if (header === undefined || header === '*') return actor;
  const [, number] = /^"(\d{1,15})"$/.exec(header) ?? [];
  if (number === undefined)
    refuse('invalid-request', 'The request has a fault.', [{ path: 'If-Match', message: 'use the ETag of the environment, such as "12"' }]);
  return { ...actor, ifMatch: Number(number) };
}
