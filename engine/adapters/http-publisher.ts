import type { SignedSnapshot } from '#schemas/snapshot.ts';

/** Brings a signed snapshot to every edge; throws unless all took it (or have it already). */
export type SnapshotPublisher = (place: { apartment: string; environment: string }, snapshot: SignedSnapshot) => Promise<void>;

const TIMEOUT_MS = 5_000;

/** Puts snapshots over HTTP. The signature is what the edge trusts, so no token travels with them. */
export function createHttpPublisher(edgeUrls: readonly string[]): SnapshotPublisher {
  return async ({ apartment }, snapshot) => {
    if (edgeUrls.length === 0) throw new Error('no edge is configured; name them with CONCIERGE_EDGES');
    const body = JSON.stringify(snapshot);
    const results = await Promise.allSettled(
      edgeUrls.map((edge) => put(new URL(`snapshots/${apartment}`, edge.endsWith('/') ? edge : `${edge}/`), body)),
    );
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).message] : []));
    if (failures.length > 0) throw new Error(failures.join('; '));
  };
}

async function put(url: URL, body: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Error(`${url.origin} cannot be reached: ${cause instanceof Error ? cause.message : message}`, { cause: error });
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`${url.origin} answered ${response.status}: ${text.slice(0, 300)}`);
}
