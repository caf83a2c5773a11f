import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { isUpToDate } from './build/stamp.ts';
import { findTarget, listTargets, removeAbandonedBuilds, shopDir } from './build/targets.ts';

export interface BuildOptions {
  /** Default: `dist` beside this file. */
  outDir?: string;
  /** Targets such as `main@1.3.0` or `host`; default: all. */
  only?: string[];
  log?: (line: string) => void;
}

export interface BuildResult {
  built: string[];
  skipped: string[];
}

function buildTarget(id: string, outDir: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(shopDir, 'build', 'build-target.ts'), id, outDir], {
      cwd: shopDir,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Under a test runner the federation plugin builds nothing.
      env: { ...process.env, NODE_ENV: 'production', VITEST: undefined, JEST_WORKER_ID: undefined },
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done();
      else fail(new Error(`Building ${id} failed:\n${Buffer.concat(output).toString()}`));
    });
  });
}

/** Builds the shop's host and units; what is already built from the same inputs is skipped. */
export async function buildShop(options: BuildOptions = {}): Promise<BuildResult> {
  const outDir = resolve(options.outDir ?? join(shopDir, 'dist'));
  const log = options.log ?? (() => {});
  const targets = options.only?.length ? options.only : listTargets();
  const unknown = targets.filter((id) => !existsSync(findTarget(id).sources));
  if (unknown.length > 0) throw new Error(`No sources for ${unknown.join(', ')}`);

  removeAbandonedBuilds(outDir);
  const skipped = targets.filter((id) => isUpToDate(outDir, findTarget(id)));
  const waiting = targets.filter((id) => !skipped.includes(id));
  const built: string[] = [];
  for (const id of skipped) log(`${id} is up to date`);

  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      const start = performance.now();
      await buildTarget(id, outDir);
      built.push(id);
      log(`${id} built in ${Math.round(performance.now() - start)} ms`);
    }
  };
  const workers = Math.min(Math.max(2, availableParallelism()), 4, waiting.length);
  await Promise.all(Array.from({ length: workers }, work));
  return { built, skipped };
}

if (import.meta.main) {
  const { built, skipped } = await buildShop({ only: process.argv.slice(2), log: console.log });
  console.log(`${built.length} built, ${skipped.length} up to date`);
}
