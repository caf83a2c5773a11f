import type { EdgeSight, UnitSight } from '#schemas/drift.ts';
import type { Unit } from '#schemas/unit.ts';
import { FetchError, guardedFetch } from './guarded-fetch.ts';
import type { HostPolicy } from './host-policy.ts';
import { UNIT_REDIRECTS, integrityOf } from './load-unit.ts';

const TIMEOUT_MS = 5_000;

/** Looks at what is really there; errors are part of what is seen. */
export type DriftProbe = {
  edges: (apartment: string) => Promise<EdgeSight[]>;
  unit: (unit: Unit) => Promise<UnitSight>;
};

/** Asks these edges over HTTP, and loads units from where they say that they are, as far as the policy allows their hosts. */
export function createDriftProbe(edgeUrls: readonly string[], policy: HostPolicy): DriftProbe {
  return {
    edges: (apartment) => Promise.all(edgeUrls.map((edge) => probeEdge(edge, apartment))),
    unit: (unit) => probeUnit(unit, policy),
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

async function probeUnit({ id, url, checksum, size }: Unit, policy: HostPolicy): Promise<UnitSight> {
  const seen = { unit: id, url, checksum };
  const answered = (status: number | undefined): UnitSight => {
    const found = status === 404 || status === 410 ? 'missing' : 'unreachable';
    return { ...seen, found, detail: `it answered ${status}` };
  };
  try {
    const options = { timeoutMs: TIMEOUT_MS, maxBytes: size, redirects: UNIT_REDIRECTS };
    const { status, body } = await guardedFetch(new URL(url), policy, options);
    if (status !== 200) return answered(status);
    const actual = integrityOf(body, checksum.slice(0, checksum.indexOf('-')) as 'sha384');
    return actual === checksum ? { ...seen, found: 'same' } : { ...seen, found: 'other', detail: actual };
  } catch (error) {
    if (!(error instanceof FetchError) || error.kind !== 'too-large') return { ...seen, found: 'unreachable', detail: reasonOf(error) };
    return error.status === 200 ? { ...seen, found: 'other', detail: `more than its ${size} bytes` } : answered(error.status);
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
