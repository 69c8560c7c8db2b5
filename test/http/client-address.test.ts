import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalAddress, clientAddress } from '../../src/http/client-address.ts';

describe('the canonical form of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['"192.0.2.1:4711"', '192.0.2.1'],
    ['192.0.2.1:_port', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:4711', '192.0.2.1'],
    ['2001:db8:0:7::1', '2001:db8:0:7::/64'],
    ['2001:0DB8:0000:0007:ffff:ffff:ffff:ffff', '2001:db8:0:7::/64'],
    ['[2001:db8:0:7::2]', '2001:db8:0:7::/64'],
    ['"[2001:db8:0:7::3]:443"', '2001:db8:0:7::/64'],
    ['"[2001:db8:0:7::4%25eth0]:443"', '2001:db8:0:7::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
    ['::192.0.2.1', '::/64'],
    ['1::', '1::/64'],
    ['0:1::', '0:1::/64'],
  ])('of %s is %s', (node, canonical) => {
    expect(canonicalAddress(node)).toBe(canonical);
  });

  it.each([
    '',
    '""',
    '"',
    'unknown',
    '_hidden',
    '_SEVKISEK:80',
    'for=192.0.2.1',
    'a.example',
    '192.0.2.01',
    '192.0.2.256',
    '0xc0000201',
    '3221225985',
    '[192.0.2.1]',
    '192.0.2.1%0',
    '192.0.2.1:4711:1',
    '192.0.2.1:123456',
    '[2001:db8::1',
    '2001:db8::1]',
    '[2001:db8::1]443',
    '1::2::3',
    '192.0.2.1 192.0.2.2',
  ])('there is none of %j', (node) => {
    expect(canonicalAddress(node)).toBeUndefined();
  });
});

/** Eight groups of an address, and one way to write them. */
const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
const spelling = fc.record({
  upper: fc.boolean(),
  padded: fc.boolean(),
  squeezed: fc.boolean(),
  wrap: fc.constantFrom(
    (text: string) => text,
    (text: string) => `[${text}]`,
    (text: string) => `[${text}]:8443`,
    (text: string) => `"[${text}]:_p"`,
    (text: string) => ` "[${text}%25eth0]" `,
    (text: string) => `${text}%en1`,
  ),
});
type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never;

function written(address: readonly number[], { upper, padded, squeezed, wrap }: Spelling): string {
  const hex = address.map((group) => group.toString(16).padStart(padded ? 4 : 1, '0')).join(':');
  const short = squeezed ? hex.replace(/(^|:)(0+(:|$)){2,}/, '::') : hex;
  return wrap(upper ? short.toUpperCase() : short);
}

const anything = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef.:[]"%, _\\'), maxLength: 60 }),
);

describe('the address of a request', () => {
  it('is one for all spellings of an IPv6 address and for all of its /64', () => {
    fc.assert(
      fc.property(
        groups,
        fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 }),
        spelling,
        spelling,
        (a, b, x, y) => {
          fc.pre(canonicalAddress(written(a, x))?.includes('/64') === true);
          const neighbour = [...a.slice(0, 4), ...b];
          fc.pre(canonicalAddress(written(neighbour, y))?.includes('/64') === true);
          expect(canonicalAddress(written(a, x))).toBe(canonicalAddress(written(neighbour, y)));
        },
      ),
    );
  });

  it('differs where the /64 differs', () => {
    fc.assert(
      fc.property(groups, groups, spelling, spelling, (a, b, x, y) => {
        fc.pre(a.slice(0, 4).join(':') !== b.slice(0, 4).join(':'));
        expect(canonicalAddress(written(a, x))).not.toBe(canonicalAddress(written(b, y)));
      }),
    );
  });

  it('is the same whatever the browser sent before our proxies wrote, of whatever length', () => {
    const long = fc
      .array(anything, { maxLength: 5 })
      .chain((parts) => fc.constantFrom(parts.join(','), parts.join(',').padStart(10_000, '9.')));
    fc.assert(
      fc.property(long, fc.ipV4(), fc.integer({ min: 1, max: 4 }), (sent, address, hops) => {
        const ours = [address, ...Array.from({ length: hops - 1 }, (_, index) => `10.0.0.${index}`)];
        const asked = (forwarded: string) => clientAddress({ peer: '10.0.0.9', forwarded, hops });
        expect(asked([sent, ...ours].join(', '))).toBe(address);
        expect(asked([sent, ...ours].join(','))).toBe(address);
        expect(asked(ours.join(', '))).toBe(address);
      }),
    );
  });

  it('is a canonical address or the peer, never what somebody typed', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 3 }), (forwarded, hops) => {
        const address = clientAddress({ peer: '192.0.2.9', forwarded, hops });
        expect(address).toMatch(/^(\d+\.\d+\.\d+\.\d+|[0-9a-f:]*::\/64)$/);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['no proxy of ours is in front', { peer: '192.0.2.9', forwarded: '198.51.100.1', hops: 0 }, '192.0.2.9'],
    ['the header is shorter than our proxies', { peer: '192.0.2.9', forwarded: '198.51.100.1', hops: 2 }, '192.0.2.9'],
    ['there is no header', { peer: '192.0.2.9', forwarded: '', hops: 1 }, '192.0.2.9'],
    ['the proxy says unknown', { peer: '192.0.2.9', forwarded: '198.51.100.1, unknown', hops: 1 }, '192.0.2.9'],
    ['the node is longer than any address', { peer: '192.0.2.9', forwarded: `${' '.repeat(200)}198.51.100.1`, hops: 1 }, '192.0.2.9'],
    ['the socket listens on IPv6', { peer: '::ffff:192.0.2.9', forwarded: '', hops: 0 }, '192.0.2.9'],
    ['the connection is closed', { peer: undefined, forwarded: '', hops: 0 }, 'unknown'],
  ])('when %s', (_, arrival, address) => {
    expect(clientAddress(arrival)).toBe(address);
  });
});
