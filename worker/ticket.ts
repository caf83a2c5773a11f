import type { Answer } from '#resolver/make-answer.ts';
import { TICKET_LIFETIME_MS } from '#schemas/limits.ts';
import { type Problem, problem } from '#schemas/problem.ts';
import { fromBase64url, toBase64url } from './base64url.ts';
import type { Sealer } from './sealer.ts';

const PURPOSE = 'ticket.v1';

/** An arm that was given, and the segments of its rollout's analysis that the visitor is in. */
export type TicketExposure = Answer['exposures'][number] & { segments?: string[] };

/** Proof that this edge gave these arms to this visitor; without it no beacon counts. */
export type Ticket = {
  apartment: string;
  environment: string;
  /** A pseudonym; the engine never learns the visitor's key. */
  visitor: string;
  exposures: TicketExposure[];
  /** A name for the visitor's network; see networkOf. */
  network?: string;
  expires: number;
};

export async function issueTicket(
  sealer: Sealer,
  { apartment, environment }: { apartment: string; environment: string },
  visitorKey: string,
  { exposures, network }: { exposures: TicketExposure[]; network: string | undefined },
  now: number,
): Promise<{ ticket: Ticket; text: string }> {
  const visitor = await sealer.pseudonym('visitor-pseudonym.v1', visitorKey);
  const of = network === undefined ? {} : { network };
  const ticket = { apartment, environment, visitor, exposures, ...of, expires: now + TICKET_LIFETIME_MS };
  const text = await sealer.seal(PURPOSE, toBase64url(new TextEncoder().encode(JSON.stringify(ticket))));
  return { ticket, text };
}

/** The ticket, or why it does not count. What the seal covers was written by this edge and needs no validation. */
export async function readTicket(sealer: Sealer, environment: string, text: string, now: number): Promise<Ticket | Problem> {
  const sealed = await sealer.open(PURPOSE, text);
  const bytes = sealed === null ? null : fromBase64url(sealed);
  if (!bytes) return problem('ticket-invalid', 'The ticket was not made by this edge.');
  const ticket = JSON.parse(new TextDecoder().decode(bytes)) as Ticket;
  if (ticket.environment !== environment) return problem('ticket-invalid', `The ticket is for ${ticket.environment}.`);
  return ticket.expires > now ? ticket : problem('ticket-expired', 'Ask for the manifest again to get a new ticket.');
}
