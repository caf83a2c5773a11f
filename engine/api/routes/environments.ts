import { createRoute } from '@hono/zod-openapi';
import { addBuilding } from '#engine/services/add-building.ts';
import { change } from '#engine/services/change.ts';
import { listMetricSources } from '#engine/services/list-metric-sources.ts';
import { makeSnapshot } from '#engine/services/make-snapshot.ts';
import { previewRollBack, rollBack } from '#engine/services/roll-back.ts';
import { viewEnvironment } from '#engine/services/view-environment.ts';
import {
  AddBuildingRequest,
  ChangeResult,
  CreateEnvironmentRequest,
  EnvironmentList,
  EnvironmentState,
  MetricSourceList,
} from '#schemas/api.ts';
import { Name } from '#schemas/common.ts';
import { RollBackPreview, RollBackQuery, RollBackRequest } from '#schemas/roll-back.ts';
import { SignedSnapshot } from '#schemas/snapshot.ts';
import { actorOf, requirePermission, requires } from '../authorize.ts';
import { changeAnswer } from '../change-answer.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, ChangeHeaders, InEnvironment, READ_PROBLEMS, body, json } from '../describe.ts';

const path = '/v1/apartments/{apartment}/environments/{environment}';
const tags = ['environments'];
const operate = requires('operate');
const changed = { 200: json(ChangeResult, 'Changed'), ...CHANGE_PROBLEMS };
const named = InEnvironment.extend({ name: Name.meta({ param: { name: 'name', in: 'path' } }) });

const list = createRoute({
  method: 'get',
  path: '/v1/environments',
  tags,
  summary: 'List the environments that the token can see',
  responses: { 200: json(EnvironmentList, 'The environments'), ...READ_PROBLEMS },
});

const create = createRoute({
  method: 'post',
  path: '/v1/environments',
  tags,
  summary: 'Create an environment of an apartment',
  request: { headers: ChangeHeaders, body: body(CreateEnvironmentRequest) },
  responses: { 201: json(ChangeResult, 'Created'), ...CHANGE_PROBLEMS },
});

const view = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'Show an environment: its document, revision and delivery',
  description: 'The ETag is what a change takes as If-Match.',
  middleware: requires('read'),
  request: { params: InEnvironment },
  responses: { 200: json(EnvironmentState, 'The environment'), ...READ_PROBLEMS },
});

const snapshot = createRoute({
  method: 'get',
  path: `${path}/snapshot`,
  tags,
  summary: 'The signed snapshot of the head, to deploy an edge with',
  middleware: requires('read'),
  request: { params: InEnvironment },
  responses: { 200: json(SignedSnapshot, 'The snapshot'), ...READ_PROBLEMS },
});

const metricSources = createRoute({
  method: 'get',
  path: `${path}/metric-sources`,
  tags,
  summary: 'The outside sources that metrics of rollouts may ask',
  middleware: requires('read'),
  request: { params: InEnvironment },
  responses: { 200: json(MetricSourceList, 'The sources'), ...READ_PROBLEMS },
});

const putBuilding = createRoute({
  method: 'put',
  path: `${path}/buildings/{name}`,
  tags,
  summary: 'Add a building',
  middleware: operate,
  request: { params: named, headers: ChangeHeaders, body: body(AddBuildingRequest) },
  responses: changed,
});

const undo = createRoute({
  method: 'post',
  path: `${path}/rollback`,
  tags,
  summary: 'Undo: take live rollouts back, or return to earlier units',
  description: 'Checks no health and no gate. Always a new revision.',
  middleware: operate,
  request: { params: InEnvironment, headers: ChangeHeaders, body: body(RollBackRequest) },
  responses: changed,
});

const previewUndo = createRoute({
  method: 'get',
  path: `${path}/rollback`,
  tags,
  summary: 'What an undo would do now; nothing is changed',
  description: 'Refused as the undo itself would be, where there is nothing to go back to.',
  middleware: requires('read'),
  request: { params: InEnvironment, query: RollBackQuery },
  responses: { 200: json(RollBackPreview, 'What it would do'), ...READ_PROBLEMS, 409: CHANGE_PROBLEMS[409] },
});

export const environments = createRouter()
  .openapi(list, async (c) => {
    const { scope } = c.var.token;
    requirePermission(c, 'read', scope.apartment, scope.environment); // the list shows what the token covers
    const places = await c.var.services.revisions.places();
    const seen = places.filter(
      (place) =>
        (scope.apartment === '*' || scope.apartment === place.apartment) &&
        (scope.environment === '*' || scope.environment === place.environment),
    );
    return c.json({ environments: seen }, 200);
  })
  .openapi(create, async (c) => {
    const place = c.req.valid('json');
    requirePermission(c, 'operate', place.apartment, place.environment);
    const { revision } = await change(c.var.services, place, actorOf(c), () => ({ type: 'create' }));
    return c.json(changeAnswer(c, revision), 201);
  })
  .openapi(view, async (c) => {
    const state = await viewEnvironment(c.var.services, c.req.valid('param'));
    c.header('etag', `"${state.revision}"`);
    return c.json(state, 200);
  })
  .openapi(snapshot, async (c) => c.json(await makeSnapshot(c.var.services, c.req.valid('param')), 200))
  .openapi(metricSources, (c) => c.json(listMetricSources(c.var.services), 200))
  .openapi(putBuilding, async (c) => {
    const { name, ...place } = c.req.valid('param');
    return c.json(changeAnswer(c, await addBuilding(c.var.services, place, name, c.req.valid('json'), actorOf(c))), 200);
  })
  .openapi(previewUndo, async (c) => c.json(await previewRollBack(c.var.services, c.req.valid('param'), c.req.valid('query')), 200))
  .openapi(undo, async (c) =>
    c.json(changeAnswer(c, await rollBack(c.var.services, c.req.valid('param'), c.req.valid('json'), actorOf(c))), 200),
  );
