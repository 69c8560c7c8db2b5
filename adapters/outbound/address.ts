import { BlockList, isIP } from 'node:net';

/**
 * Where an address leads: to anybody on the Internet, to a network of one's own, to this machine, or to
 * something no call of ours has business with (link-local and with it the metadata of clouds, multicast,
 * documentation, addresses that carry another address in them).
 */
export type AddressKind = 'public' | 'private' | 'loopback' | 'special';

const loopback = listOf('127.0.0.0/8', '::1/128');

const own = listOf('10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7');

/** IANA IPv4 special-purpose registry, what is not above; 168.63.129.16 is a cloud's inside, though it looks public. */
const special4 = listOf(
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
);

/**
 * All that is given out to the Internet in IPv6. Mapped, translated (NAT64), link-local and multicast
 * addresses are outside of it, whatever will be invented too.
 */
const globalUnicast6 = listOf('2000::/3');

/** IETF protocols with Teredo and ORCHID, documentation, 6to4, AS112. */
const special6 = listOf('2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20');

const every4 = listOf('0.0.0.0/0');

/** @param address - an IPv4 or IPv6 address as the resolver or the URL parser of the platform writes it */
export function addressKind(address: string): AddressKind {
  const version = isIP(address);
  if (version === 0) return 'special';
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (version === 6 && isMapped(address)) return 'special';
  if (loopback.check(address, family)) return 'loopback';
  if (own.check(address, family)) return 'private';
  if (version === 4) return special4.check(address, family) ? 'special' : 'public';
  return globalUnicast6.check(address, family) && !special6.check(address, family) ? 'public' : 'special';
}

/** The lists look through ::ffff:0:0/96 to the IPv4 address within; no honest name has one. */
function isMapped(address: string): boolean {
  return every4.check(address, 'ipv6');
}

function listOf(...networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
