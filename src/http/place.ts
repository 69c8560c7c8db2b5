import { BlockList, isIPv6 } from 'node:net';
import type { Place } from '../domain/policy.ts';
import type { Locale } from './page-model.ts';

/** Where an address is, for somebody who is to recognise a browser of their own (docs/adr/0048). */
export type PlaceOf = (address: string, locale: Locale) => string;

/**
 * @param places - of the deployment, most exact first; where none fits, people see the network: `203.0.113.*`, `2001:db8:1::`
 */
export function createPlaceOf(places: readonly Place[]): PlaceOf {
  const known = places.map(({ networks, name }) => ({ name, has: listOf(networks) }));
  return (address, locale) => known.find(({ has }) => has(address))?.name[locale] ?? networkOf(address);
}

function listOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits = ''] = network.split('/');
    list.addSubnet(base, Number(bits), isIPv6(base) ? 'ipv6' : 'ipv4');
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function networkOf(address: string): string {
  if (isIPv6(address)) return `${address.split(':').slice(0, 3).join(':')}::`;
  return address.replace(/\.\d+$/, '.*');
}
