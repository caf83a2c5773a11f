import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createUnitLoader } from '#engine/adapters/load-unit.ts';
import { freePort } from '#local/ports.ts';
import { MAX_UNIT_BYTES } from '#schemas/limits.ts';
import { listen } from '../../support/listen.ts';

const BYTES = 'export const mount = () => {};';
const LOADED = { checksum: `sha384-${createHash('sha384').update(BYTES).digest('base64')}`, size: BYTES.length };

/** A loader on a clock of its own, and how long it waited each time. */
function loader(random = 0.5) {
  const waits: number[] = [];
  let now = 0;
  const load = createUnitLoader(
    { loopback: true },
    {
      now: () => now,
      random: () => random,
      wait: async (ms) => {
        waits.push(ms);
        now += ms;
      },
    },
  );
  return { load, waits };
}

/** Answers in turn; the last one again and again. */
function inTurn(...answers: RequestListener[]): RequestListener {
  let asked = 0;
  return (request, response) => answers[Math.min(asked++, answers.length - 1)]!(request, response);
}

const status =
  (code: number, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(code, headers).end();
const good: RequestListener = (_, response) => response.end(BYTES);
const cut: RequestListener = (request) => void request.socket.destroy();

describe('what may pass is tried again', () => {
  it.each<[string, RequestListener[], number[]]>([
    ['nothing is wrong', [good], []],
    ['a 503', [status(503), good], [250]],
    ['a 429', [status(429), good], [250]],
    ['a cut connection', [cut, good], [250]],
    ['four failures', [status(500), cut, status(502), status(504), good], [250, 500, 1_000, 2_000]],
    ['Retry-After in seconds', [status(429, { 'retry-after': '3' }), good], [3_000]],
    ['Retry-After below the backoff', [status(503, { 'retry-after': '0' }), good], [250]],
    ['Retry-After as a date', [status(503, { 'retry-after': new Date(4_000).toUTCString() }), good], [4_000]],
    ['Retry-After that is nothing', [status(503, { 'retry-after': 'soon' }), good], [250]],
  ])('%s', async (_, answers, expected) => {
    const { url, asked } = await listen(inTurn(...answers));
    const { load, waits } = loader();
    expect(await load(url, 'sha384')).toEqual(LOADED);
    expect(waits).toEqual(expected);
    expect(asked).toHaveLength(expected.length + 1);
  });

  it.each([
    [0, [125, 250]],
    [0.999, [374.75, 749.5]],
  ])('each pause is a little more or less than its turn: by chance %d', async (random, expected) => {
    const { url } = await listen(inTurn(status(503), status(503), good));
    const { load, waits } = loader(random);
    await load(url, 'sha384');
    expect(waits).toEqual(expected);
  });

  it('five times at most', async () => {
    const { url, asked } = await listen(status(503));
    const { load, waits } = loader();
    expect(await load(url, 'sha384')).toEqual({ error: 'it answered 503 (asked 5 times)' });
    expect(asked).toHaveLength(5);
    expect(waits).toEqual([250, 500, 1_000, 2_000]);
  });

  it('and no longer than whoever publishes waits', async () => {
    const { url, asked } = await listen(status(503, { 'retry-after': '120' }));
    const { load, waits } = loader();
    expect(await load(url, 'sha384')).toEqual({ error: 'it answered 503 (asked 1 time, and there is no time to ask again)' });
    expect([asked.length, waits]).toEqual([1, []]);
  });
});

describe('what stays as it is, is asked once', () => {
  it.each<[string, RequestListener, RegExp]>([
    ['a 404', status(404), /^it answered 404$/],
    ['a 403', status(403), /^it answered 403$/],
    ['a 204', status(204), /^it answered 204$/],
    ['a redirect to elsewhere', status(302, { location: 'http://192.0.2.1/' }), /a host that is not listed/],
    ['what is too large', (_, response) => response.end(Buffer.alloc(MAX_UNIT_BYTES + 1)), /larger than/],
  ])('%s', async (_, listener, expected) => {
    const { url, asked } = await listen(listener);
    const { load, waits } = loader();
    expect(await load(url, 'sha384')).toEqual({ error: expect.stringMatching(expected) });
    expect([asked.length, waits]).toEqual([1, []]);
  });

  it('a host that may not be asked', async () => {
    const { load, waits } = loader();
    expect(await load('http://10.0.0.1/', 'sha384')).toEqual({ error: '10.0.0.1 is not a public address (private)' });
    expect(waits).toEqual([]);
  });
});

it('nobody there', async () => {
  const { load } = loader();
  expect(await load(`http://127.0.0.1:${await freePort()}/`, 'sha384')).toEqual({
    error: expect.stringMatching(/ECONNREFUSED.*\(asked 5 times\)/),
  });
});

it.each(['sha256', 'sha384', 'sha512'] as const)('computes %s as browsers do', async (algorithm) => {
  const { url } = await listen(good);
  const checksum = `${algorithm}-${createHash(algorithm).update(BYTES).digest('base64')}`;
  expect(await loader().load(url, algorithm)).toEqual({ checksum, size: BYTES.length });
});
