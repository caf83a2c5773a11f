import { createRoute } from '@hono/zod-openapi';
import { replayRollout } from '#engine/services/replay-rollout.ts';
import { retryRollout } from '#engine/services/retry-rollout.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { viewEnding } from '#engine/services/view-ending.ts';
import { viewHealth } from '#engine/services/view-health.ts';
import { viewRollout, viewRollouts } from '#engine/services/view-rollouts.ts';
import { ChangeResult, RetryRequest } from '#schemas/api.ts';
import { Name } from '#schemas/common.ts';
import { HealthQuery, RolloutHealth } from '#schemas/health-points.ts';
import { ReplayAnswer, RolloutEnding, RolloutList, RolloutView } from '#schemas/rollout-view.ts';
import { RolloutPlan } from '#schemas/rollout.ts';
import { actorOf, requires } from '../authorize.ts';
import { changeAnswer } from '../change-answer.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, ChangeHeaders, InEnvironment, READ_PROBLEMS, body, json } from '../describe.ts';

const path = '/v1/apartments/{apartment}/environments/{environment}/rollouts';
const tags = ['rollouts'];
const one = InEnvironment.extend({ rollout: Name.meta({ param: { name: 'rollout', in: 'path' } }) });

const list = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'List rollouts, live ones first',
  middleware: requires('read'),
  request: { params: InEnvironment },
  responses: { 200: json(RolloutList, 'The rollouts'), ...READ_PROBLEMS },
});

const view = createRoute({
  method: 'get',
  path: `${path}/{rollout}`,
  tags,
  summary: 'Show a rollout with the health of its current step',
  middleware: requires('read'),
  request: { params: one },
  responses: { 200: json(RolloutView, 'The rollout'), ...READ_PROBLEMS },
});

const health = createRoute({
  method: 'get',
  path: `${path}/{rollout}/health`,
  tags,
  summary: 'The health of a rollout over time, by arm: errors, latency and web vitals',
  description: 'By the minute for two days, then by the hour for thirty, then by the day; until 90 days after the last report.',
  middleware: requires('read'),
  request: { params: one, query: HealthQuery },
  responses: { 200: json(RolloutHealth, 'Its points'), ...READ_PROBLEMS },
});

const ending = createRoute({
  method: 'get',
  path: `${path}/{rollout}/ending`,
  tags,
  summary: 'How a rollout ended: the revision, who made it, and how the rollout looked just before',
  middleware: requires('read'),
  request: { params: one },
  responses: { 200: json(RolloutEnding, 'Its end'), ...READ_PROBLEMS },
});

const replay = createRoute({
  method: 'get',
  path: `${path}/{rollout}/replay`,
  tags,
  summary: "Judge the engine's own decisions again, from what was stored with each",
  middleware: requires('read'),
  request: { params: one },
  responses: { 200: json(ReplayAnswer, 'Its decisions, oldest first'), ...READ_PROBLEMS },
});

const start = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Start a rollout, or plan it for later',
  middleware: requires('operate'),
  request: { params: InEnvironment, headers: ChangeHeaders, body: body(RolloutPlan) },
  responses: { 201: json(ChangeResult, 'Started'), ...CHANGE_PROBLEMS },
});

const retry = createRoute({
  method: 'post',
  path: `${path}/{rollout}/retry`,
  tags,
  summary: 'Start a rollout that was taken back anew, under a new id',
  middleware: requires('operate'),
  request: { params: one, headers: ChangeHeaders, body: body(RetryRequest) },
  responses: { 201: json(ChangeResult, 'Started'), ...CHANGE_PROBLEMS },
});

export const rollouts = createRouter()
  .openapi(list, async (c) => c.json({ rollouts: await viewRollouts(c.var.services, c.req.valid('param')) }, 200))
  .openapi(view, async (c) => {
    const { rollout, ...place } = c.req.valid('param');
    return c.json(await viewRollout(c.var.services, place, rollout), 200);
  })
  .openapi(health, async (c) => {
    const { rollout, ...place } = c.req.valid('param');
    return c.json(await viewHealth(c.var.services, place, rollout, c.req.valid('query')), 200);
  })
  .openapi(ending, async (c) => {
    const { rollout, ...place } = c.req.valid('param');
    return c.json(await viewEnding(c.var.services, place, rollout), 200);
  })
  .openapi(replay, async (c) => {
    const { rollout, ...place } = c.req.valid('param');
    return c.json({ decisions: await replayRollout(c.var.services, place, rollout) }, 200);
  })
  .openapi(start, async (c) => {
    const { revision, rollout } = await startRollout(c.var.services, c.req.valid('param'), c.req.valid('json'), actorOf(c));
    return c.json(changeAnswer(c, revision, rollout), 201);
  })
  .openapi(retry, async (c) => {
    const { rollout: id, ...place } = c.req.valid('param');
    const { revision, rollout } = await retryRollout(c.var.services, place, id, c.req.valid('json'), actorOf(c));
    return c.json(changeAnswer(c, revision, rollout), 201);
  });
