import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The longest address has 45 characters. */
const MAX_ADDRESS_LENGTH = 64;

/** How many bits of a mapped address (::ffff:10.0.0.1) say no more than that it is one. */
const MAPPED_BITS = 96;

/** An IPv4 address in four decimal parts, or an IPv6 address without a zone. */
function parseAddress(text: string): Address | undefined {
  if (text.length > MAX_ADDRESS_LENGTH) return undefined;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) && !text.includes('%') ? ipaddr.IPv6.parse(text) : undefined;
}

const isMapped = (address: Address): boolean => address.kind() === 'ipv6' && (address as ipaddr.IPv6).isIPv4MappedAddress();

/** An address that IPv6 only wraps is the IPv4 address it is. */
const unwrapped = (address: Address): Address => (isMapped(address) ? (address as ipaddr.IPv6).toIPv4Address() : address);

/** Whether an address is in the network "address/bits"; a bare address is a network of one. Gives undefined for any other text. */
export function compileNetwork(text: string): ((address: unknown) => boolean) | undefined {
  const [host = '', bits, ...more] = text.split('/');
  const written = parseAddress(host);
  if (!written || more.length > 0) return undefined;
  const size = written.kind() === 'ipv4' ? 32 : 128;
  if (bits !== undefined && (!/^(?:0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > size)) return undefined;
  const prefix = (bits === undefined ? size : Number(bits)) - (isMapped(written) ? MAPPED_BITS : 0);
  if (prefix < 0) return undefined;
  const network = unwrapped(written);
  return (value) => {
    const parsed = typeof value === 'string' ? parseAddress(value) : undefined;
    const address = parsed && unwrapped(parsed);
    if (!address || address.kind() !== network.kind()) return false;
    return address.kind() === 'ipv4'
      ? (address as ipaddr.IPv4).match(network as ipaddr.IPv4, prefix)
      : (address as ipaddr.IPv6).match(network as ipaddr.IPv6, prefix);
  };
}
