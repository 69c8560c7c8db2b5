import { beforeAll, describe, expect, it } from '@jest/globals';
import * as openid from 'openid-client';
import { newPerson, type Page } from '../support/browser.ts';
import { allows, newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { initiates, relyingParty, type RelyingParty, type RequestParameters } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let citizen: Citizen;
const party = (client: string) => relyingParty(product, client);
beforeAll(async () => {
  product = await sharedProduct();
  citizen = await newCitizen(product, 'L2');
});

/** Through the sign-in to the service. */
const comes = async (service: RelyingParty, parameters: RequestParameters = {}) => {
  const person = await service.sendsToUs(parameters);
  await signsIn(person, citizen);
  return person;
};

describe('the code flow', () => {
  it.each(['basic', 'post', 'public', 'native', 'key', 'rs256', 'pushed', 'no-pkce', 'first-party'])(
    '[PRT-01] brings every kind of client an ID token it can verify: %s',
    async (client) => {
      const service = await party(client);
      const person = await comes(service, { scope: 'openid phone' });
      const { claims, userinfo, tokens } = await service.receives(person);
      expect(claims).toMatchObject({ aud: client, acr: 'L2', amr: ['pwd'], auth_time: expect.any(Number) });
      expect(claims.sub).toMatch(/^[\w-]{43}$/);
      // What is personal is given at userinfo only.
      expect(claims).not.toHaveProperty('phone_number');
      expect(userinfo).toMatchObject({ sub: claims.sub, phone_number: `+86${citizen.mobile}`, phone_number_verified: true });
      expect(tokens.scope?.split(' ')).toEqual(['openid', 'phone']);
    },
  );

  it.each<[string, RequestParameters]>([
    ['none at all', { code_challenge: null, code_challenge_method: null }],
    ['a plain one', { code_challenge_method: 'plain' }],
    ['one that says no method, which means plain', { code_challenge_method: null }],
  ])('[PRT-01] a challenge is required of confidential clients too, and refused as S256 only: %s', async (_, parameters) => {
    for (const client of ['basic', 'public', 'first-party']) {
      const service = await party(client);
      const person = await service.sendsToUs(parameters);
      expect(await service.isRefused(person)).toMatchObject({ error: 'invalid_request' });
    }
  });

  it('[PRT-01] but a client whose record says so may do without', async () => {
    const service = await party('no-pkce');
    const person = await comes(service, { code_challenge: null, code_challenge_method: null });
    const code = person.page.url.searchParams.get('code') ?? '';
    const config = await service.configuration();
    const tokens = await openid.genericGrantRequest(config, 'authorization_code', { code, redirect_uri: service.redirectUri });
    expect(tokens.access_token).toBeDefined();
  });

  const redeemsWith = async (service: RelyingParty, page: Page, parameters: Record<string, string>) =>
    openid.genericGrantRequest(await service.configuration(), 'authorization_code', {
      code: page.url.searchParams.get('code') ?? '',
      redirect_uri: service.redirectUri,
      ...parameters,
    });

  it('[PRT-01] a code is worth nothing without its verifier, at another address or to another client', async () => {
    const service = await party('basic');
    const code_verifier = openid.randomPKCECodeVerifier();
    const code_challenge = await openid.calculatePKCECodeChallenge(code_verifier);
    const redirect_uri = 'https://basic.example/other-callback';
    for (const parameters of [{}, { code_verifier: openid.randomPKCECodeVerifier() }, { code_verifier, redirect_uri }]) {
      const { page } = await comes(service, { code_challenge });
      await expect(redeemsWith(service, page, parameters)).rejects.toMatchObject({ error: 'invalid_grant' });
    }
    const { page } = await comes(service, { code_challenge });
    const other = await party('post');
    await expect(redeemsWith(other, page, { code_verifier, redirect_uri: service.redirectUri })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect((await redeemsWith(service, page, { code_verifier })).access_token).toBeDefined();
  });

  it('[PRT-01] a code is worth nothing a second time, and what the first time gave dies with it', async () => {
    const service = await party('basic');
    const code_verifier = openid.randomPKCECodeVerifier();
    const { page } = await comes(service, { code_challenge: await openid.calculatePKCECodeChallenge(code_verifier) });
    const { access_token: token } = await redeemsWith(service, page, { code_verifier });
    const config = await service.configuration();
    expect((await openid.tokenIntrospection(config, token)).active).toBe(true);
    await expect(redeemsWith(service, page, { code_verifier })).rejects.toMatchObject({ error: 'invalid_grant' });
    expect((await openid.tokenIntrospection(config, token)).active).toBe(false);
  });

  it('[PRT-01] a code lives a minute', async () => {
    const service = await party('basic');
    const person = await comes(service);
    await sandboxOf(product).waits(61);
    await expect(service.redeems(person)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('[PRT-01] form_post is a page of ours that works by its button, in both languages, with errors too', async () => {
    const service = await party('basic');
    const person = await comes(service, { response_mode: 'form_post' });
    const { page } = person;
    expect(page).toMatchObject({ status: 200, title: expect.stringContaining('正在继续') });
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|form-action/);
    expect(page.$('script:not([src])')).toHaveLength(0);
    expect(page.$('form:has(#continue)').attr('action')).toBe(service.redirectUri);
    await person.submits({}, { button: '#continue' });
    expect(Object.keys(person.page.posted ?? {}).toSorted()).toEqual(['code', 'iss', 'state']);
    expect((await service.receives(person)).claims.acr).toBe('L2');

    const refused = await service.sendsToUs({ response_mode: 'form_post', prompt: 'none', ui_locales: 'en' });
    expect(refused.page.title).toContain('One moment');
    await refused.submits({}, { button: '#continue' });
    expect(await service.isRefused(refused)).toMatchObject({ error: 'login_required' });
  });

  it.each(['token', 'id_token', 'code id_token', 'code token', ''])(
    '[PRT-01] no token ever travels through the browser: response_type=%j',
    async (response_type) => {
      const service = await party('basic');
      const person = await service.sendsToUs({ response_type });
      expect(person.page.url.href).not.toMatch(/[#?&](access_token|id_token|code)=/);
      const answer = new URLSearchParams(`${person.page.url.search.slice(1)}&${person.page.url.hash.slice(1)}`);
      expect(['unsupported_response_type', 'invalid_request', 'unauthorized_client']).toContain(
        answer.get('error') ?? person.page.error?.code,
      );
    },
  );

  it('[PRT-01] somebody who denies the service what it asks for is sent back without it', async () => {
    const service = await party('post');
    const person = await service.sendsToUs({ scope: 'openid phone' });
    const stranger = await newCitizen(product);
    await person.submits({ identifier: stranger.username, password: stranger.password });
    await person.submits({}, { button: '#consent-deny' });
    expect(await service.isRefused(person)).toMatchObject({ error: 'access_denied' });
  });
});

describe('requests that are wrong', () => {
  const errorPage = (page: Page, code: string) => {
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.status).toBeLessThan(500);
    expect(page.url.origin).toBe(product.issuer);
    expect(page.error?.code).toBe(code);
    expect(page.$('[role=alert]')).toHaveLength(1);
    expect(page.headers['cache-control']).toContain('no-store');
  };

  it('[PRT-01, PRT-11] an address that the client never registered is not gone to: the page says so, with the way back', async () => {
    const service = await party('basic');
    for (const redirect_uri of [
      'https://evil.example/callback',
      'https://basic.example/callback/',
      'https://basic.example/callback?x=1',
      'https://basic.example:8443/callback',
      'https://basic.example/callback#fragment',
      'http://basic.example/callback',
      'javascript:alert(1)',
    ]) {
      const { page } = await service.sendsToUs({ redirect_uri });
      errorPage(page, 'invalid_redirect_uri');
      expect(page.text).toContain('本次请求无法完成');
      expect(page.$('#back').attr('href')).toBe(initiates(product, 'https://basic.example/login'));
      expect(page.says('#back')).toBe('返回“市民服务”');
    }
    const english = await service.sendsToUs({ redirect_uri: 'https://evil.example/', ui_locales: 'en' });
    errorPage(english.page, 'invalid_redirect_uri');
    expect(english.page.text).toContain('This request cannot be completed');
    expect(english.page.says('#back')).toBe('Back to “Citizen Services”');
    expect(english.page.text).toMatch(/Request number: [\w-]{12}/);
  });

  it('[PRT-01] a client that nobody knows is told so, in the language of the browser', async () => {
    errorPage(await newPerson(product).goes('/auth?client_id=nobody&response_type=code'), 'invalid_client');
    const page = await newPerson(product, { locale: 'en' }).goes('/auth?client_id=nobody&response_type=code');
    expect(page.text).toContain('This request cannot be completed');
    errorPage(await newPerson(product).goes('/auth'), 'invalid_request');
  });

  it.each<[string, RequestParameters, string]>([
    ['a scope that nobody knows is passed over, none that counts is wrong', { scope: 'unknown' }, 'invalid_request'],
    ['a scope that the client may not have', { scope: 'openid identity_document' }, 'invalid_scope'],
    ['claims that are no JSON', { claims: '{' }, 'invalid_request'],
    ['claims of another shape', { claims: '[]' }, 'invalid_request'],
    ['a max_age that is no number', { max_age: 'soon' }, 'invalid_request'],
    ['a prompt that contradicts itself', { prompt: 'none login' }, 'invalid_request'],
    ['a prompt that nobody knows', { prompt: 'dance' }, 'invalid_request'],
    ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    ['an address of a request object', { request_uri: 'https://evil.example/request' }, 'request_uri_not_supported'],
    ['a hint that is no token', { id_token_hint: 'x' }, 'invalid_request'],
  ])('[PRT-01] the service is told what is wrong with its request: %s', async (_, parameters, error) => {
    const service = await party('basic');
    const person = await service.sendsToUs(parameters);
    expect((await service.isRefused(person)).error).toBe(error);
  });

  it('[PRT-01] a parameter that comes twice is refused', async () => {
    const service = await party('basic');
    const person = newPerson(product);
    person.stops.add(service.redirectUri);
    const address = await service.requestFor(person);
    address.searchParams.append('scope', 'openid phone');
    await person.arrives(address);
    expect((await service.isRefused(person)).error).toBe('invalid_request');
  });

  it('[PRT-01] a request may come by POST', async () => {
    const service = await party('basic');
    const person = newPerson(product);
    person.stops.add(service.redirectUri);
    const address = await service.requestFor(person);
    await person.arrives(address.pathname, Object.fromEntries(address.searchParams));
    await signsIn(person, citizen);
    expect((await service.receives(person)).claims.acr).toBe('L2');
  });

  it('[PRT-01] without a page the service is told that one is needed', async () => {
    const service = await party('basic');
    const nobody = await service.sendsToUs({ prompt: 'none' });
    expect(await service.isRefused(nobody)).toMatchObject({ error: 'login_required' });
    const unasked = await party('sector-clinic');
    const person = await comes(service);
    await unasked.sendsToUs({ prompt: 'none', scope: 'openid email' }, person);
    expect(await unasked.isRefused(person)).toMatchObject({ error: 'consent_required' });
  });
});

describe('pushed requests', () => {
  const errorOf = ({ url, error }: Page) => url.searchParams.get('error') ?? error?.code;
  const asPushed = async (parameters: RequestParameters = {}) => {
    const service = await party('pushed');
    const person = newPerson(product);
    person.stops.add(service.redirectUri);
    return { service, person, address: await service.requestFor(person, parameters) };
  };

  it('a client that must push cannot ask in the open', async () => {
    const service = await party('pushed');
    const person = newPerson(product);
    const open = new URL(`${product.issuer}/auth`);
    open.search = new URLSearchParams({
      client_id: 'pushed',
      redirect_uri: service.redirectUri,
      response_type: 'code',
      scope: 'openid',
      code_challenge: await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    }).toString();
    await person.arrives(open);
    expect(errorOf(person.page)).toBe('invalid_request');
  });

  it('a pushed request is sent once, within a minute, and by its own client', async () => {
    const first = await asPushed();
    await first.person.arrives(first.address);
    await signsIn(first.person, citizen);
    await first.service.redeems(first.person);
    expect(errorOf(await newPerson(product).arrives(first.address))).toBe('invalid_request_uri');

    const late = await asPushed();
    await sandboxOf(product).waits(61);
    expect(errorOf(await late.person.arrives(late.address))).toBe('invalid_request_uri');

    const stolen = await asPushed();
    stolen.address.searchParams.set('client_id', 'basic');
    expect(errorOf(await stolen.person.arrives(stolen.address))).toMatch(/^invalid_request/);
  });

  it('what is wrong with it is said where it is pushed', async () => {
    const service = await party('pushed');
    await expect(service.requestFor(newPerson(product), { redirect_uri: 'https://evil.example/' })).rejects.toMatchObject({
      error: 'invalid_request',
    });
    await expect(service.requestFor(newPerson(product), { code_challenge: null, code_challenge_method: null })).rejects.toMatchObject({
      error: 'invalid_request',
    });
  });
});

describe('who is meant', () => {
  it('[PRT-06] one person is somebody else to every service, the same to services of one sector, and always the same', async () => {
    const subjectAt = async (client: string, who: Citizen) => {
      const service = await party(client);
      const person = await service.sendsToUs();
      await signsIn(person, who);
      return (await service.receives(person)).claims.sub;
    };
    const subjects = {
      basic: await subjectAt('basic', citizen),
      post: await subjectAt('post', citizen),
      clinic: await subjectAt('sector-clinic', citizen),
      pharmacy: await subjectAt('sector-pharmacy', citizen),
    };
    expect(subjects.clinic).toBe(subjects.pharmacy);
    expect(new Set(Object.values(subjects)).size).toBe(3);
    expect(await subjectAt('basic', citizen)).toBe(subjects.basic);
    expect(await subjectAt('basic', await newCitizen(product))).not.toBe(subjects.basic);
  });

  it('a service that means one person gets that one or none: by hint and by claim', async () => {
    const service = await party('first-party');
    const person = await comes(service);
    const { tokens, claims } = await service.receives(person);
    const meant: RequestParameters[] = [
      { id_token_hint: tokens.id_token ?? '' },
      { claims: { id_token: { sub: { value: claims.sub ?? '' } } } },
    ];
    const stranger = await newCitizen(product);
    for (const parameters of meant) {
      await service.sendsToUs({ ...parameters, prompt: 'none' }, person);
      expect((await service.receives(person)).claims.sub).toBe(claims.sub);
      const wrong = await service.sendsToUs(parameters);
      await signsIn(wrong, stranger);
      expect(await service.isRefused(wrong)).toMatchObject({ error: 'login_required' });
      await service.sendsToUs({ ...parameters, prompt: 'none' }, wrong);
      expect(await service.isRefused(wrong)).toMatchObject({ error: 'login_required' });
      const right = await service.sendsToUs(parameters);
      await signsIn(right, citizen);
      expect((await service.receives(right)).claims.sub).toBe(claims.sub);
    }
  });

  it('who signs in as somebody else is switched by a page of ours, which needs no script', async () => {
    const service = await party('first-party');
    const person = await comes(service);
    const { claims } = await service.receives(person);
    const other = await newCitizen(product);
    await service.sendsToUs({ prompt: 'login', ui_locales: 'en' }, person);
    const page = await person.submits({ identifier: other.username, password: other.password });
    expect(page.text).toContain('We are switching accounts');
    expect(page.$('script:not([src])')).toHaveLength(0);
    expect(page.$('form[data-continue]')).toHaveLength(1);
    await person.submits({}, { button: '#continue' });
    expect((await service.receives(person)).claims.sub).not.toBe(claims.sub);
  });

  it('single claims can be asked for, are consented to and given at userinfo', async () => {
    const service = await party('post');
    const who = await newCitizen(product, 'L2');
    const person = await service.sendsToUs({ claims: { userinfo: { phone_number: null, real_name: { essential: true } } } });
    await person.submits({ identifier: who.username, password: who.password });
    expect(person.page.text).toMatch(/手机号/);
    await allows(person);
    const { userinfo, claims } = await service.receives(person);
    expect(userinfo).toEqual({ sub: claims.sub, phone_number: `+86${who.mobile}`, real_name: who.identity.name });
  });

  it('the document is told to entitled services only, and only what is asked for', async () => {
    const service = await party('entitled');
    const person = await comes(service, { scope: 'openid real_name identity_document assurance' });
    const { userinfo, claims } = await service.receives(person);
    expect(userinfo).toEqual({
      sub: claims.sub,
      real_name: citizen.identity.name,
      identity_document: { type: 'resident-id-card', number: citizen.identity.document.number },
      assurance: { level: 'L2', evidence: [{ kind: 'real-name', verified_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) }] },
    });
    const other = await party('basic');
    await other.sendsToUs({ claims: { userinfo: { identity_document: null } } }, person);
    await allows(person);
    expect((await other.receives(person)).userinfo).not.toHaveProperty('identity_document');
  });
});
