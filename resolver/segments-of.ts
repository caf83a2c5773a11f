import type { Program } from './program.ts';
import type { Visitor } from './visitor.ts';

const NONE: ReadonlyMap<string, string[]> = new Map();

/**
 * For each rollout whose analysis asks for segments: those that the visitor is in. For tickets, not for every answer. A
 * segment that nobody defined holds nobody.
 */
export function segmentsOf({ rollouts, named }: Program, visitor: Visitor): ReadonlyMap<string, string[]> {
  const asking = rollouts.filter(({ source }) => source.analysis_segments.length > 0);
  if (asking.length === 0) return NONE;
  const known = new Map<string, boolean>();
  const isIn = (name: string): boolean => {
    const is = known.get(name) ?? named.segment(name)?.(visitor) ?? false;
    known.set(name, is);
    return is;
  };
  return new Map(asking.map(({ source }) => [source.id, source.analysis_segments.filter(isIn)]));
}
