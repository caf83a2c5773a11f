/** Remembers the newest keys, up to a limit. Forgetting is harmless: the engine has the last word on what counts. */
export function createRecentlySeen(limit: number): { isNew: (key: string) => boolean } {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    isNew(key) {
      if (young.has(key) || old.has(key)) return false;
      young.add(key);
      if (young.size >= limit / 2) {
        old = young;
        young = new Set();
      }
      return true;
    },
  };
}
