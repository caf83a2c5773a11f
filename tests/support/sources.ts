import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { NOW } from './fixtures.ts';

/** Answers of metric sources, good and bad. */

export const answering =
  (body: unknown, status = 200): RequestListener =>
  (_, response) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body));

export const success = (resultType: string, result: unknown, more: object = {}) => ({
  status: 'success',
  data: { resultType, result },
  ...more,
});
export const series = (...values: string[]) => values.map((value) => ({ metric: {}, value: [NOW / 1_000, value] }));
export const points = (...values: string[]) => [
  { metric: {}, values: values.map((value, index) => [NOW / 1_000 - 15 * (values.length - 1 - index), value]) },
];
export const vector = (...values: string[]) => success('vector', series(...values));

/** What no source may do, whatever it is asked. Nothing of it is ever a value. */
export const HOSTILE: [string, RequestListener, RegExp][] = [
  ['500', answering({ status: 'error' }, 500), /answered 500/],
  ['401', answering({ detail: 'no' }, 401), /answered 401/],
  ['a good answer with a bad status', answering(vector('0'), 503), /answered 503/],
  ['text', answering('0'.repeat(3) + ' errors'), /no JSON/],
  ['nothing at all', answering(''), /no JSON/],
  ['half an answer', answering('{"status":"succ'), /no JSON/],
  ['deep JSON', answering('['.repeat(10_000) + ']'.repeat(10_000)), /no JSON/],
  ['a redirect', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /redirects \(302\)/],
  ['a permanent redirect', (_, response) => response.writeHead(308, { location: '/other' }).end(), /redirects \(308\)/],
  ['a large answer', answering(JSON.stringify('x'.repeat(1024 * 1024))), /larger than 1048576 bytes/],
  ['a small answer that unpacks to a large one', zipped, /larger than 1048576 bytes/],
  ['a large one that never ends', endless, /larger than 1048576 bytes/],
  ['headers that never come', () => undefined, /within 0.3 s/],
  ['a body that never ends', (_, response) => void response.writeHead(200).write('{'), /within 0.3 s/],
  ['a cut connection', (request) => void request.socket.destroy(), /cannot be asked/],
];

function zipped(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify('x'.repeat(8 * 1024 * 1024))));
}

function endless(request: IncomingMessage, response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(' '.repeat(64 * 1024)));
  };
  response.on('drain', more);
  request.on('close', () => response.destroy());
  more();
}
