import { counted } from '#schemas/counted.ts';
import { refuse } from '#schemas/problem.ts';
import type { Services } from './context.ts';

export type Algorithm = 'sha256' | 'sha384' | 'sha512';

/** Loads what is at a URL: its Subresource Integrity digest and its bytes' number, or why it could not be had. An adapter is handed in. */
export type UnitLoader = (url: string, algorithm: Algorithm) => Promise<{ checksum: string; size: number } | { error: string }>;

type Claimed = { url: string; checksum?: string | undefined; size?: number | undefined };

/**
 * Digest and size of the bytes at `url`, which are loaded and compared with what was claimed. Throws `not-loadable`, or
 * `digest-differs` with both digests.
 */
export async function checkBytes(services: Services, { url, checksum, size }: Claimed): Promise<{ checksum: string; size: number }> {
  if (!services.unitLoader) {
    return refuse('not-loadable', 'This engine loads no units, so checksum and size must both be given.', [
      { path: '/unit/url', message: 'is not loaded by this engine' },
    ]);
  }
  const algorithm = (checksum?.slice(0, checksum.indexOf('-')) ?? 'sha384') as Algorithm;
  const found = await services.unitLoader(url, algorithm);
  if ('error' in found) {
    return refuse('not-loadable', `${url} cannot be loaded: ${found.error}.`, [{ path: '/unit/url', message: found.error }]);
  }
  if (found.size === 0) return refuse('not-loadable', `${url} is empty.`, [{ path: '/unit/url', message: 'is empty' }]);
  if (checksum !== undefined && checksum !== found.checksum) {
    refuse('digest-differs', `${url} serves other bytes: ${found.checksum}; expected ${checksum}.`, [
      { path: '/unit/checksum', message: `the URL serves ${found.checksum} (${counted(found.size, 'byte')})` },
    ]);
  }
  if (size !== undefined && size !== found.size) {
    refuse('digest-differs', `${url} serves ${counted(found.size, 'byte')}; expected ${size}.`, [
      { path: '/unit/size', message: `the URL serves ${counted(found.size, 'byte')}` },
    ]);
  }
  return found;
}
