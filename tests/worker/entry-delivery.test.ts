import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BeaconBatch } from '#schemas/beacon.ts';
import worker from '#worker/cloudflare.ts';
import { snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { sign } from './sign.ts';
import { type Health, ORIGIN } from './support.ts';

/** What the real entry sends to the engine. In a file of its own: the delivery buffer belongs to the isolate. */

afterEach(() => vi.restoreAllMocks());

/** Asks the entry, and waits for all that it does afterwards. */
async function ask(path: string, init?: RequestInit): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request<unknown, IncomingRequestCfProperties>(
    new URL(path, ORIGIN),
    init as RequestInit<IncomingRequestCfProperties>,
  );
  const response = await worker.fetch(request, env, context);
  await waitOnExecutionContext(context);
  return response;
}

/** Stands where the engine is: fails as often as it is told to, then takes everything. */
function engineThatFails(times: number, status = 503): Request[] {
  const calls: Request[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    calls.push(new Request(input, init));
    return Promise.resolve(calls.length > times ? Response.json({}) : new Response('later', { status }));
  });
  return calls;
}

const batchesOf = (calls: Request[]): Promise<BeaconBatch[]> =>
  Promise.all(calls.map(async (call) => BeaconBatch.parse(await call.json())));
const startShop = async (apartment: string): Promise<Response> =>
  ask(`/snapshots/${apartment}`, {
    method: 'PUT',
    body: JSON.stringify(await sign(snapshotOf([snapshotRollout({ percentage: 100 })], { apartment }))),
  });

const refusedSoFar = async (): Promise<number> => (await (await ask('/health')).json<Health>()).beacons.refused;

describe('the entry', () => {
  it('hands exposures and beacons to the engine, as a batch, with its token', async () => {
    const calls = engineThatFails(0);
    await startShop('shop');
    const ticket = (await ask('/manifest')).headers.get('concierge-ticket');
    expect(
      (await ask('/beacons', { method: 'POST', body: JSON.stringify({ ticket, events: [{ kind: 'loaded', building: 'main' }] }) })).status,
    ).toBe(202);
    for (const { method, url, headers } of calls) {
      expect([method, url]).toEqual(['POST', 'https://engine.invalid/v1/beacons']);
      expect([headers.get('authorization'), headers.get('content-type')]).toEqual(['Bearer a token for tests', 'application/json']);
    }
    expect(
      (await batchesOf(calls)).map(({ apartment, environment, events }) => [apartment, environment, ...events.map(({ kind }) => kind)]),
    ).toEqual([
      ['shop', 'production', 'exposure'],
      ['shop', 'production', 'loaded'],
    ]);
  });

  it('sends the same batch again when the engine answers that it cannot', async () => {
    const calls = engineThatFails(1);
    await startShop('retried');
    await ask('/manifest?apartment=retried');
    const [first, second, ...more] = await batchesOf(calls);
    expect(more).toEqual([]);
    expect(second).toEqual(first);
  });

  it.each([
    { status: 302, requests: 2 },
    { status: 408, requests: 2 },
    { status: 429, requests: 2 },
    { status: 500, requests: 2 },
    { status: 400, requests: 1 },
    { status: 401, requests: 1 },
    { status: 404, requests: 1 },
    { status: 422, requests: 1 },
  ])('makes $requests request(s) when the engine first answers $status', async ({ status, requests }) => {
    const calls = engineThatFails(1, status);
    const refusedBefore = await refusedSoFar();
    await startShop(`status-${status}`);
    await ask(`/manifest?apartment=status-${status}`);
    expect(calls).toHaveLength(requests);
    expect((await refusedSoFar()) - refusedBefore).toBe(requests === 1 ? 1 : 0);
  });
});
