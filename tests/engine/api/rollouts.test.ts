import { describe, expect, it } from 'vitest';
import { tick } from '#engine/controller/tick.ts';
import { MINUTE, NOW } from '../../support/fixtures.ts';
import { ENVIRONMENT, type TestApi, testApiWithShop } from '../../support/api.ts';
import { publish } from '../../support/services.ts';

const fail = (error: unknown): never => {
  throw error;
};
const later = async (api: TestApi, minutes: number): Promise<void> => {
  (api.services as TestApi['services']).clock.now += minutes * MINUTE;
  await tick(api.services, fail);
};
const start = (api: TestApi, body: object, token?: string) =>
  api.request('POST', `${ENVIRONMENT}/rollouts`, { body, ...(token ? { token } : {}) });
const send = (api: TestApi, id: string, verb: string, body: object = {}, token?: string) =>
  api.request('POST', `${ENVIRONMENT}/rollouts/${id}/${verb}`, { body, ...(token ? { token } : {}) });
const view = async (api: TestApi, id: string) => (await api.request('GET', `${ENVIRONMENT}/rollouts/${id}`)).body;
const units = async (api: TestApi) => {
  const { body } = await api.request('GET', ENVIRONMENT);
  return [body.document.buildings.main.active_unit, body.document.buildings.header.active_unit];
};

describe('an A/B test, through the API', () => {
  const VARIANTS = [{ name: 'old' }, { name: 'green', units: ['main@1.1.0'] }, { name: 'blue', units: ['main@1.2.0', 'header@1.1.0'] }];

  it('is started, shown, resolved and ended with a variant', async () => {
    const api = await testApiWithShop();
    await publish(api.services, 'main@1.2.0');
    const { status, body } = await start(api, { strategy: 'ab_test', experiment: { variants: VARIANTS, min_difference: 2 } });
    expect(status).toBe(201);
    const { id } = body.rollout;
    expect((await view(api, id)).rollout.experiment).toMatchObject({ goal: 'goal', horizon: { kind: 'sequential' }, sticky: true });

    const asked = await Promise.all(
      Array.from({ length: 30 }, (_, index) => api.request('POST', `${ENVIRONMENT}/explain`, { body: { key: `visitor ${index}` } })),
    );
    const mains = asked.map((answer) => answer.body.buildings.find(({ building }: { building: string }) => building === 'main'));
    expect(new Set(mains.map(({ unit, arm, reason }) => `${unit} ${arm} ${reason}`))).toEqual(
      new Set(['main@1.0.0 old variant', 'main@1.1.0 green variant', 'main@1.2.0 blue variant']),
    );

    expect((await send(api, id, 'promote', { to: 'done' })).body.errors).toMatchObject([{ path: '/variant' }]);
    const ended = await send(api, id, 'promote', { to: 'done', variant: 'blue', reason: 'people like it' });
    expect(ended.body.rollout).toMatchObject({ state: 'completed', promoted: 'blue', state_reason: 'people like it' });
    expect(await units(api)).toEqual(['main@1.2.0', 'header@1.1.0']);
  });

  it('names what is wrong with a variant, wherever it stands', async () => {
    const api = await testApiWithShop();
    const missing = await start(api, {
      strategy: 'ab_test',
      experiment: { variants: [{ name: 'old' }, { name: 'new', units: ['main@9.9.9'] }] },
    });
    expect(missing.body.errors).toEqual([{ path: '/experiment/variants/1/units/0', message: 'main@9.9.9 is not published' }]);
    const twice = await start(api, {
      strategy: 'ab_test',
      experiment: { variants: [{ name: 'old' }, { name: 'new', units: ['main@1.1.0', 'main@1.0.0'] }] },
    });
    expect(twice.body.errors).toEqual([{ path: '/experiment/variants/1/units/1', message: 'main@1.1.0 moves building main too' }]);
  });
});

describe('a planned rollout, through the API', () => {
  it('waits for time and approval, begins by a tick, and its start can be moved', async () => {
    const api = await testApiWithShop();
    const ben = await api.tokenFor({ role: 'operator' });
    const { body } = await start(api, { units: ['main@1.1.0'], start_at: NOW + 60 * MINUTE, approvals: 1 });
    const { id } = body.rollout;
    expect(body.summary).toBe(`Planned ${id} (main 1.0.0 → 1.1.0). Waits for its time.`);
    expect(await view(api, id)).toMatchObject({
      rollout: { state: 'scheduled' },
      config: { percentage: 0 },
      verdict: null,
      step_ends_at: null,
    });
    expect((await send(api, id, 'edit', { changes: { start_at: NOW + 5 * MINUTE } })).status).toBe(200);
    await later(api, 5);
    expect((await view(api, id)).rollout.state).toBe('awaiting-approval');
    expect((await send(api, id, 'approve')).body).toMatchObject({ code: 'forbidden' });
    expect((await send(api, id, 'approve', {}, ben)).status).toBe(200);
    await later(api, 0);
    expect((await view(api, id)).rollout).toMatchObject({ state: 'running', approvals: [{ by: 'operator token' }] });
  });

  it('is approved by persons: two tokens of one are one', async () => {
    const api = await testApiWithShop();
    const scope = { role: 'operator' };
    const tokenOf = async (name: string, person?: string) =>
      (await api.request('POST', '/v1/tokens', { body: { name, person, scope } })).body['token'] as string;
    const [laptop, phone] = [await tokenOf('laptop', 'ana'), await tokenOf('phone', 'ana')];
    const [ben, bensCi] = [await tokenOf('ben'), await tokenOf('ci', 'ben')];
    const { id } = (await start(api, { units: ['main@1.1.0'], approvals: 2 }, laptop)).body.rollout;
    expect((await view(api, id)).rollout).toMatchObject({ started_by: 'ana', state: 'awaiting-approval' });
    expect((await send(api, id, 'approve', {}, phone)).body).toMatchObject({
      code: 'forbidden',
      detail: `ana started rollout ${id}; somebody else must approve it.`,
    });
    expect((await send(api, id, 'approve', {}, ben)).status).toBe(200);
    expect((await send(api, id, 'approve', {}, bensCi)).body).toMatchObject({ detail: `ben has approved rollout ${id} already.` });
    expect((await view(api, id)).rollout.approvals).toMatchObject([{ by: 'ben' }]);
    const { revisions } = (await api.request('GET', `${ENVIRONMENT}/revisions`)).body;
    expect(revisions.slice(0, 2).map(({ actor }: { actor: string }) => actor)).toEqual(['ben', 'ana']);
    expect((await api.request('GET', '/v1/whoami', { token: phone })).body).toMatchObject({ name: 'phone', person: 'ana' });

    for (const [body, errors] of [
      [{ name: 'tablet', person: 'Ana' }, [{ path: '/person', message: 'there is a person ana already; write it the same way' }]],
      [{ name: ' BEN' }, [{ path: '/name', message: 'there is a person ben already; write it the same way' }]],
      [{ name: 'be\u200bn' }, [{ path: '/name', message: 'there is a person ben already; write it the same way' }]],
      [{ name: 'x', person: 'Engine' }, [{ path: '/person', message: 'the engine itself acts by this name' }]],
    ] as const) {
      expect((await api.request('POST', '/v1/tokens', { body: { ...body, scope } })).body).toMatchObject({ status: 422, errors });
    }
  });

  it('whose units do not fit when it begins is aborted, and says so', async () => {
    const api = await testApiWithShop();
    const { unit } = (await api.request('GET', '/v1/apartments/shop/units')).body.units.find((one: any) => one.unit.id === 'main@1.1.0');
    const { id: _, rollout: __, ...picky } = { ...unit, version: '1.3.0', compatibility: { header: '<1.1.0' } };
    expect((await api.request('POST', '/v1/apartments/shop/units', { body: { building: 'main', unit: picky } })).status).toBe(201);
    const planned = await start(api, { units: ['main@1.3.0'], start_at: NOW + 10 * MINUTE });
    const other = await start(api, { units: ['header@1.1.0'], strategy: 'immediate' });
    expect([planned.status, other.status]).toEqual([201, 201]);
    await later(api, 10);
    const { rollout } = await view(api, planned.body.rollout.id);
    expect(rollout).toMatchObject({
      state: 'aborted',
      state_reason: expect.stringMatching(/^It could not start: .*main 1\.3\.0 fits only header <1\.1\.0/),
    });
  });

  it('whose criteria cannot be right is refused now, not at night', async () => {
    const api = await testApiWithShop();
    const plan = { units: ['main@1.1.0'], start_at: NOW + MINUTE, criteria: { user_segments: ['nobody'] } };
    const { status, body } = await start(api, plan);
    expect([status, body.errors]).toEqual([422, [{ path: '/criteria/user_segments/0', message: 'there is no segment nobody' }]]);
    expect(body.detail).toBe('It cannot be started so.');
  });

  it('comes after another one, as soon as that has completed', async () => {
    const api = await testApiWithShop();
    const first = (await start(api, { units: ['header@1.1.0'] })).body.rollout.id;
    const second = (await start(api, { units: ['main@1.1.0'], after: [first] })).body.rollout.id;
    await later(api, 1);
    expect((await view(api, second)).rollout).toMatchObject({ state: 'scheduled', state_reason: `Waits for ${first} to complete.` });
    await send(api, first, 'promote', { to: 'done' });
    await later(api, 1);
    expect((await view(api, second)).rollout.state).toBe('running');
    expect((await api.request('POST', `${ENVIRONMENT}/rollback`, { body: { building: 'header', to_revision: 4 } })).status).toBe(200);
    expect((await view(api, second)).rollout).toMatchObject({
      state: 'rolled-back',
      state_reason: `${first}, which it came after, was taken back.`,
    });
  });
});

describe('the policy, through the API', () => {
  const FREEZE = { days: ['thu'], time_zone: 'UTC', reason: 'launch' };

  it('is empty at first, and holds rollouts to what an admin says', async () => {
    const api = await testApiWithShop();
    const at = `${ENVIRONMENT}/policy`;
    expect((await api.request('GET', at)).body).toEqual({ freeze_windows: [], approvals: 0 });
    const set = await api.request('PUT', at, { body: { freeze_windows: [FREEZE], max_rollouts: 1 } });
    expect(set.body.summary).toBe('Set the policy for rollouts: 1 freeze window, at most 1 at once.');
    expect((await api.request('GET', at)).body).toMatchObject({
      freeze_windows: [{ ...FREEZE, from: '00:00', to: '24:00' }],
      max_rollouts: 1,
    });

    expect((await start(api, { units: ['main@1.1.0'] })).body).toMatchObject({ code: 'frozen', status: 409 });
    const forced = await start(api, { units: ['main@1.1.0'], override_freeze: true, reason: 'the fix' });
    const { id } = forced.body.rollout;
    expect(await view(api, id)).toMatchObject({ frozen: 'thu 00:00–24:00 UTC (launch)', frozen_until: Date.UTC(2026, 0, 16) });
    expect((await start(api, { units: ['header@1.1.0'], override_freeze: true, reason: 'x' })).body.code).toBe('rollout-limit');
    expect((await send(api, id, 'promote')).body.code).toBe('frozen');
    expect((await send(api, id, 'promote', { override_freeze: true, reason: 'the fix' })).body.rollout.step).toBe(1);
    expect((await send(api, id, 'rollback')).body.rollout.state).toBe('rolled-back');
  });

  it('is refused with every fault', async () => {
    const api = await testApiWithShop();
    const body = { freeze_windows: [{ days: ['someday'], time_zone: 'Mars/Base' }], approvals: -1 };
    const refused = await api.request('PUT', `${ENVIRONMENT}/policy`, { body });
    expect(refused.body.errors!.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      '/approvals',
      '/freeze_windows/0/days/0',
      '/freeze_windows/0/time_zone',
    ]);
  });
});

describe('a rollout that was taken back', () => {
  it('is tried again under a new id, by the plan it had at its end', async () => {
    const api = await testApiWithShop();
    const { id } = (await start(api, { units: ['main@1.1.0', 'header@1.1.0'], steps: [10, 100], criteria: { geo_regions: ['KR'] } })).body
      .rollout;
    const { steps } = (await view(api, id)).rollout;
    await send(api, id, 'edit', { changes: { steps: [steps[0], { ...steps[1], duration: 77 }] } });
    expect((await send(api, id, 'retry')).body).toMatchObject({
      code: 'rollout-state',
      detail: `Rollout ${id} is running; it cannot take "retry".`,
    });
    await send(api, id, 'rollback');
    const again = await send(api, id, 'retry', { reason: 'the cache was cold' });
    expect(again.status).toBe(201);
    expect(again.body.rollout).toMatchObject({
      retry_of: id,
      state: 'running',
      state_reason: 'the cache was cold',
      step: 0,
      steps: [{ percentage: 10 }, { percentage: 100, duration: 77 }],
      criteria: { geo_regions: ['KR'] },
    });
    expect(again.body.rollout.id).not.toBe(id);
    expect(again.body.rollout.salt).not.toBe((await view(api, id)).rollout.salt); // others are asked this time
    expect((await send(api, 'nothing', 'retry')).status).toBe(404);
  });

  it('waits for its time and for what it depended on, as before, or for what that was retried as', async () => {
    const api = await testApiWithShop();
    const { id: main } = (await start(api, { units: ['main@1.1.0'] })).body.rollout;
    const { id: header } = (await start(api, { units: ['header@1.1.0'], after: [main], start_at: NOW + 60 * MINUTE })).body.rollout;
    await send(api, main, 'rollback');
    expect((await view(api, header)).rollout.state).toBe('aborted');
    expect((await send(api, header, 'retry')).body.errors).toMatchObject([{ path: '/after/0', message: `${main} was rolled back` }]);
    const { id: second } = (await send(api, main, 'retry')).body.rollout;
    expect((await send(api, header, 'retry')).body.rollout).toMatchObject({ state: 'scheduled', after: [second] });
  });

  it('as an A/B test too', async () => {
    const api = await testApiWithShop();
    const variants = [{ name: 'old' }, { name: 'green', weight: 3, units: ['main@1.1.0'] }];
    const { id } = (await start(api, { strategy: 'ab_test', experiment: { variants, horizon: { kind: 'fixed', visitors: 500 } } })).body
      .rollout;
    await send(api, id, 'abort');
    const { experiment } = (await send(api, id, 'retry')).body.rollout;
    expect(experiment).toEqual((await view(api, id)).rollout.experiment);
  });
});

it('tells which outside sources its metrics may ask', async () => {
  const api = await testApiWithShop();
  const { body } = await api.request('GET', `${ENVIRONMENT}/metric-sources`);
  expect(body).toEqual({
    sources: [
      { name: 'billing', kind: 'web' },
      { name: 'prometheus', kind: 'prometheus' },
    ],
  });
});

it('a gate for admins lets no operator pass', async () => {
  const api = await testApiWithShop();
  const ben = await api.tokenFor({ role: 'operator' });
  const steps = [{ percentage: 5, duration: 1, gate: 'manual', role: 'admin' }, 100];
  const { id } = (await start(api, { units: ['main@1.1.0'], steps }, ben)).body.rollout;
  expect((await send(api, id, 'promote', {}, ben)).body).toMatchObject({
    code: 'forbidden',
    detail: expect.stringContaining('Only an admin'),
  });
  expect((await send(api, id, 'promote')).body.rollout.step).toBe(1);
});

it('an edit names what cannot change', async () => {
  const api = await testApiWithShop();
  const { id } = (await start(api, { units: ['main@1.1.0'] })).body.rollout;
  const refused = await send(api, id, 'edit', { changes: { units: ['main@1.0.0'], salt: 'x', progress_deadline: 60 } });
  expect(refused.body.errors!.map(({ path }: { path: string }) => path)).toEqual(['/changes/units', '/changes/salt']);
});

it.each(['', '/health'])('one that the document does not have any more is looked for in the chain: GET …/rollouts/old%s', async (view) => {
  const api = await testApiWithShop();
  expect(await api.request('GET', `${ENVIRONMENT}/rollouts/main-old${view}`)).toMatchObject({
    status: 404,
    body: {
      detail:
        'There is no rollout main-old in shop/production. Of those that have ended, only the newest 20 are kept at hand; "concierge rollout replay main-old" and "concierge history" still have older ones.',
    },
  });
});
