import { resolve } from '#resolver/resolve.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { DeliveryBuffer } from './delivery-buffer.ts';
import { keepArms } from './kept-arms.ts';
import type { RequestPlatform } from './platform.ts';
import type { createRecentlySeen } from './recently-seen.ts';
import type { Sealer } from './sealer.ts';
import { issueTicket } from './ticket.ts';
import type { Edition } from './verify-snapshot.ts';
import type { WhoAsks } from './who-asks.ts';

export const TICKET_HEADER = 'concierge-ticket';

export type ManifestTools = {
  sealer: Sealer;
  buffer: DeliveryBuffer;
  seen: ReturnType<typeof createRecentlySeen>;
  now: () => number;
  environment: string;
};

/** Answers one visitor from an edition: 200 with their manifest, or 304 when they have it. HEAD exposes nobody, so it gives no ticket. */
export async function serveManifest(
  tools: ManifestTools,
  edition: Edition,
  { visitor, setCookies, cookieAttributes }: WhoAsks,
  request: Request,
  platform: RequestPlatform,
): Promise<Response> {
  const answer = resolve(edition.program, visitor);
  const etag = `"${edition.revision}-${answer.combination}-${edition.signed.signature.slice(0, 8)}"`;
  const headers = new Headers({
    'content-type': 'application/json',
    'cache-control': 'private, no-cache',
    etag,
    'x-content-type-options': 'nosniff',
  });
  if (answer.exposures.length > 0 && request.method === 'GET') {
    const { apartment } = edition.program.snapshot;
    const { ticket, text } = await issueTicket(tools.sealer, edition.program.snapshot, visitor.key, answer.exposures, tools.now());
    headers.set(TICKET_HEADER, text);
    recordExposures(tools, apartment, ticket.visitor, answer.exposures, platform);
  }
  const keeps = await keepArms(answer, visitor, tools.sealer, cookieAttributes);
  for (const cookie of [...setCookies, ...(keeps === undefined ? [] : [keeps])]) headers.append('set-cookie', cookie);
  return matches(request.headers.get('if-none-match'), etag)
    ? new Response(null, { status: 304, headers })
    : new Response(answer.body, { headers });
}

function recordExposures(
  { buffer, seen, now }: ManifestTools,
  apartment: string,
  visitor: string,
  exposures: { rollout: string; period: number; arm: string }[],
  platform: RequestPlatform,
): void {
  const events = exposures
    .filter(({ rollout, period, arm }) => seen.isNew(`${visitor} ${rollout} ${period} ${arm} exposure`))
    .map(({ rollout, period, arm }): HealthEvent => ({ rollout, period, arm, visitor, kind: 'exposure', at: now() }));
  if (events.length > 0) buffer.add(apartment, events, platform);
}

/** RFC 9110 §13.1.2, with the weak comparison that it asks for. */
function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}
