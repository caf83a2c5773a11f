import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ROOT } from '#local/build.ts';
import { SHOP_FILES, folderOf, yamlOf } from '../support/bootstrap-folder.ts';
import { seededRandom } from '../support/random.ts';
import { runCli } from '../support/run-cli.ts';
import { temporaryFolder } from '../support/services.ts';

/** Real engines that start with a bootstrap folder, and are killed while they do. */

vi.setConfig({ testTimeout: 300_000 });

const KILLS = process.env.CONCIERGE_LONG ? 100 : 3;
const random = seededRandom(Number(process.env.CONCIERGE_SEED ?? 20_260_115));

type Engine = { child: ChildProcess; stderr: () => string; exited: Promise<number | null>; listening: Promise<boolean> };

function startEngine(data: string, folder: string): Engine {
  const child = spawn(process.execPath, [join(ROOT, 'engine', 'main.ts')], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, CONCIERGE_DATA: data, CONCIERGE_PORT: '0', CONCIERGE_BOOTSTRAP: folder, CONCIERGE_LOG_LEVEL: 'error' },
  });
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<number | null>((done) => void child.once('exit', done));
  onTestFinished(() => void child.kill('SIGKILL'));
  const listening = new Promise<boolean>((done) => void child.once('message', () => done(true)));
  return { child, stderr: () => stderr, exited, listening: Promise.race([listening, exited.then(() => false)]) };
}

async function stop({ child, exited }: Engine): Promise<void> {
  child.kill('SIGTERM');
  await exited;
}

/** What there is, but for times and what follows from them. */
function contents(data: string): unknown {
  const file = new Sqlite(join(data, 'engine.sqlite'), { readonly: true });
  const all = (query: string): unknown[] => file.prepare(query).all();
  try {
    return {
      files: all('select environment, file, digest from bootstrap_files order by 1, 2'),
      units: all('select name, version, unit from units order by 1, 2'),
      revisions: all('select environment, number, actor, cause from revisions order by 1, 2'),
      requests: all('select key, revision from requests order by 1'),
    };
  } finally {
    file.close();
  }
}

const flag = (index: number): string => `  - { type: set-flag, name: flag-${index}, flag: { enabled: true, percentage: ${index % 100} } }`;
const MANY = Object.fromEntries(
  [4, 5].map((file) => [
    `production/000${file}-flags.yaml`,
    yamlOf(...Array.from({ length: process.env.CONCIERGE_LONG ? 120 : 20 }, (_, at) => flag(file * 1_000 + at * 7))),
  ]),
);

it('ends the same however often the engine is killed while it starts', async () => {
  const folder = folderOf(join(temporaryFolder(), 'bootstrap'), { ...SHOP_FILES, ...MANY });
  const [calm, killed] = [join(temporaryFolder(), 'data'), join(temporaryFolder(), 'data')];
  const began = performance.now();
  const whole = startEngine(calm, folder);
  expect(await whole.listening, whole.stderr()).toBe(true);
  const takes = performance.now() - began;
  await stop(whole);
  for (let kill = 0; kill < KILLS; kill++) {
    const engine = startEngine(killed, folder);
    await Promise.race([delay(takes * (0.3 + 0.7 * random())), engine.listening]);
    engine.child.kill('SIGKILL');
    await engine.exited;
  }
  const last = startEngine(killed, folder);
  expect(await last.listening, last.stderr()).toBe(true);
  await stop(last);
  expect(contents(killed)).toEqual(contents(calm));

  const check = await runCli(['bootstrap', 'check', folder, '--data', killed]);
  expect(check).toMatchObject({ code: 0, stdout: 'Nothing is left to be applied.\n' });
});

it('does not start an engine with a bad file, and says where', async () => {
  const data = join(temporaryFolder(), 'data');
  const bad = yamlOf('  - type: set-holdout', '    percentage: 200');
  const folder = folderOf(join(temporaryFolder(), 'bootstrap'), { ...SHOP_FILES, 'production/0011-bad.yaml': bad });
  const engine = startEngine(data, folder);
  expect(await engine.exited).toBe(1);
  expect(engine.stderr()).toMatch(
    /^concierge: The bootstrap folder cannot be applied:\n {2}production\/0011-bad\.yaml:4:5: \/commands\/0\/percentage: [^\n]+\n$/,
  );
  expect(contents(data)).toEqual({ files: [], units: [], revisions: [], requests: [] });
});
