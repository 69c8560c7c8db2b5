import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import Koa from 'koa';
import { canonicalAddress, clientAddress } from '../../src/http/client-address.ts';

/** Whatever reads headers takes time that grows with them: in the square of this length it would be hours. */
const long = `a${' '.repeat(2_000_000)}b`;

it.each(['host', 'protocol', 'ips'] as const)('the framework reads %s out of long rows of spaces (CVE-2025-25200)', (member) => {
  const incoming = new IncomingMessage(new Socket());
  incoming.headers = { host: 'a.example', 'x-forwarded-for': long, 'x-forwarded-host': long, 'x-forwarded-proto': long };
  const { request } = new Koa({ proxy: true }).createContext(incoming, new ServerResponse(incoming));
  expect([request[member]].flat()).toEqual([long]);
});

it.each([long, long.replaceAll(' ', ','), `"${long}`, `[${long.replaceAll(' ', ':')}`])(
  'an address is looked for in one that begins with %.3s',
  (text) => {
    for (const hops of [0, 1, 2, 1000]) expect(clientAddress({ peer: '192.0.2.1', forwarded: text, hops })).toBe('192.0.2.1');
    expect(canonicalAddress(text)).toBeUndefined();
  },
);
