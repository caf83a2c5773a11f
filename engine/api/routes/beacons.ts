import { createRoute } from '@hono/zod-openapi';
import { ingestBeacons } from '#engine/services/ingest-beacons.ts';
import { BeaconReceipt } from '#schemas/api.ts';
import { BeaconBatch } from '#schemas/beacon.ts';
import { requirePermission } from '../authorize.ts';
import { createRouter } from '../create-router.ts';
import { CHANGE_PROBLEMS, body, json } from '../describe.ts';

const deliver = createRoute({
  method: 'post',
  path: '/v1/beacons',
  tags: ['beacons'],
  summary: 'Deliver a batch of health events (for edges)',
  description: 'Safe to repeat: a batch with an id counts once, and so does a visitor per kind, arm and period.',
  request: { body: body(BeaconBatch) },
  responses: { 200: json(BeaconReceipt, 'Counted'), ...CHANGE_PROBLEMS },
});

export const beacons = createRouter().openapi(deliver, async (c) => {
  const batch = c.req.valid('json');
  requirePermission(c, 'deliver', batch.apartment, batch.environment);
  return c.json(await ingestBeacons(c.var.services, batch), 200);
});
