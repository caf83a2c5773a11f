import { createRoute } from '@hono/zod-openapi';
import { setPolicy, viewPolicy } from '#engine/services/set-policy.ts';
import { ChangeResult } from '#schemas/api.ts';
import { Policy } from '#schemas/policy.ts';
import { actorOf, requires } from '../authorize.ts';
import { changeAnswer } from '../change-answer.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, ChangeHeaders, InEnvironment, READ_PROBLEMS, body, json } from '../describe.ts';

const path = '/v1/apartments/{apartment}/environments/{environment}/policy';
const tags = ['policy'];

const view = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'The rules that rollouts are held to: freeze windows, approvals, how many at once',
  middleware: requires('read'),
  request: { params: InEnvironment },
  responses: { 200: json(Policy, 'The policy'), ...READ_PROBLEMS },
});

const put = createRoute({
  method: 'put',
  path,
  tags,
  summary: 'Set the rules. Only an admin may: whoever starts rollouts is held to them',
  middleware: requires('administer'),
  request: { params: InEnvironment, headers: ChangeHeaders, body: body(Policy) },
  responses: { 200: json(ChangeResult, 'Changed'), ...CHANGE_PROBLEMS },
});

export const policy = createRouter()
  .openapi(view, async (c) => c.json(await viewPolicy(c.var.services, c.req.valid('param')), 200))
  .openapi(put, async (c) => {
    const revision = await setPolicy(c.var.services, c.req.valid('param'), c.req.valid('json'), actorOf(c));
    return c.json(changeAnswer(c, revision), 200);
  });
