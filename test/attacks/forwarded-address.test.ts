import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newCitizen } from '../support/citizen.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';

let product: OwnProduct;
let service: RelyingParty;
beforeAll(async () => {
  product = await startProduct({ env: { TRUST_PROXY: '1' } });
  service = await relyingParty(product, 'first-party');
});
afterAll(() => product?.remove());

/** Errors of guesses at one account, each with another header: what the browser sent, and behind it the proxy's entry. */
async function guesses(identifier: string, headers: readonly string[]): Promise<readonly (string | undefined)[]> {
  const errors = [];
  for (const forwarded of headers) {
    const person = await service.sendsToUs({}, { headers: { 'X-Forwarded-For': forwarded } });
    errors.push((await person.submits({ identifier, password: 'guess' })).error?.code);
  }
  return errors;
}

const wrong = 'credentials.wrong';
const throttled = 'credentials.throttled';
const times = (count: number, header: (index: number) => string) => Array.from({ length: count }, (_, index) => header(index));
const anyAddress = () => `198.51.100.${randomInt(256)}`;

describe('a stranger who chooses the address that limits go by', () => {
  it.each([
    ['puts an address of their own in front', (index: number) => `203.0.113.${index}, 192.0.2.1`],
    ['pushes the entry of the proxy out by a long header', () => `${times(300, anyAddress).join(', ')}, 192.0.2.1`],
    ['pushes it out by one long entry', (index: number) => `${String(index).repeat(4000)}, 192.0.2.1`],
    ['opens quotes that are never closed', (index: number) => `"203.0.113.${index}, 192.0.2.1`],
    ['comes from other ports', (index: number) => `192.0.2.1:${40_000 + index}`],
    ['comes through a proxy that quotes', (index: number) => `"192.0.2.1:${40_000 + index}"`],
    [
      'comes by IPv6 in the place of IPv4',
      (index: number) => ['::ffff:192.0.2.1', '::FFFF:C000:201', '[::ffff:192.0.2.1]:80'][index % 3] ?? '',
    ],
    ['has a whole IPv6 network', (index: number) => `2001:db8:0:7::${index + 1}`],
    ['writes an IPv6 address another way', (index: number) => `"[2001:0DB8:${'0'.repeat((index % 4) + 1)}:7:0:0:0:${index}]:${index + 1}"`],
    ['hides behind a proxy that says unknown', (index: number) => `203.0.113.${index}, unknown`],
    ['hides behind a proxy that obfuscates', (index: number) => `_hidden${index}`],
  ])('gets no more than five guesses: who %s', async (_, header) => {
    const { username } = await newCitizen(product);
    expect(await guesses(username, times(6, header))).toEqual([...times(5, () => wrong), throttled]);
  });

  it('the same person from another address is counted apart', async () => {
    const { username } = await newCitizen(product);
    await guesses(
      username,
      times(5, () => '192.0.2.1'),
    );
    expect(await guesses(username, ['192.0.2.1', '192.0.2.2', '2001:db8:0:8::1'])).toEqual([throttled, wrong, wrong]);
  });
});
