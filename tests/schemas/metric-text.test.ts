import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Metric } from '#schemas/analysis.ts';
import { type MetricVariables, fillTemplate, isJsonPointer, pathFault, templateFault } from '#schemas/metric-text.ts';
import { parseWith } from '#schemas/parse.ts';
import type { ProblemError } from '#schemas/problem.ts';

const VARIABLES: MetricVariables = {
  arm: 'canary',
  unit: 'main@1.1.0',
  rollout: 'main-1',
  apartment: 'shop',
  environment: 'production',
  building: 'main',
};

describe('templates', () => {
  it('fill every known name, with spaces or without, as often as it stands there', () => {
    const text = '{{arm}} {{ unit }} {{rollout}}/{{apartment}}/{{environment}}/{{building}} {{arm}}';
    expect(fillTemplate(text, VARIABLES, (value) => value)).toBe('canary main@1.1.0 main-1/shop/production/main canary');
  });

  it('a value that looks like a placeholder or a replacement pattern is not expanded', () => {
    expect(fillTemplate('{{arm}}', { ...VARIABLES, arm: '{{unit}} $& $1' }, (value) => value)).toBe('{{unit}} $& $1');
  });

  it.each(['{{version}}', '{{__proto__}}', '{{constructor}}', '{{Arm}}', '{{}}'])('%s is refused', (text) => {
    expect(templateFault(text)).toMatch(/is not known; use \{\{arm\}\}/);
  });

  it('braces of PromQL are no placeholders', () => {
    expect(templateFault('sum(rate(http_requests_total{job="x", code=~"5.."}[5m]))')).toBeNull();
  });
});

describe('paths', () => {
  it.each(['v1/errors', '/v1/errors?arm={{arm}}&to=a%2Fb', 'v1/{{unit}}/errors', '', '/', 'a..b/...', '%20'])(
    '%j is below a URL',
    (path) => {
      expect(pathFault(path)).toBeNull();
    },
  );

  it.each([
    '..',
    'a/../b',
    './a',
    'a/..?x=1',
    '%2e%2e/admin',
    'a/.%2E/b',
    'a%2f..%2fb',
    '..%5cadmin',
    'a\\..\\b',
    '//evil.example/',
    'http://evil.example/',
    'file:/etc/passwd',
    'a#b',
    'a b',
    'a\tb',
    '..\u0000',
    'a\r\nhost: evil',
    'ä',
  ])('%j is refused', (path) => {
    expect(pathFault(path)).toBeTypeOf('string');
  });
});

it.each<[string, boolean]>([
  ['', true],
  ['/a/0/b~1c~0d', true],
  ['//', true],
  ['a', false],
  ['/a~2', false],
  ['/a~', false],
])('JSON Pointer %j: %s', (text, valid) => expect(isJsonPointer(text)).toBe(valid));

it('pointers of any keys are taken', () => {
  const keys = fc.array(fc.string().map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1')));
  fc.assert(fc.property(keys, (parts) => isJsonPointer(parts.map((part) => `/${part}`).join(''))));
});

it('a metric names every fault with its path', () => {
  const metric = {
    name: 'Errors',
    query: { kind: 'web', source: 'billing', path: '../{{version}}', pointer: 'x' },
    failure: {},
  };
  const problem = (() => {
    try {
      return parseWith(Metric, metric);
    } catch (error) {
      return (error as ProblemError).problem;
    }
  })();
  expect(problem).toMatchObject({ code: 'invalid-request' });
  expect((problem as ProblemError['problem']).errors!.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/name', '/query/path', '/query/pointer', '/failure']),
  );
});

it('a range has no more points than Prometheus gives', () => {
  const metric = (step_seconds: number) => ({
    name: 'errors',
    query: { kind: 'prometheus', source: 'prometheus', query: 'up', range: { minutes: 1_440, step_seconds } },
    success: { gte: 1 },
  });
  expect(Metric.safeParse(metric(15)).success).toBe(true);
  expect(Metric.safeParse(metric(1)).error!.issues[0]).toMatchObject({
    path: ['query', 'range'],
    message: expect.stringContaining('longer step_seconds'),
  });
});
