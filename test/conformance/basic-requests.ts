import { expect } from '@jest/globals';
import { UnsecuredJWT } from 'jose';
import type { Person } from '../support/browser.ts';
import type { RequestParameters } from '../support/relying-party.ts';
import { word } from '../support/words.ts';
import type { Completed, Modules, Suite } from './suite.ts';
import { metadataOf } from './wire.ts';

/** Modules about what is asked: parameters of the authorization request, sessions, and requests that are wrong. */
export const requestModules: Modules = {
  'oidcc-response-type-missing: told to the client with its state': async (suite) => {
    const person = await suite.sends({ prompt: 'none' });
    await person.arrives(without(requestOf(person), 'response_type'));
    expect((await suite.isRefused(person)).error).toBe('invalid_request');
  },

  'oidcc-display-page': async (suite) => {
    await suite.completes({ display: 'page' });
  },

  'oidcc-display-popup': async (suite) => {
    await suite.completes({ display: 'popup' });
  },

  'oidcc-prompt-login: a page of its own, and auth_time is later': async (suite) => {
    const first = await suite.completes({ max_age: 15_000 });
    await first.person.sandbox.waits(1);
    const person = await suite.sends({ prompt: 'login' }, first);
    expect(person.page.has('#login-password')).toBe(true);
    // The screenshot of the second sign-in must not look like the first one.
    expect(person.page.text).toContain(word('login', 'again'));
    const second = await completed(suite, first);
    expect(second['auth_time']).toBeGreaterThan(Number(first.claims['auth_time']));
    expect(second.sub).toBe(first.claims.sub);
  },

  'oidcc-prompt-none-not-logged-in: and a long state comes back as it was': async (suite) => {
    const state = 'x'.repeat(64) + 'Zz0-._~'.repeat(9) + '=';
    expect(state).toHaveLength(128);
    const person = await suite.sends({ prompt: 'none', state });
    expect((await suite.isRefused(person)).error).toBe('login_required');
  },

  'oidcc-prompt-none-logged-in: the same person and the same auth_time, and no page': async (suite) => {
    const first = await suite.completes();
    await expectSilent(suite, first, { prompt: 'none' });
  },

  'oidcc-max-age-1: after two seconds one signs in again': async (suite) => {
    const first = await suite.completes();
    await first.person.sandbox.waits(2);
    const person = await suite.sends({ max_age: 1 }, first);
    expect(person.page.has('#login-password')).toBe(true);
    const second = await completed(suite, first);
    expect(second['auth_time']).toBeGreaterThan(Number(first.claims['auth_time']));
    expect((second.iat ?? 0) - Number(second['auth_time'])).toBeLessThanOrEqual(60);
  },

  'oidcc-max-age-10000: no page, and the same auth_time': async (suite) => {
    const first = await suite.completes({ max_age: 15_000 });
    expect(first.claims['auth_time']).toEqual(expect.any(Number));
    await expectSilent(suite, first, { max_age: 10_000 });
  },

  'oidcc-ensure-request-with-unknown-parameter-succeeds': async (suite) => {
    await suite.completes({ extra: 'foobar' });
  },

  'oidcc-id-token-hint: the hinted person passes without a page': async (suite) => {
    const first = await suite.completes();
    await expectSilent(suite, first, { prompt: 'none', id_token_hint: first.tokens.id_token ?? '' });
  },

  'oidcc-login-hint: the name is filled in': async (suite) => {
    const person = await suite.sends({ login_hint: suite.citizen.username });
    expect(person.page.$('#login-identifier').attr('value')).toBe(suite.citizen.username);
    await suite.goesOn(person);
    await suite.client.receives(person);
    await suite.completes({ login_hint: 'buffy@localhost' });
  },

  'oidcc-ui-locales: the first language that we speak, and none of them is no error': async (suite) => {
    const english = await suite.sends({ ui_locales: 'se en zh-CN' });
    expect(english.page.$('html').attr('lang')).toBe('en');
    await suite.goesOn(english);
    await suite.client.receives(english);
    const other = await suite.sends({ ui_locales: 'se' });
    expect(other.page.$('html').attr('lang')).toBe('zh-CN');
  },

  'oidcc-claims-locales': async (suite) => {
    await suite.completes({ claims_locales: 'se' });
  },

  'oidcc-ensure-request-with-acr-values-succeeds: every advertised value at once, and the token carries one of them': async (suite) => {
    const { acr_values_supported: levels = [] } = await metadataOf(suite.client);
    const { claims } = await suite.completes({ acr_values: levels.join(' ') });
    expect(levels).toContain(claims['acr']);
  },

  'oidcc-ensure-registered-redirect-uri: a page of ours says so, and nobody is sent anywhere': async (suite) => {
    const person = await suite.sends({ redirect_uri: `${suite.client.redirectUri}/w3GqTz` });
    expect(person.page).toMatchObject({ status: 400, error: { code: 'invalid_redirect_uri' } });
    expect(person.page.text).toContain(word('error', 'protocol'));
    expect(person.page.url.origin).toBe(suite.product.issuer);
  },

  'oidcc-ensure-post-request-succeeds: and who is signed in stays so': async (suite) => {
    const posts = async (person: Person) => {
      const { pathname, searchParams } = requestOf(person);
      await person.arrives(pathname, Object.fromEntries(searchParams));
      await suite.goesOn(person);
      return suite.client.receives(person);
    };
    const person = await suite.sends();
    const { claims } = await posts(person);
    await suite.sends({ prompt: 'none' }, { person });
    expect((await posts(person)).claims.sub).toBe(claims.sub);
  },

  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported: rejected, and nothing is fetched': async (suite) => {
    const person = await suite.sends({ request_uri: 'https://suite.example/request.jwt' });
    expect((await suite.isRefused(person)).error).toBe('request_uri_not_supported');
    expect((await metadataOf(suite.client)).request_uri_parameter_supported).toBe(false);
  },

  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported: rejected, in the way that the object itself asks for':
    async (suite) => {
      // The suite says everything inside, how the answer travels as well.
      const mode = suite.mode === 'form_post' ? { response_mode: suite.mode } : {};
      const request = requestObject({ client_id: 'suite', scope: 'openid profile', redirect_uri: suite.client.redirectUri, ...mode });
      const person = await suite.sends({ request, response_mode: null });
      expect((await suite.isRefused(person)).error).toBe('request_not_supported');
      expect((await metadataOf(suite.client)).request_parameter_supported ?? false).toBe(false);
    },

  'oidcc-ensure-request-object-with-redirect-uri: a wrong address outside is not mended by a right one inside': async (suite) => {
    const request = requestObject({ client_id: 'suite', redirect_uri: suite.client.redirectUri });
    const person = await suite.sends({ request, redirect_uri: `${suite.client.redirectUri}/wrong` });
    expect(person.page).toMatchObject({ status: 400, error: { code: 'invalid_redirect_uri' } });
    expect(person.page.url.origin).toBe(suite.product.issuer);
  },
};

/** From the sign-in page to the claims of the ID token. */
async function completed({ goesOn, client }: Suite, { person }: Completed) {
  await goesOn(person);
  return client.verifies((await client.redeems(person)).id_token ?? '');
}

/** The person sees nothing of the second request and is still who they were. */
async function expectSilent(suite: Suite, first: Completed, parameters: RequestParameters): Promise<void> {
  const { page } = await suite.sends(parameters, first);
  expect(suite.mode === 'form_post' ? page.has('#continue') : page.url.href.startsWith(suite.client.redirectUri)).toBe(true);
  const { sub, auth_time } = first.claims;
  expect(await completed(suite, first)).toMatchObject({ sub, auth_time });
}

/** The authorization request that brought the person where they stand. */
function requestOf({ trail }: Person): URL {
  const [first] = trail;
  if (!first) throw new Error('nobody asked for anything');
  return first.url;
}

function without(request: URL, parameter: string): URL {
  const shorter = new URL(request);
  shorter.searchParams.delete(parameter);
  return shorter;
}

function requestObject(claims: Readonly<Record<string, string>>): string {
  return new UnsecuredJWT({ response_type: 'code', ...claims }).setIssuer('suite').encode();
}
