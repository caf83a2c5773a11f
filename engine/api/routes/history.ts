import { createRoute } from '@hono/zod-openapi';
import { listRevisions, viewRevision } from '#engine/services/list-revisions.ts';
import { RevisionList } from '#schemas/api.ts';
import { Revision } from '#schemas/revision.ts';
import { z } from '#schemas/zod.ts';
import { requires } from '../authorize.ts';
import { createRouter } from '../create-router.ts';
import { InEnvironment, READ_PROBLEMS, json } from '../describe.ts';

const path = '/v1/apartments/{apartment}/environments/{environment}/revisions';
const tags = ['history'];
const Page = z.object({
  before: z.coerce.number().int().positive().optional().meta({ description: 'Revisions below this number.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

const list = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'List revisions, newest first',
  middleware: requires('read'),
  request: { params: InEnvironment, query: Page },
  responses: { 200: json(RevisionList, 'A page of revisions'), ...READ_PROBLEMS },
});

const view = createRoute({
  method: 'get',
  path: `${path}/{number}`,
  tags,
  summary: 'Show one revision: document, cause, actor, digests',
  middleware: requires('read'),
  request: {
    params: InEnvironment.extend({
      number: z.coerce
        .number()
        .int()
        .positive()
        .meta({ param: { name: 'number', in: 'path' } }),
    }),
  },
  responses: { 200: json(Revision, 'The revision'), ...READ_PROBLEMS },
});

export const history = createRouter()
  .openapi(list, async (c) => c.json(await listRevisions(c.var.services, c.req.valid('param'), c.req.valid('query')), 200))
  .openapi(view, async (c) => {
    const { number, ...place } = c.req.valid('param');
    return c.json(await viewRevision(c.var.services, place, number), 200);
  });
