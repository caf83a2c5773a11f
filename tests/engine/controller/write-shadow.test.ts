import { describe, expect, it } from 'vitest';
import { createFolderObjectStore } from '#engine/adapters/folder-object-store.ts';
import { type ObjectStore, ObjectStoreError } from '#engine/adapters/object-store.ts';
import { seal } from '#engine/adapters/sealed-object.ts';
import { createS3ObjectStore } from '#engine/adapters/s3-object-store.ts';
import { createShadowStore } from '#engine/adapters/shadow-store.ts';
import { writeShadow } from '#engine/controller/write-shadow.ts';
import { verifyShadow } from '#engine/services/verify-shadow.ts';
import type { Finding } from '#schemas/history.ts';
import type { ShadowIndex } from '#schemas/shadow.ts';
import { act, seedHistory } from '../../support/any-history.ts';
import { memoryObjectStore } from '../../support/memory-object-store.ts';
import { PLACE } from '../../support/fixtures.ts';
import { seededRandom } from '../../support/random.ts';
import { CREDENTIALS, startS3Server } from '../../support/s3-server.ts';
import { type TestServices, temporaryFolder, testServices } from '../../support/services.ts';

const KILLS = process.env.CONCIERGE_LONG ? 500 : 60;
const VERSIONS = 'shop/production/versions/';

const briefly = (findings: readonly Finding[]): string[] =>
  findings.map(
    ({ kind, severity, revision }) => `${severity === 'warning' ? '(' : ''}${kind} ${revision}${severity === 'warning' ? ')' : ''}`,
  );

/** The shop at revision 8. */
async function shop(): Promise<TestServices> {
  const services = testServices();
  await seedHistory(services);
  for (const kind of ['start', 'promote', 'segment', 'done']) await act(services, { kind, a: 1, b: 1, waitMs: 1_000 });
  expect((await services.revisions.head(PLACE))!.number).toBe(8);
  return services;
}

describe('the outbox brings every revision into the shadow', () => {
  it('versions first, then the index, and then there is nothing left to do', async () => {
    const services = await shop();
    const objects = memoryObjectStore();
    const shadow = createShadowStore(objects);
    services.clock.now += 500;
    expect(await services.shadowOutbox.status(services.clock.now)).toMatchObject({ pending: 8, written: 0, lag_ms: 4_500 });
    expect(await writeShadow(services, shadow)).toEqual({ written: 8, failed: 0 });
    expect([...objects.objects.keys()].toSorted()).toEqual([
      'shop/production/index.json',
      ...Array.from({ length: 8 }, (_, n) => `${VERSIONS}v00000${n + 1}.json`),
    ]);
    expect(objects.puts.at(-1)).toBe('shop/production/index.json');
    expect(await verifyShadow(shadow)).toMatchObject({ findings: [], chains: [{ revisions: 8, head: { number: 8 } }] });
    expect(await services.shadowOutbox.status(services.clock.now)).toEqual({ pending: 0, written: 8, lag_ms: 0, last_error: null });
    expect(await writeShadow(services, shadow)).toEqual({ written: 0, failed: 0 });
    const first = await shadow.version(PLACE, 6);
    expect(first).toMatchObject({ version: { revision: { number: 6 }, snapshot: await services.snapshots.get(PLACE, 6) } });
  });

  it('has the registry’s record of each unit that a document is the first to hold', async () => {
    const services = await shop();
    const shadow = createShadowStore(memoryObjectStore());
    await writeShadow(services, shadow);
    const units: string[] = [];
    for await (const { found } of shadow.versions(PLACE, [1, 2, 3, 4, 5, 6, 7, 8])) {
      if (found && 'version' in found) units.push(...found.version.units.map(({ unit, published_by }) => `${unit.id} by ${published_by}`));
    }
    const head = (await services.revisions.head(PLACE))!;
    expect(new Set(units.map((one) => one.split(' ')[0]))).toEqual(
      new Set([...Object.keys(head.document.units), 'header@1.0.0', 'main@1.0.0', 'sidebar@1.0.0']),
    );
    expect(units.every((one) => one.endsWith(' by ana'))).toBe(true);
  });

  it('a store that is away is tried again with growing patience; nothing is lost, and the lag is told', async () => {
    const services = await shop();
    const objects = memoryObjectStore();
    const shadow = createShadowStore(objects);
    objects.fail = () => new ObjectStoreError('nobody there');
    expect(await writeShadow(services, shadow)).toEqual({ written: 0, failed: 1 });
    expect(await writeShadow(services, shadow)).toEqual({ written: 0, failed: 0 }); // not yet
    expect(await services.shadowOutbox.status(services.clock.now)).toMatchObject({ pending: 8, last_error: 'nobody there' });
    services.clock.now += 250;
    expect(await writeShadow(services, shadow)).toEqual({ written: 0, failed: 1 });
    services.clock.now += 500;
    objects.fail = undefined;
    expect(await writeShadow(services, shadow)).toEqual({ written: 8, failed: 0 });
  });

  it('an index that is gone or damaged is made anew from the versions', async () => {
    const services = await shop();
    const objects = memoryObjectStore();
    const shadow = createShadowStore(objects);
    await writeShadow(services, shadow);
    const before = objects.objects.get('shop/production/index.json');
    for (const spoil of [
      () => objects.objects.delete('shop/production/index.json'),
      () => objects.objects.set('shop/production/index.json', '{}'),
    ]) {
      spoil();
      expect(briefly((await verifyShadow(shadow)).findings)).toEqual(['index null']);
      expect(await shadow.rebuiltIndex(PLACE)).toEqual(JSON.parse(before!).content);
    }
    await act(services, { kind: 'holdout', a: 1, b: 1, waitMs: 1 });
    await writeShadow(services, shadow);
    expect((await verifyShadow(shadow)).findings).toEqual([]);
  });

  it('a version that is there with other content is never overwritten, and said to be so', async () => {
    const services = await shop();
    const objects = memoryObjectStore();
    objects.objects.set(`${VERSIONS}v000003.json`, '{"foreign":true}');
    expect(await writeShadow(services, createShadowStore(objects))).toEqual({ written: 0, failed: 1 });
    expect((await services.shadowOutbox.status(0)).last_error).toContain('v000003.json is there with other content');
    expect(objects.objects.get(`${VERSIONS}v000003.json`)).toBe('{"foreign":true}');
  });

  it('retention lets the oldest go: first from the index, then from the store, and the rest still verifies', async () => {
    const services = await shop();
    const objects = memoryObjectStore();
    const shadow = createShadowStore(objects);
    await writeShadow(services, shadow, { keep: 3 });
    expect(await shadow.numbers(PLACE)).toEqual([6, 7, 8]);
    expect(await shadow.index(PLACE)).toMatchObject({ begins: { number: 6 }, versions: [{ number: 6 }, { number: 7 }, { number: 8 }] });
    expect((await verifyShadow(shadow)).findings).toEqual([]);
    objects.objects.delete(`${VERSIONS}v000006.json`);
    expect(briefly((await verifyShadow(shadow)).findings)).toEqual(['missing 6']);
  });

  it('over a real bucket with conditions kept, and over one that ignores them', async () => {
    for (const honours of [true, false]) {
      const server = await startS3Server();
      server.honours = honours;
      const services = await shop();
      const shadow = createShadowStore(
        createS3ObjectStore({ bucket: 'concierge', prefix: 'p', endpoint: server.url, credentials: CREDENTIALS }),
      );
      expect(await writeShadow(services, shadow)).toEqual({ written: 8, failed: 0 });
      expect((await verifyShadow(shadow)).findings).toEqual([]);
      await server.close();
    }
  });
});

/** Fails before or after the operation with this number took effect, and at everything after it: as a killed process does. */
function killedAt(objects: ObjectStore, at: number, after: boolean): ObjectStore {
  let count = 0;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (count > at || (count === at && !after)) throw new Error('killed');
    const isLast = count++ === at;
    const result = await work();
    if (isLast) throw new Error('killed');
    return result;
  };
  return {
    ...objects,
    get: (key) => step(() => objects.get(key)),
    put: (key, text, options) => step(() => objects.put(key, text, options)),
    list: (prefix, options) => step(() => objects.list(prefix, options)),
    delete: (key) => step(() => objects.delete(key)),
  };
}

it(`killed ${KILLS} times between commit and shadow: no revision is lost or doubled there`, async () => {
  const random = seededRandom(Number(process.env.CONCIERGE_SEED ?? 20_260_118));
  const folder = temporaryFolder();
  const objects = createFolderObjectStore(folder);
  let services = testServices();
  await seedHistory(services);
  const kinds = ['start', 'promote', 'done', 'segment', 'flag', 'holdout', 'undo', 'override'];
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    for (let deed = 0; deed < 1 + random() * 4; deed++) {
      const kind = kinds[Math.floor(random() * kinds.length)]!;
      await act(services, { kind, a: Math.floor(random() * 1_000), b: Math.floor(random() * 1_000), waitMs: 1_000 });
    }
    // The process dies: whatever it would still have written down is not.
    const dead = { ...services.shadowOutbox, markFailed: () => Promise.reject(new Error('killed')) };
    const at = Math.floor(random() * 8);
    const dying = random() < 0.2 ? { ...dead, markWritten: () => Promise.reject(new Error('killed')) } : dead;
    await writeShadow({ ...services, shadowOutbox: dying }, createShadowStore(killedAt(objects, at, random() < 0.5))).catch(
      (error: Error) => {
        expect(error.message).toBe('killed');
        killed++;
      },
    );
    const { file, clock } = services;
    services = { ...testServices(file), file };
    services.clock.now = clock.now;
    if (kill % 10 !== 9) continue;
    const shadow = createShadowStore(objects);
    await writeShadow(services, shadow);
    const head = (await services.revisions.head(PLACE))!;
    const report = await verifyShadow(shadow, [{ ...PLACE, number: head.number, digest: head.digest }]);
    expect(report).toMatchObject({ findings: [], chains: [{ revisions: head.number, head: { digest: head.digest } }] });
    expect((await shadow.index(PLACE)) as ShadowIndex).toMatchObject({ versions: { length: head.number } });
  }
  expect(killed).toBeGreaterThan(KILLS / 2);
}, 900_000);

describe('every mutation of the shadow is found and named', () => {
  const key = (number: number): string => `${VERSIONS}v00000${number}.json`;
  type Objects = Map<string, string>;
  const edit = (objects: Objects, number: number, change: (content: any) => void): void => {
    const { content } = JSON.parse(objects.get(key(number))!);
    change(content);
    objects.set(key(number), seal(content).text);
  };

  it.each<[string, (objects: Objects) => void, string[]]>([
    ['nothing', () => undefined, []],
    ['a byte edited', (o) => o.set(key(4), o.get(key(4))!.replace('cdn.example', 'cdn.exampel')), ['unreadable 4']],
    ['a blank added', (o) => o.set(key(4), `${o.get(key(4))} `), ['unreadable 4']],
    ['edited and sealed again', (o) => edit(o, 4, (content) => (content.revision.actor = 'mallory')), ['replaced 4', 'tampered 4']],
    [
      'the kept snapshot edited and sealed again',
      (o) => edit(o, 4, (content) => (content.snapshot = content.snapshot.replace('cdn.example', 'evil.example'))),
      ['replaced 4', '(snapshot 4)'],
    ],
    ['one deleted', (o) => o.delete(key(4)), ['missing 4']],
    ['the first deleted', (o) => o.delete(key(1)), ['missing 1']],
    ['the last deleted', (o) => o.delete(key(8)), ['truncated 8']],
    [
      'two swapped',
      (o) => void [o.get(key(4))!, o.get(key(6))!].forEach((text, n) => o.set(key(n ? 4 : 6), text)),
      ['replaced 4', 'replaced 6', 'reordered 4', 'reordered 6'],
    ],
    ['one put over another', (o) => o.set(key(5), o.get(key(4))!), ['replaced 5', 'reordered 5']],
    ['one truncated', (o) => o.set(key(4), o.get(key(4))!.slice(0, 300)), ['unreadable 4']],
    ['one emptied', (o) => o.set(key(4), ''), ['unreadable 4']],
    [
      'one of another environment',
      (o) => edit(o, 4, (content) => (content.revision.environment = 'staging')),
      ['replaced 4', 'tampered 4'],
    ],
    ['one added at the end', (o) => o.set(key(9), o.get(key(8))!), ['(index 9)', 'reordered 9']],
    [
      'the index edited',
      (o) => o.set('shop/production/index.json', o.get('shop/production/index.json')!.replace('"number":4', '"number":5')),
      ['index null'],
    ],
    ['the index deleted', (o) => o.delete('shop/production/index.json'), ['index null']],
    [
      'the index without its end, sealed again',
      (o) => {
        const { content } = JSON.parse(o.get('shop/production/index.json')!);
        o.set('shop/production/index.json', seal({ ...content, versions: content.versions.slice(0, 4) }).text);
      },
      ['(index 5)', '(index 6)', '(index 7)', '(index 8)'],
    ],
  ])('%s', async (_, change, expected) => {
    const services = await shop();
    const objects = memoryObjectStore();
    const shadow = createShadowStore(objects);
    await writeShadow(services, shadow);
    change(objects.objects);
    expect(briefly((await verifyShadow(shadow)).findings)).toEqual(expected);
  });

  it('the end cut off with its index: found by a head that is known from elsewhere', async () => {
    const services = await shop();
    const objects = memoryObjectStore();
    const shadow = createShadowStore(objects);
    await writeShadow(services, shadow);
    const { content } = JSON.parse(objects.objects.get('shop/production/index.json')!);
    objects.objects.set('shop/production/index.json', seal({ ...content, versions: content.versions.slice(0, 7) }).text);
    objects.objects.delete(key(8));
    const head = (await services.revisions.head(PLACE))!;
    expect((await verifyShadow(shadow)).findings).toEqual([]);
    expect(briefly((await verifyShadow(shadow, [{ ...PLACE, number: 8, digest: head.digest }])).findings)).toEqual(['truncated 8']);
  });
});
