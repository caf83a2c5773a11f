import { createHash } from 'node:crypto';
import type { EdgeSight, UnitSight } from '#schemas/drift.ts';
import type { Unit } from '#schemas/unit.ts';

const TIMEOUT_MS = 5_000;

/** Looks at what is really there; errors are part of what is seen. */
export type DriftProbe = {
  edges: (apartment: string) => Promise<EdgeSight[]>;
  unit: (unit: Unit) => Promise<UnitSight>;
};

/** Asks these edges over HTTP, and loads units from where they say that they are. */
export function createDriftProbe(edgeUrls: readonly string[]): DriftProbe {
  return {
    edges: (apartment) => Promise.all(edgeUrls.map((edge) => probeEdge(edge, apartment))),
    unit: probeUnit,
  };
}

/** HEAD of a manifest says the revision in its ETag, and exposes nobody. */
async function probeEdge(edge: string, apartment: string): Promise<EdgeSight> {
  try {
    const url = new URL('manifest', edge.endsWith('/') ? edge : `${edge}/`);
    url.searchParams.set('apartment', apartment);
    const response = await fetch(url, { method: 'HEAD', redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status === 404) return { edge, revision: null };
    const [, revision] = /^(?:W\/)?"(\d{1,15})-/.exec(response.headers.get('etag') ?? '') ?? [];
    if (!response.ok || revision === undefined) return { edge, revision: null, error: `it answered ${response.status} without a revision` };
    return { edge, revision: Number(revision) };
  } catch (error) {
    return { edge, revision: null, error: reasonOf(error) };
  }
}

async function probeUnit({ id, url, checksum, size }: Unit): Promise<UnitSight> {
  const seen = { unit: id, url, checksum };
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.status === 404 || response.status === 410) return { ...seen, found: 'missing', detail: `it answered ${response.status}` };
    if (!response.ok || !response.body) return { ...seen, found: 'unreachable', detail: `it answered ${response.status}` };
    const algorithm = checksum.slice(0, checksum.indexOf('-'));
    const hash = createHash(algorithm);
    let bytes = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > size) return { ...seen, found: 'other', detail: `more than its ${size} bytes` };
      hash.update(chunk);
    }
    const actual = `${algorithm}-${hash.digest('base64')}`;
    return actual === checksum ? { ...seen, found: 'same' } : { ...seen, found: 'other', detail: actual };
  } catch (error) {
    return { ...seen, found: 'unreachable', detail: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
