import { ORDERED_COMPARISONS } from '#schemas/analysis.ts';
import type { HealthDelta } from '#schemas/health.ts';

/** For each metric that is kept as a sketch: bins of a log scale in their order, and how many values fell into each. */
export type Sketches = HealthDelta['values'];

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function writeNumber(bytes: number[], number: number): void {
  let rest = number;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}

/** Signed numbers are put between unsigned ones: 0, −1, 1, −2 … */
const zigzag = (number: number): number => (number < 0 ? -2 * number - 1 : 2 * number);
const unzigzag = (number: number): number => (number % 2 === 1 ? -(number + 1) / 2 : number / 2);

/**
 * Sketches in few bytes; null: there are none. For each of ORDERED_COMPARISONS how many bins it has, and for each of them how far
 * it is from the one before (the first from 0) and its count.
 */
export function packSketches(sketches: Sketches): Buffer | null {
  const bytes: number[] = [];
  let isEmpty = true;
  for (const metric of ORDERED_COMPARISONS) {
    const bins = sketches[metric] ?? [];
    writeNumber(bytes, bins.length);
    let before = 0;
    for (const [bin, count] of bins) {
      writeNumber(bytes, zigzag(bin - before));
      writeNumber(bytes, count);
      before = bin;
      isEmpty = false;
    }
  }
  return isEmpty ? null : Buffer.from(bytes);
}

export function unpackSketches(packed: Uint8Array | null): Sketches {
  const sketches: Sketches = {};
  if (packed === null) return sketches;
  let at = 0;
  const readNumber = (): number => {
    let number = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = packed[at++]!;
      number += (byte & 0x7f) * scale;
      if (byte < 0x80) return number;
    }
  };
  for (const metric of ORDERED_COMPARISONS) {
    let bin = 0;
    const bins = Array.from({ length: readNumber() }, (): [number, number] => [(bin += unzigzag(readNumber())), readNumber()]);
    if (bins.length > 0) sketches[metric] = bins;
  }
  return sketches;
}

type Bins = [bin: number, count: number][];

/** Two lists of bins in their order as one. (Pairs are not destructured: it takes thrice as long.) */
function mergeBins(a: Readonly<Bins>, b: Readonly<Bins>): Bins {
  const merged: Bins = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const one = a[i]!;
    const other = b[j]!;
    if (one[0] <= other[0]) i++;
    if (other[0] <= one[0]) j++;
    merged.push(one[0] < other[0] ? one : other[0] < one[0] ? other : [one[0], one[1] + other[1]]);
  }
  for (; i < a.length; i++) merged.push(a[i]!);
  for (; j < b.length; j++) merged.push(b[j]!);
  return merged;
}

/** Sums sketches up, in whatever order they come. */
export function addSketches(...all: readonly Sketches[]): Sketches {
  const sums: Sketches = {};
  for (const sketches of all) {
    for (const metric of ORDERED_COMPARISONS) {
      const [before, bins] = [sums[metric], sketches[metric]];
      if (bins) sums[metric] = before ? mergeBins(before, bins) : bins;
    }
  }
  return sums;
}

/** What {@link addSketches} is to sketches, to packed ones. */
export const addPacked = (a: Uint8Array, b: Uint8Array): Buffer | null => packSketches(addSketches(unpackSketches(a), unpackSketches(b)));
