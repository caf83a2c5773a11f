import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { ROOT } from './build.ts';
import { HOST } from './ports.ts';
import { StartupError } from './startup-error.ts';

export type EngineProcess = {
  url: string;
  publicKey: string;
  keyId: string;
  process: ChildProcess;
  stop: () => Promise<void>;
  exited: Promise<number | null>;
};

type Listening = { type: 'listening'; url: string; publicKey: string; keyId: string };

const STOP_TIMEOUT_MS = 5_000;
const WARN = 40;

/** Runs the engine as a process of its own, just as in production. Rejects with what it said when it cannot start. */
export async function startEngine(options: {
  data: string;
  port: number;
  edges: string[];
  tickMs: number;
  log: (line: string) => void;
}): Promise<EngineProcess> {
  const child = spawn(process.execPath, [join(ROOT, 'engine', 'main.ts')], {
    // In a group of its own a Ctrl-C reaches only the stack, which then stops everything in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      CONCIERGE_DATA: options.data,
      CONCIERGE_HOST: HOST,
      CONCIERGE_PORT: String(options.port),
      CONCIERGE_EDGES: options.edges.join(','),
      CONCIERGE_TICK_MS: String(options.tickMs),
      CONCIERGE_LOCAL: '1',
      CONCIERGE_LOG_LEVEL: 'warn',
    },
  });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  createInterface({ input: child.stdout! }).on('line', (line) => options.log(readable(line)));
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const listening = await Promise.race([
    new Promise<Listening>((done) => child.once('message', (message) => done(message as Listening))),
    exited.then(() => undefined),
  ]);
  if (!listening) throw new StartupError(said.trim().replace(/^concierge: /, '') || 'The engine stopped before it listened.');
  return {
    ...listening,
    process: child,
    exited,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** A line of the engine's JSON log, for people. */
function readable(line: string): string {
  try {
    const { level, msg, where, err } = JSON.parse(line) as { level: number; msg: string; where?: string; err?: { message: string } };
    return `engine ${level > WARN ? 'error' : 'warning'}: ${msg}${where ? ` (${where})` : ''}${err ? `: ${err.message}` : ''}`;
  } catch {
    return `engine: ${line}`;
  }
}
