import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { moveRollout } from '#engine/services/move-rollout.ts';
import { startRollout } from '#engine/services/start-rollout.ts';
import { MAX_API_BODY_BYTES } from '#schemas/limits.ts';
import { alertmanagerDelivery } from '../../support/alertmanager.ts';
import { ENVIRONMENT, testApiWithShop } from '../../support/api.ts';
import { NOW, PLACE, planOf } from '../../support/fixtures.ts';
import { ANA } from '../../support/services.ts';

const ALERTS = `${ENVIRONMENT}/alerts`;

/** A shop with rollouts of main and header under way, and a token that may do nothing but send alerts. */
async function given(webhookSecrets: string[] = []) {
  const api = await testApiWithShop({ webhookSecrets });
  const { services } = api;
  const { rollout: main } = await startRollout(services, PLACE, planOf(), ANA);
  const { rollout: header } = await startRollout(services, PLACE, planOf({ units: ['header@1.1.0'] }), ANA);
  const token = await api.tokenFor({ role: 'alerts', apartment: 'shop', environment: 'production' });
  const rollouts = async () => (await services.revisions.head(PLACE))!.document.rollouts;
  return {
    ...api,
    main: main.id,
    header: header.id,
    rollouts,
    states: async () => Object.values(await rollouts()).map(({ state }) => state),
    send: (body: unknown, headers: Record<string, string> = {}) => api.request('POST', ALERTS, { body, token, headers }),
    resume: (id: string) => moveRollout(services, PLACE, { type: 'resume-rollout', rollout: id }, ANA),
    number: async () => (await services.revisions.head(PLACE))!.number,
  };
}
type Given = Awaited<ReturnType<typeof given>>;

describe("Alertmanager's webhook", () => {
  it('pauses the rollout that it names, by the name of the alert and with its summary', async () => {
    const shop = await given();
    const delivery = alertmanagerDelivery({ labels: { concierge_rollout: shop.main }, annotations: { summary: 'Checkout\nfails' } });
    expect(await shop.send(delivery)).toMatchObject({
      status: 200,
      body: { results: [{ alert: 'CheckoutErrors', rollout: shop.main, outcome: 'paused' }] },
    });
    expect((await shop.rollouts())[shop.main]).toMatchObject({
      state: 'paused',
      state_reason: 'Alert CheckoutErrors is firing: Checkout fails',
    });
    expect((await shop.services.revisions.head(PLACE))!.actor).toBe('alert:CheckoutErrors');
    expect(await shop.states()).toEqual(['paused', 'running']);
  });

  it.each<[string, (shop: Given) => Record<string, string>, string[], string[]]>([
    ['a building', () => ({ concierge_building: 'header' }), ['paused'], ['running', 'paused']],
    [
      'a rollout to take back',
      ({ main }) => ({ concierge_rollout: main, concierge_action: 'roll-back' }),
      ['rolled-back'],
      ['rolled-back', 'running'],
    ],
    ['both, of one rollout', ({ main }) => ({ concierge_rollout: main, concierge_building: 'main' }), ['paused'], ['paused', 'running']],
    [
      'both, of two',
      ({ main }) => ({ concierge_rollout: main, concierge_building: 'header' }),
      ['no-live-rollout'],
      ['running', 'running'],
    ],
    ['a rollout that is not there', () => ({ concierge_rollout: 'gone' }), ['no-live-rollout'], ['running', 'running']],
    ['a building where nothing is under way', () => ({ concierge_building: 'sidebar' }), ['no-live-rollout'], ['running', 'running']],
  ])('names %s', async (_, labels, outcomes, states) => {
    const shop = await given();
    const { body } = await shop.send(alertmanagerDelivery({ labels: labels(shop) }));
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(outcomes);
    expect(await shop.states()).toEqual(states);
  });

  it('takes several alerts in one delivery, one after the other', async () => {
    const shop = await given();
    const { body } = await shop.send(
      alertmanagerDelivery(
        { labels: { concierge_rollout: shop.main } },
        { labels: { concierge_building: 'header', concierge_action: 'roll-back' } },
        { labels: { concierge_building: 'main', alertname: 'Over' }, status: 'resolved' },
        { labels: { alertname: 'Untied' } },
        { labels: { concierge_building: 'mian' } },
        { labels: { concierge_building: 'mian' }, status: 'resolved' },
      ),
    );
    expect(body.results).toMatchObject([
      { outcome: 'paused', rollout: shop.main },
      { outcome: 'rolled-back', rollout: shop.header },
      { alert: 'Over', outcome: 'resolved' },
      { alert: 'Untied', outcome: 'refused', message: expect.stringContaining('/alerts/3/labels names neither') },
      { outcome: 'unknown-building', message: '/alerts/4/labels/concierge_building there is no building mian in shop/production' },
      { outcome: 'resolved' },
    ]);
    expect(await shop.states()).toEqual(['paused', 'rolled-back']);
  });

  it('acts on a paused rollout, and on one that waits at a gate', async () => {
    const shop = await given();
    await moveRollout(shop.services, PLACE, { type: 'pause-rollout', rollout: shop.main }, ANA);
    shop.services.clock.now += 1_000 * 60_000;
    const labels = { concierge_action: 'roll-back' };
    await shop.send(
      alertmanagerDelivery({ labels: { ...labels, concierge_building: 'main' } }, { labels: { ...labels, concierge_building: 'header' } }),
    );
    expect(await shop.states()).toEqual(['rolled-back', 'rolled-back']);
  });

  it('repeated changes nothing, whoever did it first; nor does it pause again what a person resumed', async () => {
    const shop = await given();
    const delivery = alertmanagerDelivery({ labels: { concierge_rollout: shop.main } });
    await shop.send(delivery);
    const after = await shop.number();
    expect((await shop.send(delivery)).body.results).toMatchObject([{ outcome: 'already' }]);
    expect(await shop.number()).toBe(after);
    await shop.resume(shop.main);
    expect((await shop.send(delivery)).body.results).toMatchObject([{ outcome: 'already' }]);
    expect(await shop.states()).toEqual(['running', 'running']);
    const again = alertmanagerDelivery({ labels: { concierge_rollout: shop.main }, startsAt: '2026-01-15T12:10:00Z' });
    expect((await shop.send(again)).body.results).toMatchObject([{ outcome: 'paused' }]);
  });

  it('ten at once make one revision', async () => {
    const shop = await given();
    const before = await shop.number();
    const delivery = alertmanagerDelivery({ labels: { concierge_rollout: shop.main, concierge_action: 'roll-back' } });
    const answers = await Promise.all(Array.from({ length: 10 }, () => shop.send(delivery)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await shop.number()).toBe(before + 1);
  });

  it.each<[string, unknown, number, string[]]>([
    ['tied to nothing', alertmanagerDelivery({}, {}), 422, ['/alerts/0/labels', '/alerts/1/labels']],
    [
      'with every label wrong',
      alertmanagerDelivery({ labels: { concierge_rollout: 'No!', concierge_building: 'constructor', concierge_action: 'explode' } }),
      422,
      ['/alerts/0/labels/concierge_rollout', '/alerts/0/labels/concierge_building', '/alerts/0/labels/concierge_action'],
    ],
    [
      'about no building that there is',
      alertmanagerDelivery({ labels: { concierge_building: 'mian' } }, { labels: { concierge_building: 'to-string' } }, { labels: {} }),
      422,
      ['/alerts/0/labels/concierge_building', '/alerts/1/labels/concierge_building', '/alerts/2/labels'],
    ],
    ['of another version', { ...alertmanagerDelivery(), version: '3' }, 400, ['/version']],
    ['without alerts', { version: '4' }, 400, ['/alerts']],
    ['with a bad status', alertmanagerDelivery({ status: 'on' }), 400, ['/alerts/0/status']],
  ])('is refused %s, every fault named', async (_, delivery, status, paths) => {
    const shop = await given();
    const answer = await shop.send(delivery);
    expect(answer.status).toBe(status);
    expect(answer.body.errors!.map(({ path }) => path)).toEqual(paths);
    expect(await shop.states()).toEqual(['running', 'running']);
  });

  it('says which labels are needed', async () => {
    const shop = await given();
    expect((await shop.send(alertmanagerDelivery({}))).body.errors![0]!.message).toContain('concierge_rollout or concierge_building');
  });

  it('a severity changes nothing, and an empty delivery is fine', async () => {
    const shop = await given();
    await shop.send(alertmanagerDelivery({ labels: { concierge_building: 'main', severity: 'critical' } }));
    expect(await shop.states()).toEqual(['paused', 'running']);
    expect(await shop.send(alertmanagerDelivery())).toMatchObject({ status: 200, body: { results: [] } });
  });

  it('hostile names and words stay words', async () => {
    const shop = await given();
    const labels = { concierge_rollout: shop.main, alertname: `\u001b[2J${'x'.repeat(400)}\r\n{"level":50}` };
    await shop.send(alertmanagerDelivery({ labels, annotations: { summary: 'y\u0000\u2028'.repeat(1_000) } }));
    const head = (await shop.services.revisions.head(PLACE))!;
    expect(head.actor.length).toBeLessThanOrEqual(120);
    expect(`${head.actor}${head.document.rollouts[shop.main]!.state_reason}`).not.toMatch(/\p{Cc}|\u2028/u);
  });
});

describe('the generic form', () => {
  it.each<[string, (shop: Given) => object, string, string[]]>([
    ['pauses', ({ main }) => ({ rollout: main, message: 'Slow.' }), 'paused', ['paused', 'running']],
    ['takes back', () => ({ building: 'main', action: 'roll-back' }), 'rolled-back', ['rolled-back', 'running']],
    ['is over', ({ main }) => ({ rollout: main, status: 'resolved' }), 'resolved', ['running', 'running']],
  ])('%s', async (_, alert, outcome, states) => {
    const shop = await given();
    const { body } = await shop.send({ name: 'slo', status: 'firing', ...alert(shop) });
    expect(body.results).toMatchObject([{ alert: 'slo', outcome }]);
    expect(await shop.states()).toEqual(states);
  });

  it.each<[string, object, number, string[]]>([
    ['tied to nothing', { name: 'slo', status: 'firing' }, 422, ['']],
    ['about no building that there is', { name: 'slo', status: 'firing', building: 'mian' }, 422, ['/building']],
    [
      'with faults',
      { name: '', status: 'on', rollout: 'No!', action: 'explode', more: 1 },
      400,
      ['/name', '/status', '/rollout', '/action', '/more'],
    ],
  ])('is refused %s', async (_, alert, status, paths) => {
    const shop = await given();
    const answer = await shop.send(alert);
    expect([answer.status, answer.body.errors!.map(({ path }) => path)]).toEqual([status, paths]);
  });
});

describe('who may send alerts', () => {
  const SECRET = 'a secret of the test';
  const OLD = 'the secret before it';
  const sign = (body: string, { secret = SECRET, at = NOW }: { secret?: string; at?: number } = {}) => {
    const seconds = Math.floor(at / 1_000);
    return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
  };
  const body = JSON.stringify({ name: 'slo', status: 'firing', building: 'main' });
  const signed = (shop: Given, text: string, signature: string, path = ALERTS) =>
    shop.request('POST', path, { body: text, token: null, headers: { 'x-concierge-signature': signature } });

  it.each<[string, { secret?: string; at?: number }]>([
    ['the secret', {}],
    ['the secret before it', { secret: OLD }],
    ['a clock five minutes behind', { at: NOW - 300_000 }],
    ['a clock five minutes ahead', { at: NOW + 300_000 }],
  ])('whoever has %s', async (_, options) => {
    const shop = await given([SECRET, OLD]);
    expect(await signed(shop, body, sign(body, options))).toMatchObject({ status: 200, body: { results: [{ outcome: 'paused' }] } });
  });

  it.each<[string, string]>([
    ['another secret', sign(body, { secret: 'guessed' })],
    ['the signature of another body', sign(`${body} `)],
    ['a signature of six minutes ago', sign(body, { at: NOW - 360_000 })],
    ['a signature of six minutes from now', sign(body, { at: NOW + 360_000 })],
    ['another time before the same signature', sign(body).replace(/t=\d+/, `t=${Math.floor(NOW / 1_000) + 1}`)],
    ['half a signature', sign(body).slice(0, -1)],
    ['upper case', sign(body).toUpperCase()],
    ['an empty signature', ''],
    ['words', 'trust me'],
    ['an empty secret', sign(body, { secret: '' })],
  ])('not with %s', async (_, signature) => {
    const shop = await given([SECRET, OLD]);
    expect(await signed(shop, body, signature)).toMatchObject({ status: 401, body: { code: 'signature-invalid' } });
    expect(await shop.states()).toEqual(['running', 'running']);
  });

  it('not by a signature where the engine has no secret', async () => {
    const shop = await given();
    expect(await signed(shop, body, sign(body, { secret: '' }))).toMatchObject({ status: 401, body: { code: 'signature-invalid' } });
  });

  it('a signed request that is sent again does nothing again, not even after a person resumed', async () => {
    const shop = await given([SECRET]);
    const signature = sign(body);
    await signed(shop, body, signature);
    await shop.resume(shop.main);
    expect(await signed(shop, body, signature)).toMatchObject({ status: 200, body: { results: [{ outcome: 'already' }] } });
    expect(await shop.states()).toEqual(['running', 'running']);
    expect(await signed(shop, body, sign(body, { at: NOW + 1_000 }))).toMatchObject({ body: { results: [{ outcome: 'paused' }] } });
  });

  it('nor does it anything when it had nothing to do the first time', async () => {
    const shop = await given([SECRET]);
    await moveRollout(shop.services, PLACE, { type: 'pause-rollout', rollout: shop.main }, ANA);
    await signed(shop, body, sign(body));
    await shop.resume(shop.main);
    await signed(shop, body, sign(body));
    expect(await shop.states()).toEqual(['running', 'running']);
  });

  it('nor anything in another environment', async () => {
    const shop = await given([SECRET]);
    await shop.request('POST', '/v1/environments', { body: { apartment: 'shop', environment: 'staging' } });
    await signed(shop, body, sign(body));
    const elsewhere = ALERTS.replace('production', 'staging');
    expect(await signed(shop, body, sign(body), elsewhere)).toMatchObject({ status: 401, body: { code: 'signature-invalid' } });
  });

  it('a signature opens no other route', async () => {
    const shop = await given([SECRET]);
    const answer = await signed(shop, '{}', sign('{}'), `${ENVIRONMENT}/rollback`);
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it.each<[string, string, number]>([
    ['too large', JSON.stringify({ name: 'x'.repeat(MAX_API_BODY_BYTES) }), 413],
    ['too deep', '['.repeat(100) + ']'.repeat(100), 400],
    ['no JSON', '{', 400],
  ])('a body that is %s is refused before its signature is looked at', async (_, text, status) => {
    const shop = await given([SECRET]);
    expect((await signed(shop, text, sign(text, { secret: 'x' }))).status).toBe(status);
  });

  it.each<[string, (shop: Given) => Promise<string | null>, number]>([
    ['nobody', async () => null, 401],
    ['a stranger', async () => `concierge_0123456789abcdef_${'A'.repeat(43)}`, 401],
    ['an edge', ({ tokenFor }) => tokenFor({ role: 'edge' }), 403],
    ['a publisher', ({ tokenFor }) => tokenFor({ role: 'publisher' }), 403],
    ['alerts of another environment', ({ tokenFor }) => tokenFor({ role: 'alerts', environment: 'staging' }), 403],
    ['alerts', ({ tokenFor }) => tokenFor({ role: 'alerts' }), 200],
    ['an operator', ({ tokenFor }) => tokenFor({ role: 'operator' }), 200],
  ])('by token: %s', async (_, tokenOf, status) => {
    const shop = await given();
    expect((await shop.request('POST', ALERTS, { body, token: await tokenOf(shop) })).status).toBe(status);
  });
});

describe('a rollout with metrics', () => {
  const plan = (query: object) => ({ units: ['sidebar@1.1.0'], analysis: { metrics: [{ name: 'errors', query, failure: { gt: 1 } }] } });
  const start = async (query: object) => (await given()).request('POST', `${ENVIRONMENT}/rollouts`, { body: plan(query) });

  it('starts when the engine has the source', async () => {
    expect((await start({ kind: 'prometheus', source: 'prometheus', query: 'up' })).status).toBe(201);
  });

  it.each<[string, object, number, string, RegExp]>([
    [
      'an unknown source',
      { kind: 'web', source: 'nobody', path: 'x' },
      422,
      '/analysis/metrics/0/query/source',
      /the engine has prometheus, billing/,
    ],
    [
      'a query of another kind',
      { kind: 'web', source: 'prometheus', path: 'x' },
      422,
      '/analysis/metrics/0/query/kind',
      /of the kind prometheus/,
    ],
    ['a path that leads out', { kind: 'web', source: 'billing', path: '../x' }, 400, '/analysis/metrics/0/query/path', /leave out/],
    [
      'an unknown name',
      { kind: 'prometheus', source: 'prometheus', query: '{{version}}' },
      400,
      '/analysis/metrics/0/query/query',
      /is not known/,
    ],
  ])('is refused with %s', async (_, query, status, path, message) => {
    const answer = await start(query);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
  });
});
