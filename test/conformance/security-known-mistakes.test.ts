import { beforeAll, expect, it } from '@jest/globals';
import type { ServerMetadata } from 'openid-client';
import { requestAlone } from '../support/connection.ts';
import { newPerson } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { expectTokenError } from './conditions.ts';
import { withAssertion } from './assertions.ts';
import { metadataOf, post } from './wire.ts';

/** What advisories say that other servers or our libraries got wrong, where no other test shows that it is right here. */
let product: Product;
let metadata: ServerMetadata;
beforeAll(async () => {
  product = await sharedProduct();
  metadata = await metadataOf(await relyingParty(product, 'suite'));
});

const asks = async (path: string, headers: Record<string, string>) => {
  const answer = await requestAlone(new URL(path, product.address), { headers: { Accept: 'text/html', ...headers } });
  return { status: answer.statusCode, headers: answer.headers, body: await answer.body.text() };
};

it('headers of more than 8 KiB are refused, and a posted request that would become such', async () => {
  expect((await asks('/health/live', { 'X-Filler': 'x'.repeat(7_000) })).status).toBe(200);
  expect((await asks('/health/live', { 'X-Filler': 'x'.repeat(8_192) })).status).toBe(431);
  const asked = (length: number) => post(metadata.authorization_endpoint, { client_id: 'suite', state: 'x'.repeat(length) });
  expect((await asked(4_000)).status).toBe(303);
  expect((await asked(4_096)).status).toBe(413);
});

it.each(['a@evil.example', 'evil.example:80@localhost', 'localhost@evil.example', 'evil.example#localhost', '[::1]evil.example'])(
  'a host named %s is printed nowhere (CVE-2026-27959)',
  async (host) => {
    for (const path of [
      '/auth?client_id=nobody',
      '/login',
      '/',
      '/session/end',
      '/interaction/none/login',
      '/.well-known/openid-configuration',
    ]) {
      const answer = await asks(path, { Host: host });
      expect(`${JSON.stringify(answer.headers)}${answer.body}`).not.toContain('evil');
    }
  },
);

it.each<[string, object]>([
  [
    // Hours of work.
    'a password-based key of a hundred billion rounds (CVE-2022-36083)',
    { alg: 'PBES2-HS256+A128KW', enc: 'A128CBC-HS256', p2c: 1e11, p2s: 'c2FsdA' },
  ],
  ['a compressed content (CVE-2024-28176)', { alg: 'dir', enc: 'A128CBC-HS256', zip: 'DEF' }],
])('an assertion encrypted with %s is refused unread', async (_, header) => {
  const assertion = [Buffer.from(JSON.stringify(header)).toString('base64url'), 'a', 'AAAA', 'AAAA', 'AAAA'].join('.');
  const form = { grant_type: 'client_credentials', client_id: 'key', ...withAssertion(assertion) };
  await expectTokenError(await post(metadata.token_endpoint, form), 'invalid_request');
});

it('nothing of a pushed request stands in a cookie or an address (CVE-2024-4540)', async () => {
  const pushing = await relyingParty(product, 'pushed');
  const person = await pushing.sendsToUs({ login_hint: 'secret-hint', state: 'secret-state', nonce: 'secret-nonce' });
  const cookies = await person.jar.serialize();
  const seen = [JSON.stringify(cookies), ...person.trail.map(({ url }) => url.href), person.page.url.href];
  for (const secret of ['secret-hint', 'secret-state', 'secret-nonce']) {
    for (const text of seen) for (const form of [secret, Buffer.from(secret).toString('base64url')]) expect(text).not.toContain(form);
  }
});

it('who is asked to sign in again and goes away is still who they were, and nobody else (CVE-2023-6787)', async () => {
  const service = await relyingParty(product, 'suite');
  const withoutPkce = { code_challenge: null, code_challenge_method: null };
  const citizen = await newCitizen(product);
  const person = await service.sendsToUs(withoutPkce);
  await signsIn(person, citizen);
  const { claims } = await service.receives(person);

  const again = await service.sendsToUs({ ...withoutPkce, prompt: 'login' }, person);
  const left = again.page.url;
  await service.sendsToUs({ ...withoutPkce, prompt: 'none', max_age: 10_000 }, person);
  expect((await service.receives(person)).claims).toMatchObject({ sub: claims.sub, auth_time: claims['auth_time'] });

  // The page that was left belongs to the browser it was shown to.
  const stranger = newPerson(product);
  const page = await stranger.goes(left);
  expect(page).toMatchObject({ status: 410, error: { code: 'interaction.expired' } });
});
