/** Object storage as far as it is needed: a flat space of keys. Every method may throw {@link ObjectStoreError}. */
export type ObjectStore = {
  /** What people know it by, such as `s3://bucket/prefix`. */
  name: string;
  /** The object's text; null: there is none. */
  get: (key: string) => Promise<string | null>;
  /**
   * Writes it, whole or not at all. With `ifAbsent` nothing is overwritten: `'exists'` says that there was one. A server that
   * does not honour the condition is found out by {@link ObjectStore.honoursConditions}.
   */
  put: (key: string, text: string, options?: { ifAbsent?: boolean }) => Promise<'written' | 'exists'>;
  /** The keys that begin with `prefix`, in order, those after `after`; `limit` at most. */
  list: (prefix: string, options?: { after?: string; limit?: number }) => Promise<string[]>;
  /** Deletes it; one that is not there is deleted already. */
  delete: (key: string) => Promise<void>;
  /** Whether `ifAbsent` is kept, also against others that write at the same time. Found out once. */
  honoursConditions: () => Promise<boolean>;
};

/** The store could not do it; the message names the store. */
export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';
}

const SEGMENT = /^[a-z0-9_][a-z0-9._-]{0,127}$/;

/**
 * The key, if it is one: segments of a–z, 0–9, ".", "_" and "-", none beginning with a dot or a hyphen, joined by "/". So no key
 * leads out of its folder, however a store or a file system reads it. Throws {@link ObjectStoreError}.
 */
export function checkedKey(key: string): string {
  if (key.length > 512 || !key.split('/').every((segment) => SEGMENT.test(segment) && !segment.includes('..'))) {
    throw new ObjectStoreError(`${JSON.stringify(key.slice(0, 200))} is no key.`);
  }
  return key;
}
