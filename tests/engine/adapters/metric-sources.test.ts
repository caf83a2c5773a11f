import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetricSources } from '#engine/adapters/create-metric-sources.ts';
import type { MetricSourceSettings } from '#engine/adapters/metric-source.ts';
import { escapePromql } from '#engine/adapters/prometheus-source.ts';
import { urlBelow } from '#engine/adapters/web-source.ts';
import { freePort } from '#local/ports.ts';
import { MetricQuery } from '#schemas/analysis.ts';
import type { MetricVariables } from '#schemas/metric-text.ts';
import type { z } from '#schemas/zod.ts';
import { NOW } from '../../support/fixtures.ts';
import { listen } from '../../support/listen.ts';
import { HOSTILE, answering, points, series, success, vector } from '../../support/sources.ts';

const VARIABLES: MetricVariables = {
  arm: 'canary',
  unit: 'main@1.1.0',
  rollout: 'main-1',
  apartment: 'shop',
  environment: 'production',
  building: 'main',
};
const INSTANT = { kind: 'prometheus', source: 'prometheus', query: 'errors{arm="{{arm}}"}' } as const;
const RANGE = { ...INSTANT, range: { minutes: 1, step_seconds: 15 } };
const WEB = { kind: 'web', source: 'billing', path: '/v1/{{unit}}/errors?arm={{arm}}', pointer: '/data/0/value' } as const;

/** Asks a source at `url`. */
function ask(url: string, query: z.input<typeof MetricQuery>, settings: Partial<MetricSourceSettings> = {}, signal?: AbortSignal) {
  const sources = createMetricSources([
    { name: 'prometheus', kind: 'prometheus', url, ...settings },
    { name: 'billing', kind: 'web', url, ...settings },
  ]);
  return sources.ask(MetricQuery.parse(query), VARIABLES, { at: NOW, ...(signal ? { signal } : {}) });
}

describe.each([
  ['prometheus', INSTANT],
  ['prometheus, a range', RANGE],
  ['web', WEB],
] as const)('%s: an error when the source gives', (_, query) => {
  it.each(HOSTILE)('%s', async (_name, listener, reason) => {
    const { url } = await listen(listener);
    expect(await ask(url, query, { timeoutMs: /within/.test(reason.source) ? 300 : 10_000 })).toEqual({
      outcome: 'error',
      reason: expect.stringMatching(reason),
    });
  });

  it('no answer, for nobody is there', async () => {
    expect(await ask(`http://127.0.0.1:${await freePort()}`, query)).toMatchObject({
      outcome: 'error',
      reason: expect.stringMatching(/cannot be asked: .*ECONNREFUSED/),
    });
  });

  it('no answer, for whoever asked gave up', async () => {
    const { url } = await listen(() => undefined);
    expect(await ask(url, query, {}, AbortSignal.timeout(50))).toMatchObject({ outcome: 'error' });
  });
});

describe('prometheus', () => {
  it.each<[string, unknown, number | RegExp]>([
    ['one series', vector('0.25'), 0.25],
    ['a scalar', success('scalar', [1, '1e-07']), 1e-7],
    ['NaN', vector('NaN'), /NaN/],
    ['+Inf', vector('+Inf'), /Inf/],
    ['-Inf', success('scalar', [1, '-Inf']), /Inf/],
    ['what overflows', vector('1e999'), /1e999/],
    ['no series', vector(), /no series/],
    ['several series', vector('0', '0'), /2 series/],
    ['a warning', success('vector', series('0'), { warnings: ['store x is down'] }), /store x is down/],
  ])('%s', async (_, body, expected) => {
    const { url } = await listen(answering(body));
    const answer =
      expected instanceof RegExp
        ? { outcome: 'inconclusive', reason: expect.stringMatching(expected) }
        : { outcome: 'value', value: expected };
    expect(await ask(url, INSTANT)).toMatchObject(answer);
  });

  it.each<[string, unknown, RegExp]>([
    ['bad_data', { status: 'error', errorType: 'bad_data', error: 'parse error' }, /bad_data: parse error/],
    ['a matrix', success('matrix', points('0')), /a matrix, not one number/],
    ['a string', success('string', [1, '0']), /a string/],
    ['a histogram', success('vector', [{ metric: {}, histogram: [1, {}] }]), /histogram/],
    ['words for a number', vector('none'), /no number/],
    ['nothing for a number', vector(''), /no number/],
    ['a number for a text', success('vector', [{ metric: {}, value: [1, 0] }]), /no answer of Prometheus/],
    ['JSON of something else', { ok: true }, /no answer of Prometheus/],
    ['null', null, /no answer of Prometheus/],
    ['a range where one number was asked for', success('matrix', []), /matrix/],
  ])('is an error for %s', async (_, body, reason) => {
    const { url } = await listen(answering(body));
    expect(await ask(url, INSTANT)).toMatchObject({ outcome: 'error', reason: expect.stringMatching(reason) });
  });

  it.each<[string, unknown, 'mean' | 'min' | 'max' | 'last', number | RegExp]>([
    ['mean', success('matrix', points('1', '2', '6')), 'mean', 3],
    ['min', success('matrix', points('1', '2', '-6')), 'min', -6],
    ['max', success('matrix', points('1', '8', '6')), 'max', 8],
    ['last', success('matrix', points('1', '8', '6')), 'last', 6],
    ['a mean of large numbers', success('matrix', points('1e308', '1e308')), 'mean', 1e308],
    ['a NaN among them', success('matrix', points('1', 'NaN', '1')), 'mean', /NaN/],
    ['an Inf among them', success('matrix', points('1', '+Inf', '1')), 'last', /Inf/],
    ['no series', success('matrix', []), 'mean', /no series/],
    ['several series', success('matrix', [...points('0'), ...points('0')]), 'mean', /2 series/],
    ['a series that ended', success('matrix', [{ metric: {}, values: [[NOW / 1_000 - 30, '0']] }]), 'last', /ended 30 s ago/],
  ])('a range: %s', async (_, body, reduce, expected) => {
    const { url } = await listen(answering(body));
    const answer =
      expected instanceof RegExp
        ? { outcome: 'inconclusive', reason: expect.stringMatching(expected) }
        : { outcome: 'value', value: expected };
    expect(await ask(url, { ...INSTANT, range: { minutes: 1, reduce } })).toMatchObject(answer);
  });

  it('is asked below its URL, with the query filled in, its times and its token', async () => {
    const bodies: (string | undefined)[][] = [];
    const { url, asked } = await listen(async (request, response) => {
      request.setEncoding('utf8');
      const [body] = (await once(request, 'data')) as [string];
      bodies.push([request.headers.authorization, request.headers['content-type'], ...new URLSearchParams(body).values()]);
      answering(vector('0'))(request, response);
    });
    const settings = { url: `${url}/prom/`, token: () => 'secret' };
    await ask(url, INSTANT, settings);
    await ask(url, RANGE, settings);
    expect(asked).toEqual(['POST /prom/api/v1/query', 'POST /prom/api/v1/query_range']);
    const type = 'application/x-www-form-urlencoded;charset=UTF-8';
    expect(bodies).toEqual([
      ['Bearer secret', type, 'errors{arm="canary"}'],
      ['Bearer secret', type, 'errors{arm="canary"}', String(NOW / 1_000 - 60), String(NOW / 1_000), '15'],
    ]);
  });

  it('no value ends the string of PromQL that it stands in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const escaped = escapePromql(value);
        expect(escaped).not.toMatch(/["'`\n]/);
        expect(JSON.parse(`"${escaped}"`)).toBe(value); // \uXXXX is the same in JSON
      }),
    );
  });
});

describe('web', () => {
  it.each<[string, unknown, string, number | RegExp]>([
    ['a number in lists and objects', { data: [{ value: 0.5 }] }, '/data/0/value', 0.5],
    ['the whole answer', 7, '', 7],
    ['escaped keys', { 'a/b': { '~': 3 } }, '/a~1b/~0', 3],
    ['nothing there', { data: [] }, '/data/0/value', /has nothing/],
    ['null', { data: [{ value: null }] }, '/data/0/value', /has nothing/],
    ['what only the prototype has', {}, '/constructor/length', /has nothing/],
    ["an array's length", { data: [1, 2] }, '/data/length', /has nothing/],
    ['an index with a zero before it', { data: [1, 2] }, '/data/01', /has nothing/],
    ['more than a number holds', '{"value": 1e999}', '/value', /too large/],
  ])('%s', async (_, body, pointer, expected) => {
    const { url } = await listen(answering(body));
    const answer =
      expected instanceof RegExp
        ? { outcome: 'inconclusive', reason: expect.stringMatching(expected) }
        : { outcome: 'value', value: expected };
    expect(await ask(url, { ...WEB, pointer })).toMatchObject(answer);
  });

  it.each<[string, unknown]>([
    ['a text', '{"value": "0"}'],
    ['a boolean', { value: false }],
    ['a list', { value: [] }],
  ])('%s is no number', async (_, body) => {
    const { url } = await listen(answering(body));
    expect(await ask(url, { ...WEB, pointer: '/value' })).toMatchObject({
      outcome: 'error',
      reason: expect.stringMatching(/is no number/),
    });
  });

  it('is asked below its URL', async () => {
    const { url, asked } = await listen(answering({}));
    await ask(`${url}/api`, WEB);
    await ask(`${url}/api/`, { ...WEB, path: 'plain' });
    expect(asked).toEqual(['GET /api/v1/main%401.1.0/errors?arm=canary', 'GET /api/plain']);
  });

  it('no path and no value leads out of the URL', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2E%2e',
      '%2f',
      '//',
      'evil.example',
      'http:',
      '@',
      ':',
      '?',
      '#',
      '\t',
      '{{arm}}',
      'a',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.array(part, { maxLength: 4 }), (path, arm) => {
        const url = urlBelow('https://metrics.example/base', path.join(''), { ...VARIABLES, arm: arm.join('') });
        if (typeof url === 'string') return;
        expect(url.origin).toBe('https://metrics.example');
        expect(url.pathname.startsWith('/base/')).toBe(true);
        expect(decodeURIComponent(url.pathname)).not.toMatch(/\/\.\.?(?:\/|$)/);
      }),
      { numRuns: 5_000 },
    );
  });
});

it.each<[string, z.input<typeof MetricQuery>, RegExp]>([
  ['was taken out of the configuration', { ...WEB, source: 'gone' }, /no metric source gone/],
  ['became another kind', { ...WEB, source: 'prometheus' }, /kind prometheus now/],
])('a rollout whose source %s is told so', async (_, query, reason) => {
  expect(await ask('http://127.0.0.1:1', query)).toMatchObject({ outcome: 'error', reason: expect.stringMatching(reason) });
});

it('a token that cannot be read is an error, and is read anew each time', async () => {
  const { url } = await listen(answering({ data: [{ value: 1 }] }));
  let reads = 0;
  const token = (): string => {
    if (++reads === 1) throw new Error('token.txt does not exist');
    return 'secret';
  };
  expect(await ask(url, WEB, { token })).toMatchObject({ outcome: 'error', reason: expect.stringMatching(/token.txt does not exist/) });
  expect(await ask(url, WEB, { token })).toEqual({ outcome: 'value', value: 1 });
});
