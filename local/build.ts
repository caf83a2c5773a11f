import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { build as viteBuild } from 'vite';
import { buildShop } from '#examples/shop/build.ts';
import { buildIfChanged } from './build-if-changed.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const WORKER_BUNDLE = join(ROOT, 'dist', 'worker.js');

const at = (...names: string[]): string[] => names.map((name) => join(ROOT, name));

/** Bundles the edge worker as wrangler would. */
export function buildWorker(): Promise<boolean> {
  return buildIfChanged(WORKER_BUNDLE, at('worker', 'resolver', 'schemas', 'package-lock.json'), async () => {
    mkdirSync(join(ROOT, 'dist'), { recursive: true });
    await bundle({
      entryPoints: [join(ROOT, 'worker', 'cloudflare.ts')],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2024',
      conditions: ['workerd', 'worker', 'browser'],
      external: ['cloudflare:*'],
      outfile: WORKER_BUNDLE,
      logLevel: 'silent',
    });
  });
}

export function buildAdmin(): Promise<boolean> {
  return buildIfChanged(join(ROOT, 'admin-ui', 'dist'), at('admin-ui', 'schemas', 'resolver', 'package-lock.json'), () =>
    asProduction(() => viteBuild({ configFile: join(ROOT, 'admin-ui', 'vite.config.ts'), logLevel: 'error' })),
  );
}

/** Tests have another NODE_ENV, and would leave behind what is for development. */
async function asProduction<T>(build: () => Promise<T>): Promise<T> {
  const { NODE_ENV: before } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    return await build();
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

/** Builds all that the local stack serves; what is up to date is left alone. */
export async function buildAll(log: (line: string) => void): Promise<void> {
  await buildWorker();
  if (await buildAdmin()) log('built the admin UI');
  const { built } = await buildShop({ log: () => undefined });
  if (built.length > 0) log(`built the example: ${built.join(', ')}`);
}
