import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonDepth } from '#schemas/json-depth.ts';
import { parseJson, parseWith } from '#schemas/parse.ts';
import { ProblemError, type Problem } from '#schemas/problem.ts';
import { RolloutPlan } from '#schemas/rollout.ts';
import { NewUnit } from '#schemas/unit.ts';
import { storedUnitId } from '#schemas/version-tag.ts';

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

const goodUnit = {
  name: 'main',
  version: '1.2.3',
  framework: 'react',
  url: 'https://cdn.example/main.js',
  checksum: `sha384-${'A'.repeat(64)}`,
  size: 10,
};

describe('half of a character', () => {
  it.each([
    ['in a text', '{"a":["\\ud800"]}'],
    ['in a name', '{"a":{"\\uDC00":1}}'],
    ['the wrong way round', '["\\udc00\\ud800"]'],
  ])('is refused %s', (_, text) => {
    expect(problemOf(() => parseJson(text)).code).toBe('invalid-json');
  });

  it.each(['"\\ud83d\\ude00"', '"\\\\ud800"', '"😀"'])('both halves, and what only looks like one, are read: %s', (text) => {
    expect(parseJson(text)).toBe(JSON.parse(text));
  });
});

describe('every fault is told, with its place', () => {
  it.each<[string, () => unknown, string[]]>([
    [
      'many at once',
      () => parseWith(NewUnit, { ...goodUnit, version: 'v1', size: -1, url: 'ftp://x', oops: 1 }),
      ['/version', '/url', '/size', '/oops'],
    ],
    ['a missing field', () => parseWith(NewUnit, { ...goodUnit, url: undefined }), ['/url']],
    ['wasm without its binary', () => parseWith(NewUnit, { ...goodUnit, framework: 'wasm' }), ['/wasm_url']],
    ['inside a list', () => parseWith(RolloutPlan, { units: ['main@1.0.0', 'nonsense'] }), ['/units/1']],
    [
      'inside a nested object',
      () => parseWith(RolloutPlan, { units: ['main@1.0.0'], criteria: { geo_regions: ['KR', 'korea'] } }),
      ['/criteria/geo_regions/1'],
    ],
    [
      'inside a step',
      () => parseWith(RolloutPlan, { units: ['main@1.0.0'], steps: [5, { percentage: 500, duration: 1 }] }),
      ['/steps/1/percentage'],
    ],
    ['a key with a slash', () => parseWith(NewUnit, { ...goodUnit, dependencies: { 'a/b': 1 } }), ['/dependencies/a~1b']],
    ['not an object at all', () => parseWith(NewUnit, null), ['']],
  ])('%s', (_, work, paths) => {
    const problem = problemOf(work);
    expect(problem).toMatchObject({ status: 400, code: 'invalid-request' });
    expect(problem.errors?.map((fault) => fault.path)).toEqual(paths);
    for (const { message } of problem.errors ?? []) expect(message).not.toBe('');
  });
});

describe('names and versions', () => {
  it.each(['constructor', 'prototype', 'Main', '1st', '', 'a_b', 'ü', 'a'.repeat(64)])('the name %j is refused', (name) => {
    expect(problemOf(() => parseWith(NewUnit, { ...goodUnit, name })).errors).toMatchObject([{ path: '/name' }]);
  });
  it.each(['1.0', '01.0.0', '1.0.0-01', '1.0.0+build', '1.0.0-', '', '1.0.0.0', 'latest', '1.0.0-alpha-a.b-c.1'])(
    'the version %j is refused',
    (version) => {
      expect(problemOf(() => parseWith(NewUnit, { ...goodUnit, version })).errors).toMatchObject([{ path: '/version' }]);
    },
  );
  it.each(['1.0.0', '0.0.0', '10.20.30', '1.0.0-rc.1', 'v1.0.0', '1.0.0.snap.20260115'])('the version %j is fine', (version) => {
    expect(parseWith(NewUnit, { ...goodUnit, version })).toMatchObject({ version: storedUnitId(`main@${version}`).slice('main@'.length) });
  });
});

describe('JSON from strangers', () => {
  it.each([
    ['not JSON', '{"a":'],
    ['nothing', ''],
    ['10,000 arrays deep', '['.repeat(10_000) + ']'.repeat(10_000)],
    ['10,000 objects deep', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)],
    ['10,000 openings that never close', '['.repeat(10_000)],
  ])('%s is refused', (_, text) => expect(problemOf(() => parseJson(text))).toMatchObject({ status: 400, code: 'invalid-json' }));

  it('brackets inside strings are no nesting', () => {
    expect(parseJson(JSON.stringify({ a: '[[[['.repeat(100), 'b"\\[': '{{' }))).toBeDefined();
  });

  it('measures the depth of any JSON value', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(jsonDepth(JSON.stringify(value), 1_000)).toBe(depthOf(value));
      }),
      { numRuns: 2_000 },
    );
  });

  it('a __proto__ in JSON pollutes nothing', () => {
    const text = '{"__proto__":{"polluted":true},"units":["main@1.0.0"],"criteria":{"__proto__":{"polluted":true}}}';
    problemOrValue(() => parseWith(RolloutPlan, parseJson(text)));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

function problemOrValue(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemError);
  }
}
