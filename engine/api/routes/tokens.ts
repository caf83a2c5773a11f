import { createRoute } from '@hono/zod-openapi';
import { createToken } from '#engine/services/create-token.ts';
import { CreatedToken, CreateTokenRequest, TokenList } from '#schemas/api.ts';
import { refuse } from '#schemas/problem.ts';
import { z } from '#schemas/zod.ts';
import { requires } from '../authorize.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, READ_PROBLEMS, body, json } from '../describe.ts';

const path = '/v1/tokens';
const tags = ['tokens'];
const administer = requires('administer');

const list = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'List tokens, without their secrets',
  middleware: administer,
  responses: { 200: json(TokenList, 'The tokens'), ...READ_PROBLEMS },
});

const create = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Create a token; its secret is told this once',
  middleware: administer,
  request: { body: body(CreateTokenRequest) },
  responses: { 201: json(CreatedToken, 'The token'), ...CHANGE_PROBLEMS },
});

const revoke = createRoute({
  method: 'delete',
  path: `${path}/{id}`,
  tags,
  summary: 'Revoke a token, at once',
  middleware: administer,
  request: {
    params: z.object({
      id: z
        .string()
        .regex(/^[0-9a-f]{16}$/)
        .meta({ param: { name: 'id', in: 'path' } }),
    }),
  },
  responses: { 204: { description: 'Revoked' }, ...READ_PROBLEMS },
});

export const tokens = createRouter()
  .openapi(list, async (c) => c.json({ tokens: await c.var.services.tokens.list() }, 200))
  .openapi(create, async (c) => c.json(await createToken(c.var.services, c.req.valid('json')), 201))
  .openapi(revoke, async (c) => {
    const { id } = c.req.valid('param');
    if (!(await c.var.services.tokens.revoke(id, c.var.services.now()))) refuse('not-found', `There is no live token ${id}.`);
    return c.body(null, 204);
  });
