import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import * as openid from 'openid-client';
import { requestAlone } from '../support/connection.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty, type RequestParameters, type Tokens } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
const party = (client: string) => relyingParty(product, client);
beforeAll(async () => {
  product = await sharedProduct();
});

const offline: RequestParameters = { scope: 'openid offline_access', prompt: 'consent' };

/** Tokens of somebody new. */
const tokensFor = async (service: RelyingParty, parameters: RequestParameters = offline): Promise<Tokens> => {
  const person = await service.sendsToUs(parameters);
  await signsIn(person, await newCitizen(product, 'L2'));
  return service.redeems(person);
};
const isActive = async (service: RelyingParty, token: string | undefined) =>
  (await openid.tokenIntrospection(await service.configuration(), token ?? '')).active;
const invalidGrant = { error: 'invalid_grant' };

describe('refresh tokens', () => {
  it.each(['basic', 'post', 'public', 'native', 'key'])(
    '[PRT-02] are given to who asks for offline_access, and change at every use: %s',
    async (client) => {
      const service = await party(client);
      const first = await tokensFor(service);
      const second = await service.refreshes(first);
      const third = await service.refreshes(second);
      expect(new Set([first, second, third].map(({ refresh_token: token }) => token)).size).toBe(3);
      expect(new Set([first, second, third].map(({ access_token: token }) => token)).size).toBe(3);
      const claims = await service.verifies(third.id_token ?? '');
      expect(claims.sub).toBe((await service.verifies(first.id_token ?? '')).sub);
    },
  );

  it('[PRT-02] are not given to who does not ask, and consent is asked for', async () => {
    const service = await party('basic');
    const person = await service.sendsToUs({ scope: 'openid' });
    await signsIn(person, await newCitizen(product));
    expect((await service.redeems(person)).refresh_token).toBeUndefined();
    await service.sendsToUs(offline, person);
    expect(person.page.has('#consent-allow')).toBe(true);
  });

  it.each(['basic', 'public'])(
    '[PRT-02] one that is used a second time kills the whole family, the newest included: %s',
    async (client) => {
      const service = await party(client);
      const first = await tokensFor(service);
      const second = await service.refreshes(first);
      const third = await service.refreshes(second);
      await expect(service.refreshes(first)).rejects.toMatchObject(invalidGrant);
      await expect(service.refreshes(third)).rejects.toMatchObject(invalidGrant);
      await expect(openid.fetchUserInfo(await service.configuration(), third.access_token, openid.skipSubjectCheck)).rejects.toMatchObject({
        status: 401,
      });
    },
  );

  it('[PRT-02] of two that use one at the same moment one gets tokens', async () => {
    const service = await party('basic');
    const first = await tokensFor(service);
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => service.refreshes(first)));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused.length).toBeGreaterThanOrEqual(3);
    expect(refused).toEqual(refused.map(() => expect.objectContaining(invalidGrant)));
  });

  it('[PRT-02] belong to their client, and who steals one does not harm it', async () => {
    const [service, thief] = [await party('basic'), await party('post')];
    const tokens = await tokensFor(service);
    await expect(thief.refreshes(tokens)).rejects.toMatchObject(invalidGrant);
    expect((await service.refreshes(tokens)).access_token).toBeDefined();
  });

  it('[PRT-02] live two weeks from the sign-in, and survive the end of the session', async () => {
    const service = await party('basic');
    const tokens = await tokensFor(service);
    await sandboxOf(product).waits(7 * 86_400);
    const later = await service.refreshes(tokens);
    await sandboxOf(product).waits(6.9 * 86_400);
    const last = await service.refreshes(later);
    await sandboxOf(product).waits(0.2 * 86_400);
    await expect(service.refreshes(last)).rejects.toMatchObject(invalidGrant);
  });

  it('[PRT-02] may be used for less than they were given for, never for more', async () => {
    const service = await party('basic');
    const person = await service.sendsToUs({ scope: 'openid phone offline_access', prompt: 'consent' });
    const citizen = await newCitizen(product);
    await signsIn(person, citizen);
    const tokens = await service.redeems(person);
    const config = await service.configuration();
    const less = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', { scope: 'openid' });
    expect(await openid.fetchUserInfo(config, less.access_token, openid.skipSubjectCheck)).not.toHaveProperty('phone_number');
    await expect(openid.refreshTokenGrant(config, less.refresh_token ?? '', { scope: 'openid email' })).rejects.toMatchObject({
      error: 'invalid_scope',
    });
  });
});

describe('access tokens', () => {
  it('[PRT-02] live fifteen minutes', async () => {
    const service = await party('basic');
    const { access_token: token, expires_in: seconds } = await tokensFor(service, {});
    expect(seconds).toBe(900);
    await sandboxOf(product).waits(890);
    expect(await isActive(service, token)).toBe(true);
    await sandboxOf(product).waits(20);
    expect(await isActive(service, token)).toBe(false);
    await expect(openid.fetchUserInfo(await service.configuration(), token, openid.skipSubjectCheck)).rejects.toMatchObject({
      status: 401,
    });
  });

  it('[PRT-02] introspection tells the client of a token about it, and nobody else', async () => {
    const [service, other] = [await party('basic'), await party('post')];
    const tokens = await tokensFor(service);
    const config = await service.configuration();
    for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
      const told = await openid.tokenIntrospection(config, token);
      expect(told).toMatchObject({ active: true, client_id: 'basic', iss: product.issuer, exp: expect.any(Number) });
      expect(told.sub).toBe((await service.verifies(tokens.id_token ?? '')).sub);
      expect(await openid.tokenIntrospection(await other.configuration(), token)).toEqual({ active: false });
    }
    expect(await isActive(service, 'made-up')).toBe(false);
    await expect(isActive(service, tokens.id_token)).rejects.toMatchObject({ status: 400 });
  });

  it('[PRT-02] introspection answers as a signed token where that is asked for', async () => {
    const service = await party('basic');
    const { access_token: token } = await tokensFor(service);
    const metadata = (await service.configuration()).serverMetadata();
    const ask = async (asked: string) => {
      const answer = await requestAlone(metadata.introspection_endpoint ?? '', {
        method: 'POST',
        headers: {
          Accept: 'application/token-introspection+jwt',
          Authorization: `Basic ${Buffer.from('basic:basic-keeps-this-for-tests-only-0123456789').toString('base64')}`,
          'Content-Type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ token: asked }).toString(),
      });
      expect(answer.headers['content-type']).toMatch(/^application\/token-introspection\+jwt/);
      return jwtVerify(await answer.body.text(), createRemoteJWKSet(new URL(metadata.jwks_uri ?? '')), {
        issuer: product.issuer,
        audience: 'basic',
        typ: 'token-introspection+jwt',
        algorithms: ['ES256'],
      });
    };
    expect((await ask(token)).payload['token_introspection']).toMatchObject({ active: true, client_id: 'basic' });
    expect((await ask('made-up')).payload['token_introspection']).toEqual({ active: false });
  });

  it('[PRT-02] introspection and revocation want to know who asks', async () => {
    const service = await party('basic');
    const { access_token: token } = await tokensFor(service);
    const { introspection_endpoint: introspection, revocation_endpoint: revocation } = (await service.configuration()).serverMetadata();
    for (const endpoint of [introspection, revocation]) {
      for (const headers of [{}, { Authorization: `Basic ${Buffer.from('basic:wrong').toString('base64')}` }]) {
        const answer = await requestAlone(endpoint ?? '', {
          method: 'POST',
          headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ token }).toString(),
        });
        expect([400, 401]).toContain(answer.statusCode);
        expect(await answer.body.json()).toMatchObject({ error: expect.stringMatching(/^invalid_(client|request)$/) });
      }
    }
    expect(await isActive(service, token)).toBe(true);
  });

  it('[PRT-02] a client revokes its own tokens, and no other client can', async () => {
    const [service, other] = [await party('basic'), await party('post')];
    const tokens = await tokensFor(service);
    for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
      await openid.tokenRevocation(await other.configuration(), token).catch(() => undefined);
      expect(await isActive(service, token)).toBe(true);
    }
    const config = await service.configuration();
    const renewed = await service.refreshes(tokens);
    await openid.tokenRevocation(config, renewed.refresh_token ?? '');
    await expect(service.refreshes(renewed)).rejects.toMatchObject(invalidGrant);
    expect(await isActive(service, renewed.access_token)).toBe(false);
    const { access_token: another } = await tokensFor(service);
    await openid.tokenRevocation(config, another);
    expect(await isActive(service, another)).toBe(false);
    // What is not there need not be revoked.
    await openid.tokenRevocation(config, 'made-up');
  });

  it('[PRT-02] a token of somebody who is signed out is worth nothing, where it was not for offline use', async () => {
    const service = await party('basic');
    const person = await service.sendsToUs();
    await signsIn(person, await newCitizen(product));
    const { access_token: token } = await service.redeems(person);
    expect(await isActive(service, token)).toBe(true);
    await service.signsOut(person);
    await person.submits({}, { button: '#logout-yes' });
    expect(await isActive(service, token)).toBe(false);
  });
});

describe('clients by themselves', () => {
  it('get tokens of their own, for nobody in particular, where their record allows it', async () => {
    const machine = await party('machine');
    const config = await machine.configuration();
    const { access_token: token, expires_in: seconds, refresh_token: refresh, id_token: id } = await openid.clientCredentialsGrant(config);
    expect({ seconds, refresh, id }).toEqual({ seconds: 600, refresh: undefined, id: undefined });
    const told = await openid.tokenIntrospection(config, token);
    expect(told).toMatchObject({ active: true, client_id: 'machine' });
    expect(told).not.toHaveProperty('acr');
    await expect(openid.fetchUserInfo(config, token, openid.skipSubjectCheck)).rejects.toMatchObject({ status: 401 });

    const without = await party('post');
    await expect(openid.clientCredentialsGrant(await without.configuration())).rejects.toMatchObject({ status: 400 });
  });

  const postToken = async (headers: Record<string, string>, body: Record<string, string>) => {
    const answer = await requestAlone(`${product.address}/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...body }).toString(),
    });
    return { status: answer.statusCode, headers: answer.headers, body: await answer.body.json() };
  };
  const basic = (id: string, secret: string) => ({ Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });
  const secret = 'machine-keeps-this-for-tests-only-0123456789';

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['a wrong secret', basic('machine', `${secret}x`), {}],
    ['the hash of the secret', basic('machine', 'NUCCgJI1UY0s8OLqRi7kS2wmlHdA_NpFGVfmKWwHVzo'), {}],
    ['a client nobody knows', basic('nobody', secret), {}],
    ["a secret in another client's place", basic('basic', secret), {}],
    ['only its name', {}, { client_id: 'machine' }],
  ])('are refused with %s, always with the same error', async (_, headers, body) => {
    const answer = await postToken(headers, body);
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|not found/i);
    expect((await postToken(basic('machine', secret), {})).status).toBe(200);
  });

  it('sign their name with a key, each signature once, for this issuer, and for a short time', async () => {
    const key = await importJWK(
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
        d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
      },
      'ES256',
    );
    const ahead = await sandboxOf(product).clockAhead();
    const now = Math.floor(Date.now() / 1000) + ahead;
    const assertion = (changes: { jti?: string; aud?: string; exp?: number; iss?: string } = {}) =>
      new SignJWT({ jti: randomUUID(), iss: 'key', sub: 'key', aud: product.issuer, iat: now, exp: now + 60, ...changes })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(key);
    const send = async (client_assertion: string) =>
      postToken({}, { client_assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' });

    const once = await assertion();
    expect((await send(once)).status).toBe(200);
    expect(await send(once)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const race = await assertion();
    const raced = await Promise.all(Array.from({ length: 5 }, () => send(race)));
    expect(raced.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const changes of [{ aud: 'https://elsewhere.example' }, { exp: now - 120 }, { iss: 'basic' }]) {
      expect(await send(await assertion(changes))).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    }
  });
});

describe('scripts of other sites', () => {
  const endpoints = ['/token', '/me', '/token/revocation'];
  const pages = ['/auth', '/login', '/account', '/interaction/x', '/session/end'];
  const preflight = async (path: string, origin: string) => {
    const answer = await requestAlone(`${product.address}${path}`, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' },
    });
    await answer.body.dump();
    return answer.headers;
  };
  const ask = async (path: string, origin: string, client: string) => {
    const answer = await requestAlone(`${product.address}${path}`, {
      method: 'POST',
      headers: { Origin: origin, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id: client, grant_type: 'authorization_code', code: 'x', token: 'x' }).toString(),
    });
    await answer.body.dump();
    return answer.headers['access-control-allow-origin'];
  };

  it('a public client reads answers from its own pages only, a confidential one from none', async () => {
    for (const path of ['/token', '/token/revocation']) {
      expect(await ask(path, 'https://public.example', 'public')).toBe('https://public.example');
      expect(await ask(path, 'https://evil.example', 'public')).toBeUndefined();
      expect(await ask(path, 'https://public.example.evil.example', 'public')).toBeUndefined();
      expect(await ask(path, 'null', 'public')).toBeUndefined();
      expect(await ask(path, 'https://basic.example', 'basic')).toBeUndefined();
    }
  });

  it('userinfo is read with a token of that client only', async () => {
    const service = await party('public');
    const { access_token: token } = await tokensFor(service, {});
    const from = async (origin: string) => {
      const answer = await requestAlone(`${product.address}/me`, { headers: { Origin: origin, Authorization: `Bearer ${token}` } });
      await answer.body.dump();
      return { status: answer.statusCode, allowed: answer.headers['access-control-allow-origin'] };
    };
    expect(await from('https://public.example')).toEqual({ status: 200, allowed: 'https://public.example' });
    expect((await from('https://evil.example')).allowed).toBeUndefined();
  });

  it.each([...endpoints, ...pages])('no cookie is ever sent along for them: %s', async (path) => {
    expect((await preflight(path, 'https://evil.example'))['access-control-allow-credentials']).toBeUndefined();
  });

  it.each(pages)('and no page is shared with them: %s', async (path) => {
    expect((await preflight(path, 'https://evil.example'))['access-control-allow-origin']).toBeUndefined();
  });
});
