import type { Flag, Holdout, Segment } from '#schemas/document.ts';
import type { RolloutCriteria } from '#schemas/rollout.ts';
import type { Snapshot } from '#schemas/snapshot.ts';
import { bucketOf, keyHash, seedOf, thresholdOf } from './bucket.ts';
import { type ConditionTest, all, any, compileCondition, never } from './condition/compile-condition.ts';
import { oneOf } from './condition/values.ts';
import { type Visitor, visitorTest } from './visitor.ts';

export type Test = ConditionTest<Visitor>;

/** A flag as a test, and as the flags that must be on before it. */
export type CompiledFlag = { test: Test; prerequisites: readonly string[] };

/** What rules refer to by name, compiled. */
export type Named = {
  segment: (name: string) => Test | undefined;
  flag: (name: string) => CompiledFlag | undefined;
  condition: (condition: unknown, path: string) => Test;
};

export type Report = (path: string, message: string) => void;

/**
 * Compiles segments and flags, each once. A name that nobody defined selects no visitor; a circle is reported to `circle`
 * with its members, and selects nobody either.
 */
export function compileNamed(
  { segments, flags, groups }: Pick<Snapshot, 'segments' | 'flags' | 'groups'>,
  report: Report,
  circle: Report,
): Named {
  const underWay: string[] = [];
  /** Compiles each thing once; one that is asked for while it is being compiled closes a circle. */
  function once<Thing, Compiled>(kind: string, things: Record<string, Thing>, make: (thing: Thing, path: string) => Compiled) {
    const made = new Map<string, Compiled>();
    return (name: string): Compiled | undefined => {
      if (!Object.hasOwn(things, name)) return undefined;
      const path = `/${kind}/${name}`;
      const there = made.get(name);
      if (there !== undefined) return there;
      if (underWay.includes(path)) {
        circle(
          path,
          `is in a circle: ${[...underWay.slice(underWay.indexOf(path)), path].map((one) => one.split('/').at(-1)).join(' → ')}`,
        );
        return undefined;
      }
      underWay.push(path);
      const compiled = make(things[name]!, path);
      underWay.pop();
      made.set(name, compiled);
      return compiled;
    };
  }
  const context = { at: visitorTest, groups, report, segment: (name: string): Test | undefined => segment(name) };
  const condition = (source: unknown, path: string): Test => compileCondition(source, path, context);
  const segment = once('segments', segments, (source: Segment, path) => condition(source.condition, `${path}/condition`));
  const flag = once('flags', flags, (source: Flag, path): CompiledFlag => {
    const needed = source.prerequisites.map((name) => flag(name)?.test ?? never);
    const tests = [...needed, ...inAnySegment(source.segments, segment)];
    if (source.percentage < 100) tests.push(inShare({ percentage: source.percentage, salt: path }));
    return { test: source.enabled ? all(tests) : never, prerequisites: source.prerequisites };
  });
  for (const name of Object.keys(segments)) segment(name);
  for (const name of Object.keys(flags)) flag(name);
  return { segment, flag, condition };
}

function inShare({ percentage, salt }: Holdout): Test {
  const seed = seedOf(salt);
  const threshold = thresholdOf(percentage);
  return (visitor) => bucketOf(keyHash(visitor.key), seed) < threshold;
}

/** No names ask nothing. */
export function inAnySegment(names: readonly string[], segment: Named['segment']): Test[] {
  return names.length === 0 ? [] : [any(names.map((name) => segment(name) ?? never))];
}

export type CriteriaPart = { part: keyof RolloutCriteria; test: Test };

/** The parts of criteria in the order in which they are checked, each with the name by which a reason calls it. */
export function compileCriteria(criteria: RolloutCriteria, path: string, named: Named): CriteriaPart[] {
  const parts: CriteriaPart[] = [];
  if (criteria.geo_regions.length > 0) parts.push({ part: 'geo_regions', test: inCountries(criteria.geo_regions) });
  for (const test of inAnySegment(criteria.user_segments, named.segment)) parts.push({ part: 'user_segments', test });
  if (criteria.feature_flags.length > 0) {
    parts.push({ part: 'feature_flags', test: all(criteria.feature_flags.map((name) => named.flag(name)?.test ?? never)) });
  }
  if (criteria.custom_rules.length > 0) {
    const rules = criteria.custom_rules.map((rule, index) => named.condition(rule, `${path}/custom_rules/${index}`));
    parts.push({ part: 'custom_rules', test: all(rules) });
  }
  return parts;
}

export function inCountries(countries: readonly string[]): Test {
  return visitorTest('country', oneOf(countries));
}
