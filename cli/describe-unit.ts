import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refused, usage } from './failure.ts';

export type DescribedUnit = { url: string; checksum?: string; size?: number };

/** What the build of a module is called that others load; the entry where a folder is published. */
const ENTRY = 'remoteEntry.js';

/** The SHA-384 Subresource Integrity digest of bytes. */
export const integrityOf = (bytes: Uint8Array): string => `sha384-${createHash('sha384').update(bytes).digest('base64')}`;

const isUrl = (source: string): boolean => /^https?:\/\//i.test(source);

/**
 * What is told the engine of a unit's entry module. `source` is its URL, and then the engine finds out digest and size; or a built
 * file (or a folder with a remoteEntry.js in it), which browsers load from `servedAt`. The file beside a URL comes in `file`.
 */
export async function describeUnit(
  source: string,
  { servedAt, file }: { servedAt?: string | undefined; file?: string | undefined },
): Promise<DescribedUnit> {
  if (isUrl(source)) {
    if (servedAt !== undefined) usage('--at goes with a file; the URL is said already.');
    return { url: source, ...(file === undefined ? {} : await digestOf(file)) };
  }
  if (file !== undefined) usage(`${source} is a file already; --file goes with a URL.`);
  if (servedAt === undefined) return usage(`${source} is a file; say with --at where browsers load it from.`);
  return { url: servedAt, ...(await digestOf(source)) };
}

async function digestOf(path: string): Promise<{ checksum: string; size: number }> {
  const bytes = await readEntry(path).catch((error: Error) => usage(`${path} cannot be read: ${error.message}`));
  if (bytes.byteLength === 0) refused(`${path} is empty.`, 'empty-unit');
  return { checksum: integrityOf(bytes), size: bytes.byteLength };
}

async function readEntry(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EISDIR') return readFile(join(path, ENTRY));
    throw error;
  });
}
