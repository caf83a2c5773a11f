import { createRoute } from '@hono/zod-openapi';
import { change } from '#engine/services/change.ts';
import { explainVisitor } from '#engine/services/explain-visitor.ts';
import { listHostRoutes } from '#engine/services/list-host-routes.ts';
import { setHostRoute } from '#engine/services/set-host-route.ts';
import { setOverride } from '#engine/services/set-override.ts';
import {
  ChangeResult,
  ExplainAnswer,
  ExplainRequest,
  HoldoutRequest,
  HostRouteList,
  HostRouteRequest,
  OverrideRequest,
} from '#schemas/api.ts';
import { Name } from '#schemas/common.ts';
import { Flag, Group, Segment } from '#schemas/document.ts';
import { Hostname } from '#schemas/hostname.ts';
import { actorOf, requires } from '../authorize.ts';
import { changeAnswer } from '../change-answer.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, ChangeHeaders, InEnvironment, READ_PROBLEMS, body, json } from '../describe.ts';

/** Who gets what: segments, groups, flags, overrides, hosts of previews, the holdout, and why a visitor gets what they get. */

const path = '/v1/apartments/{apartment}/environments/{environment}';
const tags = ['targeting'];
const operate = requires('operate');
const changed = { 200: json(ChangeResult, 'Changed'), ...CHANGE_PROBLEMS };
const named = InEnvironment.extend({ name: Name.meta({ param: { name: 'name', in: 'path' } }) });

const atHost = InEnvironment.extend({ host: Hostname.meta({ param: { name: 'host', in: 'path' } }) });

const putSegment = createRoute({
  method: 'put',
  path: `${path}/segments/{name}`,
  tags,
  summary: 'Set a segment',
  middleware: operate,
  request: { params: named, headers: ChangeHeaders, body: body(Segment) },
  responses: changed,
});

const putGroup = createRoute({
  method: 'put',
  path: `${path}/groups/{name}`,
  tags,
  summary: 'Set a group: values that conditions refer to with $inGroup',
  middleware: operate,
  request: { params: named, headers: ChangeHeaders, body: body(Group) },
  responses: changed,
});

const putFlag = createRoute({
  method: 'put',
  path: `${path}/flags/{name}`,
  tags,
  summary: 'Set a flag',
  middleware: operate,
  request: { params: named, headers: ChangeHeaders, body: body(Flag) },
  responses: changed,
});

const putOverride = createRoute({
  method: 'put',
  path: `${path}/overrides/{name}`,
  tags,
  summary: 'Give certain visitors certain units, before any rollout is asked',
  middleware: operate,
  request: { params: named, headers: ChangeHeaders, body: body(OverrideRequest) },
  responses: changed,
});

const deleteOverride = createRoute({
  method: 'delete',
  path: `${path}/overrides/{name}`,
  tags,
  summary: 'Remove an override',
  middleware: operate,
  request: { params: named, headers: ChangeHeaders },
  responses: changed,
});

const hostRoutes = createRoute({
  method: 'get',
  path: `${path}/host-routes`,
  tags,
  summary: 'The hosts where something else is shown: previews',
  middleware: requires('read'),
  request: { params: InEnvironment },
  responses: { 200: json(HostRouteList, 'By host'), ...READ_PROBLEMS },
});

const putHostRoute = createRoute({
  method: 'put',
  path: `${path}/host-routes/{host}`,
  tags,
  summary: 'Show whoever asks at a host certain units; with a snapshot among them it goes when that expires',
  middleware: operate,
  request: { params: atHost, headers: ChangeHeaders, body: body(HostRouteRequest) },
  responses: changed,
});

const deleteHostRoute = createRoute({
  method: 'delete',
  path: `${path}/host-routes/{host}`,
  tags,
  summary: 'Remove a host route',
  middleware: operate,
  request: { params: atHost, headers: ChangeHeaders },
  responses: changed,
});

const putHoldout = createRoute({
  method: 'put',
  path: `${path}/holdout`,
  tags,
  summary: 'Hold a share of the visitors out of every rollout; 0 ends it',
  middleware: operate,
  request: { params: InEnvironment, headers: ChangeHeaders, body: body(HoldoutRequest) },
  responses: changed,
});

const explainRoute = createRoute({
  method: 'post',
  path: `${path}/explain`,
  tags,
  summary: 'Which unit a visitor gets in each building, and why; now, at a time, or by a revision',
  middleware: requires('read'),
  request: { params: InEnvironment, body: body(ExplainRequest) },
  responses: { 200: json(ExplainAnswer, 'The units, each with its reason'), ...READ_PROBLEMS },
});

export const targeting = createRouter()
  .openapi(putSegment, async (c) => {
    const { name, ...place } = c.req.valid('param');
    const segment = c.req.valid('json');
    const { revision } = await change(c.var.services, place, actorOf(c), () => ({ type: 'set-segment', name, segment }));
    return c.json(changeAnswer(c, revision), 200);
  })
  .openapi(putGroup, async (c) => {
    const { name, ...place } = c.req.valid('param');
    const group = c.req.valid('json');
    const { revision } = await change(c.var.services, place, actorOf(c), () => ({ type: 'set-group', name, group }));
    return c.json(changeAnswer(c, revision), 200);
  })
  .openapi(putFlag, async (c) => {
    const { name, ...place } = c.req.valid('param');
    const flag = c.req.valid('json');
    const { revision } = await change(c.var.services, place, actorOf(c), () => ({ type: 'set-flag', name, flag }));
    return c.json(changeAnswer(c, revision), 200);
  })
  .openapi(putOverride, async (c) => {
    const { name, ...place } = c.req.valid('param');
    return c.json(changeAnswer(c, await setOverride(c.var.services, place, name, c.req.valid('json'), actorOf(c))), 200);
  })
  .openapi(deleteOverride, async (c) => {
    const { name, ...place } = c.req.valid('param');
    const { revision } = await change(c.var.services, place, actorOf(c), () => ({ type: 'remove-override', name }));
    return c.json(changeAnswer(c, revision), 200);
  })
  .openapi(hostRoutes, async (c) => c.json(await listHostRoutes(c.var.services, c.req.valid('param')), 200))
  .openapi(putHostRoute, async (c) => {
    const { host, ...place } = c.req.valid('param');
    return c.json(changeAnswer(c, await setHostRoute(c.var.services, place, host, c.req.valid('json'), actorOf(c))), 200);
  })
  .openapi(deleteHostRoute, async (c) => {
    const { host, ...place } = c.req.valid('param');
    const { revision } = await change(c.var.services, place, actorOf(c), () => ({ type: 'remove-host-routes', hosts: [host] }));
    return c.json(changeAnswer(c, revision), 200);
  })
  .openapi(putHoldout, async (c) => {
    const { percentage } = c.req.valid('json');
    const salt = c.var.services.randomId(16);
    const { revision } = await change(c.var.services, c.req.valid('param'), actorOf(c), () => ({ type: 'set-holdout', percentage, salt }));
    return c.json(changeAnswer(c, revision), 200);
  })
  .openapi(explainRoute, async (c) => {
    const { at, revision, ...visitor } = c.req.valid('json');
    return c.json(await explainVisitor(c.var.services, c.req.valid('param'), visitor, { at, revision }), 200);
  });
