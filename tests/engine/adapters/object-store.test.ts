import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFolderObjectStore } from '#engine/adapters/folder-object-store.ts';
import { type ObjectStore, checkedKey } from '#engine/adapters/object-store.ts';
import { createS3ObjectStore } from '#engine/adapters/s3-object-store.ts';
import { ESCAPES } from '../../support/escapes.ts';
import { temporaryFolder } from '../../support/services.ts';
import { CREDENTIALS, type S3Server, startS3Server } from '../../support/s3-server.ts';

let s3: S3Server;
beforeAll(async () => void (s3 = await startS3Server()));
beforeEach(() => {
  s3.objects.clear();
  s3.fail = undefined;
  s3.honours = true;
  s3.requests.length = 0;
});
afterAll(() => s3.close());

const bucket = (options: object = {}): ObjectStore =>
  createS3ObjectStore({ bucket: 'concierge', prefix: 'backup/one', endpoint: s3.url, credentials: CREDENTIALS, ...options });

const STORES: [string, () => ObjectStore][] = [
  ['a folder', () => createFolderObjectStore(join(temporaryFolder(), 'shadow'))],
  ['a bucket', () => bucket()],
  ['a bucket, at its root', () => bucket({ prefix: '' })],
];

describe.each(STORES)('%s', (_, make) => {
  it('keeps what it is given, and gives it back', async () => {
    const store = make();
    expect(await store.get('shop/production/index.json')).toBeNull();
    const text = JSON.stringify({ text: 'é 😀 \u0000', n: 1 });
    expect(await store.put('shop/production/index.json', text)).toBe('written');
    expect(await store.get('shop/production/index.json')).toBe(text);
    expect(await store.put('shop/production/index.json', '')).toBe('written');
    expect(await store.get('shop/production/index.json')).toBe('');
    await store.delete('shop/production/index.json');
    await store.delete('shop/production/index.json');
    expect(await store.get('shop/production/index.json')).toBeNull();
  });

  it('overwrites nothing where that was asked; of many at once one is first', async () => {
    const store = make();
    expect(await store.honoursConditions()).toBe(true);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (__, n) => store.put('a/v1.json', `${n}`, { ifAbsent: true })));
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect(await store.get('a/v1.json')).toBe(String(outcomes.indexOf('written')));
  });

  it('lists in order, page by page, by prefix', async () => {
    const store = make();
    const keys = Array.from({ length: 25 }, (__, n) => `a/b/v${String(n).padStart(6, '0')}.json`);
    for (const key of [...keys.toReversed(), 'a/bc.json', 'c/d.json']) await store.put(key, '{}');
    expect(await store.list('a/b/')).toEqual(keys);
    expect(await store.list('a/b/', { limit: 10 })).toEqual(keys.slice(0, 10));
    expect(await store.list('a/b/', { after: keys[9]!, limit: 10 })).toEqual(keys.slice(10, 20));
    expect(await store.list('a/b')).toEqual([...keys, 'a/bc.json']);
    expect(await store.list('', { after: 'a/b/~', limit: 1 })).toEqual(['a/bc.json']);
    expect(await store.list('x/')).toEqual([]);
  });

  it(`lets none of ${ESCAPES.length} keys out of its place, nor anything from outside in`, async () => {
    const store = make();
    let escapes = 0;
    for (const key of ESCAPES) {
      for (const work of [() => store.get(key), () => store.put(key, 'x'), () => store.delete(key)]) {
        await work().then(
          () => escapes++,
          (error: Error) => expect(error.name).toBe('ObjectStoreError'),
        );
      }
    }
    expect(escapes).toBe(0);
    expect(await store.list('')).toEqual([]);
    expect(s3.requests.filter((request) => !request.startsWith('GET'))).toEqual([]);
  });
});

it.each(['shop/production/index.json', 'shop/production/versions/v000001.json', '_probe/conditions.json', 'a-b/c_d/e.f'])(
  '%s is a key',
  (key) => expect(checkedKey(key)).toBe(key),
);

describe('a folder', () => {
  it('does not follow links out of it, and lists no file on its way', async () => {
    const folder = temporaryFolder();
    const secret = temporaryFolder();
    writeFileSync(join(secret, 'secret.json'), '{}');
    mkdirSync(join(folder, 'a'));
    symlinkSync(secret, join(folder, 'a', 'out'));
    writeFileSync(join(folder, 'a', '.tmp-1'), 'half');
    const store = createFolderObjectStore(folder);
    await store.put('a/b.json', '{}');
    expect(await store.list('')).toEqual(['a/b.json']);
    expect(readdirSync(join(folder, 'a')).toSorted()).toEqual(['.tmp-1', 'b.json', 'out']);
  });

  it('says which folder it cannot write', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(createFolderObjectStore(file).put('a/b.json', '{}')).rejects.toThrow(file);
  });
});

describe('a bucket', () => {
  it('is refused with a wrong secret, and says so', async () => {
    const store = bucket({ credentials: { ...CREDENTIALS, secretAccessKey: 'wrong' } });
    await expect(store.put('a/b.json', '{}')).rejects.toThrow(/s3:\/\/concierge\/backup\/one: .*403 SignatureDoesNotMatch/);
    expect(s3.objects.size).toBe(0);
  });

  it('that is not there, or does not answer, is an error and never "absent"', async () => {
    await expect(bucket({ bucket: 'other' }).get('a/b.json')).rejects.toThrow('NoSuchBucket');
    s3.fail = () => ({ status: 503, code: 'SlowDown' });
    await expect(bucket().get('a/b.json')).rejects.toThrow('503 SlowDown');
    await expect(bucket({ endpoint: 'http://127.0.0.1:1' }).get('a/b.json')).rejects.toThrow('ECONNREFUSED');
  });

  it('that does not keep conditions is found out', async () => {
    s3.honours = false;
    expect(await bucket().honoursConditions()).toBe(false);
  });
});
