import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** Which hosts may be asked over HTTP, and at which addresses. */
export type HostPolicy = {
  /**
   * Names, `*.name` for all below one, or addresses, each with a port or without. One that is named whole may have an address of
   * a private network; any other only a public one. Left out: every host with a public address.
   */
  hosts?: readonly string[] | undefined;
  /** Whether every host may be this machine; for a machine of one person. */
  loopback?: boolean;
  /** The addresses of a name; left out: as the system knows them. */
  resolve?: (name: string) => Promise<string[]>;
};

/** A host or address that may not be asked; asking again changes nothing. */
export class HostRefusedError extends Error {
  override readonly name = 'HostRefusedError';
}

const HOST = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,62})?\.)*[a-z0-9-]{1,63}(?::\d{1,5})?$|^\[[0-9a-f:.]+\](?::\d{1,5})?$/;

/** Whether the text can stand in a list of hosts. */
export const isHostRule = (text: string): boolean => text.length <= 260 && HOST.test(text);

/** A private network's; not link-local ones, where clouds keep their credentials. */
const INNER: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'loopback', 'carrierGradeNat']);

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

type Standing = 'named' | 'matched' | 'unlisted';

/** How the list speaks of the host: by its name, by a pattern, or not at all. */
export function standingOf({ hostname, host, protocol }: URL, hosts: readonly string[]): Standing {
  const withPort = host === hostname ? `${hostname}:${protocol === 'https:' ? 443 : 80}` : host;
  const isOf = (rule: string): boolean => rule === hostname || rule === withPort;
  if (hosts.some(isOf)) return 'named';
  const below = hosts.filter((rule) => rule.startsWith('*.')).map((rule) => rule.slice(1));
  return below.some((rest) => hostname.endsWith(rest) || withPort.endsWith(rest)) ? 'matched' : 'unlisted';
}

/**
 * The addresses to connect to: the name is looked up once, every address is checked, and nothing else may be connected to, so
 * that a name which answers otherwise the next time leads nowhere. Throws {@link HostRefusedError}, or what the look-up throws.
 */
export async function allowedAddresses(url: URL, { hosts, loopback = false, resolve = resolveName }: HostPolicy): Promise<string[]> {
  const standing = hosts ? standingOf(url, hosts) : 'matched';
  if (standing === 'unlisted') throw new HostRefusedError(`${url.host} is not among the hosts that may be asked`);
  const name = bare(url.hostname);
  const isAddress = ipaddr.isValid(name);
  const addresses = isAddress ? [name] : await resolve(name);
  if (addresses.length === 0) throw new Error(`${name} has no address`);
  for (const address of addresses) {
    const range: string = ipaddr.process(address).range();
    const isFine =
      range === 'unicast' ||
      (loopback && range === 'loopback') ||
      (standing === 'named' && (INNER.has(range) || (isAddress && hosts !== undefined)));
    if (!isFine) throw new HostRefusedError(`${name === address ? name : `${name} (${address})`} is not a public address (${range})`);
  }
  return addresses;
}

async function resolveName(name: string): Promise<string[]> {
  return (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address);
}
