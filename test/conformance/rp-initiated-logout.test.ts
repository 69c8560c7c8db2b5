import { expect } from '@jest/globals';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { Page, Person } from '../support/browser.ts';
import { initiates } from '../support/relying-party.ts';
import { testPlan, type Completed, type Suite } from './suite.ts';
import { encode, metadataOf, type Form } from './wire.ts';

const goodbye = 'https://suite.example/post_logout_redirect';
/** Long, so that one sees whether it comes back as it was. */
const state = `${'Zz0-._~'.repeat(18)}==`;

testPlan('oidcc-rp-initiated-logout-certification-test-plan', {
  'oidcc-rp-initiated-logout-discovery-endpoint-verification': async ({ client, product }) => {
    const { end_session_endpoint: endpoint } = await metadataOf(client);
    expect(endpoint).toMatch(new RegExp(`^${product.issuer}/`));
  },

  'oidcc-rp-initiated-logout: [PRT-05] after the person agreed, back to the client with the state and signed out': async (suite) => {
    const completed = await suite.completes();
    await asks(suite, completed, { id_token_hint: hintOf(completed), post_logout_redirect_uri: goodbye, state });
    const { url } = await agrees(completed.person);
    expect(url.origin + url.pathname).toBe(goodbye);
    expect([...url.searchParams]).toEqual([['state', state]]);
    await expectSignedOut(suite, completed);
  },

  'oidcc-rp-initiated-logout-no-state: the same without a state': async (suite) => {
    const completed = await suite.completes();
    await asks(suite, completed, { id_token_hint: hintOf(completed), post_logout_redirect_uri: goodbye });
    expect((await agrees(completed.person)).url.href).toBe(goodbye);
    await expectSignedOut(suite, completed);
  },

  'oidcc-rp-initiated-logout-no-params: signed out on a page of ours': async (suite) => {
    await expectOurGoodbye(suite, await suite.completes(), {});
  },

  'oidcc-rp-initiated-logout-only-state: the same': async (suite) => {
    await expectOurGoodbye(suite, await suite.completes(), { state });
  },

  'oidcc-rp-initiated-logout-no-post-logout-redirect-uri: the same, with a way back to the client': async (suite) => {
    const completed = await suite.completes();
    const page = await expectOurGoodbye(suite, completed, { id_token_hint: hintOf(completed), state });
    expect(page.$('#next').attr('href')).toBe(initiates(suite.product, 'https://suite.example/login'));
  },

  'oidcc-rp-initiated-logout-no-id-token-hint: the person is asked, and nobody is sent anywhere': async (suite) => {
    await expectOurGoodbye(suite, await suite.completes(), { post_logout_redirect_uri: goodbye, state });
  },

  'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri: an error page, and nobody is signed out': async (suite) => {
    const completed = await suite.completes();
    await expectRefused(suite, completed, { id_token_hint: hintOf(completed), post_logout_redirect_uri: `${goodbye}/bad`, state });
  },

  'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri: the same': async (suite) => {
    const completed = await suite.completes();
    await expectRefused(suite, completed, { id_token_hint: hintOf(completed), post_logout_redirect_uri: `${goodbye}?foo=bar`, state });
  },

  'oidcc-rp-initiated-logout-modified-id-token-hint: a hint that lost its signature is refused': async (suite) => {
    const completed = await suite.completes();
    const hint = new UnsecuredJWT(completed.claims).encode();
    await expectRefused(suite, completed, { id_token_hint: hint, post_logout_redirect_uri: goodbye, state });
  },

  'oidcc-rp-initiated-logout-bad-id-token-hint: a hint that somebody else signed is refused': async (suite) => {
    const completed = await suite.completes();
    const { privateKey } = await generateKeyPair('ES256');
    const hint = await new SignJWT(completed.claims).setProtectedHeader({ ...completed.header, alg: 'ES256' }).sign(privateKey);
    await expectRefused(suite, completed, { id_token_hint: hint, post_logout_redirect_uri: goodbye, state });
  },
});

function hintOf({ tokens }: Completed): string {
  return tokens.id_token ?? '';
}

async function asks({ client }: Suite, { person }: Completed, parameters: Form): Promise<Page> {
  const address = new URL((await metadataOf(client)).end_session_endpoint ?? '');
  address.search = encode(parameters).toString();
  person.stops.add(goodbye);
  return person.arrives(address);
}

async function agrees(person: Person): Promise<Page> {
  expect(person.page).toMatchObject({ status: 200, error: undefined });
  return person.submits({}, { button: '#logout-yes' });
}

async function expectOurGoodbye(suite: Suite, completed: Completed, parameters: Form): Promise<Page> {
  await asks(suite, completed, parameters);
  const page = await agrees(completed.person);
  expect(page).toMatchObject({ status: 200, outcome: 'done' });
  expect(page.url.origin).toBe(suite.product.issuer);
  await expectSignedOut(suite, completed);
  return page;
}

async function expectRefused(suite: Suite, completed: Completed, parameters: Form): Promise<void> {
  const page = await asks(suite, completed, parameters);
  expect(page).toMatchObject({ status: 400, error: { code: 'invalid_request' } });
  expect(page.has('#logout-yes')).toBe(false);
  expect(page.url.origin).toBe(suite.product.issuer);
  const { person } = await suite.completes({ prompt: 'none' }, completed);
  expect(person).toBe(completed.person);
}

/** Core 3.1.2.6: nobody is there any more. */
async function expectSignedOut(suite: Suite, { person }: Completed): Promise<void> {
  await suite.sends({ prompt: 'none' }, { person });
  expect((await suite.isRefused(person)).error).toBe('login_required');
}
