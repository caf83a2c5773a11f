import { type ObjectStore, checkedKey } from '#engine/adapters/object-store.ts';

export type MemoryObjectStore = ObjectStore & {
  objects: Map<string, string>;
  puts: string[];
  fail: (() => Error) | undefined;
};

/** An object store whose objects a test can change behind its back. */
export function memoryObjectStore(): MemoryObjectStore {
  const objects = new Map<string, string>();
  const puts: string[] = [];
  const orFail = async <T>(work: () => T): Promise<T> => {
    if (store.fail) throw store.fail();
    return work();
  };
  const store: MemoryObjectStore = {
    name: 'memory',
    objects,
    puts,
    fail: undefined,
    get: (key) => orFail(() => objects.get(checkedKey(key)) ?? null),
    put: (key, text, { ifAbsent = false } = {}) =>
      orFail(() => {
        if (ifAbsent && objects.has(checkedKey(key))) return 'exists';
        objects.set(checkedKey(key), text);
        puts.push(key);
        return 'written';
      }),
    list: (prefix, { after = '', limit = 1_000 } = {}) =>
      orFail(() =>
        [...objects.keys()]
          .filter((key) => key.startsWith(prefix) && key > after)
          .toSorted()
          .slice(0, limit),
      ),
    delete: (key) => orFail(() => void objects.delete(checkedKey(key))),
    honoursConditions: async () => true,
  };
  return store;
}
