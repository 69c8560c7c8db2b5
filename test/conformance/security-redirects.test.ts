import { beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'cheerio';
import type { ServerMetadata } from 'openid-client';
import { newPerson } from '../support/browser.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { expectError } from './conditions.ts';
import { mutationsOf } from './redirect-mutations.ts';
import { basic, encode, get, metadataOf, post, type Form } from './wire.ts';

const callback = 'https://suite.example/callback';
const goodbye = 'https://suite.example/post_logout_redirect';
const elsewhere = ['https://basic.example/callback', 'https://suite.example/second/callback', 'https://suite.example/login'];
const callbacks = mutationsOf(callback, [...elsewhere, goodbye]);
const goodbyes = mutationsOf(goodbye, [...elsewhere, callback, 'https://basic.example/goodbye']);

let product: Product;
let metadata: ServerMetadata;
beforeAll(async () => {
  product = await sharedProduct();
  metadata = await metadataOf(await relyingParty(product, 'suite'));
});

/** Answered without a page: where it leads is the whole answer. */
const request = { client_id: 'suite', response_type: 'code', scope: 'openid', state: 'kept', prompt: 'none' };

const asks = (parameters: Form): Promise<Response> =>
  get(`${metadata.authorization_endpoint}?${encode(parameters).toString()}`, { Accept: 'text/html' });

/** Where an answer would send a browser: by a redirect, or by a form that posts itself. */
async function leadsTo(answer: Response): Promise<string | undefined> {
  const $ = load(await answer.text());
  return answer.headers.get('location') ?? $('form[data-continue]').attr('action');
}

describe('addresses are compared character by character', () => {
  it('there are more than 120 changes of each, no two alike', () => {
    for (const mutations of [callbacks, goodbyes]) {
      const all = Object.values(mutations).flat();
      expect(all.filter((uri, index) => all.indexOf(uri) !== index)).toEqual([]);
      expect(all.length).toBeGreaterThan(120);
    }
  });

  it('the registered one is gone to', async () => {
    const answer = await asks({ ...request, redirect_uri: callback });
    expect(answer.status).toBe(303);
    expect(await leadsTo(answer)).toMatch(/^https:\/\/suite\.example\/callback\?error=login_required/);
  });

  it.each(Object.keys(callbacks))('redirect_uri with another %s is not gone to', async (change) => {
    const accepted: string[] = [];
    for (const redirect_uri of callbacks[change] ?? []) {
      const direct = await asks({ ...request, redirect_uri });
      const pushed = await post(metadata.pushed_authorization_request_endpoint, { ...request, redirect_uri }, basic(product, 'suite'));
      if (direct.status !== 400 || pushed.status !== 400 || (await leadsTo(direct))) accepted.push(redirect_uri);
    }
    const [first = ''] = callbacks[change] ?? [];
    const posted = await asks({ ...request, redirect_uri: first, response_mode: 'form_post' });
    if (posted.status !== 400 || (await leadsTo(posted))) accepted.push(first);
    expect(accepted).toEqual([]);
  });

  it.each(Object.keys(goodbyes))('post_logout_redirect_uri with another %s is not gone to', async (change) => {
    const accepted: string[] = [];
    for (const post_logout_redirect_uri of goodbyes[change] ?? []) {
      const parameters = encode({ client_id: 'suite', post_logout_redirect_uri, state: 'kept' });
      const answer = await get(`${metadata.end_session_endpoint}?${parameters.toString()}`, { Accept: 'text/html' });
      if (answer.status !== 400 || (await leadsTo(answer))) accepted.push(post_logout_redirect_uri);
    }
    expect(accepted).toEqual([]);
  });

  it('a code is redeemed only with the very address it was sent to', async () => {
    const accepted: string[] = [];
    for (const redirect_uri of Object.values(callbacks).flat()) {
      const form = { grant_type: 'authorization_code', code: 'any', redirect_uri };
      const answer = await post(metadata.token_endpoint, form, basic(product, 'suite'));
      if (answer.status !== 400) accepted.push(redirect_uri);
    }
    expect(accepted).toEqual([]);
  });

  it.each<[string, Form]>([
    ['missing', request],
    ['empty', { ...request, redirect_uri: '' }],
    ['given twice', [...Object.entries(request), ['redirect_uri', callback], ['redirect_uri', 'https://evil.example/']]],
    ['given twice, the same', [...Object.entries(request), ['redirect_uri', callback], ['redirect_uri', callback]]],
    ['a list', [...Object.entries(request), ['redirect_uri[]', callback]]],
    ['a member', [...Object.entries(request), ['redirect_uri[0]', callback]]],
  ])('redirect_uri that is %s leads nowhere', async (_, parameters) => {
    const answer = await asks(parameters);
    expect(answer.status).toBe(400);
    expect(await leadsTo(answer)).toBeUndefined();
  });

  it.each([
    'dummy1=ipsum&dummy2=lorem',
    'dummy2=ipsum&dummy1=lorem',
    'dummy1=lorem',
    'dummy1=lorem&dummy2=ipsum&more=1',
    'dummy1=lorem&dummy2=ipsum&',
    'dummy1=lorem&amp;dummy2=ipsum',
    'dummy1=%6corem&dummy2=ipsum',
  ])('a registered query is part of the address: %s', async (query) => {
    const registered = 'https://suite.example/second/callback';
    const second = { ...request, client_id: 'suite-second' };
    const kept = await asks({ ...second, redirect_uri: `${registered}?dummy1=lorem&dummy2=ipsum` });
    expect(kept.headers.get('location')).toMatch(/\?dummy1=lorem&dummy2=ipsum&error=login_required&/);
    expect((await asks({ ...second, redirect_uri: `${registered}?${query}` })).status).toBe(400);
  });
});

describe('errors go to registered addresses only', () => {
  it.each<[string, Record<string, string>]>([
    ['an unknown client', { client_id: 'nobody' }],
    ['an unknown response type', { response_type: 'token' }],
    ['an unknown response mode', { response_mode: 'web_message' }],
    ['an unknown prompt', { prompt: 'evil' }],
    ['a scope that cannot be one', { scope: 'openid "' }],
    ['a request object', { request: 'e30.e30.' }],
    ['a request by reference', { request_uri: 'https://evil.example/request' }],
    ['a false hint', { id_token_hint: 'e30.e30.x' }],
    ['claims that are not JSON', { claims: '{' }],
    ['a false max_age', { max_age: '-1' }],
    ['PKCE without a method', { code_challenge: 'x'.repeat(43) }],
  ])('%s, together with an address that nobody registered', async (_, wrong) => {
    const answer = await asks({ ...request, ...wrong, redirect_uri: 'https://evil.example/callback' });
    expect(answer.status).toBe(400);
    expect(await leadsTo(answer)).toBeUndefined();
    if ('client_id' in wrong) return;
    const told = await asks({ ...request, ...wrong, redirect_uri: callback });
    const address = new URL((await leadsTo(told)) ?? '');
    expect(address.origin + address.pathname).toBe(callback);
    const answered = new URLSearchParams(address.search || address.hash.slice(1));
    expect(Object.fromEntries(answered)).toMatchObject({ error: expect.stringMatching(/^[a-z_]+$/), state: 'kept', iss: product.issuer });
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    'javascript:alert(1)',
    '/account/../../evil',
    'http:evil.example',
    '%2f%2fevil.example',
  ])('our own sign-in page leads to no other site: %s', async (target) => {
    const person = newPerson(product);
    await person.goes(`/login?${encode({ return: target }).toString()}`);
    expect(person.page.url.origin).toBe(product.issuer);
    expect(person.page.html).not.toContain('evil');
  });

  it('a pushed request is refused to the client alone', async () => {
    const form = { ...request, redirect_uri: 'https://evil.example/callback' };
    await expectError(await post(metadata.pushed_authorization_request_endpoint, form, basic(product, 'suite')), 'invalid_request');
  });
});
