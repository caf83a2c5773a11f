const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/**
 * MurmurHash3 x86 32-bit (Austin Appleby, public domain algorithm) of the UTF-8 bytes of `key`: an integer in 0…2³²−1.
 * A lone surrogate counts as U+FFFD, as TextEncoder has it. No bytes are allocated: ids are short and this is the hot path.
 */
export function murmur3(key: string, seed: number): number {
  const length = key.length;
  let hash = seed | 0;
  let word = 0;
  let shift = 0;
  let bytes = 0;
  for (let i = 0; i < length; i++) {
    let code = key.charCodeAt(i);
    // `code` becomes the UTF-8 bytes, first byte lowest, `count` of them.
    let count = 1;
    if (code >= 0x80) {
      if (code < 0x800) {
        code = 0xc0 | (code >> 6) | ((0x80 | (code & 0x3f)) << 8);
        count = 2;
      } else {
        const low = i + 1 < length ? key.charCodeAt(i + 1) : 0;
        if (code >= 0xd800 && code <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
          const point = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
          code =
            0xf0 |
            (point >> 18) |
            ((0x80 | ((point >> 12) & 0x3f)) << 8) |
            ((0x80 | ((point >> 6) & 0x3f)) << 16) |
            ((0x80 | (point & 0x3f)) << 24);
          count = 4;
          i++;
        } else {
          if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
          code = 0xe0 | (code >> 12) | ((0x80 | ((code >> 6) & 0x3f)) << 8) | ((0x80 | (code & 0x3f)) << 16);
          count = 3;
        }
      }
    }
    bytes += count;
    for (; count > 0; count--) {
      word |= (code & 0xff) << shift;
      code >>>= 8;
      shift += 8;
      if (shift === 32) {
        hash = mix(hash, word);
        word = 0;
        shift = 0;
      }
    }
  }
  if (shift > 0) hash ^= scramble(word);
  hash ^= bytes;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}

function scramble(word: number): number {
  const product = Math.imul(word, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}

function mix(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
