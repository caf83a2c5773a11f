import { armIntervals, bucketOf, keyHash, seedOf, thresholdOf } from '#resolver/bucket.ts';
import { compile } from '#resolver/compile.ts';
import { explain } from '#resolver/explain.ts';
import type { Answer } from '#resolver/make-answer.ts';
import { murmur3 } from '#resolver/murmur3.ts';
import type { Program } from '#resolver/program.ts';
import { overrideOf, resolve } from '#resolver/resolve.ts';
import type { Visitor } from '#resolver/visitor.ts';
import type { Explanation } from '#schemas/api.ts';
import type { ApartmentManifest } from '#schemas/manifest.ts';
import { Snapshot } from '#schemas/snapshot.ts';

/**
 * Language-neutral resolver cases; docs/bucketing.md has the format, and tests/cases/reference.py made what they expect.
 * Runs wherever the resolver does: it knows neither a platform nor a test framework.
 */
export type CaseFile = {
  description: string;
  hashes?: { key: string; seed: number; hash: number }[];
  buckets?: { key: string; salt: string; bucket: number }[];
  thresholds?: { percentage: number; threshold: number }[];
  intervals?: { range: { from: number; to: number }; percentage: number; weights: number[]; arms: [number, number][] }[];
  snapshot?: unknown;
  visitors?: VisitorCase[];
};

type VisitorCase = Omit<Visitor, 'attributes'> & {
  name: string;
  attributes?: Visitor['attributes'];
  expect: Record<string, Told>;
  exposures: Record<string, string>;
  keeps?: Record<string, string>;
};

/** What a case says of a building. */
type Told = Pick<Explanation, 'unit' | 'reason' | 'rollout' | 'arm' | 'override' | 'host' | 'failed_criterion' | 'failed_prerequisite'>;
const TOLD = ['unit', 'reason', 'rollout', 'arm', 'override', 'host', 'failed_criterion', 'failed_prerequisite'] as const;

/** A case, and how to run it: it gives what is wrong, and nothing where all is right. */
export type Case = { name: string; run: () => string[] };

/** Every case of a file, ready to run. */
export function casesOf(file: CaseFile): Case[] {
  return [
    ...(file.hashes ?? []).map(({ key, seed, hash }) =>
      caseOf(`murmur3(${JSON.stringify(key)}, ${seed})`, () => differences('hash', murmur3(key, seed), hash)),
    ),
    ...(file.buckets ?? []).map(({ key, salt, bucket }) =>
      caseOf(`bucket of ${JSON.stringify(key)} under ${JSON.stringify(salt)}`, () =>
        differences('bucket', bucketOf(keyHash(key), seedOf(salt)), bucket),
      ),
    ),
    ...(file.thresholds ?? []).map(({ percentage, threshold }) =>
      caseOf(`threshold of ${percentage} %`, () => differences('threshold', thresholdOf(percentage), threshold)),
    ),
    ...(file.intervals ?? []).map(({ range, percentage, weights, arms }) =>
      caseOf(`${percentage} % in ${range.from}–${range.to} %, weights ${weights.join(':')}`, () => {
        const actual = armIntervals(range, percentage, weights).map(({ start, end }) => [start, end]);
        return differences('arms', actual, arms);
      }),
    ),
    ...(file.snapshot === undefined ? [] : visitorCases(file.snapshot, file.visitors ?? [])),
  ];
}

/** Runs all cases of a file: how many there were, and what was wrong with which. */
export function runFile(file: CaseFile): { count: number; failures: string[] } {
  const cases = casesOf(file);
  return { count: cases.length, failures: cases.flatMap(({ name, run }) => run().map((failure) => `${name}: ${failure}`)) };
}

const caseOf = (name: string, run: () => string[]): Case => ({ name, run });

function visitorCases(source: unknown, visitors: readonly VisitorCase[]): Case[] {
  const program = compile(Snapshot.parse(source));
  if ('code' in program) throw new Error(`${program.detail} ${JSON.stringify(program.errors)}`);
  return visitors.map((one) => caseOf(one.name, () => runVisitor(program, one)));
}

function runVisitor(program: Program, one: VisitorCase): string[] {
  const { key, attributes = {}, session, sticky, preview, host, expect, exposures, keeps = {} } = one;
  const visitor: Visitor = { key, attributes, session, sticky, preview, ...(host === undefined ? {} : { host }) };
  const answer = resolve(program, visitor);
  const told = Object.fromEntries(explain(program, visitor).map((one) => [one.building, toldOf(one)]));
  return [
    ...differences('expect', told, expect),
    ...disagreements(program, visitor),
    ...differences('exposures', Object.fromEntries(answer.exposures.map(({ rollout, arm }) => [rollout, arm])), exposures),
    ...differences('keeps', answer.keeps, keeps),
  ];
}

const toldOf = (explanation: Explanation): Partial<Told> =>
  Object.fromEntries(TOLD.filter((field) => explanation[field] !== undefined).map((field) => [field, explanation[field]]));

/** Where the hot path gives a visitor other units or other arms than explain says, whether the answer was remembered or is made. */
export function disagreements(program: Program, visitor: Visitor): string[] {
  const made = resolve(program, visitor);
  const remembered = resolve(program, visitor);
  const told = explain(program, visitor);
  const isPreview = program.overrides[overrideOf(program, visitor) - 1]?.host !== undefined; // which counts for nothing
  const units = Object.fromEntries(told.map(({ building, unit }) => [building, unit]));
  return [
    ...differences('the answer when it is remembered', remembered, made),
    ...differences('units of resolve, beside those of explain', unitsOf(made), units),
    ...told.flatMap(({ rollout, arm }) =>
      arm === undefined || isPreview
        ? []
        : differences(`exposure to ${rollout}`, made.exposures.find((one) => one.rollout === rollout)?.arm, arm),
    ),
  ];
}

/** The unit that an answer gives in each building. */
export function unitsOf({ body }: Answer): Record<string, string> {
  const { apartments } = JSON.parse(body) as ApartmentManifest;
  const { buildings } = Object.values(apartments)[0]!;
  return Object.fromEntries(Object.entries(buildings).map(([name, { active_unit: unit }]) => [name, unit]));
}

function differences(what: string, actual: unknown, wanted: unknown): string[] {
  const [is, should] = [canonical(actual), canonical(wanted)];
  return is === should ? [] : [`${what}: ${is} instead of ${should}`];
}

/** JSON with sorted keys; undefined is written as such. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  ) ?? 'undefined';
