import ipaddr from 'ipaddr.js';
import type { Sealer } from './sealer.ts';

const LENGTH = 12;

/**
 * A name for the network that an address belongs to: the first 24 bits (IPv4) or 48 bits (IPv6), hashed with the edge's
 * secret, so that it tells whether two visitors share a network and nothing else. Undefined where the address is none.
 */
export async function networkOf(address: string | undefined, sealer: Sealer): Promise<string | undefined> {
  const prefix = address === undefined || !sealer.canSeal ? undefined : prefixOf(address);
  return prefix === undefined ? undefined : (await sealer.pseudonym('network.v1', prefix)).slice(0, LENGTH);
}

function prefixOf(text: string): string | undefined {
  // Shorter spellings of IPv4 addresses mean one thing here and another there.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.process(text); // an IPv4 address in the guise of an IPv6 one is the former
  const bytes = address.toByteArray();
  return address.kind() === 'ipv4' ? `4 ${bytes.slice(0, 3).join('.')}` : `6 ${bytes.slice(0, 6).join('.')}`;
}
