import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FetchError, type FetchOptions, guardedFetch } from '#engine/adapters/guarded-fetch.ts';
import { type HostPolicy, isHostRule } from '#engine/adapters/host-policy.ts';
import { listen } from '../../support/listen.ts';

const OPTIONS: FetchOptions = { timeoutMs: 5_000, maxBytes: 1_000 };
const TEXT = 'export const mount = () => {};';

/** What came of it: the body, or the kind of the refusal and its words. */
async function outcome(url: string, policy: HostPolicy, options: Partial<FetchOptions> = {}): Promise<string> {
  try {
    const { status, body } = await guardedFetch(new URL(url), policy, { ...OPTIONS, ...options });
    return status === 200 ? body.toString() : String(status);
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    return `${error.kind}: ${error.message}`;
  }
}

/** A listener that nobody may reach, under any name. */
const inner = () => listen((_, response) => response.end('secret'));

const names = (...answers: string[][]) => {
  let asked = 0;
  return { resolve: async () => answers[Math.min(asked++, answers.length - 1)]!, asked: () => asked };
};

describe('no address of the inner network is reached', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['localhost', 'loopback'],
    ['127.1', 'loopback'],
    ['0x7f.0.0.1', 'loopback'],
    ['2130706433', 'loopback'],
    ['0177.0.0.1', 'loopback'],
    ['[::1]', 'loopback'],
    ['[::ffff:127.0.0.1]', 'loopback'],
    ['[::ffff:7f00:1]', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['[::]', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.1.1', 'private'],
    ['169.254.169.254', 'linkLocal'],
    ['[fe80::1]', 'linkLocal'],
    ['[fd00:ec2::254]', 'uniqueLocal'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['[64:ff9b::7f00:1]', 'rfc6052'],
    ['[2002:7f00:1::]', '6to4'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
  ])('%s (%s)', async (host, range) => {
    const { url, asked } = await inner();
    const port = new URL(url).port;
    expect(await outcome(`http://${host}:${port}/`, {})).toMatch(new RegExp(`^refused: .*is not a public address \\(${range}\\)`));
    expect(asked).toEqual([]);
  });

  it('not by a name that leads there, nor by one that leads there among others', async () => {
    const { url, asked } = await inner();
    const port = new URL(url).port;
    for (const addresses of [['127.0.0.1'], ['93.184.215.14', '127.0.0.1'], ['::ffff:127.0.0.1'], ['169.254.169.254']]) {
      expect(await outcome(`http://cdn.example:${port}/`, { resolve: async () => addresses })).toMatch(/^refused: cdn\.example \(/);
    }
    expect(asked).toEqual([]);
  });

  it('a name that answers otherwise the second time: what was checked is what is connected to', async () => {
    const { url } = await listen((request, response) => response.end(`${request.headers.host}`));
    const { port } = new URL(url);
    const rebinding = names(['127.0.0.1'], ['169.254.169.254']);
    const policy = { hosts: ['cdn.example'], resolve: rebinding.resolve };
    expect(await outcome(`http://cdn.example:${port}/`, policy)).toBe(`cdn.example:${port}`);
    expect(rebinding.asked()).toBe(1);
    // No connection of before is used again: it is looked up and checked anew.
    expect(await outcome(`http://cdn.example:${port}/`, policy)).toMatch(/^refused: .*linkLocal/);
    expect(rebinding.asked()).toBe(2);
  });

  it('a name that leads inside only when it is asked again reaches nothing', async () => {
    const { url, asked } = await listen((request, response) => response.writeHead(302, { location: request.url! }).end());
    const { port } = new URL(url);
    const rebinding = names(['127.0.0.1'], ['10.0.0.1']);
    const policy = { loopback: true, resolve: rebinding.resolve };
    expect(await outcome(`http://cdn.example:${port}/`, policy, { redirects: 3 })).toMatch(/^refused: cdn\.example \(10\.0\.0\.1\)/);
    expect(asked).toHaveLength(1);
  });

  it.each([['http://user:pass@127.0.0.1/'], ['http://token@cdn.example/']])('nor with credentials in the URL: %s', async (url) => {
    expect(await outcome(url, { loopback: true })).toBe('refused: the URL has credentials in it');
  });
});

describe('hosts', () => {
  const at = async (address: string, resolve = async () => ['127.0.0.1']) => {
    const { url } = await listen((_, response) => response.end(TEXT));
    const { port } = new URL(url);
    return (hosts: string[], more: HostPolicy = {}) =>
      outcome(`http://${address}:${port}/`, { hosts: hosts.map((one) => one.replace('PORT', port)), resolve, ...more });
  };

  it.each<[string, string, string[], RegExp]>([
    ['one that is named may be inside', 'cdn.internal', ['cdn.internal'], /^export/],
    ['with its port', 'cdn.internal', ['cdn.internal:PORT'], /^export/],
    ['not on another port', 'cdn.internal', ['cdn.internal:1'], /is not among the hosts/],
    ['an address', '127.0.0.1', ['127.0.0.1'], /^export/],
    ['another name', 'cdn.internal', ['cdn.example'], /is not among the hosts/],
    ['none at all', 'cdn.internal', [], /is not among the hosts/],
    ['a pattern gives no way inside', 'a.cdn.example', ['*.cdn.example'], /is not a public address/],
    ['a pattern is for what is below', 'cdn.example', ['*.cdn.example'], /is not among the hosts/],
    ['and not for what ends alike', 'evilcdn.example', ['*.cdn.example'], /is not among the hosts/],
    ['nor for what begins alike', 'cdn.example.evil.test', ['cdn.example', '*.cdn.example'], /is not among the hosts/],
  ])('%s', async (_, address, hosts, expected) => {
    expect(await (await at(address))(hosts)).toMatch(expected);
  });

  it('a named host gives no way to where clouds keep credentials', async () => {
    const ask = await at('cdn.internal', async () => ['169.254.169.254']);
    expect(await ask(['cdn.internal'])).toMatch(/is not a public address \(linkLocal\)/);
  });

  it('a pattern with an address of this machine, on a machine of one person', async () => {
    expect(await (await at('a.cdn.example'))(['*.cdn.example'], { loopback: true })).toBe(TEXT);
  });

  it.each(['cdn.example', '*.cdn.example', 'cdn.example:8443', '10.0.0.5:80', '[::1]:8080', 'localhost'])('%s is a rule', (rule) =>
    expect(isHostRule(rule)).toBe(true),
  );
  it.each(['', 'http://cdn.example', 'cdn.example/', '*', '*.', 'a b', 'cdn..example', 'a@b', '[::1', '..'])('%j is none', (rule) =>
    expect(isHostRule(rule)).toBe(false),
  );
});

describe('redirects', () => {
  /** Two servers on loopback: the first sends on to what `location` says of the second. */
  async function two(location: (second: string) => string, status = 302) {
    const second = await listen((_, response) => response.end('second'));
    const first = await listen((request, response) => {
      if (request.url === '/there') response.end('first');
      else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
      else response.writeHead(status, { location: location(second.url) }).end();
    });
    return { first, second, names: [new URL(first.url).host, new URL(second.url).host] as const };
  }

  it.each<[string, (second: string) => string, RegExp]>([
    ['to the same host are followed', () => '/there', /^first$/],
    ['to a host that is listed are followed', (second) => second, /^second$/],
    ['round and round end', () => '/round', /^refused: it redirects more than 3 times/],
    ['to no HTTP address are not', () => 'file:///etc/passwd', /^refused: it redirects \(302\) to no HTTP address/],
    ['to nothing are not', () => '//', /^refused: it redirects \(302\) to no HTTP address/],
  ])('%s', async (_, location, expected) => {
    const { first, names } = await two(location);
    expect(await outcome(first.url, { hosts: [...names] }, { redirects: 3 })).toMatch(expected);
  });

  it.each([301, 302, 303, 307, 308])('%d to a host that is not listed is not followed', async (status) => {
    const { first, second, names } = await two((url) => url, status);
    const refused = new RegExp(`^refused: it redirects \\(${status}\\) to 127\\.0\\.0\\.1:\\d+, a host that is not listed`);
    expect(await outcome(first.url, { hosts: [names[0]] }, { redirects: 3 })).toMatch(refused);
    expect(await outcome(first.url, { loopback: true }, { redirects: 3 })).toMatch(refused);
    expect(second.asked).toEqual([]);
  });

  it('a listed host is checked again where it leads', async () => {
    const { first, second, names } = await two((url) => url.replace('127.0.0.1', 'cdn.example'));
    const policy = { hosts: [names[0], '*.example'], resolve: async () => ['127.0.0.1'] };
    expect(await outcome(first.url, policy, { redirects: 3 })).toMatch(/^refused: cdn\.example \(127\.0\.0\.1\) is not a public address/);
    expect(second.asked).toEqual([]);
  });

  it('none are followed where none are allowed', async () => {
    const { first, names } = await two(() => '/there');
    expect(await outcome(first.url, { hosts: [...names] })).toBe('refused: it redirects (302), which is not followed');
  });
});

describe('bodies', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('%s is unpacked, and its unpacked size counts', async (encoding, pack) => {
    const { url } = await listen((request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack(request.url === '/large' ? 'x'.repeat(100_000) : TEXT)),
    );
    expect(await outcome(url, { loopback: true })).toBe(TEXT);
    expect(await outcome(`${url}/large`, { loopback: true })).toBe('too-large: its answer is larger than 1000 bytes');
  });

  it('what is packed otherwise, or badly, is no body', async () => {
    const { url } = await listen((request, response) =>
      response.writeHead(200, { 'content-encoding': request.url === '/zstd' ? 'zstd' : 'gzip' }).end('no gzip at all'),
    );
    expect(await outcome(`${url}/zstd`, { loopback: true })).toMatch(/^refused: its answer is packed as zstd/);
    expect(await outcome(url, { loopback: true })).toMatch(/^network: /);
  });

  it('cut short is no body', async () => {
    const { url } = await listen((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setImmediate(() => request.socket.destroy());
    });
    expect(await outcome(url, { loopback: true })).toMatch(/^network: /);
  });

  it('a time-out covers the look-up, the headers and the body', async () => {
    const { url } = await listen((request, response) => void (request.url === '/body' && response.writeHead(200).write('x')));
    const slow = { resolve: () => new Promise<string[]>(() => undefined) };
    expect(await outcome('http://cdn.example/', slow, { timeoutMs: 100 })).toBe('timeout: it did not answer within 0.1 s');
    for (const path of ['', '/body']) expect(await outcome(url + path, { loopback: true }, { timeoutMs: 100 })).toMatch(/^timeout: /);
  });
});

it('whatever a stranger writes for an address of this machine, it is not reached', async () => {
  const { url, asked } = await inner();
  const { port } = new URL(url);
  const octet = fc.nat({ max: 255 });
  const forms = fc
    .tuple(octet, octet, octet, fc.constantFrom('dotted', 'hex', 'octal', 'number', 'mapped', 'short'))
    .map(([b, c, d, form]) => {
      const number = ((127 << 24) | (b << 16) | (c << 8) | d) >>> 0;
      if (form === 'hex') return `0x${number.toString(16)}`;
      if (form === 'octal') return [127, b, c, d].map((one) => `0${one.toString(8)}`).join('.');
      if (form === 'number') return String(number);
      if (form === 'mapped') return `[::ffff:127.${b}.${c}.${d}]`;
      return form === 'short' ? `127.${((b << 16) | (c << 8) | d) >>> 0}` : `127.${b}.${c}.${d}`;
    });
  await fc.assert(
    fc.asyncProperty(forms, async (host) => {
      expect(await outcome(`http://${host}:${port}/`, {})).toMatch(/^refused: /);
    }),
    { numRuns: 200 },
  );
  expect(asked).toEqual([]);
});
