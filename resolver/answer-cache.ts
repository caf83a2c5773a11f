import type { Answer } from './make-answer.ts';

/** Combinations by 30 bits of their name at a time: inner levels hold nodes, the last one answers. */
export type CacheNode = Map<number, CacheNode | Answer>;

/** What one remembered answer costs beside its text, in bytes: the entry, its object and its exposures. */
const OVERHEAD = 400;

/**
 * Remembers answers by combination, within a budget of bytes. Two generations stand for "least recently used": answers are
 * made and found in the young one; when that has half of the budget it becomes the old one, whose answers come back when
 * they are asked for again, and are forgotten when they are not. A hit costs one look-up and writes nothing.
 */
export class AnswerCache {
  young: CacheNode = new Map();
  #old: CacheNode = new Map();
  #youngBytes = 0;
  #oldBytes = 0;
  readonly #half: number;

  constructor(budgetBytes: number) {
    this.#half = budgetBytes / 2;
  }

  /** Of what is remembered, in bytes; texts count two bytes for each UTF-16 unit. */
  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  /** The answer at `keys` (one for each level), from either generation, or made and remembered if it fits. */
  findOrMake(keys: readonly number[], make: () => Answer): Answer {
    const answer = find(this.young, keys);
    if (answer) return answer;
    const found = find(this.#old, keys) ?? make();
    const size = found.body.length * 2 + OVERHEAD * keys.length;
    if (size > this.#half) return found;
    if (this.#youngBytes + size > this.#half) {
      this.#old = this.young;
      this.#oldBytes = this.#youngBytes;
      this.young = new Map();
      this.#youngBytes = 0;
    }
    this.#youngBytes += size;
    put(this.young, keys, found);
    return found;
  }
}

function find(root: CacheNode, keys: readonly number[]): Answer | undefined {
  let node: CacheNode | Answer | undefined = root;
  for (const key of keys) {
    if (!(node instanceof Map)) return undefined;
    node = node.get(key);
  }
  return node instanceof Map ? undefined : node;
}

function put(root: CacheNode, keys: readonly number[], answer: Answer): void {
  let node = root;
  for (const key of keys.slice(0, -1)) {
    let next = node.get(key) as CacheNode | undefined;
    if (!next) {
      next = new Map();
      node.set(key, next);
    }
    node = next;
  }
  node.set(keys.at(-1)!, answer);
}
