import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { expireUnit } from '#engine/services/expire-units.ts';
import { promoteUnit } from '#engine/services/promote-unit.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { publishedWarnings } from '#engine/services/published-warnings.ts';
import { type Sees, listVersions, viewUnit, visible } from '#engine/services/view-units.ts';
import {
  PromoteUnitRequest,
  PublishAnswer,
  PublishedUnit,
  PublishUnitRequest,
  UnitPage,
  UnitView,
  UnitsQuery,
  VersionPage,
  VersionsQuery,
} from '#schemas/registry.ts';
import { Name } from '#schemas/common.ts';
import { VersionTag } from '#schemas/version-tag.ts';
import { actorOf, requires, requiresInApartment } from '../authorize.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, InApartment, READ_PROBLEMS, body, json } from '../describe.ts';
import type { ApiEnv } from '../environment.ts';

const path = '/v1/apartments/{apartment}/units';
const tags = ['units'];
const ALL_ENVIRONMENTS = 'Units belong to every environment of the apartment, and so must the token.';

const OfUnit = InApartment.extend({ name: Name.meta({ param: { name: 'name', in: 'path' }, description: 'The unit.' }) });
const OfVersion = OfUnit.extend({ version: VersionTag.meta({ param: { name: 'version', in: 'path' }, description: 'In either form.' }) });

const list = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'List the published units, newest first',
  middleware: requiresInApartment('read'),
  request: { params: InApartment, query: UnitsQuery },
  responses: { 200: json(UnitPage, 'A page of units'), ...READ_PROBLEMS },
});

const publish = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Publish a unit',
  description: `A version is written once. The same unit again answers 200; the same version with other bytes is refused with 409. ${ALL_ENVIRONMENTS}`,
  middleware: requires('publish'),
  request: { params: InApartment, body: body(PublishUnitRequest) },
  responses: { 201: json(PublishAnswer, 'Published'), 200: json(PublishAnswer, 'It was published before, exactly so'), ...CHANGE_PROBLEMS },
});

const versions = createRoute({
  method: 'get',
  path: `${path}/{name}`,
  tags,
  summary: 'List the versions of a unit, highest first, and where each is used',
  middleware: requiresInApartment('read'),
  request: { params: OfUnit, query: VersionsQuery },
  responses: { 200: json(VersionPage, 'A page of versions'), ...READ_PROBLEMS },
});

const view = createRoute({
  method: 'get',
  path: `${path}/{name}/{version}`,
  tags,
  summary: 'Show one version: what was published, what it was promoted from, and where it is used',
  middleware: requiresInApartment('read'),
  request: { params: OfVersion },
  responses: { 200: json(UnitView, 'The unit'), ...READ_PROBLEMS },
});

const promote = createRoute({
  method: 'post',
  path: `${path}/{name}/promote`,
  tags,
  summary: 'Make a stable version of a release candidate, or a candidate of a snapshot, with the same bytes',
  description: `Nothing is built or uploaded. What the source went through is kept with the new version. The same promotion again answers 200. ${ALL_ENVIRONMENTS}`,
  middleware: requires('publish'),
  request: { params: OfUnit, body: body(PromoteUnitRequest) },
  responses: { 201: json(PublishedUnit, 'Promoted'), 200: json(PublishedUnit, 'It was there before, exactly so'), ...CHANGE_PROBLEMS },
});

const expire = createRoute({
  method: 'delete',
  path: `${path}/{name}/{version}`,
  tags,
  summary: 'Let a snapshot go before its time; refused while something points at it',
  description: ALL_ENVIRONMENTS,
  middleware: requires('publish'),
  request: { params: OfVersion },
  responses: { 200: json(PublishedUnit, 'It has gone; its version stays taken'), ...CHANGE_PROBLEMS },
});

/** Where else a unit is used is for tokens of that environment to know. */
const seesOf =
  (c: Context<ApiEnv>): Sees =>
  (environment) =>
    ['*', environment].includes(c.var.token.scope.environment);

export const units = createRouter()
  .openapi(list, async (c) => {
    const { limit, before, expired, ...filter } = c.req.valid('query');
    const { apartment } = c.req.valid('param');
    const page = await c.var.services.units.list(apartment, { ...filter, expired: expired === 'true' }, limit, before);
    return c.json({ ...page, units: page.units.map((unit) => visible(unit, seesOf(c))) }, 200);
  })
  .openapi(publish, async (c) => {
    const { apartment } = c.req.valid('param');
    const { created, published } = await publishUnit(c.var.services, apartment, c.req.valid('json'), actorOf(c));
    const warnings = await publishedWarnings(c.var.services, apartment, published.unit);
    const answer = { ...published, ...(warnings.length > 0 ? { warnings } : {}) };
    return created ? c.json(answer, 201) : c.json(answer, 200);
  })
  .openapi(versions, async (c) => {
    const { apartment, name } = c.req.valid('param');
    return c.json(await listVersions(c.var.services, apartment, name, c.req.valid('query'), seesOf(c)), 200);
  })
  .openapi(view, async (c) => {
    const { apartment, name, version } = c.req.valid('param');
    return c.json(await viewUnit(c.var.services, apartment, name, version, seesOf(c)), 200);
  })
  .openapi(promote, async (c) => {
    const { apartment, name } = c.req.valid('param');
    const { created, published } = await promoteUnit(c.var.services, apartment, name, c.req.valid('json'), actorOf(c));
    return created ? c.json(published, 201) : c.json(published, 200);
  })
  .openapi(expire, async (c) => {
    const { apartment, name, version } = c.req.valid('param');
    return c.json(await expireUnit(c.var.services, apartment, name, version, actorOf(c)), 200);
  });
