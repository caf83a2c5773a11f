import type { Answer } from './make-answer.ts';

/** Inner levels hold nodes, the last one answers. */
export type CacheNode = Map<number, CacheNode | Answer>;
type Cell = CacheNode | Answer | undefined;

/** What one remembered answer costs beside its text, in bytes: the entry, its object and its exposures. */
const OVERHEAD = 400;
const BYTES_PER_CELL = 8;

/**
 * Remembers answers by combination, within a budget of bytes. Two generations stand for "least recently used": answers are
 * made and found in the young one; when that has half of the budget it becomes the old one, whose answers come back when
 * they are asked for again, and are forgotten when they are not. A hit costs one look-up for each level, and writes nothing.
 */
export class AnswerCache {
  /** The first level of the young generation, by key. */
  root: Cell[];
  #oldRoot: Cell[] = [];
  /** By override, for the few who are under one. */
  #exceptions = new Map<number, Map<string, Answer>>();
  #oldExceptions = new Map<number, Map<string, Answer>>();
  #bytes: number;
  #oldBytes = 0;
  readonly #rootSize: number;
  readonly #half: number;

  constructor(rootSize: number, budgetBytes: number) {
    this.#rootSize = rootSize;
    this.#half = budgetBytes / 2;
    this.root = emptyRoot(rootSize);
    this.#bytes = rootSize * BYTES_PER_CELL;
  }

  /** Of what is remembered, in bytes; texts count two bytes for each UTF-16 unit. */
  get bytes(): number {
    return this.#bytes + this.#oldBytes;
  }

  /** The answer under `override` at `keys` (one for each level), from either generation, or made and remembered if it fits. */
  findOrMake(override: number, keys: readonly number[], make: () => Answer): Answer {
    const young = this.#find(this.root, this.#exceptions, override, keys);
    if (young) return young;
    const answer = this.#find(this.#oldRoot, this.#oldExceptions, override, keys) ?? make();
    const size = answer.body.length * 2 + OVERHEAD * keys.length;
    if (size + this.#rootSize * BYTES_PER_CELL > this.#half) return answer;
    if (this.#bytes + size > this.#half) this.#age();
    this.#bytes += size;
    if (override === 0) put(this.root, keys, answer);
    else this.#exceptionsOf(override).set(keys.join(), answer);
    return answer;
  }

  #find(root: Cell[], exceptions: Map<number, Map<string, Answer>>, override: number, keys: readonly number[]): Answer | undefined {
    return override === 0 ? find(root, keys) : exceptions.get(override)?.get(keys.join());
  }

  #exceptionsOf(override: number): Map<string, Answer> {
    const known = this.#exceptions.get(override) ?? new Map<string, Answer>();
    this.#exceptions.set(override, known);
    return known;
  }

  #age(): void {
    this.#oldRoot = this.root;
    this.#oldExceptions = this.#exceptions;
    this.#oldBytes = this.#bytes;
    this.root = emptyRoot(this.#rootSize);
    this.#exceptions = new Map();
    this.#bytes = this.#rootSize * BYTES_PER_CELL;
  }
}

/** Filled from the start, so that look-ups stay fast. */
const emptyRoot = (size: number): Cell[] => Array.from({ length: size }, () => undefined);

function find(root: Cell[], [first, ...rest]: readonly number[]): Answer | undefined {
  let cell = root[first!];
  for (const key of rest) cell = cell instanceof Map ? cell.get(key) : undefined;
  return cell instanceof Map ? undefined : cell;
}

function put(root: Cell[], keys: readonly number[], answer: Answer): void {
  if (keys.length === 1) {
    root[keys[0]!] = answer;
    return;
  }
  let node = (root[keys[0]!] ??= new Map()) as CacheNode;
  for (const key of keys.slice(1, -1)) {
    const next = (node.get(key) as CacheNode | undefined) ?? new Map();
    node.set(key, next);
    node = next;
  }
  node.set(keys.at(-1)!, answer);
}
