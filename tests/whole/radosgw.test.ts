import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ObjectStore } from '#engine/adapters/object-store.ts';
import { createS3ObjectStore } from '#engine/adapters/s3-object-store.ts';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { recoverCommand } from '#engine/offline/recover.ts';
import { verifyDatabase } from '#engine/services/verify-database.ts';
import { verifyShadow } from '#engine/services/verify-shadow.ts';
import { act, seedHistory } from '../support/any-history.ts';
import { NOW, PLACE } from '../support/fixtures.ts';
import { testObjectStore } from '../support/object-store-contract.ts';
import { type Radosgw, startRadosgw } from '../support/radosgw.ts';
import { CREDENTIALS } from '../support/s3-server.ts';
import { type TestServices, testServices } from '../support/services.ts';

/** The shadow over an S3 server that is not ours: Ceph's, whose packages are large. With CONCIERGE_LONG=1 only. */
describe.runIf(process.env.CONCIERGE_LONG)('Ceph’s S3', () => {
  let ceph: Radosgw;
  let serial = 0;
  beforeAll(async () => {
    ceph = await startRadosgw();
    await ceph.createBucket('concierge');
  });
  afterAll(() => ceph?.stop());

  const bucket = (options: object = {}): ObjectStore =>
    createS3ObjectStore({ bucket: 'concierge', prefix: `backup/p${++serial}`, endpoint: ceph.url, credentials: CREDENTIALS, ...options });

  describe('a bucket', () => testObjectStore(() => bucket()));
  describe('a bucket, at its root', () =>
    testObjectStore(async () => {
      const name = `root-${++serial}`;
      await ceph.createBucket(name);
      return bucket({ bucket: name, prefix: '' });
    }));

  it('of many writers at once exactly one is first, a hundred times', async () => {
    const stores = Array.from({ length: 8 }, () => bucket({ prefix: 'races' }));
    for (let race = 0; race < 100; race++) {
      const outcomes = await Promise.all(stores.map((store, n) => store.put(`r/${race}.json`, `${n}`, { ifAbsent: true })));
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(await stores[0]!.get(`r/${race}.json`)).toBe(String(outcomes.indexOf('written')));
    }
  });

  it('lists more than a page, in order', async () => {
    const store = bucket();
    const keys = Array.from({ length: 2_345 }, (_, n) => `a/v${String(n).padStart(6, '0')}.json`);
    for (let start = 0; start < keys.length; start += 16)
      await Promise.all(keys.slice(start, start + 16).map((key) => store.put(key, '{}')));
    expect(await store.list('a/', { limit: 5_000 })).toEqual(keys);
    expect(await store.list('a/')).toEqual(keys.slice(0, 1_000));
    expect(await store.list('a/', { after: keys[999]!, limit: 1_200 })).toEqual(keys.slice(1_000, 2_200));
  });

  it('a large object, whole', async () => {
    const store = bucket();
    const text = JSON.stringify({ text: 'é😀'.repeat(1_500_000) });
    await store.put('a/large.json', text);
    expect((await store.get('a/large.json')) === text).toBe(true);
  });

  it.each([
    ['a wrong secret', { credentials: { ...CREDENTIALS, secretAccessKey: 'wrong' } }, '403 SignatureDoesNotMatch'],
    ['an unknown key', { credentials: { ...CREDENTIALS, accessKeyId: 'NOBODY' } }, '403 InvalidAccessKeyId'],
    ['a bucket that is not there', { bucket: 'other' }, '404 NoSuchBucket'],
  ])('refuses %s, in words', async (_, options, words) => {
    const store = bucket({ prefix: 'p', ...options });
    for (const work of [() => store.get('a/b.json'), () => store.put('a/b.json', '{}'), () => store.list('')])
      await expect(work()).rejects.toThrow(`s3://${(options as { bucket?: string }).bucket ?? 'concierge'}/p: ${words}`);
    expect(await bucket({ prefix: 'p' }).list('')).toEqual([]);
  });

  /** The shop at revision 9. */
  async function shop(): Promise<TestServices> {
    const services = testServices();
    await seedHistory(services);
    for (const kind of ['start', 'promote', 'segment', 'done', 'holdout']) await act(services, { kind, a: 1, b: 1, waitMs: 1_000 });
    return services;
  }

  it('the shadow is written, refused, tried again, verified, and a database that is gone comes back from it', async () => {
    const services = await shop();
    const head = (await services.revisions.head(PLACE))!;
    const refused = createShadowStore(bucket({ prefix: 'shadow', credentials: { ...CREDENTIALS, secretAccessKey: 'wrong' } }));
    const shadow = createShadowStore(bucket({ prefix: 'shadow' }));
    expect(await writeShadow(services, refused)).toEqual({ written: 0, failed: 1 });
    expect((await services.shadowOutbox.status(services.clock.now)).last_error).toContain('403 SignatureDoesNotMatch');
    services.clock.now += 250;
    expect(await writeShadow(services, shadow)).toEqual({ written: 9, failed: 0 });
    expect(await verifyShadow(shadow, [{ ...PLACE, number: 9, digest: head.digest }])).toMatchObject({
      findings: [],
      chains: [{ revisions: 9 }],
    });
    expect(await shadow.rebuiltIndex(PLACE)).toEqual(await shadow.index(PLACE));

    services.database.$client.close();
    rmSync(services.file);
    vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey);
    onTestFinished(() => void vi.unstubAllEnvs());
    const where = { file: services.file, shadow: 's3://concierge/shadow', endpoint: ceph.url };
    expect(await recoverCommand({ ...where, apply: true }, () => undefined, NOW + 1_000_000)).toBe(0);
    const report = await verifyDatabase(services.file, [{ ...PLACE, number: 9, digest: head.digest }]);
    expect(report).toMatchObject({ findings: [], chains: [{ revisions: 9 }] });
    const after = testServices(services.file);
    expect((await after.revisions.head(PLACE))!).toEqual(head);
    expect(await act(after, { kind: 'flag', a: 1, b: 1, waitMs: 1 })).toBe(true);
    expect(await writeShadow(after, shadow)).toEqual({ written: 1, failed: 0 });
    expect((await verifyShadow(shadow)).findings).toEqual([]);
  });

  it('a version that is there with other content is not overwritten, and what was edited or deleted is found', async () => {
    const services = await shop();
    const objects = bucket();
    const shadow = createShadowStore(objects);
    const key = (number: number): string => `shop/production/versions/v00000${number}.json`;
    await objects.put(key(3), '{"foreign":true}');
    expect(await writeShadow(services, shadow)).toEqual({ written: 0, failed: 1 });
    expect(await objects.get(key(3))).toBe('{"foreign":true}');
    await objects.delete(key(3));
    services.clock.now += 250;
    expect(await writeShadow(services, shadow)).toEqual({ written: 9, failed: 0 });
    await objects.put(key(4), (await objects.get(key(4)))!.replace('ana', 'bob'));
    await objects.delete(key(9));
    const found = (await verifyShadow(shadow)).findings.map(({ kind, revision }) => `${kind} ${revision}`);
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(/ 4$/), 'truncated 9']));
  });
});
