import { describe, expect, it } from 'vitest';
import type { ApartmentManifest } from '#schemas/manifest.ts';
import type { SnapshotRollout } from '#schemas/snapshot.ts';
import { canary, snapshotOf, snapshotRollout, unitOf } from '../support/fixtures.ts';
import { sign } from './sign.ts';
import { type TestEdge, testEdge } from './support.ts';

/** A browser that keeps every cookie until its session ends. */
function browser(edge: TestEdge) {
  const jar = new Map<string, { value: string; lasts: boolean }>();
  return {
    jar,
    endSession: () => {
      for (const [name, { lasts }] of jar) if (!lasts) jar.delete(name);
    },
    async visit(path = '/manifest') {
      const cookie = [...jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
      const response = await edge.request(path, cookie === '' ? {} : { headers: { cookie } });
      const set = response.headers.getSetCookie();
      for (const text of set) {
        const [pair = ''] = text.split(';');
        jar.set(pair.slice(0, pair.indexOf('=')), { value: pair.slice(pair.indexOf('=') + 1), lasts: text.includes('Max-Age') });
      }
      const manifest: ApartmentManifest = await response.json();
      return { unit: manifest.apartments.shop!.buildings.main!.active_unit, set, response };
    },
  };
}

const test = (weights: [number, number], overrides: Partial<SnapshotRollout> = {}): SnapshotRollout =>
  snapshotRollout({
    strategy: 'ab_test',
    percentage: 100,
    sticky: true,
    arms: [
      { name: 'control', weight: weights[0], units: {} },
      { name: 'blue', weight: weights[1], units: { main: 'main@1.1.0' } },
    ],
    ...overrides,
  });

const edgeWith = async (rollout: SnapshotRollout, revision = 7) => testEdge({ snapshot: await sign(snapshotOf([rollout], { revision })) });

describe('a sticky A/B test', () => {
  it('keeps what every visitor was given when the weights change, and draws only newcomers anew', async () => {
    const before = await edgeWith(test([1, 1]));
    const after = await edgeWith(test([1, 9999]), 8);
    const seen = new Set<string>();
    for (let index = 0; index < 20; index++) {
      const one = browser(before);
      const first = (await one.visit()).unit;
      expect((await one.visit()).set).toEqual([]);
      const same = browser(after);
      for (const [name, cookie] of one.jar) same.jar.set(name, cookie);
      expect((await same.visit()).unit).toBe(first);
      expect((await browser(after).visit()).unit).toBe('main@1.1.0');
      seen.add(first);
    }
    expect(seen.size).toBe(2);
  });

  it('cannot be chosen: an arm that this edge did not give this visitor does not count', async () => {
    const edge = await edgeWith(test([1, 1]));
    const given = new Map<string, ReturnType<typeof browser>>();
    for (let index = 0; given.size < 2 && index < 50; index++) {
      const one = browser(edge);
      given.set((await one.visit()).unit, one);
    }
    const [[unit, one], [, other]] = [...given] as [[string, ReturnType<typeof browser>], [string, ReturnType<typeof browser>]];
    one.jar.set('concierge_arms', other.jar.get('concierge_arms')!);
    expect((await one.visit()).unit).toBe(unit);
    one.jar.set('concierge_arms', { value: 'eyJ9.forged', lasts: true });
    expect((await one.visit()).unit).toBe(unit);
  });

  it('that is drawn anew asks everybody again', async () => {
    const before = await edgeWith(test([1, 1]));
    const after = await edgeWith(test([1, 1], { salt: 'another' }), 8);
    let moved = 0;
    for (let index = 0; index < 40; index++) {
      const one = browser(before);
      const first = (await one.visit()).unit;
      const same = browser(after);
      for (const [name, cookie] of one.jar) same.jar.set(name, cookie);
      if ((await same.visit()).unit !== first) moved++;
    }
    expect(moved).toBeGreaterThan(5);
  });
});

describe('a rollout by session', () => {
  it('gives a session one unit, and the next session perhaps another', async () => {
    const edge = await edgeWith(snapshotRollout({ percentage: 50, bucket_by: 'session' }));
    const one = browser(edge);
    const units = new Set<string>();
    for (let session = 0; session < 20; session++) {
      const { unit } = await one.visit();
      for (let visit = 0; visit < 3; visit++) expect((await one.visit()).unit).toBe(unit);
      units.add(unit);
      one.endSession();
    }
    expect(units.size).toBe(2);
  });

  it('alone sets the cookie of a session', async () => {
    const bySession = await browser(await edgeWith(snapshotRollout({ bucket_by: 'session' }))).visit();
    expect(bySession.set.map((text) => text.split('=')[0])).toEqual(['concierge_visitor', 'concierge_session']);
    const byVisitor = await browser(await edgeWith(snapshotRollout())).visit();
    expect(byVisitor.set.map((text) => text.split('=')[0])).toEqual(['concierge_visitor']);
  });
});

describe('a preview', () => {
  // SHA-256 of "open sesame"
  const digest = '41ef4bb0b23661e66301aac36066912dac037827b4ae63a7b1165a5aa93ed4eb';
  const overrides = { qa: { description: '', visitors: [], segments: [], preview_digest: digest, units: { main: 'main@3.0.0-rc.1' } } };
  const snapshot = snapshotOf([snapshotRollout({ percentage: 100, arms: canary({ main: 'main@1.1.0' }) })], { overrides });
  const units = { ...snapshot.units, 'main@3.0.0-rc.1': unitOf('main@3.0.0-rc.1') };

  it.each([
    ['with its code shows what it previews, and counts in no rollout', '/manifest?preview=open%20sesame', 'main@3.0.0-rc.1', null],
    ['with another code shows what everybody gets', '/manifest?preview=open', 'main@1.1.0', expect.any(String)],
    ['with the digest instead of the code does so too', `/manifest?preview=${digest}`, 'main@1.1.0', expect.any(String)],
    ['without a code does so too', '/manifest', 'main@1.1.0', expect.any(String)],
  ])('%s', async (_, path, unit, ticket) => {
    const edge = testEdge({ snapshot: await sign({ ...snapshot, units }) });
    const visit = await browser(edge).visit(path);
    expect(visit.unit).toBe(unit);
    expect(visit.response.headers.get('concierge-ticket')).toEqual(ticket);
  });
});
