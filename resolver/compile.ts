import { type Fault, type Problem, problem } from '#schemas/problem.ts';
import type { Snapshot, SnapshotRollout } from '#schemas/snapshot.ts';
import { AnswerCache } from './answer-cache.ts';
import { armIntervals, seedOf, thresholdOf } from './bucket.ts';
import { all } from './condition/compile-condition.ts';
import { contradictions } from './contradictions.ts';
import { type Named, type Report, compileCriteria, compileNamed, inAnySegment } from './criteria.ts';
import { planHotPath } from './hot-path.ts';
import { incompatibilities } from './interactions.ts';
import { bucketKeyReader } from './visitor.ts';
import { CONTROL, FIRST_ARM, INELIGIBLE, type CompiledOverride, type CompiledRollout, type Layer, type Program } from './program.ts';

export type CompileOptions = {
  /** How many bytes of answers are remembered. */
  cacheBytes?: number;
  /** Told what conditions say wrongly. Such a part selects nobody; it does not make the snapshot unusable. */
  report?: Report;
  /** Takes a snapshot whose units could meet others that they say they do not stand beside: an edge, whose engine decided it. */
  trustsInteractions?: boolean;
};

const CACHE_BYTES = 16 * 1024 * 1024;

/** Makes a program of a snapshot once, so that {@link resolve} does little. A snapshot that contradicts itself is a problem. */
export function compile(snapshot: Snapshot, options: CompileOptions = {}): Program | Problem {
  const { cacheBytes = CACHE_BYTES, report = () => undefined, trustsInteractions = false } = options;
  const faults: Fault[] = contradictions(snapshot);
  const named = compileNamed(snapshot, report, (path, message) => void faults.push({ path, message }));
  const incompatible = trustsInteractions ? [] : incompatibilities(snapshot);
  if (incompatible.length > 0) return problem('unprocessable', 'A visitor could be given units that do not fit together.', incompatible);
  const layers = compileLayers(snapshot, named);
  if (faults.length > 0) return problem('unprocessable', `Revision ${snapshot.revision} contradicts itself.`, faults);
  const rollouts = layers.flatMap((layer) => layer.rollouts);
  const byName = compileOverrides(snapshot, named, rollouts);
  const overrides = [...byName, ...compileHostRoutes(snapshot, rollouts)];
  const hotPath = planHotPath(rollouts);
  const { holdout } = snapshot;
  const overrideByPreview = indexOverrides(byName, ({ name }) => [snapshot.overrides[name]!.preview_digest ?? []].flat());
  const overrideByHost = indexOverrides(overrides, ({ host }) => [host ?? []].flat());
  return {
    snapshot,
    named,
    layers,
    rollouts,
    overrides,
    namedOverrides: byName.length,
    overrideByKey: indexOverrides(byName, ({ name }) => snapshot.overrides[name]!.visitors),
    overrideByPreview,
    overrideByHost,
    holdout: holdout && { seed: seedOf(holdout.salt), threshold: thresholdOf(holdout.percentage) },
    hasExceptions: byName.length > 0 || holdout !== undefined,
    needs: {
      session: snapshot.rollouts.some((rollout) => rollout.bucket_by === 'session'),
      sticky: snapshot.rollouts.some((rollout) => rollout.sticky),
      preview: overrideByPreview.size > 0,
      host: overrideByHost.size > 0,
    },
    hotPath,
    cache: new AnswerCache(hotPath.rootSize, cacheBytes),
  };
}

function compileLayers(snapshot: Snapshot, named: Named): Layer[] {
  const layers = new Map<string, Layer>();
  const compileOnce = shareTests(named);
  snapshot.rollouts.forEach((source, index) => {
    const layer = layers.get(source.salt) ?? {
      seed: seedOf(source.salt),
      rollouts: [],
      bucketKey: source.bucket_by === 'visitor' ? undefined : bucketKeyReader(source.bucket_by),
    };
    layer.rollouts.push(compileRollout(source, compileOnce(source.criteria, `/rollouts/${index}/criteria`)));
    layers.set(source.salt, layer);
  });
  for (const { rollouts } of layers.values()) if (rollouts.length > 1) for (const rollout of rollouts) rollout.isPlain = false;
  // Rollouts that ask the same stand side by side, so that they ask once.
  const order = new Map([...new Set([...layers.values()].map((layer) => layer.rollouts[0]!.test))].map((test, index) => [test, index]));
  return [...layers.values()].toSorted((a, b) => order.get(a.rollouts[0]!.test)! - order.get(b.rollouts[0]!.test)!);
}

type Criteria = Pick<CompiledRollout, 'criteria' | 'test'>;

/** Compiles equal criteria once: they become the very same test. */
function shareTests(named: Named): (source: SnapshotRollout['criteria'], path: string) => Criteria {
  const known = new Map<string, Criteria>();
  return (source, path) => {
    const text = JSON.stringify(source);
    const there = known.get(text);
    if (there) return there;
    const criteria = compileCriteria(source, path, named);
    const compiled = { criteria, test: criteria.length === 0 ? undefined : all(criteria.map(({ test }) => test)) };
    known.set(text, compiled);
    return compiled;
  };
}

function compileRollout(source: SnapshotRollout, criteria: Criteria): CompiledRollout {
  const intervals = armIntervals(
    source.range,
    source.percentage,
    source.arms.map((arm) => arm.weight),
  );
  return {
    source,
    ...criteria,
    arms: source.arms.map((arm, index) => ({ ...arm, ...intervals[index]! })),
    rest: source.strategy === 'ab_test' ? INELIGIBLE : CONTROL,
    stickyKey: source.sticky && source.percentage > 0 ? stickyKey(source) : undefined,
    buildings: buildingsOf(source),
    radix: FIRST_ARM + source.arms.length,
    isPlain: !source.sticky && source.bucket_by === 'visitor',
  };
}

/** A kept arm is kept for this salt: a deliberate new salt asks everybody anew. */
export const stickyKey = ({ id, salt }: Pick<SnapshotRollout, 'id' | 'salt'>): string => `${id}.${salt}`;

/** Every building that some arm of the rollout moves. */
export const buildingsOf = (rollout: Pick<SnapshotRollout, 'arms'>): string[] => [
  ...new Set(rollout.arms.flatMap((arm) => Object.keys(arm.units))),
];

function compileOverrides(snapshot: Snapshot, named: Named, rollouts: CompiledRollout[]): CompiledOverride[] {
  return Object.entries(snapshot.overrides)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { segments, units }]) => ({
      name,
      units,
      host: undefined,
      inSegments: inAnySegment(segments, named.segment)[0],
      excludes: movingAny(rollouts, units),
    }));
}

/** A host route is an override of whoever asks at its host. */
function compileHostRoutes({ host_routes: routes = {} }: Snapshot, rollouts: CompiledRollout[]): CompiledOverride[] {
  return Object.entries(routes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, { units }]) => ({ name: host, units, host, inSegments: undefined, excludes: movingAny(rollouts, units) }));
}

const movingAny = (rollouts: readonly CompiledRollout[], units: CompiledOverride['units']): Set<CompiledRollout> =>
  new Set(rollouts.filter((rollout) => rollout.buildings.some((building) => Object.hasOwn(units, building))));

/** The first override that lists a key is the one. */
function indexOverrides(overrides: CompiledOverride[], keysOf: (override: CompiledOverride) => string[]): Map<string, number> {
  const index = new Map<string, number>();
  overrides.forEach((override, position) => {
    for (const key of keysOf(override)) if (!index.has(key)) index.set(key, position + 1);
  });
  return index;
}
