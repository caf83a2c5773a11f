import { describe, expect, it } from 'vitest';
import { MAX_BEACON_BYTES, MAX_BEACON_EVENTS } from '#schemas/limits.ts';
import { snapshotOf, snapshotRollout } from '../support/fixtures.ts';
import { expectUncounted, goodBody, ticketOf } from './beacon-support.ts';
import { sign } from './sign.ts';
import { loaded, problemOf, testEdge } from './support.ts';

const snapshot = await sign(snapshotOf([snapshotRollout({ percentage: 100 })]));

const deep = (open: string, close: string, depth = 10_000): string => open.repeat(depth) + close.repeat(depth);

/** Sends the body in pieces, without saying how long it will be. */
function streamed(text: string, piece = 8_192): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += piece)));
    },
  });
}

type Row = { name: string; body: (ticket: string) => BodyInit; headers?: Record<string, string>; status: number; code: string };
const huge = (ticket: string): string => goodBody(ticket) + ' '.repeat(MAX_BEACON_BYTES);

const withEvents =
  (...events: unknown[]) =>
  (ticket: string): string =>
    JSON.stringify({ ticket, events });

const rows: Row[] = [
  {
    name: 'a form',
    body: goodBody,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'unsupported-media-type',
  },
  { name: 'html', body: goodBody, headers: { 'content-type': 'text/html' }, status: 415, code: 'unsupported-media-type' },
  {
    name: 'an unheard-of JSON',
    body: goodBody,
    headers: { 'content-type': 'application/json-seq' },
    status: 415,
    code: 'unsupported-media-type',
  },
  { name: 'no body', body: () => '', status: 400, code: 'invalid-json' },
  { name: 'half a JSON', body: (ticket) => goodBody(ticket).slice(0, -1), status: 400, code: 'invalid-json' },
  { name: 'not UTF-8', body: () => new Uint8Array([0xff, 0xfe, 0x00, 0x7b]), status: 400, code: 'invalid-json' },
  { name: 'a list', body: () => '[]', status: 400, code: 'invalid-request' },
  { name: 'null', body: () => 'null', status: 400, code: 'invalid-request' },
  { name: 'lists 10,000 deep', body: () => deep('[', ']'), status: 400, code: 'invalid-json' },
  { name: 'objects 10,000 deep', body: () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, status: 400, code: 'invalid-json' },
  {
    name: 'lists 10,000 deep in an event',
    body: (ticket) => `{"ticket":"${ticket}","events":[${deep('[', ']')}]}`,
    status: 400,
    code: 'invalid-json',
  },
  { name: 'too large', body: huge, status: 413, code: 'too-large' },
  { name: 'too large, of unknown length', body: (ticket) => streamed(huge(ticket)), status: 413, code: 'too-large' },
  {
    name: 'a byte too large, of unknown length',
    body: (ticket) => streamed(goodBody(ticket).padEnd(MAX_BEACON_BYTES + 1)),
    status: 413,
    code: 'too-large',
  },
  {
    name: 'too large by bytes, not by characters',
    body: (ticket) => streamed(goodBody(ticket) + '　'.repeat(MAX_BEACON_BYTES / 3)),
    status: 413,
    code: 'too-large',
  },
  { name: 'no events', body: withEvents(), status: 400, code: 'invalid-request' },
  {
    name: 'more than 50 events',
    body: withEvents(...Array.from({ length: MAX_BEACON_EVENTS + 1 }, () => loaded())),
    status: 400,
    code: 'invalid-request',
  },
  { name: 'an event of a kind unheard of', body: withEvents({ kind: 'exposure', building: 'main' }), status: 400, code: 'invalid-request' },
  {
    name: 'a field too many',
    body: (ticket) => JSON.stringify({ ticket, events: [loaded()], arm: 'control' }),
    status: 400,
    code: 'invalid-request',
  },
  { name: 'an event that names its arm', body: withEvents({ ...loaded(), arm: 'control' }), status: 400, code: 'invalid-request' },
  {
    name: 'a latency below nothing',
    body: withEvents({ kind: 'latency', building: 'main', value: -1 }),
    status: 400,
    code: 'invalid-request',
  },
  {
    name: 'a latency that is no number',
    body: (ticket) => `{"ticket":"${ticket}","events":[{"kind":"latency","building":"main","value":1e999}]}`,
    status: 400,
    code: 'invalid-request',
  },
  {
    name: '__proto__ as a field',
    body: (ticket) => `{"ticket":"${ticket}","events":[{"kind":"loaded","building":"main","__proto__":{"arm":"control"}}]}`,
    status: 400,
    code: 'invalid-request',
  },
  { name: '__proto__ as a building', body: withEvents(loaded('__proto__')), status: 400, code: 'invalid-request' },
  { name: 'no ticket', body: () => JSON.stringify({ events: [loaded()] }), status: 400, code: 'invalid-request' },
  { name: 'an empty ticket', body: () => goodBody(''), status: 400, code: 'invalid-request' },
  { name: 'a ticket longer than any', body: () => goodBody('a'.repeat(32_769)), status: 400, code: 'invalid-request' },
  { name: 'a ticket of garbage', body: () => goodBody('garbage'), status: 401, code: 'ticket-invalid' },
  { name: 'a ticket of dots', body: () => goodBody('...'), status: 401, code: 'ticket-invalid' },
  { name: 'a ticket without its seal', body: (ticket) => goodBody(ticket.split('.')[0]!), status: 401, code: 'ticket-invalid' },
  { name: 'a ticket with an empty seal', body: (ticket) => goodBody(`${ticket.split('.')[0]!}.`), status: 401, code: 'ticket-invalid' },
  {
    name: 'a ticket with a seal of zeros',
    body: (ticket) => goodBody(`${ticket.split('.')[0]!}.${'A'.repeat(43)}`),
    status: 401,
    code: 'ticket-invalid',
  },
  {
    name: 'a ticket with the seal of another',
    body: (ticket) => goodBody(`e30.${ticket.split('.')[1]!}`),
    status: 401,
    code: 'ticket-invalid',
  },
];

describe('a beacon is refused and counts nothing', () => {
  it.each(rows)('$name: $status $code', async ({ body, headers = { 'content-type': 'text/plain' }, status, code }) => {
    const edge = testEdge({ snapshot });
    const ticket = await ticketOf(edge);
    const response = await edge.request('/beacons', { method: 'POST', headers, body: body(ticket) });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await problemOf(response)).toMatchObject({ status, code });
    await expectUncounted(edge);
  });

  it('names every fault by its place, not only the first', async () => {
    const events = [
      { kind: 'loaded' },
      loaded(),
      { kind: 'feedback', building: 'Main', value: 101 },
      { kind: 'error', building: 'main', stack: '…' },
    ];
    const response = await testEdge({ snapshot }).visitor().send({ ticket: 7, events, extra: 1 });
    expect(response.status).toBe(400);
    const paths = (await problemOf(response)).errors!.map(({ path }) => path);
    expect(paths.toSorted()).toEqual([
      '/events/0/building',
      '/events/2/building',
      '/events/2/value',
      '/events/3/stack',
      '/extra',
      '/ticket',
    ]);
  });

  it('stops reading a body that goes on forever', async () => {
    let pieces = 0;
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => (pieces++, controller.enqueue(new Uint8Array(8_192))) });
    expect((await testEdge({ snapshot }).request('/beacons', { method: 'POST', body: endless })).status).toBe(413);
    expect(pieces).toBeLessThan(32);
  });
});
