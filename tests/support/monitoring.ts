import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMonitoring } from '#local/monitoring.ts';
import { freePort } from '#local/ports.ts';

export type Daemon = { url: string; stop: () => Promise<void> };

const READY_WITHIN_MS = 60_000;
const POLL_MS = 100;

/** Asks until the answer pleases; throws with the last one when it does not in time. */
export async function until<T>(ask: () => Promise<T>, pleases: (answer: T) => boolean, withinMs = READY_WITHIN_MS): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (pleases(answer)) return answer;
    if (Date.now() > end) throw new Error(`not in ${withinMs} ms: ${JSON.stringify(answer)}`);
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

/** Runs a program of Prometheus' family in a folder of its own, on loopback, until it says that it is ready. */
async function startDaemon(program: string, config: string, args: (port: number, folder: string) => string[]): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), 'concierge-monitoring-'));
  writeFileSync(join(folder, 'config.yml'), config);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(program, args(port, folder), { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = async (): Promise<void> => {
    await end(child, exited);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const isReady = async (): Promise<boolean> => {
      if (child.exitCode !== null) throw new Error(`${program} ended: ${said}`);
      return (await fetch(`${url}/-/ready`).catch(() => null))?.ok ?? false;
    };
    await until(isReady, (ready) => ready);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await exited;
}

/** A Prometheus that scrapes `target` (host:port) each second. */
export function startPrometheus(target: string): Promise<Daemon> {
  const config = `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: shop, static_configs: [{ targets: ['${target}'] }] }]
`;
  return startDaemon(findMonitoring(() => undefined).prometheus, config, (port, folder) => [
    `--config.file=${join(folder, 'config.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
}

/** An Alertmanager with this configuration, as YAML or JSON. */
export function startAlertmanager(config: string): Promise<Daemon> {
  return startDaemon(findMonitoring(() => undefined).alertmanager, config, (port, folder) => [
    `--config.file=${join(folder, 'config.yml')}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]);
}
