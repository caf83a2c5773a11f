import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { type Readable, type Transform, pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { type HostPolicy, HostRefusedError, allowedAddresses, standingOf } from './host-policy.ts';

export type FetchOptions = {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** For all of it: redirects and the body too. */
  timeoutMs: number;
  /** The largest body, unpacked. */
  maxBytes: number;
  /** How many redirects are followed; they lead only to the same host, or to one that the policy lists. */
  redirects?: number;
  signal?: AbortSignal | undefined;
};

export type Fetched = { status: number; headers: IncomingMessage['headers']; body: Buffer };

/** `refused` and `too-large` stay so; after `network` and `timeout` it may be tried again. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly kind: 'refused' | 'too-large' | 'timeout' | 'network';
  /** Of the answer whose body was too large. */
  readonly status: number | undefined;

  constructor(kind: FetchError['kind'], message: string, status?: number) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/**
 * Asks a URL that a stranger may have chosen: only hosts of the policy, connecting to the very addresses that were checked, over
 * a connection of its own. Answers any status but a redirect that is followed. Throws {@link FetchError}.
 */
export async function guardedFetch(start: URL, policy: HostPolicy, options: FetchOptions): Promise<Fetched> {
  const { timeoutMs, redirects = 0, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([timeout, signal]) : timeout;
  try {
    for (let url = start, left = redirects; ; left--) {
      const answer = await ask(url, policy, options, either);
      const isRedirect = answer.status >= 300 && answer.status < 400 && answer.status !== 304;
      if (!isRedirect) return answer;
      if (redirects === 0) throw new FetchError('refused', `it redirects (${answer.status}), which is not followed`);
      if (left === 0) throw new FetchError('refused', `it redirects more than ${redirects} times`);
      url = nextUrl(url, answer, policy);
    }
  } catch (error) {
    if (error instanceof FetchError) throw error;
    if (error instanceof HostRefusedError) throw new FetchError('refused', error.message);
    if (timeout.aborted) throw new FetchError('timeout', `it did not answer within ${timeoutMs / 1_000} s`);
    throw new FetchError('network', causeOf(error));
  }
}

function nextUrl(from: URL, { status, headers }: Fetched, { hosts = [] }: HostPolicy): URL {
  const to = headers.location === undefined ? null : URL.parse(headers.location, from.href);
  if (!to || !/^https?:$/.test(to.protocol)) throw new FetchError('refused', `it redirects (${status}) to no HTTP address`);
  if (from.protocol === 'https:' && to.protocol === 'http:') throw new FetchError('refused', `it redirects (${status}) from https to http`);
  // The same host on its usual port, where https comes after http.
  const isSame = to.host === from.host || (to.hostname === from.hostname && to.port === '' && from.port === '');
  const isAllowed = isSame || standingOf(to, hosts) !== 'unlisted';
  if (!isAllowed) throw new FetchError('refused', `it redirects (${status}) to ${to.host}, a host that is not listed`);
  return to;
}

async function ask(url: URL, policy: HostPolicy, options: FetchOptions, signal: AbortSignal): Promise<Fetched> {
  if (url.username !== '' || url.password !== '') throw new FetchError('refused', 'the URL has credentials in it');
  signal.throwIfAborted();
  const addresses = await untilAborted(allowedAddresses(url, policy), signal);
  const response = await send(url, addresses, options, signal);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await readBounded(response, options.maxBytes) };
}

function send(
  url: URL,
  addresses: string[],
  { method = 'GET', headers, body }: FetchOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_name, { all }, done) => {
    if (all) done(null, pinned);
    else done(null, pinned[0]!.address, pinned[0]!.family);
  };
  return new Promise((done, fail) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method,
      // A pooled connection might lead to where the name led another time.
      agent: false,
      lookup,
      signal,
      headers: { 'user-agent': 'concierge', 'accept-encoding': 'gzip, deflate, br', ...headers },
    });
    request.once('response', done).once('error', fail).end(body);
  });
}

async function readBounded(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop destroys the stream, so no more of it is taken off the wire.
  for await (const chunk of unpacked(response) as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      response.destroy();
      throw new FetchError('too-large', `its answer is larger than ${maxBytes} bytes`, response.statusCode);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unpacked(response: IncomingMessage): Readable {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const through = (stream: Transform): Readable => pipeline(response, stream, () => undefined);
  if (encoding === 'gzip' || encoding === 'x-gzip') return through(createGunzip());
  if (encoding === 'deflate') return through(createInflate());
  if (encoding === 'br') return through(createBrotliDecompress());
  if (encoding === 'identity' || encoding === '') return response;
  response.destroy();
  throw new FetchError('refused', `its answer is packed as ${encoding.slice(0, 20)}, which nobody asked for`);
}

/** Looking up a name cannot be given up, but waiting for it can. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const give = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', give, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', give);
  }
}

function causeOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || 'the connection failed';
}
