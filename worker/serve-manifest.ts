import type { Program } from '#resolver/program.ts';
import { resolve } from '#resolver/resolve.ts';
import { segmentsOf } from '#resolver/segments-of.ts';
import type { Visitor } from '#resolver/visitor.ts';
import type { HealthEvent } from '#schemas/beacon.ts';
import type { DeliveryBuffer } from './delivery-buffer.ts';
import { matches } from './etag-matches.ts';
import { keepArms } from './kept-arms.ts';
import { networkOf } from './network-of.ts';
import type { RequestPlatform } from './platform.ts';
import type { createRecentlySeen } from './recently-seen.ts';
import type { Sealer } from './sealer.ts';
import { type Ticket, type TicketExposure, issueTicket } from './ticket.ts';
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
    const { snapshot } = edition.program;
    const given = {
      exposures: withSegments(answer.exposures, edition.program, visitor),
      network: await networkOf(platform.address, tools.sealer),
    };
    const { ticket, text } = await issueTicket(tools.sealer, snapshot, visitor.key, given, tools.now());
    headers.set(TICKET_HEADER, text);
    recordExposures(tools, ticket, platform);
  }
  const keeps = await keepArms(answer, visitor, tools.sealer, cookieAttributes);
  for (const cookie of [...setCookies, ...(keeps === undefined ? [] : [keeps])]) headers.append('set-cookie', cookie);
  return matches(request.headers.get('if-none-match'), etag)
    ? new Response(null, { status: 304, headers })
    : new Response(answer.body, { headers });
}

function withSegments(exposures: TicketExposure[], program: Program, visitor: Visitor): TicketExposure[] {
  const segments = segmentsOf(program, visitor);
  return exposures.map((exposure) => {
    const of = segments.get(exposure.rollout) ?? [];
    return of.length === 0 ? exposure : { ...exposure, segments: of };
  });
}

/** What every event says that counts under the ticket. */
export function factsOf({ visitor, network }: Ticket, { rollout, period, arm, segments }: TicketExposure) {
  return { rollout, period, arm, visitor, ...(segments ? { segments } : {}), ...(network === undefined ? {} : { network }) };
}

function recordExposures({ buffer, seen, now }: ManifestTools, ticket: Ticket, platform: RequestPlatform): void {
  const events = ticket.exposures
    .filter(({ rollout, period, arm }) => seen.isNew(`${ticket.visitor} ${rollout} ${period} ${arm} exposure`))
    .map((exposure): HealthEvent => ({ ...factsOf(ticket, exposure), kind: 'exposure', at: now() }));
  if (events.length > 0) buffer.add(ticket.apartment, events, platform);
}
