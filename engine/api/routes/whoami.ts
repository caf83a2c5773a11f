import { createRoute } from '@hono/zod-openapi';
import { Identity } from '#schemas/api.ts';
import { createRouter } from '../create-router.ts';
import { READ_PROBLEMS, json } from '../describe.ts';

const view = createRoute({
  method: 'get',
  path: '/v1/whoami',
  tags: ['tokens'],
  summary: 'Whose token this is, and what it may do',
  responses: { 200: json(Identity, 'The token'), ...READ_PROBLEMS },
});

/** A page can say beforehand what would be refused. Every token may ask about itself. */
export const whoami = createRouter().openapi(view, (c) => {
  const { name, person, scope } = c.var.token;
  return c.json({ name, person, scope }, 200);
});
