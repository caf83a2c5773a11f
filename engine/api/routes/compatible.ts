import { createRoute } from '@hono/zod-openapi';
import { listCompatible } from '#engine/services/list-compatible.ts';
import { Name } from '#schemas/common.ts';
import { Compatibility } from '#schemas/compatibility.ts';
import { z } from '#schemas/zod.ts';
import { requires } from '../authorize.ts';
import { createRouter } from '../create-router.ts';
import { InEnvironment, READ_PROBLEMS, json } from '../describe.ts';

const list = createRoute({
  method: 'get',
  path: '/v1/apartments/{apartment}/environments/{environment}/compatible',
  tags: ['units'],
  summary: 'Which versions of a unit fit to everything that visitors could be given beside them now',
  description:
    'Looks at every combination of stable units, arms of rollouts and overrides, at any share. Each version that does not fit says why.',
  middleware: requires('read'),
  request: {
    params: InEnvironment,
    query: z.object({ unit: Name.optional().meta({ description: 'The name of a unit; left out: every unit.' }) }),
  },
  responses: { 200: json(Compatibility, 'The versions'), ...READ_PROBLEMS },
});

export const compatible = createRouter().openapi(list, async (c) =>
  c.json(await listCompatible(c.var.services, c.req.valid('param'), c.req.valid('query').unit), 200),
);
