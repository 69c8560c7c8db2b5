import { beforeAll, describe, expect, it } from '@jest/globals';
import { UnsecuredJWT } from 'jose';
import { basic, encode } from '../conformance/wire.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, newCitizen, signsIn } from '../support/citizen.ts';
import { requestAlone } from '../support/connection.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** Half an emoji, and what else is no text: refused or left out, and never our failure. */
let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

/** As it travels in addresses and forms. */
const halves = ['%ED%A0%BD', '%F0%9F%98', '%ED%B8%80', 'a%00b', '%', '%EF%BF%BD', `${'a'.repeat(63)}%F0%9F%98%80`];
/** As JSON can hold it. */
const half = '\ud83d';

const asks = async (path: string, { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {}) => {
  const form = body === undefined ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' };
  const answer = await requestAlone(`${product.address}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    body: body ?? null,
    headers: { Host: new URL(product.issuer).host, Accept: 'text/html', ...form, ...headers },
  });
  await answer.body.dump();
  return answer.statusCode;
};

/** Every one of these is told what is wrong with it, at worst. */
async function expectNoFailure(requests: readonly (readonly [string, Parameters<typeof asks>[1]?])[]): Promise<void> {
  const failed: string[] = [];
  for (const [path, init] of requests) {
    const status = await asks(path, init);
    if (status >= 500) failed.push(`${status} ${path} ${init?.body ?? ''}`);
  }
  expect(failed).toEqual([]);
}

const request = {
  client_id: 'basic',
  response_type: 'code',
  redirect_uri: 'https://basic.example/callback',
  scope: 'openid',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};
const without = (name: string) => encode(Object.entries(request).filter(([each]) => each !== name)).toString();

describe('half a character', () => {
  it('in any address', async () => {
    const places = [
      '/help?q=',
      '/help/',
      '/login?return=/',
      '/login?acr=',
      '/captcha/',
      '/captcha/new?return=/',
      '/assets/',
      '/interaction/',
      '/auth/',
      '/account/sessions/',
      '/signed-in?state=',
      '/.well-known/',
      '/session/end?id_token_hint=',
      '/session/end?ui_locales=',
      '/session/end?state=',
      '/session/end?client_id=',
      '/sandbox?q=',
      '/sandbox/rp/social-insurance/login?login_hint=',
    ];
    await expectNoFailure(places.flatMap((place) => halves.map((text) => [`${place}${text}`] as const)));
  });

  it('in any parameter of a request', async () => {
    const names = [
      'state',
      'nonce',
      'login_hint',
      'ui_locales',
      'claims_locales',
      'display',
      'acr_values',
      'scope',
      'prompt',
      'max_age',
      'claims',
      'id_token_hint',
      'journey',
      'response_mode',
      'redirect_uri',
      'client_id',
      'code_challenge',
      'request',
      'request_uri',
    ];
    await expectNoFailure(names.flatMap((name) => halves.map((text) => [`/auth?${without(name)}&${name}=${text}`] as const)));
  });

  it('in any field of the token endpoint and of those beside it', async () => {
    const headers = basic(product, 'basic');
    const fields = ['code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope', 'client_id', 'client_assertion', 'grant_type'];
    const token = fields.flatMap((name) =>
      halves.flatMap((text) =>
        ['authorization_code', 'refresh_token', 'client_credentials'].map(
          (grant) => ['/token', { body: `grant_type=${grant}&code=x&refresh_token=x&${name}=${text}`, headers }] as const,
        ),
      ),
    );
    const beside = halves.flatMap((text) => [
      ['/token/introspection', { body: `token=${text}`, headers }] as const,
      ['/token/revocation', { body: `token=x&token_type_hint=${text}`, headers }] as const,
      ['/request', { body: `${without('state')}&state=${text}`, headers }] as const,
      ['/me', { body: `access_token=${text}` }] as const,
      ['/session/end/confirm', { body: `xsrf=${text}&logout=yes` }] as const,
      ['/preferences', { body: `_form=${text}&locale=${text}&return=${text}` }] as const,
    ]);
    await expectNoFailure([...token, ...beside]);
  });

  it('in any token that somebody made', async () => {
    const claims = [
      { sub: half },
      { sub: 'key', iss: half },
      { sub: 'key', iss: 'key', aud: half, jti: half, exp: 4e9 },
      { aud: half, state: half },
    ];
    const tokens = claims.map((each) => new UnsecuredJWT(each).encode());
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    await expectNoFailure(
      tokens.flatMap((token) => [
        [
          '/token',
          { body: encode({ grant_type: 'client_credentials', client_assertion_type: type, client_assertion: token }).toString() },
        ] as const,
        [`/session/end?id_token_hint=${token}`] as const,
        [`/auth?${without('request')}&request=${token}`] as const,
        [`/auth?${without('id_token_hint')}&id_token_hint=${token}`] as const,
      ]),
    );
  });

  it('in any field of a form', async () => {
    const pages: Person[] = [];
    const service = await relyingParty(product, 'basic');
    for (const tab of ['password', 'sms-code']) {
      const person = await service.sendsToUs();
      await person.opens(`#tab-${tab}`);
      pages.push(person);
    }
    for (const path of ['/register', '/recover', '/activate']) {
      const person = newPerson(product);
      await person.goes(path);
      pages.push(person);
    }
    const failed: string[] = [];
    for (const person of pages) {
      const { $, url } = person.page;
      const form = $('main form[method=post]').first();
      const fields = form
        .find('input[name], select[name], textarea[name]')
        .toArray()
        .map((field) => [$(field).attr('name') ?? '', $(field).attr('value') ?? ''] as const);
      for (const [name] of fields) {
        for (const text of halves) {
          const body = `${encode(fields.filter(([each]) => each !== name)).toString()}&${name}=${text}`;
          const page = await person.posts(new URL(form.attr('action') ?? '', url), body);
          if (page.status >= 500) failed.push(`${page.status} ${url.pathname} ${name}=${text}`);
        }
      }
    }
    expect(failed).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['a claim that nobody knows', { claims: JSON.stringify({ userinfo: { [half]: null, name: null } }) }],
    ['a value of a claim', { claims: JSON.stringify({ userinfo: { name: { value: `${half}\u0000` } } }) }],
    ['a level', { claims: JSON.stringify({ id_token: { acr: { values: [half, 'L2'] } } }) }],
    ['what the service wants back', { state: 'a\ufffd', nonce: 'b\ufffd' }],
    ['a hint', { login_hint: `${'a'.repeat(63)}😀` }],
    ['a hint with a sign that no database keeps', { login_hint: 'a\u0000b' }],
  ])('in %s keeps nobody from signing in', async (_, parameters) => {
    const service = await relyingParty(product, 'basic');
    const citizen = await newCitizen(product, 'L2');
    const person = await service.sendsToUs(parameters);
    await signsIn(person, citizen);
    await allows(person);
    expect((await service.receives(person)).claims.sub).toBeDefined();
  });
});
