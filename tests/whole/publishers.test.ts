import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineClient, expectAnswer } from '#cli/engine-client.ts';
import { verifyDatabase } from '#engine/services/verify-database.ts';
import { type EngineProcess, startEngine } from '#local/engine-process.ts';
import { SignedSnapshot } from '#schemas/snapshot.ts';
import { z } from '#schemas/zod.ts';
import { seededRandom } from '../support/random.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';

/** The real command line against a real engine. */

const PUBLISHERS = process.env.CONCIERGE_LONG ? 50 : 20;
const PARALLEL = 100;
const EACH = process.env.CONCIERGE_LONG ? 50 : 4;
const data = mkdtempSync(join(tmpdir(), 'concierge-cli-'));
let engine: EngineProcess;

beforeAll(async () => {
  engine = await startEngine({ data, port: 0, edges: [], tickMs: 1_000, log: () => undefined });
});
afterAll(async () => {
  await engine.stop();
  rmSync(data, { recursive: true, force: true });
});

const concierge = (...args: string[]): Promise<CliResult> => runCli(['--url', engine.url, '--data', data, '--apartment', 'shop', ...args]);

function fileWith(content: string): string {
  const file = join(data, `${createHash('sha1').update(content).digest('hex')}.js`);
  writeFileSync(file, content);
  return file;
}
const publish = (version: string, content: string): Promise<CliResult> =>
  concierge(
    '--json',
    'publish',
    fileWith(content),
    '--at',
    `https://cdn.example/${version}.js`,
    '--no-verify',
    '-b',
    'main',
    '-v',
    version,
  );

it(`${PUBLISHERS} publishers at once: ${PUBLISHERS} units registered, none lost`, async () => {
  const versions = Array.from({ length: PUBLISHERS }, (_, index) => `1.${index}.0`);
  const results = await Promise.all(versions.map((version) => publish(version, `export default '${version}';`)));
  expect(results.filter((result) => result.code !== 0)).toEqual([]);
  const { units } = JSON.parse((await concierge('--json', 'units')).stdout) as {
    units: { unit: { version: string; checksum: string; size: number } }[];
  };
  expect(units.map((one) => one.unit.version).toSorted()).toEqual(versions.toSorted());
  for (const { unit } of units) {
    const bytes = `export default '${unit.version}';`;
    expect(unit).toMatchObject({ checksum: `sha384-${createHash('sha384').update(bytes).digest('base64')}`, size: bytes.length });
  }
});

/**
 * All at once against the engine's own process, through the client that the command line is made of: its retries, its
 * idempotency keys and its jitter. The command line itself costs half a second of processor each time.
 */
it(`${PARALLEL} publishers × ${EACH} versions: all are there, and the chain is whole`, async () => {
  const api = createEngineClient({ url: engine.url, token: readFileSync(join(data, 'tokens', 'admin'), 'utf8').trim() });
  const param = { apartment: 'parallel', environment: 'production' };
  await expectAnswer(api.v1.environments.$post({ header: {}, json: param }));
  const random = seededRandom(18);
  const checksumOf = (text: string): string => `sha384-${createHash('sha384').update(text).digest('base64')}`;
  const unitOf = (publisher: number, serial: number) => ({
    name: `unit-${publisher}`,
    version: `v1.${serial}.0${['', '-rc.1', '.snap.20260115'][serial % 3]}`,
    framework: 'react' as const,
    url: `https://cdn.example/${publisher}/${serial}.js`,
    checksum: checksumOf(`${publisher} ${serial}`),
    size: 100 + serial,
  });
  const publishers = Array.from({ length: PARALLEL }, (_, publisher) => ({ publisher, again: random() < 0.5, other: random() < 0.5 }));
  await Promise.all(
    publishers.map(async ({ publisher, again, other }) => {
      for (let serial = 0; serial < EACH; serial++) {
        const send = (unit: ReturnType<typeof unitOf>) =>
          api.v1.apartments[':apartment'].units.$post({ param, json: { building: unit.name, unit } });
        const unit = unitOf(publisher, serial);
        expect((await send(unit)).status).toBe(201);
        if (again) expect((await send(unit)).status).toBe(200);
        if (other) expect((await send({ ...unit, checksum: checksumOf('other') })).status).toBe(409);
      }
      const flags = api.v1.apartments[':apartment'].environments[':environment'].flags[':name'];
      await expectAnswer(flags.$put({ param: { ...param, name: `flag-${publisher}` }, header: {}, json: { enabled: true } }));
    }),
  );
  const found = new Map<string, string>();
  for (let before: string | null | undefined; before !== null;) {
    const query = { limit: '1000', ...(before === undefined ? {} : { before }) };
    const page = await expectAnswer(api.v1.apartments[':apartment'].units.$get({ param, query }));
    expect(page.damaged).toEqual([]);
    for (const { unit, tag } of page.units) found.set(`${unit.name}@${tag}`, unit.checksum);
    before = page.next_before;
  }
  const expected = publishers.flatMap(({ publisher }) =>
    Array.from({ length: EACH }, (_, serial) => [
      `unit-${publisher}@${unitOf(publisher, serial).version}`,
      unitOf(publisher, serial).checksum,
    ]),
  );
  expect(found.size).toBe(PARALLEL * EACH);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  const report = await verifyDatabase(join(data, 'engine.sqlite'));
  expect(report.findings).toEqual([]);
  expect(report.chains.find(({ apartment }) => apartment === 'parallel')).toMatchObject({ revisions: 1 + PARALLEL });
});

it('the same version with other bytes, by 12 at once: one is registered, the others are refused', async () => {
  const results = await Promise.all(Array.from({ length: 12 }, (_, index) => publish('9.0.0', `export default ${index};`)));
  const refused = results.filter((result) => result.code !== 0);
  expect(refused).toHaveLength(11);
  for (const { code, stderr } of refused) {
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ status: 409, code: 'unit-differs' });
  }
});

it.each([
  { form: 'plain', options: [] },
  { form: 'as JSON', options: ['--json'] },
])('the snapshot, $form, is what BAKED_SNAPSHOTS takes', async ({ form, options }) => {
  const apartment = `baked-${options.length}`;
  expect(await concierge('environment', 'create', apartment, 'production')).toMatchObject({ code: 0 });
  const { stdout } = await concierge(...options, '--apartment', apartment, '-e', 'production', 'snapshot');
  const baked = z.array(SignedSnapshot).parse(JSON.parse(stdout));
  expect([form, baked.map(({ payload }) => JSON.parse(payload).apartment)]).toEqual([form, [apartment]]);
});

describe('exit codes and messages', () => {
  it.each<[string, string[], number, RegExp]>([
    ['an unknown command', ['frobnicate'], 2, /unknown command/],
    ['a missing option', ['publish', 'https://x.example/a.js'], 2, /required option.*--building/],
    ['a file without its address', ['publish', 'package.json', '-b', 'main', '-v', '1.0.0'], 2, /say with --at/],
    [
      'a file that is not there',
      ['publish', '/nowhere/x.js', '--at', 'https://x.example/x.js', '-b', 'main', '-v', '1.0.0'],
      2,
      /cannot be read/,
    ],
    [
      'a version that is none',
      ['publish', 'package.json', '--at', 'https://x.example/x.js', '--no-verify', '-b', 'main', '-v', 'v1'],
      1,
      /--version: has 1 of the three numbers/,
    ],
    [
      'a digest that is not the expected one',
      ['publish', 'package.json', '--at', 'https://x.example/x.js', '--no-verify', '-b', 'main', '-v', '1.0.0', '--checksum', 'sha384-x'],
      1,
      /another digest/,
    ],
    ['a bad duration', ['rollout', 'start', 'main@1.0.0', '--duration', 'soon'], 2, /such as 90s/],
    ['an environment that is not there', ['-e', 'production', 'status'], 1, /There is no shop\/production/],
    ['a token that is none', ['--token', 'nonsense', 'units'], 1, /token is unknown/],
  ])('%s', async (_, args, code, message) => {
    const result = await concierge(...args);
    expect(`${result.code} ${result.stderr}`).toMatch(new RegExp(`^${code} [^]*${message.source}`));
    expect(result.stdout).toBe('');
  });

  it('an engine that is not there', async () => {
    const result = await runCli(['--url', 'http://127.0.0.1:9', '--token', 'x', 'status']);
    expect(result).toMatchObject({ code: 3, stderr: expect.stringContaining('cannot be reached') });
  });

  it('the local token never leaves the machine', async () => {
    const result = await runCli(['--url', 'http://engine.example', '--data', data, 'status']);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('No token for http://engine.example') });
  });
});
