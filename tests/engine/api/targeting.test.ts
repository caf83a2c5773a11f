import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT, type TestApi, testApiWithShop } from '../../support/api.ts';
import { publish } from '../../support/services.ts';

const explain = async (api: TestApi, body: object) =>
  (await api.request('POST', `${ENVIRONMENT}/explain`, { body })).body.buildings as { building: string; unit: string; reason: string }[];
const HOST = 'pr-12.preview.shop.example';
const main = async (api: TestApi, body: object) => (await explain(api, body)).find(({ building }) => building === 'main');

describe('what is written wrongly is refused where it is written', () => {
  it.each<[string, string, unknown, string[]]>([
    ['an unknown operator', 'segments/s', { condition: { plan: { $like: 'p%' } } }, ['/condition/plan/$like']],
    ['a pattern with look-ahead', 'segments/s', { condition: { plan: { $regex: 'a(?=b)' } } }, ['/condition/plan/$regex']],
    ['a group that is not there', 'segments/s', { condition: { company: { $inGroup: 'partners' } } }, ['/condition/company/$inGroup']],
    [
      'all of several faults',
      'segments/s',
      { condition: { $or: [{ a: { $in: 5 } }, { ip: { $cidr: 'x' } }] } },
      ['/condition/$or/0/a/$in', '/condition/$or/1/ip/$cidr'],
    ],
    ['a segment that is itself', 'segments/s', { condition: { $savedGroup: { id: 's' } } }, ['', '/condition/$savedGroup']],
    ['a flag that needs itself', 'flags/f', { enabled: true, prerequisites: ['f'] }, ['']],
    [
      'a flag that needs what is not there',
      'flags/f',
      { enabled: true, prerequisites: ['g'], segments: ['x'] },
      ['/segments/0', '/prerequisites/0'],
    ],
    ['an override for a segment that is not there', 'overrides/o', { segments: ['x'], units: ['main@1.1.0'] }, ['/segments/0']],
    ['a host that shows what is not there', `host-routes/${HOST}`, { units: ['main@9.0.0', 'header@8.0.0'] }, ['/units/0', '/units/1']],
    ['an override to a unit that is not there', 'overrides/o', { units: ['main@9.0.0'] }, ['/units/0']],
  ])('%s', async (_, path, body, paths) => {
    const api = await testApiWithShop();
    const answer = await api.request('PUT', `${ENVIRONMENT}/${path}`, { body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
    expect(new Set(answer.body.errors!.map((fault) => fault.path.replace(/^\/(?:segments\/s|flags\/f)$/, '')))).toEqual(new Set(paths));
    expect((await api.request('GET', ENVIRONMENT)).body.revision).toBe(4);
  });

  it('a rule of a rollout', async () => {
    const api = await testApiWithShop();
    const body = { units: ['main@1.1.0'], criteria: { custom_rules: [{ plan: 'pro' }, { age: { $more: 3 } }], user_segments: ['nobody'] } };
    const answer = await api.request('POST', `${ENVIRONMENT}/rollouts`, { body });
    expect(answer.body.errors).toEqual([
      { path: '/criteria/custom_rules/1/age/$more', message: 'there is no operator $more' },
      { path: '/criteria/user_segments/0', message: 'there is no segment nobody' },
    ]);
  });
});

it('a unit that would not fit beside what visitors could get is not rolled out, and the pair is named', async () => {
  const api = await testApiWithShop();
  const unit = (await api.request('GET', '/v1/apartments/shop/units')).body.units[0].unit;
  const { id: _, ...rest } = unit;
  const picky = { ...rest, name: 'main', version: '5.0.0', compatibility: { header: '^2.0.0' } };
  await api.request('POST', '/v1/apartments/shop/units', { body: { building: 'main', unit: picky } });
  const answer = await api.request('POST', `${ENVIRONMENT}/rollouts`, { body: { units: ['main@5.0.0'] } });
  expect(answer.status).toBe(422);
  expect(answer.body.errors![0]!.message).toMatch(
    /^a visitor with main 5\.0\.0 \(rollout main-\w+, arm canary\) and header 1\.0\.0 \(stable\): main 5\.0\.0 (?:needs|fits only) header \^2\.0\.0$/,
  );
});

it('visitors get what overrides, holdout, flags and rollouts say, and are told why', async () => {
  const api = await testApiWithShop();
  await publish(api.services, 'main@2.0.0-rc.1');
  const put = async (path: string, body: unknown) =>
    expect((await api.request('PUT', `${ENVIRONMENT}/${path}`, { body })).status).toBe(200);
  await put('groups/partners', ['acme', 'initech']);
  await put('segments/partners', { condition: { company: { $inGroup: 'partners' } } });
  await put('flags/network', { enabled: false });
  await put('flags/redesign', { enabled: true, prerequisites: ['network'] });
  const preview = createHash('sha256').update('open').digest('hex');
  await put('overrides/qa', { visitors: ['ana'], units: ['main@2.0.0-rc.1'], preview_digest: preview });
  const plan = { units: ['main@1.1.0'], steps: [100], criteria: { user_segments: ['partners'], feature_flags: ['redesign'] } };
  expect((await api.request('POST', `${ENVIRONMENT}/rollouts`, { body: plan })).status).toBe(201);

  const partner = { key: 'bo', attributes: { company: 'acme' } };
  expect(await main(api, { key: 'ana' })).toMatchObject({ unit: 'main@2.0.0-rc.1', reason: 'override', override: 'qa' });
  expect(await main(api, { key: 'bo', preview })).toMatchObject({ unit: 'main@2.0.0-rc.1', reason: 'override' });
  expect(await main(api, { key: 'bo' })).toMatchObject({
    unit: 'main@1.0.0',
    reason: 'criteria-not-met',
    failed_criterion: 'user_segments',
  });
  expect(await main(api, partner)).toMatchObject({ unit: 'main@1.0.0', reason: 'prerequisite', failed_prerequisite: 'network' });
  await put('flags/network', { enabled: true });
  expect(await main(api, partner)).toMatchObject({
    unit: 'main@1.1.0',
    reason: 'rollout',
    arm: 'canary',
    matched: ['user_segments: partners', 'feature_flags: redesign'],
  });
  await put('holdout', { percentage: 100 });
  expect(await main(api, partner)).toMatchObject({ unit: 'main@1.0.0', reason: 'holdout' });
  expect((await explain(api, partner)).find(({ building }) => building === 'header')).toMatchObject({
    unit: 'header@1.0.0',
    reason: 'stable',
  });

  expect((await api.request('DELETE', `${ENVIRONMENT}/overrides/qa`)).status).toBe(200);
  expect((await api.request('DELETE', `${ENVIRONMENT}/overrides/qa`)).status).toBe(404);
  const { document } = (await api.request('GET', ENVIRONMENT)).body;
  expect(document.units).not.toHaveProperty('main@2.0.0-rc.1');
});

it('a preview is shown at its host until it is removed', async () => {
  const api = await testApiWithShop();
  const path = `${ENVIRONMENT}/host-routes`;
  const set = await api.request('PUT', `${path}/${HOST}`, { body: { units: ['main@1.1.0'], description: 'PR 12' } });
  expect(set).toMatchObject({ status: 200, body: { revision: 5, summary: `Set host ${HOST} to main@1.1.0.` } });
  expect(await main(api, { key: 'bo', host: HOST })).toEqual({ building: 'main', unit: 'main@1.1.0', reason: 'host-route', host: HOST });
  expect(await main(api, { key: 'bo' })).toMatchObject({ unit: 'main@1.0.0', reason: 'stable' });
  expect((await api.request('GET', path)).body).toEqual({
    host_routes: [{ host: HOST, description: 'PR 12', units: { main: 'main@1.1.0' }, expires_at: null }],
  });
  expect((await api.request('DELETE', `${path}/${HOST}`)).body).toMatchObject({ summary: `Removed host ${HOST}.` });
  expect(await api.request('DELETE', `${path}/${HOST}`)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  expect((await api.request('GET', path)).body).toEqual({ host_routes: [] });
});

it.each<[string, string, object, object[]]>([
  ['a host with a port', `${HOST}:8080`, { units: ['main@1.1.0'] }, [{ path: '/host', message: expect.stringContaining('has a port') }]],
  ['a pattern', '*.shop.example', { units: ['main@1.1.0'] }, [{ path: '/host', message: expect.stringContaining('is a pattern') }]],
  [
    'no units, and what nobody knows',
    HOST,
    { units: [], weight: 3 },
    [expect.objectContaining({ path: '/units' }), expect.objectContaining({ path: '/weight' })],
  ],
])('%s is no host route', async (_, host, body, errors) => {
  const api = await testApiWithShop();
  const answer = await api.request('PUT', `${ENVIRONMENT}/host-routes/${encodeURIComponent(host)}`, { body });
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  expect(answer.body.errors).toEqual(errors);
});

it('visitors are drawn anew only with a reason', async () => {
  const api = await testApiWithShop();
  const { rollout } = (await api.request('POST', `${ENVIRONMENT}/rollouts`, { body: { units: ['main@1.1.0'] } })).body;
  const path = `${ENVIRONMENT}/rollouts/${rollout.id}/re-salt`;
  expect((await api.request('POST', path, { body: {} })).status).toBe(400);
  const after = await api.request('POST', path, { body: { reason: 'an unlucky draw' } });
  expect(after.body).toMatchObject({ summary: expect.stringContaining('Drew visitors anew'), rollout: { state: 'running' } });
  expect(after.body.rollout.salt).not.toBe(rollout.salt);
});
