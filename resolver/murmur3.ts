const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/**
 * MurmurHash3 x86 32-bit (Austin Appleby's public-domain algorithm) of the UTF-8 bytes of `key`: an integer in 0…2³²−1.
 * A lone surrogate counts as U+FFFD, as TextEncoder has it. Nothing is allocated: ids are short and this is the hot path.
 */
export function murmur3(key: string, seed: number): number {
  const length = key.length;
  const whole = length & ~3;
  let hash = seed | 0;
  let index = 0;
  // Ids are ASCII almost always: four characters are four bytes are one word.
  for (; index < whole; index += 4) {
    const a = key.charCodeAt(index);
    const b = key.charCodeAt(index + 1);
    const c = key.charCodeAt(index + 2);
    const d = key.charCodeAt(index + 3);
    if ((a | b | c | d) > 0x7f) return murmur3FromUnicode(key, hash, index);
    hash = mix(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let shift = 0; index < length; index++, shift += 8) {
    const code = key.charCodeAt(index);
    if (code > 0x7f) return murmur3FromUnicode(key, hash, whole);
    tail |= code << shift;
  }
  if (length !== whole) hash ^= scramble(tail);
  return finish(hash, length);
}

/** Goes on from `start`, before which all was ASCII, where characters may have several bytes. */
function murmur3FromUnicode(key: string, start: number, from: number): number {
  let hash = start;
  let word = 0;
  let shift = 0;
  let bytes = from;
  for (let index = from; index < key.length; index++) {
    let code = key.charCodeAt(index);
    // `code` becomes the UTF-8 bytes, first byte lowest, `count` of them.
    let count = 1;
    if (code > 0x7ff) {
      const low = key.charCodeAt(index + 1); // NaN at the end, which is no surrogate
      if (code >= 0xd800 && code <= 0xdbff && low >= 0xdc00 && low <= 0xdfff) {
        const point = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        code =
          0xf0 |
          (point >> 18) |
          ((0x80 | ((point >> 12) & 0x3f)) << 8) |
          ((0x80 | ((point >> 6) & 0x3f)) << 16) |
          ((0x80 | (point & 0x3f)) << 24);
        count = 4;
        index++;
      } else {
        if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
        code = 0xe0 | (code >> 12) | ((0x80 | ((code >> 6) & 0x3f)) << 8) | ((0x80 | (code & 0x3f)) << 16);
        count = 3;
      }
    } else if (code > 0x7f) {
      code = 0xc0 | (code >> 6) | ((0x80 | (code & 0x3f)) << 8);
      count = 2;
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
  return finish(hash, bytes);
}

function scramble(word: number): number {
  const product = Math.imul(word, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}

function mix(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, bytes: number): number {
  let mixed = hash ^ bytes;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
