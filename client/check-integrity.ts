import type { Unit } from '#schemas/unit.ts';

/**
 * Makes sure that the entry module at `unit.url` has the bytes that were published, and rejects otherwise. In browsers
 * it is preloaded with its digest: what the browser checked is what a later import() of the same URL runs.
 */
export function checkIntegrity(unit: Pick<Unit, 'url' | 'checksum'>): Promise<void> {
  return canPreload() ? preload(unit) : fetchAndCompare(unit);
}

const canPreload = (): boolean => typeof document !== 'undefined' && document.createElement('link').relList.supports('modulepreload');

function preload({ url, checksum }: Pick<Unit, 'url' | 'checksum'>): Promise<void> {
  return new Promise((done, fail) => {
    const link = document.createElement('link');
    link.rel = 'modulepreload';
    link.href = url;
    link.integrity = checksum;
    link.crossOrigin = 'anonymous';
    link.addEventListener('load', () => done());
    link.addEventListener('error', () => {
      link.remove();
      fail(new Error(`${url} cannot be had, or differs from ${checksum}`));
    });
    document.head.append(link);
  });
}

const ALGORITHMS: Record<string, string> = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

async function fetchAndCompare({ url, checksum }: Pick<Unit, 'url' | 'checksum'>): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const dash = checksum.indexOf('-');
  const algorithm = ALGORITHMS[checksum.slice(0, dash)];
  if (!algorithm) throw new Error(`${checksum} is no digest that can be checked`);
  const digest = new Uint8Array(await crypto.subtle.digest(algorithm, await response.arrayBuffer()));
  const actual = btoa(String.fromCharCode(...digest));
  if (actual !== checksum.slice(dash + 1)) throw new Error(`${url} differs from ${checksum}`);
}
