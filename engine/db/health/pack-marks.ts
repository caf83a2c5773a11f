import { type Mark, joinMark, markOf } from './mark.ts';
import type { Packed, Packing } from './runs.ts';

/** Visitor, first, flags, how many numbers were seen, and these, for every mark. One flat list is quick to write as JSON. */
export function packMarks(visitors: readonly string[], marks: readonly Mark[]): Packed {
  const packed: Packed = [];
  marks.forEach(({ first, flags, seen }, index) => packed.push(visitors[index]!, first, flags, seen.length, ...seen));
  return packed;
}

export function* unpackMarks(packed: Packed): Generator<[visitor: string, mark: Mark]> {
  for (let at = 0; at < packed.length;) {
    const [visitor, first, flags, count] = packed.slice(at, at + 4) as [string, number, number, number];
    yield [visitor, markOf(first, flags, packed.slice(at + 4, at + 4 + count) as number[])];
    at += 4 + count;
  }
}

/** Marks by visitor. */
export const MARKS: Packing<Mark> = { kind: 'marks', pack: packMarks, unpack: unpackMarks, join: joinMark };

/** The mark of one visitor in the JSON text of packed marks, most of which nobody wants to know. */
export function findMark(text: string, visitor: string): Mark | undefined {
  // What follows the end of a name looks like the beginning of such a visitor's.
  if (visitor.startsWith(',')) return new Map(unpackMarks(JSON.parse(text) as Packed)).get(visitor);
  const name = JSON.stringify(visitor);
  // Within another's name a quotation mark has a backslash before it; that at its end has a comma behind it.
  let at = text.startsWith(name, 1) ? 1 : text.indexOf(`,${name},`) + 1;
  if (at === 0) return undefined;
  at += name.length + 1;
  const next = text.indexOf('"', at);
  const [first, flags, , ...seen] = text.slice(at, next < 0 ? text.length - 1 : next - 1).split(',');
  return markOf(Number(first), Number(flags), seen.map(Number));
}
