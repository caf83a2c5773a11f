import { isPlainObject } from '#schemas/condition.ts';
import { instantOf } from './instant.ts';
import { compileNetwork } from './network.ts';
import { compilePattern } from './pattern.ts';
import { compare, oneOf, textOf, typeOf } from './values.ts';
import { sortableVersion } from './version.ts';

/** A test of what an attribute, or an item of a list, is. */
export type ValueTest = (value: unknown) => boolean;

/** What operators may refer to, and who is told what is wrong with them. */
export type OperatorContext = {
  groups: Readonly<Record<string, readonly (string | number)[]>>;
  report: (path: string, message: string) => void;
  compileValue: (wanted: unknown, path: string, context: OperatorContext) => ValueTest;
  /** Compiles a condition over an item of a list. */
  compileCondition: (condition: unknown, path: string) => ValueTest;
};

/** Makes the test of one operator's operand; a text says what is wrong with the operand. */
type Operator = (operand: unknown, path: string, context: OperatorContext) => ValueTest | string;

const TYPES = ['string', 'number', 'boolean', 'array', 'object', 'null', 'undefined'];

const needsList = (make: (operand: readonly unknown[], path: string, context: OperatorContext) => ValueTest | string): Operator => {
  return (operand, path, context) => (Array.isArray(operand) ? make(operand, path, context) : 'takes a list');
};

const ordered = (holds: (order: -1 | 0 | 1 | undefined) => boolean): Operator => {
  return (operand) => {
    if (typeof operand !== 'number' && typeof operand !== 'string') return 'takes a number or a text';
    return (value) => holds(compare(value, operand));
  };
};

const versioned = (holds: (actual: string, wanted: string) => boolean): Operator => {
  return (operand) => {
    if (typeof operand !== 'string' && typeof operand !== 'number') return 'takes a version, such as "1.4.0"';
    const wanted = sortableVersion(operand);
    return (value) => holds(sortableVersion(value), wanted);
  };
};

const pattern = (ignoreCase: boolean): Operator => {
  return (operand) => {
    if (typeof operand !== 'string') return 'takes a regular expression as a text';
    const compiled = compilePattern(operand, { ignoreCase });
    return typeof compiled === 'string' ? `cannot be compiled: ${compiled}` : (value) => compiled(textOf(value));
  };
};

const dated = (holds: (actual: number, wanted: number) => boolean): Operator => {
  return (operand) => {
    const wanted = instantOf(operand);
    if (Number.isNaN(wanted)) return 'takes an ISO 8601 date, or a date and time with its offset, such as "2026-01-31T09:00Z"';
    return (value) => holds(instantOf(value), wanted);
  };
};

/** Whether this says what a value must be with operators alone, and not with a constant or a condition. */
export function isOperators(wanted: unknown): wanted is Record<string, unknown> {
  if (!isPlainObject(wanted)) return false;
  const names = Object.keys(wanted);
  return names.length > 0 && names.every((name) => name.startsWith('$'));
}

const folded = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

/** Whether a value, or any item of a list, is one of these. */
function memberOf(list: readonly unknown[]): ValueTest {
  const isMember = oneOf(list);
  return (value) => (Array.isArray(value) ? value.some(isMember) : isMember(value));
}

function memberIgnoringCase(list: readonly unknown[]): ValueTest {
  const isMember = memberOf(list.map(folded));
  return (value) => isMember(Array.isArray(value) ? value.map(folded) : folded(value));
}

/** Every one of these is met by some item of the list. */
function meetsAll(tests: ValueTest[]): ValueTest {
  return (value) => Array.isArray(value) && tests.every((test) => value.some((item) => test(item)));
}

const inGroup: Operator = (operand, _, { groups }) => {
  if (typeof operand !== 'string') return 'takes the name of a group';
  return Object.hasOwn(groups, operand) ? memberOf(groups[operand]!) : `there is no group ${operand}`;
};

const negated = (operator: Operator): Operator => {
  return (operand, path, context) => {
    const test = operator(operand, path, context);
    return typeof test === 'string' ? test : (value) => !test(value);
  };
};

/** Lists and objects in a list of constants would equal nothing. */
const needsConstants = (make: (list: readonly unknown[]) => ValueTest): Operator =>
  needsList((operand) => {
    const odd = operand.findIndex((item) => typeof item === 'object' && item !== null);
    return odd < 0 ? make(operand) : `takes texts, numbers, true, false and null; item ${odd} is a list or an object, which equals nothing`;
  });

const isIn = needsConstants(memberOf);
const isInIgnoringCase = needsConstants(memberIgnoringCase);

/** Strict equality of one value; lists and objects are written without an operator. */
const equals: Operator = (operand) =>
  typeof operand === 'object' && operand !== null
    ? 'takes one value; write a list or an object without an operator to compare with it'
    : (value) => value === operand;

const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: equals,
  $ne: negated(equals),
  $lt: ordered((order) => order === -1),
  $lte: ordered((order) => order === -1 || order === 0),
  $gt: ordered((order) => order === 1),
  $gte: ordered((order) => order === 1 || order === 0),
  $in: isIn,
  $nin: negated(isIn),
  $ini: isInIgnoringCase,
  $nini: negated(isInIgnoringCase),
  $all: needsList((operand, path, context) =>
    meetsAll(operand.map((wanted, index) => context.compileValue(wanted, `${path}/${index}`, context))),
  ),
  $alli: needsList((operand, path, context) =>
    meetsAll(
      operand.map((wanted, index): ValueTest => {
        if (typeof wanted !== 'string') return context.compileValue(wanted, `${path}/${index}`, context);
        const lower = wanted.toLowerCase();
        return (value) => textOf(value).toLowerCase() === lower;
      }),
    ),
  ),
  $exists: (operand) =>
    typeof operand === 'boolean' || typeof operand === 'number'
      ? (value) => (value !== null && value !== undefined) === Boolean(operand)
      : 'takes true or false',
  $type: (operand) => (TYPES.includes(operand as string) ? (value) => typeOf(value) === operand : `takes one of ${TYPES.join(', ')}`),
  $size: (operand, path, context) => {
    if (typeof operand !== 'number' && !isOperators(operand)) return 'takes a number, or operators such as {"$gt": 1}';
    const test = context.compileValue(operand, path, context);
    return (value) => Array.isArray(value) && test(value.length);
  },
  $elemMatch: (operand, path, context) => {
    if (!isPlainObject(operand)) return 'takes a condition, or operators such as {"$gt": 1}';
    const test = isOperators(operand) ? context.compileValue(operand, path, context) : context.compileCondition(operand, path);
    return (value) => Array.isArray(value) && value.some((item) => item !== null && item !== undefined && test(item));
  },
  $regex: pattern(false),
  $regexi: pattern(true),
  $inGroup: inGroup,
  $notInGroup: negated(inGroup),
  $veq: versioned((actual, wanted) => actual === wanted),
  $vne: versioned((actual, wanted) => actual !== wanted),
  $vlt: versioned((actual, wanted) => actual < wanted),
  $vlte: versioned((actual, wanted) => actual <= wanted),
  $vgt: versioned((actual, wanted) => actual > wanted),
  $vgte: versioned((actual, wanted) => actual >= wanted),
  $not: (operand, path, context) => {
    const test = context.compileValue(operand, path, context);
    return (value) => !test(value);
  },
  // Beyond GrowthBook's:
  $cidr: (operand) => {
    const texts = Array.isArray(operand) ? operand : [operand];
    const networks = texts.map((text) => (typeof text === 'string' ? compileNetwork(text) : undefined));
    const unknown = networks.findIndex((network) => network === undefined);
    if (unknown >= 0 || networks.length === 0)
      return `takes a network such as "10.0.0.0/8", or a list of them${unknown >= 0 ? `; ${textOf(texts[unknown])} is none` : ''}`;
    return (value) => networks.some((network) => network!(value));
  },
  $before: dated((actual, wanted) => actual < wanted),
  $after: dated((actual, wanted) => actual > wanted),
};

/** Whether an operator of this name may stand inside an attribute. */
export const isOperator = (name: string): boolean => Object.hasOwn(OPERATORS, name);

/** The test that `{name: operand}` stands for; false and reported where it makes no sense. */
export function compileOperator(name: string, operand: unknown, path: string, context: OperatorContext): ValueTest {
  const test = isOperator(name) ? OPERATORS[name]!(operand, path, context) : unknownOperator(name);
  if (typeof test === 'function') return test;
  context.report(path, test);
  return () => false;
}

const AROUND = new Set(['$and', '$or', '$nor', '$savedGroup']);

const unknownOperator = (name: string): string =>
  AROUND.has(name) ? `${name} stands around attributes, not in one` : `there is no operator ${name}`;

/** What may stand inside an attribute; a test holds the table in docs/conditions.md to it. */
export const OPERATOR_NAMES: readonly string[] = Object.keys(OPERATORS);
