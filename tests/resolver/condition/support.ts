import { type ConditionContext, type ConditionTest, compileCondition } from '#resolver/condition/compile-condition.ts';
import { testAt } from '#resolver/condition/values.ts';

export type Report = [path: string, message: string];
export type Names = { groups?: Record<string, (string | number)[]>; segments?: Record<string, unknown> };

/** Compiles a condition over bare attributes, as it stands in a list of a condition; gathers what is wrong with it. */
export function compiled(condition: unknown, { groups = {}, segments = {} }: Names = {}): { test: ConditionTest; reports: Report[] } {
  const reports: Report[] = [];
  const context: ConditionContext<unknown> = {
    at: testAt,
    groups,
    segment: (name) => (Object.hasOwn(segments, name) ? compileCondition(segments[name], `/segments/${name}`, context) : undefined),
    report: (path, message) => void reports.push([path, message]),
  };
  return { test: compileCondition(condition, '', context), reports };
}

/** Whether a condition that is written rightly selects these attributes. */
export function selects(condition: unknown, attributes: unknown, names: Names = {}): boolean {
  const { test, reports } = compiled(condition, names);
  if (reports.length > 0) throw new Error(`reported: ${reports.map((report) => report.join(' ')).join('; ')}`);
  return test(attributes);
}
