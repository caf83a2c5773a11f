import { createRoute } from '@hono/zod-openapi';
import { listRevisions, viewRevision } from '#engine/services/list-revisions.ts';
import { checkDrift } from '#engine/services/check-drift.ts';
import { viewStores } from '#engine/services/view-stores.ts';
import { auditLog, compareRevisions } from '#engine/services/compare-revisions.ts';
import { restoreRevision } from '#engine/services/restore-revision.ts';
import { ChangeResult, RevisionList, StoresView } from '#schemas/api.ts';
import { DriftReport } from '#schemas/drift.ts';
import { AuditPage, RestoreRequest, RevisionDiff } from '#schemas/history.ts';
import { Revision } from '#schemas/revision.ts';
import { z } from '#schemas/zod.ts';
import { actorOf, requires } from '../authorize.ts';
import { changeAnswer } from '../change-answer.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, ChangeHeaders, InEnvironment, READ_PROBLEMS, body, json } from '../describe.ts';

const environment = '/v1/apartments/{apartment}/environments/{environment}';
const path = `${environment}/revisions`;
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

const number = (description: string) => z.coerce.number().int().optional().meta({ description });

const diff = createRoute({
  method: 'get',
  path: `${environment}/diff`,
  tags,
  summary: 'What differs between two revisions, in words',
  middleware: requires('read'),
  request: {
    params: InEnvironment,
    query: z.object({
      from: number('Left out: the revision before `to`. 0: before there was anything.').pipe(z.number().min(0).optional()),
      to: number('Left out: the head.').pipe(z.number().min(1).optional()),
    }),
  },
  responses: { 200: json(RevisionDiff, 'The differences'), ...READ_PROBLEMS },
});

const audit = createRoute({
  method: 'get',
  path: `${environment}/audit`,
  tags,
  summary: 'The audit log, newest first: every change with actor, command, before and after',
  middleware: requires('read'),
  request: { params: InEnvironment, query: Page.extend({ limit: z.coerce.number().int().min(1).max(50).default(20) }) },
  responses: { 200: json(AuditPage, 'A page of the log'), ...READ_PROBLEMS },
});

const restore = createRoute({
  method: 'post',
  path: `${environment}/restore`,
  tags,
  summary: 'Restore everything as it was in a revision, as a new revision',
  description: 'Units, segments, flags, groups, overrides, the holdout and the release. What is being rolled out is taken back.',
  middleware: requires('operate'),
  request: { params: InEnvironment, headers: ChangeHeaders, body: body(RestoreRequest) },
  responses: { 200: json(ChangeResult, 'Restored'), ...CHANGE_PROBLEMS },
});

const drift = createRoute({
  method: 'get',
  path: `${environment}/drift`,
  tags,
  summary: 'Compare what was decided with what was published and what edges and unit URLs really serve',
  middleware: requires('read'),
  request: { params: InEnvironment },
  responses: { 200: json(DriftReport, 'What was seen'), ...READ_PROBLEMS },
});

const stores = createRoute({
  method: 'get',
  path: '/v1/stores',
  tags,
  summary: 'How the database and the shadow are',
  middleware: requires('administer'),
  responses: { 200: json(StoresView, 'Both stores'), ...READ_PROBLEMS },
});

export const history = createRouter()
  .openapi(drift, async (c) => c.json(await checkDrift(c.var.services, c.req.valid('param')), 200))
  .openapi(stores, async (c) => c.json(await viewStores(c.var.services), 200))
  .openapi(diff, async (c) => c.json(await compareRevisions(c.var.services, c.req.valid('param'), c.req.valid('query')), 200))
  .openapi(audit, async (c) => c.json(await auditLog(c.var.services, c.req.valid('param'), c.req.valid('query')), 200))
  .openapi(restore, async (c) =>
    c.json(changeAnswer(c, await restoreRevision(c.var.services, c.req.valid('param'), c.req.valid('json'), actorOf(c))), 200),
  )
  .openapi(list, async (c) => c.json(await listRevisions(c.var.services, c.req.valid('param'), c.req.valid('query')), 200))
  .openapi(view, async (c) => {
    const { number, ...place } = c.req.valid('param');
    return c.json(await viewRevision(c.var.services, place, number), 200);
  });
