import { Beacon, type HealthEvent } from '#schemas/beacon.ts';
import { MAX_BEACON_BYTES } from '#schemas/limits.ts';
import { parseJson, parseWith } from '#schemas/parse.ts';
import { ProblemError, refuse } from '#schemas/problem.ts';
import { type ManifestTools, factsOf } from './serve-manifest.ts';
import type { RequestPlatform } from './platform.ts';
import { readText } from './read-text.ts';
import { readTicket } from './ticket.ts';

/** `text/plain` is what sendBeacon sends without a preflight. */
const CONTENT_TYPES = new Set(['text/plain', 'application/json']);

export type BeaconReceipt = { accepted: number; duplicates: number; ignored: number };

/**
 * Takes a browser's health report. Only what the ticket covers is passed on; `ignored` counts events of buildings that no
 * rollout of the ticket moves. Throws the problems `too-large`, `unsupported-media-type`, `invalid-json`,
 * `invalid-request`, `ticket-invalid`, `ticket-expired`, and `already-counted` when it holds nothing new.
 */
export async function takeBeacon(
  { sealer, buffer, seen, now, environment }: ManifestTools,
  request: Request,
  platform: RequestPlatform,
): Promise<BeaconReceipt> {
  const type = (request.headers.get('content-type') ?? 'text/plain').split(';')[0]!.trim().toLowerCase();
  if (!CONTENT_TYPES.has(type)) refuse('unsupported-media-type', 'Send the beacon as text/plain or application/json.');
  const beacon = parseWith(Beacon, parseJson(await readText(request, MAX_BEACON_BYTES)), 'The beacon');
  const at = now();
  const ticket = await readTicket(sealer, environment, beacon.ticket, at);
  if ('code' in ticket) throw new ProblemError(ticket);

  const fresh: HealthEvent[] = [];
  let duplicates = 0;
  let ignored = 0;
  for (const event of beacon.events) {
    const exposure = ticket.exposures.find(({ buildings }) => buildings.includes(event.building));
    if (!exposure) {
      ignored++;
      continue;
    }
    const { rollout, period, arm } = exposure;
    if (!seen.isNew(`${ticket.visitor} ${rollout} ${period} ${arm} ${event.kind}`)) {
      duplicates++;
      continue;
    }
    fresh.push({ ...factsOf(ticket, exposure), kind: event.kind, at, ...('value' in event ? { value: event.value } : {}) });
  }
  if (fresh.length === 0 && duplicates > 0)
    refuse('already-counted', 'A visitor counts once for each kind of event in each period of a rollout.');
  if (fresh.length > 0) buffer.add(ticket.apartment, fresh, platform);
  return { accepted: fresh.length, duplicates, ignored };
}
