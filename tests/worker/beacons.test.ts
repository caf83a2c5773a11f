import { describe, expect, it } from 'vitest';
import type { BeaconEvent } from '#schemas/beacon.ts';
import { TICKET_LIFETIME_MS } from '#schemas/limits.ts';
import { NOW, canary, snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { sign } from './sign.ts';
import { type TestEdge, loaded, problemOf, testEdge } from './support.ts';

const rollouts = [
  snapshotRollout({ percentage: 100, period: 1 }),
  snapshotRollout({ id: 'header-1', salt: 'salt-2', percentage: 0, period: 3, arms: canary({ header: 'header@1.1.0' }) }),
];
const two = await sign(snapshotOf(rollouts));

const every: BeaconEvent[] = [
  loaded(),
  { kind: 'load_failed', building: 'main', message: 'no route' },
  { kind: 'error', building: 'main' },
  { kind: 'latency', building: 'main', value: 41.5 },
  { kind: 'feedback', building: 'main', value: 80 },
];

/** Somebody with a ticket, on an edge whose engine has had the exposures already. */
async function someone(edge: TestEdge = testEdge({ snapshot: two })) {
  const visitor = edge.visitor();
  await visitor.manifest();
  await edge.flush();
  edge.engine.batches.length = 0;
  return { edge, visitor };
}

describe('a good beacon', () => {
  it('reaches the engine as facts about this arm of this step', async () => {
    const { edge, visitor } = await someone();
    edge.clock.set(NOW + 60_000);
    const response = await visitor.report(...every, loaded('header'));
    expect(response.status).toBe(202);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ accepted: 6, duplicates: 0, ignored: 0 });
    await edge.flush();
    expect(edge.engine.batches).toHaveLength(1);
    expect(edge.engine.batches[0]).toMatchObject({ apartment: 'shop', environment: 'production' });
    const fact = { rollout: 'main-1', period: 1, arm: 'canary', visitor: expect.any(String), at: NOW + 60_000 };
    expect(edge.engine.events()).toEqual([
      { ...fact, kind: 'loaded' },
      { ...fact, kind: 'load_failed' },
      { ...fact, kind: 'error' },
      { ...fact, kind: 'latency', value: 41.5 },
      { ...fact, kind: 'feedback', value: 80 },
      { ...fact, rollout: 'header-1', period: 3, arm: 'control', kind: 'loaded' },
    ]);
  });

  it.each(['text/plain', 'text/plain;charset=UTF-8', 'application/json', 'Application/JSON; charset=utf-8'])('may be %s', async (type) => {
    const { visitor } = await someone();
    expect((await visitor.send({ ticket: visitor.ticket, events: [loaded()] }, { 'content-type': type })).status).toBe(202);
  });

  it('has events of buildings that its ticket does not cover ignored, not counted', async () => {
    const { edge, visitor } = await someone();
    const response = await visitor.report(loaded('sidebar'), loaded('attic'), loaded('main'));
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ accepted: 1, duplicates: 0, ignored: 2 });
    await edge.flush();
    expect(edge.engine.events().map(({ rollout }) => rollout)).toEqual(['main-1']);
  });

  it('of nothing but such buildings counts nothing', async () => {
    const { edge, visitor } = await someone();
    expect(await (await visitor.report(loaded('sidebar'))).json()).toEqual({ accepted: 0, duplicates: 0, ignored: 1 });
    await edge.flush();
    expect(edge.engine.events()).toEqual([]);
  });
});

describe('each kind of event', () => {
  it('counts once for a visitor, whatever else is in the beacon', async () => {
    const { edge, visitor } = await someone();
    expect(await (await visitor.report(loaded(), loaded())).json()).toEqual({ accepted: 1, duplicates: 1, ignored: 0 });
    expect(await (await visitor.report(loaded(), { kind: 'error', building: 'main' })).json()).toEqual({
      accepted: 1,
      duplicates: 1,
      ignored: 0,
    });
    await edge.flush();
    expect(edge.engine.events().map(({ kind }) => kind)).toEqual(['loaded', 'error']);
  });

  it('is refused when it is sent again, also with a newer ticket', async () => {
    const { edge, visitor } = await someone();
    await visitor.report(loaded());
    edge.clock.set(NOW + 60_000);
    await visitor.manifest();
    const again = await visitor.report(loaded());
    expect(again.status).toBe(409);
    expect((await problemOf(again)).code).toBe('already-counted');
    await edge.flush();
    expect(edge.engine.events()).toHaveLength(1);
  });

  it('counts again in the next step', async () => {
    const { edge, visitor } = await someone();
    await visitor.report(loaded());
    await edge.put(await sign(snapshotOf([snapshotRollout({ percentage: 100, period: 2 })], { revision: 8 })));
    await visitor.manifest();
    expect((await visitor.report(loaded())).status).toBe(202);
    await edge.flush();
    expect(
      edge.engine
        .events()
        .filter(({ kind }) => kind === 'loaded')
        .map(({ period }) => period),
    ).toEqual([1, 2]);
  });

  it('of another visitor counts', async () => {
    const { edge, visitor } = await someone();
    await visitor.report(loaded());
    const other = edge.visitor();
    await other.manifest();
    expect((await other.report(loaded())).status).toBe(202);
  });
});

describe('an exposure', () => {
  it('is delivered once for a visitor, rollout and step, however often they ask', async () => {
    const edge = testEdge({ snapshot: two });
    const visitor = edge.visitor();
    for (let visit = 0; visit < 5; visit++) await visitor.manifest(visit % 2 ? { 'if-none-match': '*' } : {});
    await edge.flush();
    expect(edge.engine.events()).toEqual([
      { rollout: 'main-1', period: 1, arm: 'canary', visitor: expect.any(String), kind: 'exposure', at: NOW },
      { rollout: 'header-1', period: 3, arm: 'control', visitor: expect.any(String), kind: 'exposure', at: NOW },
    ]);
  });

  it('is delivered again in the next step', async () => {
    const edge = testEdge({ snapshot: two });
    const visitor = edge.visitor();
    await visitor.manifest();
    await edge.put(await sign(snapshotOf([{ ...rollouts[0]!, period: 2 }, rollouts[1]!], { revision: 8 })));
    await visitor.manifest();
    await edge.flush();
    expect(edge.engine.exposures().map(({ rollout, period }) => [rollout, period])).toEqual([
      ['main-1', 1],
      ['header-1', 3],
      ['main-1', 2],
    ]);
  });

  it('is under a pseudonym that stays, differs between visitors, and is not in the cookie', async () => {
    const edge = testEdge({ snapshot: two });
    const cookies: string[] = [];
    for (let index = 0; index < 10; index++) {
      const visitor = edge.visitor();
      await visitor.manifest();
      await visitor.report(loaded());
      cookies.push(visitor.cookie!);
    }
    await edge.flush();
    const names = new Set(edge.engine.events().map(({ visitor }) => visitor));
    expect(names.size).toBe(10);
    for (const name of names) for (const cookie of cookies) expect(cookie).not.toContain(name);
    expect(JSON.stringify(edge.engine.events())).not.toContain('visitor-');
  });

  it('of nobody is delivered where there is no rollout', async () => {
    const edge = testEdge({ snapshot: await sign(snapshotOf()) });
    await edge.visitor().manifest();
    await edge.clock.pass(TICKET_LIFETIME_MS);
    expect(edge.engine.batches).toEqual([]);
  });
});
