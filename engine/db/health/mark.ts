import { HEALTH_EVENT_KINDS, type HealthEventKind } from '#schemas/beacon.ts';

/**
 * What one visitor has counted for in one rollout. `seen` has a number for each period and arm: its slot, and one bit for
 * each kind of event. The rest is of the rollout as a whole, whatever period and arm.
 */
export type Mark = {
  /** Minute, period and arm of the first exposure, packed; 0: none yet. */
  first: number;
  /** Bits of {@link FIRSTS}, and above them the segments in which the first exposure fell. */
  flags: number;
  seen: number[];
  /** The last batch that changed it, and the generation of waiting marks that it belongs to; 0: none. See createMarkStore. */
  batch: number;
  generation: number;
};

export const markOf = (first = 0, flags = 0, seen: number[] = []): Mark => ({ first, flags, seen, batch: 0, generation: 0 });

/** Firsts in the rollout that are no exposure. */
export const FIRSTS = { heard: 1, failed: 2, latency: 4, lcp: 8, inp: 16, cls: 32 } as const;
const SEGMENT_SHIFT = 6;
/** How many segments and arms a rollout can ever have had; a mark has room for no more. */
export const MAX_SEGMENTS = 20;
export const MAX_ARMS = 32;
const PERIODS = 512;
const KINDS = 2 ** HEALTH_EVENT_KINDS.length;

export const KIND_BITS = Object.fromEntries(HEALTH_EVENT_KINDS.map((kind, index) => [kind, 1 << index])) as Record<HealthEventKind, number>;
export const FAILURE_BITS = KIND_BITS.load_failed | KIND_BITS.error;
export const REPORT_BITS = KINDS - 1 - KIND_BITS.exposure;

/** Whether the flag is new; it is set from now on. */
export function raise(mark: Mark, flag: number): boolean {
  if ((mark.flags & flag) !== 0) return false;
  mark.flags |= flag;
  return true;
}

/** The kinds that were seen in this period and arm before, as bits; the bit is set from now on. */
export const see = (mark: Mark, period: number, arm: number, bit: number): number => seeIn(mark, period * MAX_ARMS + arm, bit);

function seeIn(mark: Mark, slot: number, bits: number): number {
  const { seen } = mark;
  for (let index = 0; index < seen.length; index++) {
    const before = seen[index]! - slot * KINDS;
    if (before < 0 || before >= KINDS) continue;
    seen[index] = seen[index]! - before + (before | bits);
    return before;
  }
  const news = slot * KINDS + bits;
  mark.seen = seen.length === 0 ? [news] : seen.concat(news); // pushed to, an array makes room for sixteen more
  return 0;
}

/** Takes up what another version of the same visitor's mark knows. One that is older knows nothing that the newer one does not. */
export function joinMark(mark: Mark, { first, flags, seen }: Mark): void {
  if (mark.first === 0) mark.first = first;
  mark.flags |= flags;
  for (const one of seen) seeIn(mark, Math.floor(one / KINDS), one % KINDS);
}

export type FirstExposure = { minute: number; period: number; arm: number; segments: number[] };

/** Notes the first exposure. Segments are places in the stream's list. */
export function expose(mark: Mark, { minute, period, arm, segments }: FirstExposure): void {
  mark.first = (minute * PERIODS + period) * MAX_ARMS + arm;
  for (const segment of segments) mark.flags |= 1 << (SEGMENT_SHIFT + segment);
}

export function firstExposure({ first, flags }: Mark): FirstExposure {
  const rest = Math.floor(first / MAX_ARMS);
  const segments: number[] = [];
  for (let bits = flags >>> SEGMENT_SHIFT, segment = 0; bits > 0; bits >>>= 1, segment++) if (bits & 1) segments.push(segment);
  return { arm: first % MAX_ARMS, period: rest % PERIODS, minute: Math.floor(rest / PERIODS), segments };
}
