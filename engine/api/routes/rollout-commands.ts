import { createRoute } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Place } from '#engine/services/context.ts';
import { type RolloutCommand, moveRollout } from '#engine/services/move-rollout.ts';
import { ChangeResult, EditRequest, PromoteRequest, ReSaltRequest, ReasonRequest } from '#schemas/api.ts';
import { Name } from '#schemas/common.ts';
import { actorOf, requires } from '../authorize.ts';
import { changeAnswer } from '../change-answer.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, ChangeHeaders, InEnvironment, body, json } from '../describe.ts';
import type { ApiEnv } from '../environment.ts';

/** What can be done with a rollout that has not ended. */

const path = '/v1/apartments/{apartment}/environments/{environment}/rollouts/{rollout}';
const tags = ['rollouts'];
const one = InEnvironment.extend({ rollout: Name.meta({ param: { name: 'rollout', in: 'path' } }) });
const responses = { 200: json(ChangeResult, 'Done'), ...CHANGE_PROBLEMS };
const common = { method: 'post', tags, middleware: requires('operate'), responses } as const;

const reasonRoute = <Verb extends string>(verb: Verb, summary: string) =>
  createRoute({
    ...common,
    path: `${path}/${verb}`,
    summary,
    request: { params: one, headers: ChangeHeaders, body: body(ReasonRequest) },
  });

const approve = reasonRoute('approve', 'Approve: somebody else than who started it, and each person once');
const pause = reasonRoute('pause', 'Pause: shares stay as they are, no step is taken');
const resume = reasonRoute('resume', 'Resume; the time paused does not count');
const restart = reasonRoute('restart', 'Restart: back to the first step, last in first out; evidence begins anew');
const abort = reasonRoute('abort', 'Abort: every visitor goes back, the rollout was not at fault');
const rollback = reasonRoute('rollback', 'Roll back: every visitor goes back; no freeze, gate or approval stands against it');

const promote = createRoute({
  ...common,
  path: `${path}/promote`,
  summary: 'Promote to the next step, all the way (`to: done`), or to a variant of an A/B test',
  request: { params: one, headers: ChangeHeaders, body: body(PromoteRequest) },
});

const edit = createRoute({
  ...common,
  path: `${path}/edit`,
  summary: 'Change what is still to come: steps, limits, analysis, deadlines, the start',
  request: { params: one, headers: ChangeHeaders, body: body(EditRequest) },
});

const reSalt = createRoute({
  ...common,
  path: `${path}/re-salt`,
  summary: 'Draw visitors anew: many change sides, whoever keeps an arm loses it',
  request: { params: one, headers: ChangeHeaders, body: body(ReSaltRequest) },
});

async function move(
  c: Context<ApiEnv>,
  { rollout, ...place }: Place & { rollout: string },
  command: Omit<RolloutCommand, 'rollout'>,
): Promise<ChangeResult> {
  const moved = await moveRollout(c.var.services, place, { ...command, rollout } as RolloutCommand, actorOf(c));
  return changeAnswer(c, moved.revision, moved.rollout);
}

export const rolloutCommands = createRouter()
  .openapi(approve, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'approve-rollout', ...c.req.valid('json') }), 200))
  .openapi(pause, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'pause-rollout', ...c.req.valid('json') }), 200))
  .openapi(resume, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'resume-rollout', ...c.req.valid('json') }), 200))
  .openapi(restart, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'restart-rollout', ...c.req.valid('json') }), 200))
  .openapi(abort, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'abort-rollout', ...c.req.valid('json') }), 200))
  .openapi(rollback, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'roll-back-rollout', ...c.req.valid('json') }), 200))
  .openapi(promote, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'promote-rollout', ...c.req.valid('json') }), 200))
  .openapi(edit, async (c) => c.json(await move(c, c.req.valid('param'), { type: 'edit-rollout', ...c.req.valid('json') }), 200))
  .openapi(reSalt, async (c) => {
    const command = { type: 're-salt-rollout' as const, salt: c.var.services.randomId(16), ...c.req.valid('json') };
    return c.json(await move(c, c.req.valid('param'), command), 200);
  });
