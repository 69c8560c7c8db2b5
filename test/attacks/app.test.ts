import { beforeAll, describe, expect, it } from '@jest/globals';
import { appOf, asks, codeOn, showsCode, type App } from '../support/app.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import * as openid from 'openid-client';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let service: RelyingParty;
let citizen: Citizen;
let app: App;
beforeAll(async () => {
  product = await sharedProduct();
  service = await relyingParty(product, 'first-party');
  citizen = await newCitizen(product, 'L2');
  app = await appOf(product, citizen);
});

const stateAt = async (ticket: string) => (await app.look(ticket)).body['state'];

describe('whoever has a token, but not that of the app', () => {
  it.each(['basic', 'public', 'native', 'first-party'])('does nothing with that of another client: %s', async (client) => {
    const party = await relyingParty(product, client);
    const person = await party.sendsToUs();
    await signsIn(person, citizen);
    const { access_token: token } = await party.redeems(person);
    const { ticket } = codeOn((await showsCode(service)).page);
    for (const [path, body] of [
      ['', undefined],
      ['/scan', {}],
      ['/deny', {}],
      ['/confirm', { number: 12 }],
    ] as const) {
      const answer = await asks(product, `/app/handovers/${ticket}${path}`, { token, ...(body && { body }) });
      expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
      expect(answer.headers.get('WWW-Authenticate')).toContain('error="insufficient_scope"');
    }
    expect(await stateAt(ticket)).toBe('waiting');
  });

  it.each(['refresh_token', 'id_token'] as const)('does nothing with another token of the app: %s', async (kind) => {
    const answer = await asks(product, '/app/handovers/nothing', { token: app.tokens[kind] ?? '' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
  });

  it('does nothing with one that is nobody’s (client_credentials)', async () => {
    const machine = await relyingParty(product, 'machine');
    const { access_token: token } = await openid.clientCredentialsGrant(await machine.configuration());
    expect(await asks(product, '/app/handovers/nothing', { token })).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
  });

  it('does nothing with one that was revoked, or whose refresh token was used twice', async () => {
    const party = await relyingParty(product, 'citizen-app');
    const revoked = await appOf(product, citizen);
    await openid.tokenRevocation(await party.configuration(), revoked.tokens.refresh_token ?? '');
    expect(await revoked.look('nothing')).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    const stolen = await appOf(product, citizen);
    await party.refreshes(stolen.tokens);
    await expect(party.refreshes(stolen.tokens)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await stolen.look('nothing')).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
  });
});

describe('whoever comes to a code with an app', () => {
  it('confirms nothing that they have not scanned', async () => {
    const { ticket, number } = codeOn((await showsCode(service)).page);
    expect(await app.confirm(ticket, number)).toMatchObject({ status: 410, body: { code: 'handover.gone' } });
    expect(await app.deny(ticket)).toMatchObject({ status: 410, body: { code: 'handover.gone' } });
    expect(await stateAt(ticket)).toBe('waiting');
  });

  it('finds nothing of one that somebody else has scanned, nor on a second phone of the same person', async () => {
    const computer = await showsCode(service);
    const { ticket, number } = codeOn(computer.page);
    expect((await app.scan(ticket)).status).toBe(200);
    for (const other of [await appOf(product, await newCitizen(product)), await appOf(product, citizen)]) {
      for (const answer of [
        await other.look(ticket),
        await other.scan(ticket),
        await other.confirm(ticket, number),
        await other.deny(ticket),
      ]) {
        expect(answer).toMatchObject({ status: 410, body: { code: 'handover.gone' } });
        expect(answer.body).not.toHaveProperty('service');
      }
    }
    expect((await app.confirm(ticket, number)).status).toBe(200);
  });

  it('confirms once, and not after no', async () => {
    const { ticket, number } = codeOn((await showsCode(service)).page);
    await app.scan(ticket);
    const answers = await Promise.all(Array.from({ length: 5 }, async () => (await app.confirm(ticket, number)).status));
    expect(answers.toSorted((a, b) => a - b)).toEqual([200, 410, 410, 410, 410]);
    const other = codeOn((await showsCode(service)).page);
    await app.scan(other.ticket);
    await app.deny(other.ticket);
    expect(await app.confirm(other.ticket, other.number)).toMatchObject({ status: 410, body: { code: 'handover.gone' } });
  });

  it('is let in nowhere by a session of the app that its owner has ended', async () => {
    const who = await newCitizen(product, 'L2');
    const lost = await appOf(product, who);
    const { ticket } = codeOn((await showsCode(service)).page);
    const owner = await (await relyingParty(product, 'basic')).sendsToUs();
    await signsIn(owner, who);
    await owner.goes('/account/sessions');
    await owner.opens('#end-others');
    await owner.submits();
    expect(await lost.scan(ticket)).toMatchObject({ status: 401 });
    expect(await stateAt(ticket)).toBe('waiting');
  });
});
