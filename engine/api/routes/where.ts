import { createRoute } from '@hono/zod-openapi';
import { findUnits } from '#engine/services/find-units.ts';
import { pointerHistory } from '#engine/services/pointer-history.ts';
import { promoteUnits } from '#engine/services/promote-units.ts';
import { resolveUnit } from '#engine/services/resolve-unit.ts';
import { MoveResult, PromoteUnitsRequest } from '#schemas/api.ts';
import { Name, UnitId } from '#schemas/common.ts';
import { PointerHistory, ResolvedUnit, UnitRef, WhereAnswer } from '#schemas/where.ts';
import { z } from '#schemas/zod.ts';
import { actorOf, mayRead, requires, requiresInApartment } from '../authorize.ts';
import { moveAnswer } from '../change-answer.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, ChangeHeaders, InApartment, InEnvironment, READ_PROBLEMS, body, json } from '../describe.ts';

/** Which unit an environment points at, and moving that pointer. */

const apartment = '/v1/apartments/{apartment}';
const environment = `${apartment}/environments/{environment}`;
const tags = ['where'];

const where = createRoute({
  method: 'get',
  path: `${apartment}/where`,
  tags,
  summary: 'Which unit runs where: buildings by environment, since when, and what is being rolled out',
  description: 'Tells of the environments that the token may read.',
  middleware: requiresInApartment('read'),
  request: {
    params: InApartment,
    query: z.object({
      unit: z
        .union([Name, UnitId], { error: 'use a building, the name of a unit, or name@version, such as main@1.4.0' })
        .optional()
        .meta({ description: 'Only where this runs: a building, the name of a unit, or name@version.' }),
    }),
  },
  responses: { 200: json(WhereAnswer, 'What runs where'), ...READ_PROBLEMS },
});

const resolve = createRoute({
  method: 'get',
  path: `${apartment}/resolve`,
  tags,
  summary: 'The unit that name@version or name@environment means now',
  middleware: requiresInApartment('read'),
  request: { params: InApartment, query: z.object({ ref: UnitRef }) },
  responses: { 200: json(ResolvedUnit, 'The unit'), ...READ_PROBLEMS },
});

const pointer = createRoute({
  method: 'get',
  path: `${environment}/buildings/{name}/history`,
  tags,
  summary: 'Every move of what a building points at, newest first',
  middleware: requires('read'),
  request: {
    params: InEnvironment.extend({ name: Name.meta({ param: { name: 'name', in: 'path' } }) }),
    query: z.object({
      before: z.coerce.number().int().positive().optional().meta({ description: 'Moves at revisions below this number.' }),
      limit: z.coerce.number().int().min(1).max(200).default(20),
    }),
  },
  responses: { 200: json(PointerHistory, 'A page of moves'), ...READ_PROBLEMS },
});

const promote = createRoute({
  method: 'post',
  path: `${environment}/promote`,
  tags,
  summary: 'Promote units into this environment: those of another one, or published ones, with the very same bytes',
  middleware: requires('operate'),
  request: { params: InEnvironment, headers: ChangeHeaders, body: body(PromoteUnitsRequest) },
  responses: { 200: json(MoveResult, 'Promoted, or their rollout was started'), ...CHANGE_PROBLEMS },
});

export const whereabouts = createRouter()
  .openapi(where, async (c) => {
    const { unit } = c.req.valid('query');
    return c.json(await findUnits(c.var.services, c.req.valid('param').apartment, unit, mayRead(c)), 200);
  })
  .openapi(resolve, async (c) =>
    c.json(await resolveUnit(c.var.services, c.req.valid('param').apartment, c.req.valid('query').ref, mayRead(c)), 200),
  )
  .openapi(pointer, async (c) => {
    const { name, ...place } = c.req.valid('param');
    return c.json(await pointerHistory(c.var.services, place, name, c.req.valid('query')), 200);
  })
  .openapi(promote, async (c) =>
    c.json(moveAnswer(c, await promoteUnits(c.var.services, c.req.valid('param'), c.req.valid('json'), actorOf(c), mayRead(c))), 200),
  );
