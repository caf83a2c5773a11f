import { hashAgain } from './visitor-hash.ts';

/** With three looks, one newcomer in fifty at most is looked for in vain. */
const BITS_PER_MARK = 10;
const LOOKS = 3;
const LEAST_BITS = 64;

/**
 * Tells of most visitors that a run of marks does not have them (a Bloom filter): most events are of visitors who are new, and to
 * look for each of them in every run would cost more than to count them.
 */
export class MarkFilter {
  readonly bytes: Uint8Array;
  readonly #mask: number;

  /** `bytes` as they were written down; their number is a power of two. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#mask = bytes.length * 8 - 1;
  }

  static of(marks: number): MarkFilter {
    let bits = LEAST_BITS;
    while (bits < marks * BITS_PER_MARK) bits *= 2;
    return new MarkFilter(new Uint8Array(bits / 8));
  }

  add(hash: number): void {
    const step = hashAgain(hash) | 1;
    for (let look = 0, at = hash; look < LOOKS; look++, at += step) {
      const bit = at & this.#mask;
      this.bytes[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  /** False: the visitor of this hash was certainly not added. */
  mayHold(hash: number): boolean {
    const step = hashAgain(hash) | 1;
    for (let look = 0, at = hash; look < LOOKS; look++, at += step) {
      const bit = at & this.#mask;
      if ((this.bytes[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}
