import { seededRandom } from '../support/random.ts';

/** Seeded choices; the same seed always chooses the same. */
export type Dice = {
  chance: (probability: number) => boolean;
  /** A real number in [from, to). */
  between: (from: number, to: number) => number;
  /** An integer, both ends included. */
  integer: (from: number, to: number) => number;
  pick: <Value>(values: readonly Value[]) => Value;
  /** Lower-case hexadecimal. */
  id: (length: number) => string;
};

export function createDice(seed: number): Dice {
  const random = seededRandom(seed);
  const between = (from: number, to: number): number => from + random() * (to - from);
  const integer = (from: number, to: number): number => Math.floor(between(from, to + 1));
  return {
    chance: (probability) => random() < probability,
    between,
    integer,
    pick: (values) => values[integer(0, values.length - 1)]!,
    id: (length) => Array.from({ length }, () => integer(0, 15).toString(16)).join(''),
  };
}
