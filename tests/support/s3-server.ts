import { createHash, createHmac } from 'node:crypto';
import { type IncomingMessage, type Server, createServer } from 'node:http';

/**
 * A small S3: path style, PUT with If-None-Match, GET, DELETE and ListObjectsV2. It checks the signature of every request (AWS
 * Signature Version 4, computed here from the request as it came) and the SHA-256 of its body, and it keeps conditions.
 */
export const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret for tests' };

export type S3Server = {
  url: string;
  objects: Map<string, string>;
  /** Requests so far, such as `PUT shop/production/index.json`. */
  requests: string[];
  /** Set: requests are answered so, whoever signed them; without a message, the code is it. */
  fail: ((request: string) => { status: number; code: string; message?: string } | undefined) | undefined;
  honours: boolean;
  close: () => Promise<void>;
};

const hex = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

export async function startS3Server(bucket = 'concierge'): Promise<S3Server> {
  const objects = new Map<string, string>();
  const state: S3Server = { url: '', objects, requests: [], fail: undefined, honours: true, close: () => Promise.resolve() };
  const server: Server = createServer((request, response) => {
    void answer(request).then(({ status, body = '', code, message = code }) => {
      response.writeHead(status, { 'content-type': 'application/xml', etag: `"${hex(body)}"` });
      response.end(code === undefined ? body : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
    });
  });

  type Answer = { status: number; body?: string; code?: string; message?: string };

  async function answer(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url!, state.url);
    const [, inPath, ...rest] = url.pathname.split('/');
    const key = rest.map((part) => decodeURIComponent(part)).join('/');
    const said = `${request.method} ${key}`;
    state.requests.push(said);
    const failure = state.fail?.(said);
    if (failure) return failure;
    if (!isSigned(request, url, body)) return { status: 403, code: 'SignatureDoesNotMatch' };
    if (inPath !== bucket) return { status: 404, code: 'NoSuchBucket' };
    if (request.method === 'GET' && key === '') return list(url);
    return withObject(request, key, body.toString());
  }

  function withObject(request: IncomingMessage, key: string, body: string): Answer {
    const there = objects.get(key);
    switch (request.method) {
      case 'GET':
        return there === undefined ? { status: 404, code: 'NoSuchKey' } : { status: 200, body: there };
      case 'PUT':
        if (state.honours && request.headers['if-none-match'] === '*' && there !== undefined)
          return { status: 412, code: 'PreconditionFailed' };
        objects.set(key, body);
        return { status: 200 };
      case 'DELETE':
        objects.delete(key);
        return { status: 204 };
      default:
        return { status: 405, code: 'MethodNotAllowed' };
    }
  }

  function list(url: URL): Answer {
    const query = url.searchParams;
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const limit = Math.min(1_000, Number(query.get('max-keys') ?? 1_000));
    const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after).toSorted();
    const page = keys.slice(0, limit);
    const more = keys.length > page.length;
    const contents = page.map((key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)!.length}</Size></Contents>`).join('');
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    return {
      status: 200,
      body: `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${contents}${next}</ListBucketResult>`,
    };
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  state.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  state.close = () =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return state;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function isSigned(request: IncomingMessage, url: URL, body: Buffer): boolean {
  const [, key, scope, signed, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  if (key !== CREDENTIALS.accessKeyId || signed === undefined) return false;
  const names = signed.split(';');
  const payload = String(request.headers['x-amz-content-sha256'] ?? '');
  if (payload !== hex(body) || !names.includes('host')) return false;
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
  const headers = names
    .map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replaceAll(/\s+/g, ' ')}\n`,
    )
    .join('');
  const canonical = [request.method, url.pathname, query, headers, signed, payload].join('\n');
  const [date, region, service] = scope!.split('/');
  const signing = [region!, service!, 'aws4_request'].reduce(hmac, hmac(`AWS4${CREDENTIALS.secretAccessKey}`, date!));
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hex(canonical)].join('\n');
  return hmac(signing, text).toString('hex') === signature;
}
