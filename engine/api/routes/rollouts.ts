import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Place } from '#engine/services/context.ts';
import { type RolloutCommand, moveRollout } from '#engine/services/move-rollout.ts';
import { replayRollout } from '#engine/services/replay-rollout.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { viewRollout, viewRollouts } from '#engine/services/view-rollouts.ts';
import { ChangeResult, PromoteRequest, ReSaltRequest, ReasonRequest, ReplayAnswer, RolloutList, RolloutView } from '#schemas/api.ts';
import { Name } from '#schemas/common.ts';
import { RolloutPlan } from '#schemas/rollout.ts';
import { actorOf, requires } from '../authorize.ts';
import { changeAnswer } from '../change-answer.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, ChangeHeaders, InEnvironment, READ_PROBLEMS, body, json } from '../describe.ts';
import type { ApiEnv } from '../environment.ts';

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
  summary: 'Start a rollout',
  middleware: requires('operate'),
  request: { params: InEnvironment, headers: ChangeHeaders, body: body(RolloutPlan) },
  responses: { 201: json(ChangeResult, 'Started'), ...CHANGE_PROBLEMS },
});

const moveRoute = <Verb extends string>(verb: Verb, summary: string) =>
  createRoute({
    method: 'post',
    path: `${path}/{rollout}/${verb}`,
    tags,
    summary,
    middleware: requires('operate'),
    request: { params: one, headers: ChangeHeaders, body: body(ReasonRequest) },
    responses: { 200: json(ChangeResult, 'Done'), ...CHANGE_PROBLEMS },
  });

const pause = moveRoute('pause', 'Pause: shares stay as they are, no step is taken');
const resume = moveRoute('resume', 'Resume; the time paused does not count');
const abort = moveRoute('abort', 'Abort: every visitor goes back, the rollout was not at fault');
const rollback = moveRoute('rollback', 'Roll back: every visitor goes back');
const promote = createRoute({
  method: 'post',
  path: `${path}/{rollout}/promote`,
  tags,
  summary: 'Promote to the next step, or all the way (`to: done`)',
  middleware: requires('operate'),
  request: { params: one, headers: ChangeHeaders, body: body(PromoteRequest) },
  responses: { 200: json(ChangeResult, 'Done'), ...CHANGE_PROBLEMS },
});

const reSalt = createRoute({
  method: 'post',
  path: `${path}/{rollout}/re-salt`,
  tags,
  summary: 'Draw visitors anew: many change sides, whoever keeps an arm loses it',
  middleware: requires('operate'),
  request: { params: one, headers: ChangeHeaders, body: body(ReSaltRequest) },
  responses: { 200: json(ChangeResult, 'Done'), ...CHANGE_PROBLEMS },
});

async function move(
  c: Context<ApiEnv>,
  { rollout, ...place }: Place & { rollout: string },
  command: Omit<RolloutCommand, 'rollout'>,
): Promise<ChangeResult> {
  const moved = await moveRollout(c.var.services, place, { ...command, rollout } as RolloutCommand, actorOf(c));
  return changeAnswer(c, moved.revision, moved.rollout);
}

export const rollouts = createRouter()
  .openapi(list, async (c) => c.json({ rollouts: await viewRollouts(c.var.services, c.req.valid('param')) }, 200))
  .openapi(view, async (c) => {
    const { rollout, ...place } = c.req.valid('param');
    return c.json(await viewRollout(c.var.services, place, rollout), 200);
  })
  .openapi(replay, async (c) => {
    const { rollout, ...place } = c.req.valid('param');
    return c.json({ decisions: await replayRollout(c.var.services, place, rollout) }, 200);
  })
  .openapi(start, async (c) => {
    const { revision, rollout } = await startRollout(c.var.services, c.req.valid('param'), c.req.valid('json'), actorOf(c));
    return c.json(changeAnswer(c, revision, rollout), 201);
  })
  .openapi(pause, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'pause-rollout', ...c.req.valid('json') }), 200))
  .openapi(resume, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'resume-rollout', ...c.req.valid('json') }), 200))
  .openapi(abort, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'abort-rollout', ...c.req.valid('json') }), 200))
  .openapi(rollback, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'roll-back-rollout', ...c.req.valid('json') }), 200))
  .openapi(reSalt, async (c) => {
    const command = { type: 're-salt-rollout' as const, salt: c.var.services.randomId(16), ...c.req.valid('json') };
    return c.json(await move(c, c.req.valid('param'), command), 200);
  })
  .openapi(promote, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'promote-rollout', ...c.req.valid('json') }), 200));
