import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { repoDir, shopDir, type Target } from './targets.ts';

type Hashes = Record<string, string>;

/** What a target was built from and what came out; equal again means nothing to do. */
interface Stamp {
  tools: Hashes;
  inputs: Hashes;
  outputs: Hashes;
}

const tools = ['vite', '@vitejs/plugin-react', '@module-federation/vite', '@module-federation/runtime', 'esbuild', 'react', 'react-dom'];

export function stampPath(outDir: string, id: string): string {
  return join(outDir, 'stamps', `${id}.json`);
}

function hashFile(path: string): string {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('base64') : 'missing';
}

function hashAll(base: string, paths: string[]): Hashes {
  return Object.fromEntries(paths.toSorted().map((path) => [path, hashFile(join(base, path))]));
}

function filesIn(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
}

function hashTools(): Hashes {
  const versions = tools.map((name) => {
    const manifest = readFileSync(join(repoDir, 'node_modules', name, 'package.json'), 'utf8');
    return [name, (JSON.parse(manifest) as { version: string }).version];
  });
  const scripts = filesIn(join(shopDir, 'build')).map((file) => join('build', file));
  return { ...Object.fromEntries(versions), ...hashAll(shopDir, scripts) };
}

function currentStamp(outDir: string, target: Target, inputs: string[]): Stamp {
  const output = join(outDir, target.output);
  // Files of the folder which no module imports yet may still shadow one that is.
  const own = filesIn(target.sources).map((file) => relative(repoDir, join(target.sources, file)));
  return {
    tools: hashTools(),
    inputs: hashAll(repoDir, [...new Set([...inputs, ...own])]),
    outputs: hashAll(output, filesIn(output)),
  };
}

export function isUpToDate(outDir: string, target: Target): boolean {
  try {
    const stamp = JSON.parse(readFileSync(stampPath(outDir, target.id), 'utf8')) as Stamp;
    const now = currentStamp(outDir, target, Object.keys(stamp.inputs));
    return JSON.stringify(stamp) === JSON.stringify(now);
  } catch {
    return false;
  }
}

export async function writeStamp(outDir: string, target: Target, inputs: string[]): Promise<void> {
  const path = stampPath(outDir, target.id);
  const stamp = currentStamp(
    outDir,
    target,
    inputs.map((file) => relative(repoDir, file)),
  );
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, `${JSON.stringify(stamp, null, 2)}\n`);
  await rename(`${path}.new`, path);
}
