import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { contextOptions } from '../context.ts';
import { collect } from '../parse-options.ts';

/** Commands that need no running engine. What they do is the engine's own work, so a process of its own does it. */

const OFFLINE = fileURLToPath(new URL('../../engine/offline.ts', import.meta.url));

export function addOffline(program: Command): void {
  program
    .command('verify')
    .description('Checks every revision, offline and reading only, and names what was changed, left out, moved or replaced.')
    .option('--file <database>', 'the database (default: engine.sqlite in the data folder)')
    .option('--shadow <where>', 'the shadow instead: a folder, or s3://bucket/prefix')
    .option('--endpoint <url>', 'of a bucket that is not Amazon’s (CONCIERGE_SHADOW_ENDPOINT)')
    .option('--head <heads>', 'heads known from elsewhere: apartment/environment/number:digest', collect, [])
    .option('--strict', 'fail for warnings too')
    .action(verify);
}

type VerifyOptions = { file?: string; shadow?: string; endpoint?: string; head: string[]; strict?: boolean };

async function verify({ file, shadow, endpoint, head, strict }: VerifyOptions, command: Command): Promise<void> {
  const { data } = contextOptions(command);
  const what =
    shadow === undefined
      ? ['--file', file ?? join(data, 'engine.sqlite')]
      : ['--shadow', shadow, ...(endpoint ? ['--endpoint', endpoint] : [])];
  const args = [...what, ...head.flatMap((one) => ['--head', one])];
  await runOffline(command, 'verify', [...args, ...(strict ? ['--strict'] : [])]);
}

/** Runs it with this process's output; its exit code becomes ours. */
async function runOffline(command: Command, name: string, args: string[]): Promise<void> {
  const { json } = contextOptions(command);
  const child = spawn(process.execPath, [OFFLINE, name, ...args, ...(json ? ['--json'] : [])], { stdio: 'inherit' });
  process.exitCode = await new Promise<number>((done) => child.once('exit', (code) => done(code ?? 1)));
}
