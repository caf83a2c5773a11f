import { hashAgain } from './name-hash.ts';

/** With three looks, one newcomer in fifty at most is looked for in vain. */
const BITS_PER_NAME = 10;
const LOOKS = 3;
const LEAST_BITS = 64;

/**
 * Tells of most names that a run does not have them (a Bloom filter): most events are of visitors who are new, and to
 * look for each of them in every run would cost more than to count them.
 */
export class NameFilter {
  readonly bytes: Uint8Array;
  readonly #mask: number;

  /** `bytes` as they were written down; their number is a power of two. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#mask = bytes.length * 8 - 1;
  }

  static of(names: number): NameFilter {
    let bits = LEAST_BITS;
    while (bits < names * BITS_PER_NAME) bits *= 2;
    return new NameFilter(new Uint8Array(bits / 8));
  }

  add(hash: number): void {
    const step = hashAgain(hash) | 1;
    for (let look = 0, at = hash; look < LOOKS; look++, at += step) {
      const bit = at & this.#mask;
      this.bytes[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  /** False: the name of this hash was certainly not added. */
  mayHold(hash: number): boolean {
    const step = hashAgain(hash) | 1;
    for (let look = 0, at = hash; look < LOOKS; look++, at += step) {
      const bit = at & this.#mask;
      if ((this.bytes[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}
