import { createRoute } from '@hono/zod-openapi';
import { publishUnit } from '#engine/services/publish-unit.ts';
import { publishedWarnings } from '#engine/services/published-warnings.ts';
import { PublishAnswer, PublishedUnitList, PublishUnitRequest } from '#schemas/api.ts';
import { actorOf, requires, requiresInApartment } from '../authorize.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, InApartment, READ_PROBLEMS, body, json } from '../describe.ts';

const path = '/v1/apartments/{apartment}/units';

const list = createRoute({
  method: 'get',
  path,
  tags: ['units'],
  summary: 'List the published units, newest first',
  middleware: requiresInApartment('read'),
  request: { params: InApartment },
  responses: { 200: json(PublishedUnitList, 'The units'), ...READ_PROBLEMS },
});

const publish = createRoute({
  method: 'post',
  path,
  tags: ['units'],
  summary: 'Publish a unit',
  description:
    'A version is written once. The same unit again answers 200; the same version with other bytes is refused with 409. Units belong to every environment of the apartment, and so must the token.',
  middleware: requires('publish'),
  request: { params: InApartment, body: body(PublishUnitRequest) },
  responses: { 201: json(PublishAnswer, 'Published'), 200: json(PublishAnswer, 'It was published before, exactly so'), ...CHANGE_PROBLEMS },
});

export const units = createRouter()
  .openapi(list, async (c) => c.json({ units: await c.var.services.units.list(c.req.valid('param').apartment) }, 200))
  .openapi(publish, async (c) => {
    const { apartment } = c.req.valid('param');
    const { created, published } = await publishUnit(c.var.services, apartment, c.req.valid('json'), actorOf(c));
    const warnings = await publishedWarnings(c.var.services, apartment, published.unit);
    const answer = { ...published, ...(warnings.length > 0 ? { warnings } : {}) };
    return created ? c.json(answer, 201) : c.json(answer, 200);
  });
