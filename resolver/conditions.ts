import type { Condition } from '#schemas/condition.ts';
import type { Flag, Segment } from '#schemas/document.ts';
import type { RolloutCriteria } from '#schemas/rollout.ts';
import { type Visitor, attributeOf } from './visitor.ts';

export type Test = (visitor: Visitor) => boolean;

/** Named tests that criteria refer to. A name that nobody defined is false: it selects no visitor. */
export type Named = { segments: ReadonlyMap<string, Test>; flags: ReadonlyMap<string, Test> };

const always: Test = () => true;
const never: Test = () => false;

function all(tests: Test[]): Test {
  if (tests.length === 0) return always;
  if (tests.length === 1) return tests[0]!;
  return (visitor) => tests.every((test) => test(visitor));
}

function any(tests: Test[]): Test {
  if (tests.length === 1) return tests[0]!;
  return (visitor) => tests.some((test) => test(visitor));
}

/** Compiles an exact-match condition: every entry must hold; a list attribute holds if any of its items does. */
export function compileCondition(condition: Condition): Test {
  return all(
    Object.entries(condition).map(([name, wanted]): Test => {
      const accepted = new Set<unknown>(typeof wanted === 'object' ? wanted.$in : [wanted]);
      return (visitor) => {
        const value = attributeOf(visitor, name);
        return Array.isArray(value) ? value.some((item) => accepted.has(item)) : accepted.has(value);
      };
    }),
  );
}

export function compileNamed(segments: Record<string, Segment>, flags: Record<string, Flag>): Named {
  const compiled = new Map(Object.entries(segments).map(([name, segment]) => [name, compileCondition(segment.condition)]));
  const flagTest = (flag: Flag): Test => {
    if (!flag.enabled) return never;
    return flag.segments.length === 0 ? always : any(flag.segments.map((name) => compiled.get(name) ?? never));
  };
  return { segments: compiled, flags: new Map(Object.entries(flags).map(([name, flag]) => [name, flagTest(flag)])) };
}

/** The parts of criteria in the order in which they are checked, each with the name by which a reason calls it. */
export function compileCriteria(criteria: RolloutCriteria, named: Named): { part: keyof RolloutCriteria; test: Test }[] {
  const parts: { part: keyof RolloutCriteria; test: Test }[] = [];
  if (criteria.geo_regions.length > 0) {
    parts.push({ part: 'geo_regions', test: compileCondition({ country: { $in: criteria.geo_regions } }) });
  }
  if (criteria.user_segments.length > 0) {
    parts.push({ part: 'user_segments', test: any(criteria.user_segments.map((name) => named.segments.get(name) ?? never)) });
  }
  if (criteria.feature_flags.length > 0) {
    parts.push({ part: 'feature_flags', test: all(criteria.feature_flags.map((name) => named.flags.get(name) ?? never)) });
  }
  if (criteria.custom_rules.length > 0) {
    parts.push({ part: 'custom_rules', test: all(criteria.custom_rules.map(compileCondition)) });
  }
  return parts;
}
