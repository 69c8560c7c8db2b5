import { beforeAll, describe, expect, it } from '@jest/globals';
import { UnsecuredJWT } from 'jose';
import type { ServerMetadata } from 'openid-client';
import { newPerson } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { expectError, expectTokenError, expectUncached, jsonOf } from './conditions.ts';
import { basic, bearer, encode, get, metadataOf, post, secretOf, type Form } from './wire.ts';

let product: Product;
let metadata: ServerMetadata;
let pushing: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct();
  pushing = await relyingParty(product, 'pushed');
  metadata = await metadataOf(pushing);
});

const callback = 'https://suite.example/callback';
const request: Record<string, string> = {
  client_id: 'suite',
  response_type: 'code',
  scope: 'openid',
  state: 'kept',
  redirect_uri: callback,
  prompt: 'none',
};

const asks = (parameters: Form): Promise<Response> =>
  get(`${metadata.authorization_endpoint}?${encode(parameters).toString()}`, { Accept: 'text/html' });

/** Of an answer that goes back to the client. */
function errorOf(answer: Response): string | null {
  const { search, hash } = new URL(answer.headers.get('location') ?? '', product.issuer);
  return new URLSearchParams(search || hash.slice(1)).get('error');
}

/** Every name of a parameter that an endpoint reads, in a request that is right but for one of them coming twice. */
function doubled(form: Readonly<Record<string, string>>, name: string): Form {
  const value = form[name] ?? 'any';
  return [...Object.entries(form), ...(name in form ? [] : [[name, value] as const]), [name, value]];
}

describe('a request object', () => {
  const object = (claims: object) => new UnsecuredJWT({ ...claims }).encode();

  it.each<[string, object, Record<string, string>, (location: URL) => URLSearchParams]>([
    ['the mode', { response_mode: 'fragment' }, {}, ({ hash }) => new URLSearchParams(hash.slice(1))],
    ['a mode that nobody knows', { response_mode: 'pigeon' }, {}, ({ searchParams }) => searchParams],
    ['another mode than stands beside it', { response_mode: 'query' }, { response_mode: 'fragment' }, ({ searchParams }) => searchParams],
    ['nothing', {}, { response_mode: 'fragment' }, ({ hash }) => new URLSearchParams(hash.slice(1))],
  ])('is refused in the way that it asks for: it says %s', async (_, claims, beside, answerIn) => {
    const answer = await asks({ ...request, ...beside, request: object(claims) });
    const location = new URL(answer.headers.get('location') ?? '');
    expect(Object.fromEntries(answerIn(location))).toMatchObject({ error: 'request_not_supported', state: 'kept', iss: product.issuer });
  });

  it('gives the state back that it holds, character by character', async () => {
    const state = 'inside &+=/😀';
    const answer = await asks({ ...request, request: object({ state }) });
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('state')).toBe(state);
  });

  it.each([
    ['half a character', { state: '\ud83d', response_mode: '\ude00' }],
    ['no text', { state: 7, response_mode: ['form_post'] }],
  ])('whose words are %s is refused as if it had none', async (_, claims) => {
    const answer = await asks({ ...request, request: object(claims) });
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('state')).toBe('kept');
  });

  it.each(['nothing', 'a.b.c', '..', object({ redirect_uri: 'https://evil.example/' })])(
    'never says where the answer goes: %s',
    async (text) => {
      const answer = await asks({ ...request, request: text });
      expect(new URL(answer.headers.get('location') ?? '').href.startsWith(`${callback}?`)).toBe(true);
      const elsewhere = await asks({ ...request, redirect_uri: 'https://evil.example/', request: object({ redirect_uri: callback }) });
      expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([400, null]);
    },
  );
});

describe('a parameter comes once', () => {
  const asked = [
    'client_id',
    'redirect_uri',
    'response_type',
    'response_mode',
    'scope',
    'state',
    'nonce',
    'prompt',
    'max_age',
    'display',
    'claims',
    'claims_locales',
    'ui_locales',
    'acr_values',
    'id_token_hint',
    'login_hint',
    'code_challenge',
    'code_challenge_method',
    'request',
    'request_uri',
  ];

  it.each(asked)('in an authorization request: %s', async (name) => {
    const answer = await asks(doubled(request, name));
    expect(answer.status === 400 || errorOf(answer) === 'invalid_request').toBe(true);
  });

  it.each(asked.filter((name) => name !== 'client_id'))('in a pushed request: %s', async (name) => {
    await expectError(
      await post(metadata.pushed_authorization_request_endpoint, doubled(request, name), basic(product, 'suite')),
      'invalid_request',
    );
  });

  it.each([
    'grant_type',
    'code',
    'redirect_uri',
    'code_verifier',
    'client_id',
    'client_secret',
    'client_assertion',
    'client_assertion_type',
  ])('at the token endpoint: %s', async (name) => {
    const form = {
      grant_type: 'authorization_code',
      code: 'any',
      redirect_uri: callback,
      client_id: 'suite-post',
      client_secret: secretOf(product, 'suite-post'),
    };
    await expectTokenError(await post(metadata.token_endpoint, doubled(form, name)), 'invalid_request');
  });

  it.each(['refresh_token', 'scope'])('at a refresh: %s', async (name) => {
    const form = { grant_type: 'refresh_token', refresh_token: 'any' };
    await expectTokenError(await post(metadata.token_endpoint, doubled(form, name), basic(product, 'suite')), 'invalid_request');
  });

  it.each(['token', 'token_type_hint', 'client_id'])('at introspection and revocation: %s', async (name) => {
    for (const endpoint of [metadata.introspection_endpoint, metadata.revocation_endpoint]) {
      await expectError(
        await post(endpoint, doubled({ token: 'any', client_id: 'suite' }, name), basic(product, 'suite')),
        'invalid_request',
      );
    }
  });

  it.each(['access_token', 'scope'])('at userinfo: %s', async (name) => {
    await expectError(await post(metadata.userinfo_endpoint, doubled({ access_token: 'any' }, name)), 'invalid_request');
  });

  it('at userinfo: a token in the header and another in the body', async () => {
    await expectError(await post(metadata.userinfo_endpoint, { access_token: 'any' }, bearer('any')), 'invalid_request');
  });

  it.each(['id_token_hint', 'post_logout_redirect_uri', 'state', 'client_id', 'ui_locales', 'logout_hint'])(
    'in a logout request: %s',
    async (name) => {
      const parameters = encode(doubled({ client_id: 'suite' }, name)).toString();
      await expectError(await get(`${metadata.end_session_endpoint}?${parameters}`), 'invalid_request');
    },
  );

  it('in a posted authorization request, and in the form of a page of ours', async () => {
    const posted = await post(metadata.authorization_endpoint, doubled(request, 'state'));
    const location = new URL(posted.headers.get('location') ?? '', product.issuer);
    expect(location.searchParams.getAll('state')).toEqual(['kept', 'kept']);

    const person = newPerson(product);
    await person.goes('/login');
    const { pathname } = person.page.url;
    const page = await person.posts(pathname, 'identifier=a&identifier=b&password=x');
    expect(page).toMatchObject({ status: 400, error: { code: 'form.malformed' } });
  });
});

describe('what is not known is ignored', () => {
  const unknown = [
    ['extra', 'foobar'],
    ['extra', 'again'],
    ['__proto__', 'x'],
    ['constructor', 'x'],
    ['redirect_uri[]', 'https://evil.example'],
  ] as const;

  it('in authorization, token, introspection, revocation and userinfo requests', async () => {
    expect(errorOf(await asks([...Object.entries(request), ...unknown]))).toBe('login_required');
    const granted = await post(metadata.token_endpoint, [['grant_type', 'client_credentials'], ...unknown], basic(product, 'machine'));
    expect(granted.status).toBe(200);
    const { access_token: token } = await jsonOf(granted);
    const form = [['token', String(token)], ...unknown] as const;
    expect(await jsonOf(await post(metadata.introspection_endpoint, form, basic(product, 'machine')))).toMatchObject({ active: true });
    expect((await post(metadata.revocation_endpoint, form, basic(product, 'machine'))).status).toBe(200);
    expect((await post(metadata.userinfo_endpoint, [['access_token', 'any'], ...unknown])).status).toBe(401);
  });
});

describe('grants that OAuth 2.1 has given up are not there', () => {
  it.each(['token', 'id_token', 'id_token token', 'code token', 'code id_token', 'code id_token token', 'CODE', 'code code token'])(
    'response_type=%s',
    async (response_type) => {
      const answer = await asks({ ...request, response_type });
      expect(errorOf(answer)).toBe('unsupported_response_type');
      expect(answer.headers.get('location')).not.toMatch(/access_token|id_token=|code=/);
    },
  );

  it.each([
    'password',
    'implicit',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'urn:openid:params:grant-type:ciba',
  ])('grant_type=%s', async (grant_type) => {
    const form = { grant_type, username: 'zhangwei', password: 'Minxin-2026' };
    await expectTokenError(await post(metadata.token_endpoint, form, basic(product, 'suite')), 'unsupported_grant_type');
  });

  it('a client gets only the grants of its record', async () => {
    await expectTokenError(
      await post(metadata.token_endpoint, { grant_type: 'client_credentials' }, basic(product, 'suite')),
      'invalid_request',
    );
  });
});

describe('pushed requests', () => {
  const pushes = async (form: Form, client = 'suite') => post(metadata.pushed_authorization_request_endpoint, form, basic(product, client));
  const pushed = async (): Promise<string> => String((await jsonOf(await pushes(request)))['request_uri']);
  /** What a browser says of a pushed request, prompt=none included. */
  const sent = async (request_uri: string, client_id = 'suite') => asks({ client_id, request_uri });

  it('are answered with an address of ours that lives a minute', async () => {
    const answer = await pushes(request);
    expect(answer.status).toBe(201);
    expectUncached(answer);
    expect(await jsonOf(answer)).toEqual({
      expires_in: 60,
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{22,}$/),
    });
    expect(errorOf(await sent(await pushed()))).toBe('login_required');
  });

  it('are good for one answer', async () => {
    const citizen = await newCitizen(product);
    const person = await pushing.sendsToUs();
    const address = person.trail[0]?.url ?? '';
    await signsIn(person, citizen);
    await pushing.receives(person);
    const page = await person.arrives(address);
    expect(page).toMatchObject({ status: 400, error: { code: 'invalid_request_uri' } });
  });

  it('are good for a reload of the page before that', async () => {
    const person = await pushing.sendsToUs();
    const page = await person.arrives(person.trail[0]?.url ?? '');
    expect(page.has('#login-submit')).toBe(true);
  });

  it('are gone after a minute', async () => {
    const address = await pushed();
    await newPerson(product).sandbox.waits(61);
    const answer = await sent(address);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('data-error="invalid_request_uri"');
  });

  it.each(['suite-second', 'public', 'nobody'])('belong to the client that pushed them: %s', async (client) => {
    const answer = await sent(await pushed(), client);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });

  it('count as they were pushed, whatever the browser adds', async () => {
    const address = await pushed();
    const answer = await asks({
      client_id: 'suite',
      request_uri: address,
      state: 'evil',
      redirect_uri: 'https://evil.example/',
      prompt: 'login',
      response_mode: 'fragment',
    });
    const location = new URL(answer.headers.get('location') ?? '');
    expect(location.origin + location.pathname).toBe(callback);
    expect(location.searchParams.get('state')).toBe('kept');
  });

  it.each<[string, Record<string, string>, string]>([
    ['another reference', { request_uri: 'urn:ietf:params:oauth:request_uri:any' }, 'request_uri_not_supported'],
    ['an address', { request_uri: 'https://suite.example/request' }, 'request_uri_not_supported'],
    ['a request object', { request: new UnsecuredJWT({ scope: 'openid' }).encode() }, 'request_not_supported'],
    ['another client', { client_id: 'basic' }, 'invalid_request'],
    ['PKCE that is plain', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE without a method', { code_challenge: 'x'.repeat(43) }, 'invalid_request'],
    ['a response type that is not there', { response_type: 'token' }, 'unsupported_response_type'],
    ['a scope the client has no right to', { scope: 'openid identity_document' }, 'invalid_scope'],
  ])('hold no %s', async (_, wrong, error) => {
    await expectError(await pushes({ ...request, ...wrong }), error);
  });

  it('need PKCE where the client does', async () => {
    const form = { ...request, client_id: 'pushed', redirect_uri: pushing.redirectUri };
    await expectError(await pushes(form, 'pushed'), 'invalid_request');
  });

  it('come from a client that says who it is, by POST', async () => {
    await expectError(await post(metadata.pushed_authorization_request_endpoint, request), 'invalid_client', 401);
    expect([404, 405]).toContain(
      (await get(`${metadata.pushed_authorization_request_endpoint}?${encode(request).toString()}`, basic(product, 'suite'))).status,
    );
  });

  it('are the only way for a client whose record says so', async () => {
    const answer = await asks({ ...request, client_id: 'pushed', redirect_uri: pushing.redirectUri });
    expect(errorOf(answer)).toBe('invalid_request');
  });
});
