import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { createDriftProbe } from '#engine/adapters/drift-probe.ts';
import { deliverDue } from '#engine/controller/deliver.ts';
import { watchDrift } from '#engine/controller/watch-drift.ts';
import { addBuilding } from '#engine/services/add-building.ts';
import { change } from '#engine/services/change.ts';
import { checkDrift } from '#engine/services/check-drift.ts';
import { publishUnit } from '#engine/services/publish-unit.ts';
import type { DriftReport } from '#schemas/drift.ts';
import { PLACE, unitOf } from '../../support/fixtures.ts';
import { ANA, testServices } from '../../support/services.ts';

const BYTES = 'export const mount = () => {};';

/** An edge and the unit's own server in one, over real HTTP. */
async function world() {
  const state = { revision: 0, body: BYTES, status: 200 };
  const server = createServer((request, response) => {
    if (request.method === 'HEAD') {
      response.writeHead(state.revision === 0 ? 404 : 200, { etag: `"${state.revision}-0-abcdefgh"` });
      response.end();
      return;
    }
    response.writeHead(state.status);
    response.end(state.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => (server.close(), server.closeAllConnections()));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const services = { ...testServices(), probe: createDriftProbe([url], { loopback: true }) };
  const checksum = `sha384-${createHash('sha384').update(BYTES).digest('base64')}`;
  const { id: _, rollout: __, ...unit } = unitOf('main@1.0.0', { url: `${url}/main.js`, checksum, size: BYTES.length });
  await publishUnit(services, 'shop', { building: 'main', unit }, ANA);
  await change(services, PLACE, ANA, () => ({ type: 'create' }));
  await addBuilding(services, PLACE, 'main', { category: 'main', unit: 'main@1.0.0' }, ANA);
  await deliverDue(services, async () => void (state.revision = 2));
  services.clock.now += 120_000;
  return { state, services, server };
}

const kinds = ({ findings }: DriftReport): string[] => findings.map(({ kind }) => kind);

it.each<[string, (state: { revision: number; body: string; status: number }) => void, string[]]>([
  ['nothing changed', () => undefined, []],
  ['the edge lost its snapshot', (state) => (state.revision = 0), ['missing']],
  ['the edge went back', (state) => (state.revision = 1), ['modified']],
  ['the edge has what nobody decided', (state) => (state.revision = 3), ['extra']],
  ['the unit has other bytes of the same length', (state) => (state.body = BYTES.replace('mount', 'mauls')), ['checksum-mismatch']],
  ['the unit has grown', (state) => (state.body += 'x'), ['checksum-mismatch']],
  ['the unit is gone', (state) => (state.status = 404), ['missing']],
  ['the unit cannot be had', (state) => (state.status = 503), ['unreachable']],
])('%s', async (_, change, expected) => {
  const { state, services } = await world();
  change(state);
  const report = await checkDrift(services, PLACE);
  expect(kinds(report)).toEqual(expected);
  expect(report).toMatchObject({ desired: 2, published: 2 });
  const told: DriftReport[] = [];
  await watchDrift(services, (one) => told.push(one));
  expect(told).toHaveLength(expected.length);
});

it('nobody there', async () => {
  const { services, server } = await world();
  server.close();
  server.closeAllConnections();
  expect(kinds(await checkDrift(services, PLACE))).toEqual(['unreachable', 'unreachable']);
});
