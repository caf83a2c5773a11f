import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '#local/build.ts';
import { freePort } from '#local/ports.ts';

/** `npm start`, and the engine alone, as processes: how they come up, how they end, and what they say when they cannot. */

const NPM_START = join(ROOT, 'local', 'start.ts');
const ENGINE = join(ROOT, 'engine', 'main.ts');

const folder = mkdtempSync(join(tmpdir(), 'concierge-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(environment: Record<string, string>, program = NPM_START) {
  const child = spawn(process.execPath, [program], { env: { ...process.env, ...environment } });
  const said = { out: '', err: '' };
  let heard = (): void => undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
    heard();
  });
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  return {
    child,
    said,
    exited,
    until: (text: string) =>
      new Promise<void>((done, fail) => {
        heard = () => said.out.includes(text) && done();
        heard();
        void exited.then(() => fail(new Error(`it ended before it said "${text}": ${said.out}${said.err}`)));
      }),
  };
}

const ports = async () => ({
  CONCIERGE_PORT: String(await freePort()),
  CONCIERGE_EDGE_PORT: String(await freePort()),
  CONCIERGE_SHOP_PORT: String(await freePort()),
});

describe('npm start', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints the addresses that matter, answers at all of them, and ends cleanly on %s',
    async (signal) => {
      const chosen = await ports();
      const { child, said, exited, until } = start({ ...chosen, CONCIERGE_DATA: join(folder, signal) });
      await until('Stop with Ctrl-C');
      const urls = said.out.match(/http:\/\/\S+/g)!;
      expect(urls).toHaveLength(4);
      for (const url of urls) expect([url, (await fetch(url)).status]).toEqual([url, 200]);
      const byAnotherName = await fetch(`http://localhost:${chosen.CONCIERGE_SHOP_PORT}/?of=${signal}`, { redirect: 'manual' });
      expect([byAnotherName.status, byAnotherName.headers.get('location')]).toEqual([308, `${urls[0]}?of=${signal}`]);
      child.kill(signal);
      expect(await exited).toBe(0);
      expect(said.out).toContain('Stopped. Your data is kept.');
      expect(said.err).toBe('');
      for (const url of urls) await expect(fetch(url)).rejects.toThrow();
    },
  );

  const refusals: [string, () => Promise<{ environment: Record<string, string>; message: RegExp; close?: () => void }>][] = [
    [
      'a port is taken',
      async () => {
        const server = createServer();
        const port = await new Promise<number>((done) =>
          server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port)),
        );
        return {
          environment: { CONCIERGE_DATA: join(folder, 'a'), CONCIERGE_EDGE_PORT: String(port) },
          message: new RegExp(`Port ${port} cannot be used .*CONCIERGE_EDGE_PORT`),
          close: () => server.close(),
        };
      },
    ],
    [
      'two ports are the same',
      async () => ({ environment: { CONCIERGE_PORT: '4999', CONCIERGE_SHOP_PORT: '4999' }, message: /both 4999/ }),
    ],
    ['a port is none', async () => ({ environment: { CONCIERGE_PORT: 'http' }, message: /CONCIERGE_PORT: use a port number/ })],
    [
      'the database is none',
      async () => {
        mkdirSync(join(folder, 'bad'));
        writeFileSync(join(folder, 'bad', 'engine.sqlite'), "not a database, but somebody's file ".repeat(20));
        return { environment: { CONCIERGE_DATA: join(folder, 'bad') }, message: /engine\.sqlite cannot be used: file is not a database/ };
      },
    ],
  ];
  it.each(refusals)('says what is wrong and exits with 1 when %s', async (_, arrange) => {
    const { environment, message, close } = await arrange();
    const { said, exited } = start({ ...(await ports()), ...environment });
    expect(await exited).toBe(1);
    expect(said.err).toMatch(message);
    expect(said.err).not.toContain('    at '); // a person's mistake shows no stack
    close?.();
  });
});

/** Writes a file below the folder of this test; answers the data folder, the first part of its path. */
function dataWith(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return join(folder, path.split('/')[0]!);
}

describe('data that cannot be used is told in a line, and the exit code is 1', () => {
  const rows: [string, () => string, RegExp][] = [
    ['the folder above it is a file', () => join(dataWith('above/x', ''), 'x', 'y'), /above\/x is no folder/],
    ['its signing key is none', () => dataWith('key/keys/snapshot-signing.pem', 'garbage'), /keys\/snapshot-signing\.pem is no Ed25519/],
  ];
  it.each([
    ...rows.map(([name, ...row]) => ['the engine', name, ENGINE, ...row] as const),
    ...rows.map(([name, ...row]) => ['npm start', name, NPM_START, ...row] as const),
  ])('by %s when %s', async (_, _name, program, arrange, message) => {
    const { said, exited } = start({ ...(await ports()), CONCIERGE_DATA: arrange() }, program);
    expect(await exited).toBe(1);
    expect(said.err).toMatch(message);
    expect(said.err.trim().split('\n')).toHaveLength(1);
  });
});
