import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Federation writes an entry and several chunks, and the integrity of an entry says
 * nothing about the bytes of what it imports. In one file, it covers the whole unit.
 */
export async function joinChunks(dir: string, entry: string): Promise<void> {
  const joined = join(dir, '..', 'joined');
  await mkdir(joined);
  await build({
    entryPoints: [join(dir, entry)],
    outfile: join(joined, entry),
    absWorkingDir: dir,
    // Or it would read one from above the output folder, and the bytes would depend on where that is.
    tsconfigRaw: {},
    bundle: true,
    format: 'esm',
    target: 'es2023',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  await rm(dir, { recursive: true });
  await rename(joined, dir);
}
