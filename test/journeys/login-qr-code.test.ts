import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, newCitizen, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { choicesOn, codeOn, confirms, phoneOf, showsCode, stateOn } from '../support/handover.ts';
import { startProduct, type OwnProduct, type Product } from '../support/product.ts';
import { relyingParty, type RelyingParty, type RequestParameters } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** The same page again, as a browser without scripts asks for it. */
const looks = (desktop: Person) => desktop.goes(desktop.page.url);

/** What a page that waits asks for; the answer comes when there is something to tell. */
const asks = (desktop: Person, what: 'events' | 'changes', query = '') =>
  desktop.tab().goes(`${desktop.page.$('[data-handover-state]').attr(`data-${what}`) ?? ''}${query}`);

describe.each(['demo', 'beijing', 'beijing-2019', 'hubei'])('signing in by a code that a phone scans, %s', (profile) => {
  let product: Product;
  let service: RelyingParty;
  beforeAll(async () => {
    product = await sharedProduct(profile);
    service = await relyingParty(product, 'basic');
  });

  it('[LOG-06 LOG-07 LOG-08 LOG-22 UXP-06] goes on at the computer when the phone has confirmed, with the times of the phone', async () => {
    const phone = await phoneOf(product, await newCitizen(product));
    await phone.sandbox.waits(90);
    const desktop = await service.sendsToUs();
    const code = await showsCode(desktop);
    expect(stateOn(desktop.page)).toBe('waiting');
    expect(desktop.page.text).toContain('请勿将此码分享给他人');
    await phone.goes(code.path);
    expect(phone.page.text).toContain('127.0.0.*');
    expect(phone.page.text).toContain('Chrome');
    expect(choicesOn(phone.page)).toHaveLength(3);
    await looks(desktop);
    expect([stateOn(desktop.page), desktop.page.says('.handover-state')]).toEqual(['scanned', '扫描成功，请在手机上选择数字并确认']);
    expect((await confirms(phone, code)).outcome).toBe('done');
    await looks(desktop);
    expect(stateOn(desktop.page)).toBe('confirmed');
    await desktop.submits();
    await allows(desktop);
    const { claims } = await service.receives(desktop);
    expect(claims.amr).toEqual(['pwd', 'xdev']);
    expect(Number(claims.iat) - Number(claims['auth_time'])).toBeGreaterThanOrEqual(90);
  });
});

describe('a code at a computer and a phone', () => {
  let product: Product;
  let service: RelyingParty;
  let citizen: Citizen;
  beforeAll(async () => {
    product = await sharedProduct();
    service = await relyingParty(product, 'basic');
    citizen = await newCitizen(product, 'L3');
  });

  const signsInByCode = async (phone: Person, party: RelyingParty, parameters?: RequestParameters): Promise<Person> => {
    const desktop = await party.sendsToUs(parameters);
    await confirms(phone, await showsCode(desktop));
    await looks(desktop);
    await desktop.submits();
    await allows(desktop);
    return desktop;
  };

  it('[LOG-06] asks whoever is not signed in on the phone to do that first, by any way', async () => {
    const desktop = await service.sendsToUs();
    const code = await showsCode(desktop);
    const phone = newPerson(product, { channel: 'h5' });
    await phone.goes(code.path);
    await phone.opens('#sign-in');
    expect(stateOn(await looks(desktop))).toBe('waiting');
    await signsInBySms(phone, citizen);
    expect(phone.page.url.pathname).toBe(code.path);
    await phone.submits({ number: code.number }, { button: '#handover-confirm' });
    await looks(desktop);
    await desktop.submits();
    await allows(desktop);
    expect((await service.receives(desktop)).claims.amr).toEqual(['sms', 'xdev']);
  });

  it('[LOG-06] meets prompt=login and max_age on the phone', async () => {
    for (const wanted of [{ prompt: 'login' }, { max_age: 1 }]) {
      const phone = await phoneOf(product, citizen);
      await phone.sandbox.waits(30);
      const desktop = await service.sendsToUs(wanted);
      const code = await showsCode(desktop);
      await phone.goes(code.path);
      expect(choicesOn(phone.page)).toEqual([]);
      await phone.opens('#sign-in');
      await signsIn(phone, citizen);
      await phone.submits({ number: code.number }, { button: '#handover-confirm' });
      await looks(desktop);
      await desktop.submits();
      await allows(desktop);
      expect((await service.redeems(desktop)).id_token).toBeDefined();
    }
  });

  it('[LOG-06 AST-06] gives the level that the phone has proved, and changes nothing of the account without a proof of here', async () => {
    const level3 = await relyingParty(product, 'level-3');
    const desktop = await signsInByCode(await phoneOf(product, citizen), level3);
    expect((await level3.receives(desktop)).claims).toMatchObject({ acr: 'L3', amr: ['pwd', 'xdev'] });
    await desktop.goes('/account/password');
    expect([desktop.page.has('#send-code'), desktop.page.has('[name=newPassword]')]).toEqual([true, false]);
  });

  it('[UXP-06] is renewed each minute for five, then somebody has to ask for another', async () => {
    const desktop = await service.sendsToUs();
    const first = await showsCode(desktop);
    await desktop.sandbox.waits(61);
    await looks(desktop);
    const second = codeOn(desktop.page);
    expect([stateOn(desktop.page), second.path === first.path]).toEqual(['waiting', false]);
    expect((await (await phoneOf(product, citizen)).goes(first.path)).outcome).toBe('failed');
    await desktop.sandbox.waits(241);
    await looks(desktop);
    expect(stateOn(desktop.page)).toBe('expired');
    await desktop.submits({}, { button: '#handover-renew' });
    expect(stateOn(desktop.page)).toBe('waiting');
  });

  it('[UXP-06] leaves three minutes from the scan, and a no ends it at once', async () => {
    const phone = await phoneOf(product, citizen);
    const desktop = await service.sendsToUs();
    const slow = await showsCode(desktop);
    await phone.goes(slow.path);
    await phone.sandbox.waits(170);
    expect(stateOn(await looks(desktop))).toBe('scanned');
    await phone.submits({}, { button: '#handover-deny' });
    expect(stateOn(await looks(desktop))).toBe('denied');
    await desktop.submits({}, { button: '#handover-renew' });
    await phone.goes(codeOn(desktop.page).path);
    await phone.sandbox.waits(181);
    expect(stateOn(await looks(desktop))).toBe('expired');
  });

  it('[UXP-06] follows without scripts, by long polling and by an event stream, for its own browser only', async () => {
    const phone = await phoneOf(product, citizen);
    const desktop = await service.sendsToUs();
    const code = await showsCode(desktop);
    expect(desktop.page.html).toMatch(/<noscript><meta http-equiv="refresh"/);
    const stream = asks(desktop, 'events');
    const changed = asks(desktop, 'changes', '?shown=waiting');
    await confirms(phone, code);
    expect((await changed).json()).toMatchObject({ state: expect.stringMatching(/^(scanned|confirmed)$/) });
    const { headers, html } = await stream;
    expect(headers['content-type']).toContain('text/event-stream');
    expect(html).toMatch(/data: confirmed\n\n$/);
    const elsewhere = await service.sendsToUs();
    await elsewhere.opens('#tab-qr-code');
    const url = new URL(desktop.page.$('[data-changes]').attr('data-changes') ?? '', desktop.page.url);
    expect((await elsewhere.goes(url)).status).toBeGreaterThanOrEqual(400);
  });

  it('[UXP-06] shows one code in two tabs of a browser, and lets one of them in', async () => {
    const phone = await phoneOf(product, citizen);
    const desktop = await service.sendsToUs();
    const code = await showsCode(desktop);
    const tab = desktop.tab();
    await tab.goes(desktop.page.url);
    expect(codeOn(tab.page)).toEqual(code);
    await confirms(phone, code);
    await looks(tab);
    await looks(desktop);
    await desktop.submits();
    await allows(desktop);
    expect((await service.redeems(desktop)).id_token).toBeDefined();
    expect((await tab.submits()).error?.code ?? 'answered').toMatch(
      /^(interaction\.expired|interaction\.done|handover\.gone|session\.other|answered)$/,
    );
  });

  it('[LOG-06] is not offered on phones', async () => {
    expect((await service.sendsToUs({}, { channel: 'h5' })).page.has('#tab-qr-code')).toBe(false);
  });
});

describe('whoever wants many codes', () => {
  let product: OwnProduct;
  beforeAll(async () => {
    product = await startProduct({ env: { SANDBOX_QUOTAS: 'on' } });
  });
  afterAll(() => product?.remove());

  it('[UXP-06] gets five a minute for an address', async () => {
    const shown: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      const desktop = newPerson(product);
      await desktop.goes('/login');
      await desktop.opens('#tab-qr-code');
      shown.push(desktop.page.error?.code ?? stateOn(desktop.page) ?? '');
    }
    expect(shown).toEqual([...Array.from({ length: 5 }, () => 'waiting'), 'handover.too-many']);
  });
});
