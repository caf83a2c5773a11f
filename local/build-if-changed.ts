import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Every file below these paths, sorted. */
function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'dist' && name !== 'node_modules' && !name.endsWith('.stamp'))
    .flatMap((entry) => filesBelow(join(path, entry.name)))
    .toSorted();
}

function digestOf(inputs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesBelow))
    hash
      .update(`${relative(ROOT, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

/**
 * Builds unless `output` was built from the same bytes of `inputs` (files and folders). The stamp is written last, so a
 * build that was interrupted is made again. Returns whether it built.
 */
export async function buildIfChanged(output: string, inputs: readonly string[], build: () => Promise<unknown>): Promise<boolean> {
  const stamp = `${output}.stamp`;
  const digest = digestOf(inputs);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return false;
  await build();
  writeFileSync(stamp, digest);
  return true;
}
