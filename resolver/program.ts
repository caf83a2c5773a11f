import type { Snapshot, SnapshotArm, SnapshotRollout } from '#schemas/snapshot.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { Interval, Seed } from './bucket.ts';
import type { CriteriaPart, Named, Test } from './criteria.ts';
import type { HotPath } from './hot-path.ts';
import type { Visitor } from './visitor.ts';

/**
 * Where a visitor stands towards one rollout, a digit of the combination's name: not in it, in its control, or from
 * `FIRST_ARM` on in one of its arms.
 */
export const INELIGIBLE = 0;
export const CONTROL = 1;
export const FIRST_ARM = 2;

export type CompiledArm = Interval & SnapshotArm;

export type CompiledRollout = {
  source: SnapshotRollout;
  /** Undefined where the criteria ask nothing. */
  test: Test | undefined;
  criteria: CriteriaPart[];
  arms: CompiledArm[];
  /** The digit of visitors outside of every arm: an experiment's are not in it, any other rollout's are its control. */
  rest: typeof INELIGIBLE | typeof CONTROL;
  /** The name under which a visitor keeps an arm; undefined where arms are not kept. */
  stickyKey: string | undefined;
  buildings: string[];
  /** How many digits there are. */
  radix: number;
  /** Whether nothing but the visitor's key, the criteria and the arms decides. */
  isPlain: boolean;
};

/** Rollouts that share one seed. */
export type Layer = {
  seed: Seed;
  rollouts: CompiledRollout[];
  /** Undefined where the visitor's own key is meant. */
  bucketKey: ((visitor: Visitor) => string | undefined) | undefined;
};

export type CompiledOverride = {
  name: string;
  units: Readonly<Record<string, string>>;
  inSegments: Test | undefined;
  /** Of a host route: what asks there is shown a preview, and counts for no rollout. */
  host: string | undefined;
  /** Rollouts that the override takes its visitors out of. */
  excludes: ReadonlySet<CompiledRollout>;
};

export type Program = {
  snapshot: Snapshot;
  named: Named;
  layers: Layer[];
  /** In the order of the digits, that is layer by layer. */
  rollouts: CompiledRollout[];
  /** Those that have names, by name, and after them the host routes. */
  overrides: CompiledOverride[];
  /** How many have names. */
  namedOverrides: number;
  /** Visitor key, digest of a preview code, and host → index of the override, counted from 1. */
  overrideByKey: ReadonlyMap<string, number>;
  overrideByPreview: ReadonlyMap<string, number>;
  overrideByHost: ReadonlyMap<string, number>;
  holdout: { seed: Seed; threshold: number } | undefined;
  /** Whether some visitors, wherever they ask, are decided about before any rollout is asked: overrides, and the holdout. */
  hasExceptions: boolean;
  /** What of a visitor is asked for at all, so that nobody needs to find out the rest. */
  needs: { session: boolean; sticky: boolean; preview: boolean; host: boolean };
  hotPath: HotPath;
  cache: AnswerCache;
};
