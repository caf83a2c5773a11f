import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFolderObjectStore } from '#engine/adapters/folder-object-store.ts';
import { type ObjectStore, checkedKey } from '#engine/adapters/object-store.ts';
import { createS3ObjectStore } from '#engine/adapters/s3-object-store.ts';
import { testObjectStore } from '../../support/object-store-contract.ts';
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

describe.each(STORES)('%s', (_, make) => testObjectStore(make, () => s3.requests));

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

  it('whose server says a code and no words, as Ceph’s does, is told by the code', async () => {
    s3.fail = () => ({ status: 403, code: 'AccessDenied', message: '' });
    await expect(bucket().get('a/b.json')).rejects.toThrow(/^s3:\/\/concierge\/backup\/one: 403 AccessDenied$/);
  });

  it('that does not keep conditions is found out', async () => {
    s3.honours = false;
    expect(await bucket().honoursConditions()).toBe(false);
  });
});
