import { expect, it } from 'vitest';
import type { ObjectStore } from '#engine/adapters/object-store.ts';
import { ESCAPES } from './escapes.ts';

/** What every object store keeps. `make` gives an empty one; `requests`, where they can be counted, all that came to the server. */
export function testObjectStore(make: () => ObjectStore | Promise<ObjectStore>, requests: () => string[] = () => []): void {
  it('keeps what it is given, and gives it back', async () => {
    const store = await make();
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
    const store = await make();
    expect(await store.honoursConditions()).toBe(true);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (__, n) => store.put('a/v1.json', `${n}`, { ifAbsent: true })));
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect(await store.get('a/v1.json')).toBe(String(outcomes.indexOf('written')));
  });

  it('lists in order, page by page, by prefix', async () => {
    const store = await make();
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
    const store = await make();
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
    expect(requests().filter((request) => !request.startsWith('GET'))).toEqual([]);
  });
}
