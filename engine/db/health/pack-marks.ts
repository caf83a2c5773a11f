import { type Mark, markOf } from './mark.ts';

/** Of each stream its number, and a list of visitor, first, flags, how many numbers were seen, and these. One flat list is quick to write as JSON. */
export type PackedMarks = [stream: number, marks: (string | number)[]][];

export function packMarks(visitors: readonly string[], marks: readonly Mark[]): (string | number)[] {
  const packed: (string | number)[] = [];
  marks.forEach(({ first, flags, seen }, index) => packed.push(visitors[index]!, first, flags, seen.length, ...seen));
  return packed;
}

export function* unpackMarks(packed: readonly (string | number)[]): Generator<[visitor: string, mark: Mark]> {
  for (let at = 0; at < packed.length;) {
    const [visitor, first, flags, count] = packed.slice(at, at + 4) as [string, number, number, number];
    yield [visitor, markOf(first, flags, packed.slice(at + 4, at + 4 + count) as number[])];
    at += 4 + count;
  }
}
