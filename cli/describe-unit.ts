import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { refused, usage } from './failure.ts';

export type DescribedUnit = { url: string; checksum: string; size: number };

const TIMEOUT_MS = 30_000;

/** The SHA-384 Subresource Integrity digest of bytes. */
export const integrityOf = (bytes: Uint8Array): string => `sha384-${createHash('sha384').update(bytes).digest('base64')}`;

const isUrl = (source: string): boolean => /^https?:\/\//i.test(source);

/**
 * Address, digest and size of a built entry module. `source` is its URL, or a file that is served at `servedAt`; then what is
 * served there must be the very same bytes, unless `verify` is false (it may not be uploaded yet).
 */
export async function describeUnit(source: string, { servedAt, verify }: { servedAt?: string; verify: boolean }): Promise<DescribedUnit> {
  if (isUrl(source)) return describe(source, await download(source));
  if (servedAt === undefined) return usage(`${source} is a file; say with --at where browsers load it from.`);
  const bytes = await readFile(source).catch((error: Error) => usage(`${source} cannot be read: ${error.message}`));
  const described = describe(servedAt, bytes);
  if (verify) {
    const served = describe(servedAt, await download(servedAt));
    if (served.checksum !== described.checksum) {
      refused(
        `${servedAt} serves other bytes than ${source}:\n  served ${served.checksum}\n  file   ${described.checksum}`,
        'digest-differs',
      );
    }
  }
  return described;
}

function describe(url: string, bytes: Uint8Array): DescribedUnit {
  if (bytes.byteLength === 0) refused(`${url} is empty.`, 'empty-unit');
  return { url, checksum: integrityOf(bytes), size: bytes.byteLength };
}

async function download(url: string): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    const { message, cause } = error as Error;
    return refused(`${url} cannot be loaded: ${cause instanceof Error ? cause.message : message}`, 'not-loadable');
  }
}
