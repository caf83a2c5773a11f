import { describe, expect, it } from 'vitest';
import { MAX_API_BODY_BYTES } from '#schemas/limits.ts';
import { ENVIRONMENT, testApiWithShop } from '../../support/api.ts';
import { planOf, unitOf } from '../../support/fixtures.ts';

const UNITS = '/v1/apartments/shop/units';
const newUnit = (id: string) => {
  const { id: _, rollout: __, ...unit } = unitOf(id);
  return { building: unit.name, unit };
};

describe('refusals are problem+json, with every fault', () => {
  it.each<[string, string, string, unknown, number, string, string[]]>([
    [
      'several faults of a unit',
      'POST',
      UNITS,
      { building: 'Main', unit: { ...newUnit('main@2.0.0').unit, version: 'v2', size: 0 } },
      400,
      'invalid-request',
      ['/building', '/unit/version', '/unit/size'],
    ],
    ['a body that is not JSON', 'POST', UNITS, '{"building":', 400, 'invalid-json', []],
    ['a bad name in the path', 'GET', '/v1/apartments/Shop!/units', undefined, 400, 'invalid-request', ['/apartment']],
    ['a bad query', 'GET', `${ENVIRONMENT}/revisions?limit=0&before=x`, undefined, 400, 'invalid-request', ['/before', '/limit']],
    ['an environment that is not there', 'GET', '/v1/apartments/shop/environments/nowhere', undefined, 404, 'not-found', []],
    ['a path that is not there', 'GET', '/v1/nothing', undefined, 404, 'not-found', []],
    [
      'units that are not published',
      'POST',
      `${ENVIRONMENT}/rollouts`,
      { units: ['main@7.0.0', 'header@1.1.0', 'header@7.0.0'] },
      422,
      'unprocessable',
      ['/units/0', '/units/2'],
    ],
    [
      'two units for one building',
      'POST',
      `${ENVIRONMENT}/rollouts`,
      { units: ['main@1.1.0', 'main@1.0.0'] },
      422,
      'unprocessable',
      ['/units/1'],
    ],
    [
      'a unit in a building that it was not made for',
      'PUT',
      `${ENVIRONMENT}/buildings/footer`,
      { category: 'footer', unit: 'main@1.0.0' },
      422,
      'unprocessable',
      ['/unit'],
    ],
    ['an If-Match that is no revision', 'POST', `${ENVIRONMENT}/rollback`, {}, 400, 'invalid-request', ['If-Match']],
  ])('%s', async (name, method, path, body, status, code, paths) => {
    const api = await testApiWithShop();
    const answer = await api.request(method, path, { body, headers: name.startsWith('an If-Match') ? { 'if-match': 'W/"x"' } : {} });
    expect(answer).toMatchObject({ status, body: { code, status, type: `urn:concierge:problem:${code}` } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect((answer.body.errors ?? []).map((fault) => fault.path)).toEqual(paths);
    expect(api.unexpected).toEqual([]);
  });

  it('what nobody foresaw is logged, not told', async () => {
    const api = await testApiWithShop();
    api.services.revisions.head = () => Promise.reject(new Error('secret path /etc/x'));
    const answer = await api.request('GET', ENVIRONMENT);
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(api.unexpected).toMatchObject([{ message: 'secret path /etc/x' }]);
  });
});

describe('huge and deep bodies are refused before they are parsed', () => {
  /** A body of `chunks` pieces of 64 KiB that counts what was read of it. */
  const stream = (chunks: number, read: { bytes: number }, text = ' ') =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        if (chunks-- <= 0) return controller.close();
        const piece = new TextEncoder().encode(text.repeat(65_536 / text.length));
        read.bytes += piece.byteLength;
        controller.enqueue(piece);
      },
    });
  const post = (
    api: Awaited<ReturnType<typeof testApiWithShop>>,
    token: string,
    body: ReadableStream | string,
    headers: Record<string, string> = {},
  ) =>
    api.app.request(UNITS, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    } as RequestInit);

  it('a gigabyte that lies about its length is cut off at the limit', async () => {
    const api = await testApiWithShop();
    const read = { bytes: 0 };
    const before = process.memoryUsage().rss;
    const answer = await post(api, await api.tokenFor({ role: 'admin' }), stream(16_384, read), { 'content-length': '10' });
    expect(answer.status).toBe(413);
    expect(read.bytes).toBeLessThanOrEqual(MAX_API_BODY_BYTES + 3 * 65_536);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });

  it.each<[string, string, Record<string, string>, number]>([
    ['an honest length over the limit', '{}', { 'content-length': String(MAX_API_BODY_BYTES + 1) }, 413],
    ['10,000 arrays deep', '['.repeat(10_000), {}, 400],
    ['10,000 objects deep', '{"a":'.repeat(10_000), {}, 400],
    ['not declared as JSON', '{}', { 'content-type': 'text/plain' }, 415],
    ['JSON in disguise as a form', '{}', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ])('%s', async (_, body, headers, status) => {
    const api = await testApiWithShop();
    expect((await post(api, await api.tokenFor({ role: 'admin' }), body, headers)).status).toBe(status);
    expect(api.unexpected).toEqual([]);
  });

  it("a stranger's body is not read at all", async () => {
    const api = await testApiWithShop();
    const read = { bytes: 0 };
    expect((await post(api, 'nobody', stream(100, read))).status).toBe(401);
    expect(read.bytes).toBeLessThanOrEqual(65_536); // the stream fills its own queue once
  });
});

describe('the main job over HTTP', () => {
  it('publish, start, pause, resume, promote, undo; each answer names the new revision', async () => {
    const api = await testApiWithShop();
    expect((await api.request('POST', UNITS, { body: newUnit('main@2.0.0') })).status).toBe(201);
    expect((await api.request('POST', UNITS, { body: newUnit('main@2.0.0') })).status).toBe(200);
    const differs = { ...newUnit('main@2.0.0'), unit: { ...newUnit('main@2.0.0').unit, checksum: `sha384-${'Z'.repeat(64)}` } };
    expect(await api.request('POST', UNITS, { body: differs })).toMatchObject({ status: 409, body: { code: 'unit-differs' } });

    const started = await api.request('POST', `${ENVIRONMENT}/rollouts`, { body: planOf({ units: ['main@2.0.0'] }) });
    expect(started).toMatchObject({ status: 201, body: { revision: 5, rollout: { state: 'running' } } });
    const rollout = `${ENVIRONMENT}/rollouts/${started.body.rollout.id}`;
    const steer = async (verb: string, body: unknown = {}) => (await api.request('POST', `${rollout}/${verb}`, { body })).body;
    expect(await steer('pause', { reason: 'lunch' })).toMatchObject({ revision: 6, rollout: { state: 'paused', state_reason: 'lunch' } });
    expect(await steer('pause')).toMatchObject({ status: 409, code: 'rollout-state' });
    expect(await steer('resume')).toMatchObject({ revision: 7, rollout: { state: 'running' } });
    expect(await steer('promote')).toMatchObject({ revision: 8, rollout: { step: 1 } });
    const view = await api.request('GET', rollout);
    expect(view.body).toMatchObject({ config: { strategy: 'gradual', percentage: 25 }, verdict: { verdict: 'inconclusive' } });
    expect(await steer('promote', { from_step: 0 })).toMatchObject({
      status: 409,
      code: 'rollout-state',
      detail: expect.stringContaining('25 %'),
    });
    expect(await steer('promote', { to: 'done', from_step: 1 })).toMatchObject({ revision: 9, rollout: { state: 'completed' } });
    expect((await api.request('GET', `${ENVIRONMENT}/rollback`)).body).toMatchObject({
      revision: 9,
      units: [{ building: 'main', from: 'main@2.0.0', to: 'main@1.0.0' }],
    });
    const refused = await api.request('GET', `${ENVIRONMENT}/rollback?to_revision=9`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'nothing-to-restore' } });
    expect((await api.request('POST', `${ENVIRONMENT}/rollback`, { body: {} })).body).toMatchObject({
      revision: 10,
      summary: expect.stringContaining('main@1.0.0'),
    });
    const { revisions, next_before: next } = (await api.request('GET', `${ENVIRONMENT}/revisions?limit=3`)).body;
    expect([revisions.map((one: { number: number }) => one.number), next]).toEqual([[10, 9, 8], 8]);
  });

  it('If-Match guards a change: 412 for an old sight, the new ETag on success', async () => {
    const api = await testApiWithShop();
    const seen = (await api.request('GET', ENVIRONMENT)).headers.get('etag')!;
    expect(seen).toBe('"4"');
    const put = (name: string, etag: string) =>
      api.request('PUT', `${ENVIRONMENT}/flags/${name}`, { body: { enabled: true }, headers: { 'if-match': etag } });
    const first = await put('one', seen);
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"5"']);
    expect(await put('two', seen)).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect((await put('two', '*')).status).toBe(200);
  });

  it('serves an OpenAPI document without a token, in which every operation can be found and names its refusals', async () => {
    const api = await testApiWithShop();
    const { status, body } = await api.request('GET', '/openapi.json', { token: null });
    expect(status).toBe(200);
    expect(Object.keys(body.components.schemas)).toEqual(
      expect.arrayContaining(['Unit', 'Rollout', 'RolloutPlan', 'Verdict', 'Problem', 'EnvironmentState']),
    );
    for (const item of Object.values(body.paths) as Record<string, { responses: object; summary: string }>[]) {
      for (const operation of Object.values(item)) {
        expect(operation.summary).not.toBe('');
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403']));
      }
    }
  });
});
