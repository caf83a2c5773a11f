import type { Database } from '../open-database.ts';

/** 4 MB. With two bits for each of at most {@link MAX_MARKS} one look-up in fifty is made in vain. */
const BITS = 2 ** 25;
const MAX_MARKS = 2_500_000;

/**
 * Which visitors the table of marks may hold (a Bloom filter): most events are of visitors who are new to it, and to look for each of them
 * would cost as much as to count them. It knows the streams of which the table held nothing when they were first asked about, for as
 * long as nobody else writes; of others it says that they may be there.
 */
export function createMarkFilter({ $client: client }: Database) {
  const anyOf = client.prepare<[number], number>('select 1 from health_marks where stream = ? limit 1').pluck();
  const bits = new Uint32Array(BITS / 32);
  /** Streams every mark of which is in the filter, or not. */
  const known = new Map<number, boolean>();
  let count = 0;

  function forgetAll(): void {
    known.clear();
    if (count > 0) bits.fill(0);
    count = 0;
  }

  function knows(stream: number): boolean {
    let isKnown = known.get(stream);
    if (isKnown === undefined) known.set(stream, (isKnown = anyOf.get(stream) === undefined));
    return isKnown;
  }

  const has = (bit: number): boolean => (bits[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  const set = (bit: number): void => void (bits[bit >>> 5]! |= 1 << (bit & 31));

  return {
    forgetAll,

    /** False: the table certainly does not hold it. */
    mayHold(stream: number, visitor: string): boolean {
      if (!knows(stream)) return true;
      const hash = hashOf(stream, visitor);
      return has(firstBit(hash)) && has(secondBit(hash));
    },

    /** The mark is written to the table. */
    add(stream: number, visitor: string): void {
      if (++count > MAX_MARKS) forgetAll(); // begins anew, with what is asked about from now on
      const hash = hashOf(stream, visitor);
      set(firstBit(hash));
      set(secondBit(hash));
    },
  };
}

/** FNV-1a over the characters, begun by the stream. */
function hashOf(stream: number, visitor: string): number {
  let hash = Math.imul(stream, 0x9e3779b1) ^ 0x811c9dc5;
  for (let index = 0; index < visitor.length; index++) hash = Math.imul(hash ^ visitor.charCodeAt(index), 0x01000193);
  return hash;
}

const firstBit = (hash: number): number => hash >>> 7;
/** MurmurHash3's last steps, so that it has little to do with the first. */
function secondBit(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 7;
}
