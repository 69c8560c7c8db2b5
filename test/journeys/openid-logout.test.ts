import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import * as openid from 'openid-client';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { listen, type Listener } from '../support/listener.ts';
import type { Product } from '../support/product.ts';
import { initiates, relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let listener: Listener;
const party = (client: string) => relyingParty(product, client);
beforeAll(async () => {
  product = await sharedProduct();
});
beforeEach(async () => {
  listener = await listen(product);
});
afterEach(() => listener.close());

/** Somebody new, signed in at these services one after the other. */
const signedIn = async (...services: readonly RelyingParty[]) => {
  const citizen = await newCitizen(product);
  const person = newPerson(product);
  const received = [];
  for (const service of services) {
    await service.sendsToUs({}, person);
    if (person.page.has('#login-submit')) await signsIn(person, citizen);
    else if (person.page.has('#consent-allow')) await person.submits({}, { button: '#consent-allow' });
    received.push(await service.receives(person));
  }
  return { person, citizen, received };
};
const confirms = (person: Person) => person.submits({}, { button: '#logout-yes' });
const isSignedIn = async (person: Person): Promise<boolean> => {
  const portal = await party('first-party');
  await portal.sendsToUs({ prompt: 'none' }, person);
  return person.page.url.searchParams.has('code');
};

describe('signing out because a service asks', () => {
  it('[PRT-05] asks first, then ends the session and goes back to the service with its state', async () => {
    const service = await party('basic');
    const { person, received } = await signedIn(service);
    await service.signsOut(person, {
      id_token_hint: received[0]?.tokens.id_token ?? '',
      post_logout_redirect_uri: 'https://basic.example/goodbye',
      state: 'where-was-i',
    });
    expect(person.page.text).toContain('市民服务');
    expect(await isSignedIn(person.tab())).toBe(true);
    await confirms(person);
    expect(person.page.url.href).toBe('https://basic.example/goodbye?state=where-was-i');
    expect(await isSignedIn(person)).toBe(false);
  });

  it('[PRT-05] without a word from the service ends on a page of ours, in the language asked for', async () => {
    const { person } = await signedIn(await party('basic'));
    await person.arrives('/session/end?ui_locales=en');
    expect(person.page.title).toContain('Sign out');
    await confirms(person);
    expect(person.page.outcome).toBe('done');
    expect(await isSignedIn(person)).toBe(false);
  });

  it('[PRT-05] who decides to stay stays signed in, and is sent back all the same', async () => {
    const service = await party('basic');
    const { person, received } = await signedIn(service);
    const request = { id_token_hint: received[0]?.tokens.id_token ?? '', post_logout_redirect_uri: 'https://basic.example/goodbye' };
    await service.signsOut(person, request);
    await person.submits({}, { button: '#logout-no' });
    expect(person.page.url.href).toBe('https://basic.example/goodbye');
    expect(await isSignedIn(person)).toBe(true);

    await service.sendsToUs({}, person);
    await service.signsOut(person, { id_token_hint: request.id_token_hint });
    const page = await person.submits({}, { button: '#logout-no' });
    expect(page.text).toContain('您仍处于登录状态');
    expect(page.$('#next').attr('href')).toBe(initiates(product, 'https://basic.example/login'));
  });

  it.each([
    ['an address that was never registered', { post_logout_redirect_uri: 'https://evil.example/' }],
    ['one that looks like it', { post_logout_redirect_uri: 'https://basic.example/goodbye/' }],
    ['a hint that is no token', { id_token_hint: 'x', post_logout_redirect_uri: 'https://basic.example/goodbye' }],
    ['a hint that somebody altered', { id_token_hint: 'altered' }],
  ])('[PRT-05] %s is not gone to: the page says so and the session lives', async (_, changes: Record<string, string>) => {
    const service = await party('basic');
    const { person, received } = await signedIn(service);
    const hint = received[0]?.tokens.id_token ?? '';
    const altered = `${hint.slice(0, -4)}${hint.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    await service.signsOut(person, {
      id_token_hint: hint,
      ...changes,
      ...(changes['id_token_hint'] === 'altered' ? { id_token_hint: altered } : {}),
    });
    expect(person.page).toMatchObject({ status: 400, error: { code: 'invalid_request' } });
    expect(person.page.text).toContain('本次请求无法完成');
    expect(await isSignedIn(person)).toBe(true);
  });

  it('[PRT-05] a hint about somebody else is not taken for this person: nobody is told that they left the service', async () => {
    const service = await party('basic');
    const { person } = await signedIn(service);
    const { received } = await signedIn(service);
    await service.signsOut(person, { id_token_hint: received[0]?.tokens.id_token ?? '' });
    expect(person.page.text).not.toContain('您已退出“市民服务”');
    expect(person.page.has('#logout-no')).toBe(true);
    expect(await isSignedIn(person)).toBe(true);
  });

  it('[PRT-05] who is not signed in is sent on without being asked', async () => {
    const service = await party('basic');
    const { received } = await signedIn(service);
    const nobody = newPerson(product);
    await service.signsOut(nobody, {
      id_token_hint: received[0]?.tokens.id_token ?? '',
      post_logout_redirect_uri: 'https://basic.example/goodbye',
    });
    expect(nobody.page.text).not.toContain('切换');
    await nobody.submits({}, { button: '#continue' });
    expect(nobody.page.url.href).toBe('https://basic.example/goodbye');
  });

  it('[PRT-05] a second press of the button finds that it is done', async () => {
    const { person } = await signedIn(await party('basic'));
    await person.arrives('/session/end');
    const xsrf = person.page.$('[name=xsrf]').attr('value') ?? '';
    await confirms(person);
    const again = await person.posts('/session/end/confirm', { xsrf, logout: 'yes' });
    expect(again).toMatchObject({ status: 200, outcome: 'done', error: undefined });
    expect(again.$('#next').attr('href')).toBe(initiates(product, 'https://basic.example/login'));
    expect(await isSignedIn(person)).toBe(false);
  });

  it('[PRT-05] the question that an earlier tab asked is asked again', async () => {
    const { person } = await signedIn(await party('basic'));
    await person.arrives('/session/end');
    const later = person.tab();
    await later.arrives('/session/end');
    await confirms(person);
    expect(person.page).toMatchObject({ status: 400, error: undefined });
    expect(await isSignedIn(person.tab())).toBe(true);
    await confirms(person);
    expect(person.page.outcome).toBe('done');
    expect(await isSignedIn(person)).toBe(false);
  });

  it('[PRT-05] the question of another browser is no answer here', async () => {
    const service = await party('basic');
    const { person } = await signedIn(service);
    const { person: other } = await signedIn(service);
    await service.signsOut(other);
    const page = await person.posts('/session/end/confirm', { xsrf: other.page.$('[name=xsrf]').attr('value') ?? '', logout: 'yes' });
    expect(page.status).toBe(400);
    expect(await isSignedIn(person)).toBe(true);
  });
});

describe('telling services that somebody left', () => {
  it('[PRT-05] every service the person used gets a logout token of its own', async () => {
    const [first, second] = [await party('basic'), await party('post')];
    const { person, received } = await signedIn(first, second);
    await first.signsOut(person);
    await confirms(person);
    for (const [index, service] of [first, second].entries()) {
      const known = received[index]?.claims ?? {};
      const token = await listener.takesLogout(service.clientId, known.sub);
      const claims = await service.verifies(token);
      expect(claims).toEqual({
        iss: product.issuer,
        aud: service.clientId,
        sub: known.sub,
        // Services that need it were given it with the ID token.
        ...(known['sid'] === undefined ? {} : { sid: known['sid'] }),
        iat: expect.any(Number),
        exp: expect.any(Number),
        jti: expect.stringMatching(/.{20}/),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      });
      expect(Number(claims.exp) - Number(claims.iat)).toBeLessThanOrEqual(120);
      expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', typ: 'logout+jwt' });
    }
    expect(await listener.left('first-party')).toBe(0);
  });

  it('[PRT-05] signing out everywhere tells the services of every browser', async () => {
    const service = await party('basic');
    const { person, citizen, received } = await signedIn(service);
    const elsewhere = await service.sendsToUs();
    await signsIn(elsewhere, citizen);
    const other = await service.receives(elsewhere);
    await person.goes('/account');
    await person.submits({}, { button: 'form[action="/account/sessions/end"] button' });
    const sids = new Set<unknown>();
    for (let count = 0; count < 2; count += 1)
      sids.add((await service.verifies(await listener.takesLogout('basic', other.claims.sub)))['sid']);
    expect(sids).toEqual(new Set([received[0]?.claims['sid'], other.claims['sid']]));
    expect([await isSignedIn(person), await isSignedIn(elsewhere)]).toEqual([false, false]);
  });

  it('[PRT-05] a service that is down is told when it is up again, once', async () => {
    const service = await party('basic');
    const { person, received } = await signedIn(service);
    listener.answers(503);
    await service.signsOut(person);
    await confirms(person);
    const { sub } = received[0]?.claims ?? {};
    const failed = await listener.takesLogout('basic', sub);
    await sandboxOf(product).waits(60);
    const again = await listener.takesLogout('basic', sub);
    await listener.close();
    await sandboxOf(product).waits(600);

    listener = await listen(product);
    await sandboxOf(product).waits(3600);
    const arrived = await listener.takesLogout('basic', sub);
    expect((await service.verifies(arrived))['sid']).toBe(received[0]?.claims['sid']);
    // Signed anew at each attempt, so that it has not expired.
    expect(new Set([failed, again, arrived]).size).toBe(3);
    await sandboxOf(product).waits(7200);
    expect(await listener.left('basic', sub)).toBe(0);
  });

  it('[PRT-05] a service that refuses the token is not asked again', async () => {
    const service = await party('basic');
    const { person, received } = await signedIn(service);
    listener.answers(400);
    await service.signsOut(person);
    await confirms(person);
    await listener.takesLogout('basic', received[0]?.claims.sub);
    await sandboxOf(product).waits(3600);
    expect(await listener.left('basic', received[0]?.claims.sub)).toBe(0);
  });

  it('[PRT-05] who stays signed in is reported by nobody but the service that asked', async () => {
    const [first, second] = [await party('basic'), await party('post')];
    const { person, received } = await signedIn(first, second);
    await first.signsOut(person, { id_token_hint: received[0]?.tokens.id_token ?? '' });
    await person.submits({}, { button: '#logout-no' });
    await listener.takesLogout('basic', received[0]?.claims.sub);
    expect(await listener.left('post', received[1]?.claims.sub)).toBe(0);
    expect((await openid.tokenIntrospection(await second.configuration(), received[1]?.tokens.access_token ?? '')).active).toBe(true);
  });
});
