import { escapePointer } from '#schemas/json-pointer.ts';
import { isPlainObject } from '#schemas/condition.ts';
import { type OperatorContext, type ValueTest, compileOperator, isOperator, isOperators } from './operators.ts';
import { numberOf, own, sameJson, testAt, textOf } from './values.ts';

/** A test over what conditions are about: an object of attributes, or an item of a list. */
export type ConditionTest<Subject = unknown> = (subject: Subject) => boolean;

/** What a condition may refer to, and who is told what is wrong with it. */
export type ConditionContext<Subject> = {
  /** Makes a test of what the subject has at a dotted path out of a test of a value. */
  at: (path: string, test: ValueTest) => ConditionTest<Subject>;
  groups: Readonly<Record<string, readonly (string | number)[]>>;
  /** The test of a segment by its name; undefined: there is none, or it refers to itself. */
  segment: (name: string) => ConditionTest<Subject> | undefined;
  /** Told everything that a condition says wrongly; that part of it is false. `path` is a JSON Pointer. */
  report: (path: string, message: string) => void;
};

/** Holds of nobody. */
export const never = (): boolean => false;
const always = (): boolean => true;

/**
 * Compiles a condition to closures, once. Total: a part that makes no sense (an unknown operator, an operand of the wrong
 * kind, a pattern that cannot be compiled) is reported and makes what it stands in false, never an error.
 */
export function compileCondition<Subject>(condition: unknown, path: string, context: ConditionContext<Subject>): ConditionTest<Subject> {
  if (!isPlainObject(condition)) return wrong(context, path, 'a condition is a JSON object, such as {"country": "KR"}');
  return all(Object.entries(condition).map(([name, operand]) => compileEntry(name, operand, `${path}/${escapePointer(name)}`, context)));
}

function compileEntry<Subject>(name: string, operand: unknown, path: string, context: ConditionContext<Subject>): ConditionTest<Subject> {
  const many = (): ConditionTest<Subject>[] | undefined =>
    Array.isArray(operand) ? operand.map((one, index) => compileCondition(one, `${path}/${index}`, context)) : undefined;
  switch (name) {
    case '$and':
      return all(many() ?? [wrong(context, path, LIST_OF_CONDITIONS)]);
    case '$or':
      return any(many() ?? [wrong(context, path, LIST_OF_CONDITIONS)]);
    case '$nor': {
      const tests = many();
      return tests ? not(any(tests)) : wrong(context, path, LIST_OF_CONDITIONS);
    }
    case '$not':
      return isPlainObject(operand) ? not(compileCondition(operand, path, context)) : wrong(context, path, '$not takes a condition');
    case '$savedGroup':
      return compileSavedGroup(operand, path, context);
    default: {
      if (name.startsWith('$')) {
        // The language reads it as the name of an attribute. Nobody has such an attribute, and nobody means that.
        const known = isOperator(name) ? `${name} stands inside an attribute: {"plan": {"${name}": …}}` : `there is no operator ${name}`;
        return wrong(context, path, known);
      }
      return context.at(name, compileValue(operand, path, elementContext(context)));
    }
  }
}

const LIST_OF_CONDITIONS = 'takes a list of conditions';

/** `{"$savedGroup": {"id": "pro"}}` is segment `pro`, or with an `attributeKey` the list `id` over that attribute. */
function compileSavedGroup<Subject>(operand: unknown, path: string, context: ConditionContext<Subject>): ConditionTest<Subject> {
  const id = own(operand, 'id');
  const attribute = own(operand, 'attributeKey');
  if (typeof id !== 'string' || (isPlainObject(operand) && Object.hasOwn(operand, 'attributeKey') && typeof attribute !== 'string')) {
    return wrong(context, path, 'takes {"id": "a segment"} or {"id": "a group", "attributeKey": "an attribute"}');
  }
  if (typeof attribute === 'string' && Object.hasOwn(context.groups, id)) {
    return context.at(attribute, compileValue({ $inGroup: id }, path, elementContext(context)));
  }
  return context.segment(id) ?? wrong(context, path, `there is no segment ${id}, or it refers to itself`);
}

/** What a value must be: equal to a constant, or as operators say. */
export function compileValue(wanted: unknown, path: string, context: OperatorContext): ValueTest {
  switch (typeof wanted) {
    case 'string':
      return (value) => value === wanted || (typeof value !== 'string' && textOf(value) === wanted);
    case 'number':
      return (value) => numberOf(value) === wanted;
    case 'boolean':
      return (value) => value !== null && Boolean(value) === wanted;
  }
  if (wanted === null) return (value) => value === null;
  if (!isPlainObject(wanted)) return (value) => sameJson(value, wanted);
  if (isOperators(wanted)) {
    return allValues(Object.keys(wanted).map((name) => compileOperator(name, wanted[name], `${path}/${escapePointer(name)}`, context)));
  }
  const operators = Object.keys(wanted).filter((name) => name.startsWith('$'));
  if (operators.length > 0) {
    context.report(path, `mixes operators (${operators.join(', ')}) with names; it would be compared as a constant`);
  }
  return (value) => sameJson(value, wanted);
}

/** Inside a list the subject is the item itself. */
function elementContext<Subject>(context: ConditionContext<Subject>): OperatorContext {
  return {
    groups: context.groups,
    report: context.report,
    compileValue,
    compileCondition: (condition, path) => compileCondition(condition, path, { ...context, at: testAt, segment: () => undefined }),
  };
}

function wrong<Subject>(context: Pick<ConditionContext<Subject>, 'report'>, path: string, message: string): ConditionTest<Subject> {
  context.report(path, message);
  return never;
}

function not<Subject>(test: ConditionTest<Subject>): ConditionTest<Subject> {
  return (subject) => !test(subject);
}

/** Tests that must all hold; none is true. */
export function all<Subject>(tests: ConditionTest<Subject>[]): ConditionTest<Subject> {
  const [first, second] = tests;
  if (!first) return always;
  if (!second) return first;
  if (tests.length === 2) return (subject) => first(subject) && second(subject);
  return (subject) => {
    for (const test of tests) if (!test(subject)) return false;
    return true;
  };
}

const allValues: (tests: ValueTest[]) => ValueTest = all;

/** Tests of which one must hold; as the language has it, an empty list is true. */
export function any<Subject>(tests: ConditionTest<Subject>[]): ConditionTest<Subject> {
  const [first, second] = tests;
  if (!first) return always;
  if (!second) return first;
  return (subject) => {
    for (const test of tests) if (test(subject)) return true;
    return false;
  };
}
