import type { CommandOf } from '#schemas/command.ts';
import type { Document } from '#schemas/document.ts';
import { MAX_HOST_ROUTES } from '#schemas/limits.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import { isEqual } from './diff-documents.ts';
import { withNeededUnits } from './keep-document.ts';

/** The document with the route of its host; the very same document when it has that already. */
export function setHostRoute(document: Document, { host, route, units }: CommandOf<'set-host-route'>): Document | Problem {
  const routes = document.host_routes ?? {};
  if (isEqual(routes[host], route)) return document;
  const next = { ...routes, [host]: route };
  if (Object.keys(next).length > MAX_HOST_ROUTES) {
    const where = `${document.apartment}/${document.environment}`;
    return problem('unprocessable', `${where} has ${MAX_HOST_ROUTES} host routes already, which is as many as may be. Remove some.`);
  }
  return withNeededUnits({ ...document, host_routes: next }, units);
}

/** The document without the routes of these hosts. Refused where there is none of one of them. */
export function removeHostRoutes(document: Document, { hosts }: CommandOf<'remove-host-routes'>): Document | Problem {
  const { host_routes: routes = {}, ...rest } = document;
  const missing = hosts.filter((host) => !Object.hasOwn(routes, host));
  if (missing.length > 0) return problem('not-found', `${document.apartment}/${document.environment} has no host ${missing.join(', ')}.`);
  if (hosts.length === 0) return document;
  const left = Object.entries(routes).filter(([host]) => !hosts.includes(host));
  return withNeededUnits(left.length > 0 ? { ...rest, host_routes: Object.fromEntries(left) } : rest, []);
}

/** The document as of those who ask at none of its hosts. */
export function withoutHostRoutes(document: Document): Document {
  const { host_routes: routes, ...rest } = document;
  return routes === undefined ? document : withNeededUnits(rest, []);
}

/** The hosts where any of the units is shown. */
export function hostRoutesTo({ host_routes: routes = {} }: Document, ids: readonly string[]): string[] {
  const entries = Object.entries(routes).filter(([, { units }]) => Object.values(units).some((id) => ids.includes(id)));
  return entries.map(([host]) => host);
}
