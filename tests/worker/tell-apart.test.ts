import { describe, expect, it } from 'vitest';
import { BeaconBatch } from '#schemas/beacon.ts';
import { canary, snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { bufferOf, eventsFrom } from './buffer-support.ts';
import { freshEntry } from './fresh-entry.ts';
import { sign } from './sign.ts';
import { loaded, testEdge } from './support.ts';

const segments = {
  korea: { description: '', condition: { country: 'KR' } },
  islands: { description: '', condition: { country: { $in: ['IS', 'JP'] } } },
};
const plain = await sign(snapshotOf([snapshotRollout({ percentage: 100 })]));

describe('segments of the analysis', () => {
  const asking = sign(
    snapshotOf(
      [
        snapshotRollout({ percentage: 100, analysis_segments: ['korea', 'islands', 'undefined-here'] }),
        snapshotRollout({ id: 'header-1', salt: 'salt-2', percentage: 100, arms: canary({ header: 'header@1.1.0' }) }),
      ],
      { segments },
    ),
  );

  it.each([
    { country: 'KR', of: ['korea'] },
    { country: 'JP', of: ['islands'] },
    { country: 'DE', of: undefined },
    { country: undefined, of: undefined },
  ])('of a visitor from $country are told with the exposure and every report: $of', async ({ country, of }) => {
    const edge = testEdge({ snapshot: await asking });
    const visitor = edge.visitor(country);
    await visitor.manifest();
    await visitor.report(loaded(), { kind: 'lcp', building: 'main', value: 900 }, loaded('header'));
    await edge.flush();
    const told = edge.engine.events().map(({ rollout, kind, segments }) => [rollout, kind, segments]);
    expect(told).toEqual([
      ['main-1', 'exposure', of],
      ['header-1', 'exposure', undefined],
      ['main-1', 'loaded', of],
      ['main-1', 'lcp', of],
      ['header-1', 'loaded', undefined],
    ]);
  });
});

describe('the network of a visitor', () => {
  /** What is told of somebody with this address, by an edge with this secret. */
  async function networkOf(address: string | undefined, secret = 'a secret for tests'): Promise<string | undefined> {
    const edge = testEdge({ snapshot: plain, secrets: [secret] });
    const visitor = edge.visitor(undefined, address);
    await visitor.manifest();
    await visitor.report(loaded());
    await edge.flush();
    const [exposure, report] = edge.engine.events();
    expect(report!.network).toBe(exposure!.network);
    if (address) expect(JSON.stringify(edge.engine.events())).not.toContain(address);
    return exposure!.network;
  }

  it.each([
    { name: 'two addresses of a /24', one: '203.0.113.7', other: '203.0.113.250', same: true },
    { name: 'two neighbours of it', one: '203.0.113.7', other: '203.0.112.7', same: false },
    { name: 'two addresses of a /48', one: '2001:db8:1:1::1', other: '2001:0db8:0001:ffff::9', same: true },
    { name: 'two neighbours of a /48', one: '2001:db8:1::1', other: '2001:db8:2::1', same: false },
    { name: 'an address and itself inside IPv6', one: '203.0.113.7', other: '::ffff:203.0.113.9', same: true },
  ])('$name: the same is $same', async ({ one, other, same }) => {
    const [first, second] = [await networkOf(one), await networkOf(other)];
    expect(first).toMatch(/^[\w-]{12}$/);
    expect(first === second).toBe(same);
  });

  it('tells nothing without the secret of the edge', async () => {
    expect(await networkOf('203.0.113.7')).not.toBe(await networkOf('203.0.113.7', 'another secret'));
  });

  it.each([undefined, '', 'unknown', '203.0.113', '999.1.1.1'])('is not told where the address is %s', async (address) => {
    expect(await networkOf(address)).toBeUndefined();
  });

  it('is where the manifest was asked for, whoever sends the beacon', async () => {
    const edge = testEdge({ snapshot: plain });
    const visitor = edge.visitor(undefined, '203.0.113.7');
    await visitor.manifest();
    const body = JSON.stringify({ ticket: visitor.ticket, events: [loaded()] });
    await edge.request('/beacons', { method: 'POST', body }, { address: '198.51.100.1' });
    await edge.flush();
    const [exposure, report] = edge.engine.events();
    expect(report!.network).toBe(exposure!.network);
  });
});

describe('the entry', () => {
  it('takes the address from what the platform set, and manifests are served without one', async () => {
    const fetch = freshEntry({ BAKED_SNAPSHOTS: JSON.stringify([plain]) });
    const ticketFor = async (headers: Record<string, string>) => {
      const response = await fetch('/manifest', { headers });
      expect(response.status).toBe(200);
      const payload = response.headers.get('concierge-ticket')!.split('.')[0]!;
      return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as { network?: string };
    };
    expect((await ticketFor({ 'cf-connecting-ip': '203.0.113.7' })).network).toMatch(/^[\w-]{12}$/);
    expect(
      await ticketFor({ 'x-forwarded-for': '203.0.113.7', 'x-real-ip': '203.0.113.7', forwarded: 'for=203.0.113.7' }),
    ).not.toHaveProperty('network');
  });
});

describe('the name of a batch', () => {
  it('is its own, and stays with its events until the engine has them', async () => {
    const tried: BeaconBatch[] = [];
    const { engine, clock, add } = bufferOf({ sees: (batch) => tried.push(structuredClone(batch)) });
    engine.moods.deliver = 'rejects';
    add(eventsFrom(0, 3));
    await clock.pass(250);
    add(eventsFrom(3, 2)); // what came meanwhile waits for a batch of its own
    await clock.pass(500);
    engine.moods.deliver = 'well';
    await clock.pass(2_000);
    add(eventsFrom(5, 1));
    await clock.pass(250);
    const [first] = tried;
    expect(tried.slice(0, 3)).toEqual([first, first, first]);
    expect(tried.map(({ events }) => events.length)).toEqual([3, 3, 3, 2, 1]);
    expect(new Set(engine.batches.map(({ id }) => id)).size).toBe(3);
    for (const batch of tried) expect(() => BeaconBatch.parse(batch)).not.toThrow();
  });

  it('stays also when another request carries on', async () => {
    const { engine, clock, add } = bufferOf();
    const late = engine.holdNext();
    add(eventsFrom(0, 3));
    await clock.pass(250);
    await clock.pass(15_000);
    add(eventsFrom(3, 2));
    await clock.pass(250);
    late.release();
    await clock.pass(0);
    expect(engine.batches.map(({ id, events }) => [id, events.length])).toEqual([
      ['batch-1', 3],
      ['batch-2', 2],
      ['batch-1', 3], // the late one
    ]);
  });

  it('goes with events of it that had to be dropped', async () => {
    const { engine, clock, add } = bufferOf();
    engine.moods.deliver = 'rejects';
    add(eventsFrom(0, 20_000));
    await clock.pass(250);
    add(eventsFrom(20_000, 500));
    engine.moods.deliver = 'well';
    await clock.pass(500);
    expect(engine.batches[0]!.id).toBe('batch-2');
    expect(engine.events()).toHaveLength(20_000);
  });
});
