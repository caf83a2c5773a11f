import { createRoute } from '@hono/zod-openapi';
import { takeAlerts } from '#engine/services/take-alerts.ts';
import { AlertDelivery, AlertReceipt } from '#schemas/alert.ts';
import { requires } from '../authorize.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, InEnvironment, body, json } from '../describe.ts';

export const ALERTS_PATH = '/v1/apartments/:apartment/environments/:environment/alerts';

const take = createRoute({
  method: 'post',
  path: '/v1/apartments/{apartment}/environments/{environment}/alerts',
  tags: ['alerts'],
  summary: 'Take alerts: a firing one pauses live rollouts or takes them back',
  description:
    'Safe to repeat. Send a token of the role alerts, or X-Concierge-Signature: t=<unix seconds>,v1=<hexadecimal HMAC-SHA-256 of "t.body"> with CONCIERGE_WEBHOOK_SECRET.',
  middleware: requires('alert'),
  request: { params: InEnvironment, body: body(AlertDelivery) },
  responses: { 200: json(AlertReceipt, 'What each alert came to'), ...CHANGE_PROBLEMS },
});

export const alerts = createRouter().openapi(take, async (c) =>
  c.json(await takeAlerts(c.var.services, c.req.valid('param'), c.req.valid('json'), c.var.signedRequest), 200),
);
