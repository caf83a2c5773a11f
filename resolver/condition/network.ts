import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** An IPv4 address in four decimal parts, or an IPv6 address; one that IPv6 only wraps counts as the IPv4 address it is. */
function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!ipaddr.IPv6.isValid(text) || text.includes('%')) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** Whether an address is in the network "address/bits"; a bare address is a network of one. Gives undefined for any other text. */
export function compileNetwork(text: string): ((address: unknown) => boolean) | undefined {
  const [host = '', bits, ...more] = text.split('/');
  const network = parseAddress(host);
  if (!network || more.length > 0) return undefined;
  const size = network.kind() === 'ipv4' ? 32 : 128;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > size)) return undefined;
  const prefix = bits === undefined ? size : Number(bits);
  return (value) => {
    const address = typeof value === 'string' && value.length < 64 ? parseAddress(value) : undefined;
    if (!address || address.kind() !== network.kind()) return false;
    return address.kind() === 'ipv4'
      ? (address as ipaddr.IPv4).match(network as ipaddr.IPv4, prefix)
      : (address as ipaddr.IPv6).match(network as ipaddr.IPv6, prefix);
  };
}
