import { describe, expect, it } from 'vitest';
import { buildingOf, createManifestClient } from '#client/manifest-client.ts';
import { compile } from '#resolver/compile.ts';
import { resolve } from '#resolver/resolve.ts';
import { snapshotOf } from '../support/fixtures.ts';

const bodyAt = (revision: number): string => {
  const program = compile(snapshotOf([], { revision }));
  if ('code' in program) throw new Error(program.detail);
  return resolve(program, { key: 'v', attributes: {} }).body;
};

/** An edge that answers what the test wants, counts, and can go away. */
function fakeEdge() {
  const edge = { revision: 1, asked: 0, away: false, status: 200, ticket: 'ticket-1' as string | null, hold: Promise.resolve() };
  const fetcher = async (): Promise<Response> => {
    edge.asked++;
    await edge.hold;
    if (edge.away) throw new TypeError('failed to fetch');
    return new Response(bodyAt(edge.revision), {
      status: edge.status,
      headers: { etag: `"${edge.revision}"`, ...(edge.ticket ? { 'concierge-ticket': edge.ticket } : {}) },
    });
  };
  return { edge, fetch: fetcher as typeof fetch };
}

function memoryStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

function given(options: { storage?: Pick<Storage, 'getItem' | 'setItem'> | null; clock?: { now: number } } = {}) {
  const { edge, fetch } = fakeEdge();
  const clock = options.clock ?? { now: 0 };
  const client = createManifestClient({
    edge: 'https://edge.example/',
    apartment: 'shop',
    maxAgeMs: 1_000,
    fetch,
    storage: options.storage ?? null,
    now: () => clock.now,
  });
  return { edge, clock, client };
}

describe('the manifest', () => {
  it('is asked for once, however many want it at once', async () => {
    const { edge, client } = given();
    const all = await Promise.all(Array.from({ length: 20 }, () => client.get()));
    expect(edge.asked).toBe(1);
    expect(new Set(all).size).toBe(1);
  });

  it('is used from memory while fresh and asked for again after', async () => {
    const { edge, clock, client } = given();
    await client.get();
    clock.now = 999;
    await client.get();
    expect(edge.asked).toBe(1);
    clock.now = 1_000;
    edge.revision = 2;
    expect((await client.get()).manifest.version).toBe(2);
    expect(edge.asked).toBe(2);
  });

  it('is the same object as long as the edge says that it has not changed, with the newest ticket', async () => {
    const { edge, client } = given();
    const first = await client.get();
    edge.ticket = 'ticket-2';
    const second = await client.refresh();
    expect(second.manifest).toBe(first.manifest);
    expect(second.ticket).toBe('ticket-2');
  });

  it.each<[string, (edge: ReturnType<typeof fakeEdge>['edge']) => void]>([
    ['is away', (edge) => (edge.away = true)],
    ['answers an error', (edge) => (edge.status = 404)],
  ])('when the edge %s, the last good one is used, marked stale', async (_, breakIt) => {
    const { edge, client } = given();
    const good = await client.get();
    breakIt(edge);
    expect(await client.refresh()).toEqual({ ...good, stale: true });
    Object.assign(edge, { away: false, status: 200, revision: 3 });
    expect(await client.get()).toMatchObject({ stale: false, manifest: { version: 3 } });
  });

  it('survives to the next visit when the edge is away', async () => {
    const storage = memoryStorage();
    await given({ storage }).client.get();
    const { edge, client } = given({ storage });
    edge.away = true;
    expect(await client.get()).toMatchObject({ stale: true, ticket: null, manifest: { version: 1 } });
  });

  it.each<[string, Pick<Storage, 'getItem' | 'setItem'>]>([
    ['holds rubbish', { getItem: () => '{"apartm', setItem: () => undefined }],
    [
      'is forbidden',
      {
        getItem: () => {
          throw new Error('denied');
        },
        setItem: () => {
          throw new Error('denied');
        },
      },
    ],
  ])('a storage that %s costs the offline copy, nothing else', async (_, storage) => {
    const { edge, client } = given({ storage });
    expect((await client.get()).manifest.version).toBe(1);
    const away = given({ storage });
    away.edge.away = true;
    await expect(away.client.get()).rejects.toThrow(/no manifest of shop can be had: failed to fetch/);
    expect(edge.asked).toBe(1);
  });
});

it.each(['footer', 'constructor', '__proto__', 'toString'])('a building %j that the manifest does not name is an error', (name) => {
  expect(() => buildingOf(JSON.parse(bodyAt(1)), 'shop', name)).toThrow(`names no building ${name}`);
});
