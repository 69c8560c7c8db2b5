import { randomInt } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { decided, numbersOf, scanned, type Ticket } from '../../src/domain/handover/ticket.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { choicesOn, codeOn, confirms, phoneOf, picksWrong, showsCode, stateOn, type Code } from '../support/handover.ts';
import type { Product } from '../support/product.ts';
import { messagesOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

/** A browser at the sign-in page of the platform itself, with a code on it. */
async function showing(): Promise<{ readonly desktop: Person; readonly code: Code }> {
  const desktop = newPerson(product);
  await desktop.goes('/login');
  return { desktop, code: await showsCode(desktop) };
}

/** Presses on: there is no button for it unless the code was confirmed. */
async function pressesOn(desktop: Person, from: Person = desktop): Promise<void> {
  await desktop.posts(from.page.url, { _form: from.page.$('#handover form [name=_form]').attr('value') ?? '' });
}

async function isSignedIn(person: Person): Promise<boolean> {
  await person.goes('/account');
  return person.page.url.pathname === '/account';
}

describe('a code that somebody sends to somebody else', () => {
  it('[UXP-06] opens nothing with a wrong number: 0 of 1,000', () => {
    const now = new Date('2026-03-01T08:00:00Z');
    const victim = { accountId: 'victim', sessionUid: 'phone' };
    const states = Array.from({ length: 1000 }, () => {
      const drawn = numbersOf(randomInt);
      const ticket: Ticket = {
        ...drawn,
        purpose: 'sign-in',
        browser: 'of the attacker',
        asker: { clientId: 'service', browser: undefined, place: '203.0.113.*', since: now.getTime() },
        signedInSince: undefined,
        shownUntil: now.getTime() + 60_000,
        state: 'waiting',
        scan: undefined,
        confirmation: undefined,
      };
      const number = drawn.choices.find((each) => each !== drawn.number) ?? 0;
      return decided(scanned(ticket, victim, now), victim, { number, factors: [], signedInAt: now.getTime() }, now).state;
    });
    expect(new Set(states)).toEqual(new Set(['denied']));
  });

  it('[UXP-06] is ended by a wrong number, for good, and its owner hears of it', async () => {
    const victim = await newCitizen(product);
    const phone = await phoneOf(product, victim);
    for (let round = 0; round < 5; round += 1) {
      const { desktop, code } = await showing();
      expect((await picksWrong(phone, code)).error?.code).toBe('handover.number');
      await desktop.goes(desktop.page.url);
      expect(stateOn(desktop.page)).toBe('denied');
      // The right one comes too late.
      expect((await phone.goes(code.path)).outcome).toBe('failed');
      await phone.posts(code.path, { number: code.number });
      await pressesOn(desktop);
      expect(await isSignedIn(desktop)).toBe(false);
    }
    expect(await messagesOf(phone.sandbox, victim.mobile, 'notice.handover-refused')).not.toHaveLength(0);
  });
});

describe('a code that was confirmed', () => {
  let owner: Citizen;
  let phone: Person;
  beforeAll(async () => {
    owner = await newCitizen(product);
    phone = await phoneOf(product, owner);
  });

  /** Every cookie but those named. */
  const copies = async (from: Person, into: Person, but: RegExp) => {
    const { cookies } = await from.jar.serialize();
    for (const { key, value, path } of cookies)
      if (!but.test(String(key)))
        await into.jar.setCookie(`${String(key)}=${String(value)}; Path=${String(path)}; HttpOnly`, product.issuer);
  };

  it('[UXP-06] opens nothing in another browser, with all cookies of the interaction but its own, or with one planted', async () => {
    const { desktop, code } = await showing();
    expect((await confirms(phone, code)).outcome).toBe('done');
    await desktop.goes(desktop.page.url);
    expect(stateOn(desktop.page)).toBe('confirmed');
    for (const but of [/handover/, /seed/, /interaction/]) {
      const thief = newPerson(product);
      await thief.goes('/login');
      await showsCode(thief);
      await copies(desktop, thief, but);
      await thief.goes(desktop.page.url);
      await pressesOn(thief, desktop);
      expect(await isSignedIn(thief)).toBe(false);
    }
    await desktop.submits();
    expect(await isSignedIn(desktop)).toBe(true);
  });

  it('[UXP-06] opens nothing to whoever planted the cookie of their own code in the browser of somebody else', async () => {
    const { desktop: thief, code } = await showing();
    const victim = newPerson(product);
    await victim.goes('/login');
    await copies(thief, victim, /interaction|seed/);
    const shown = await showsCode(victim);
    expect(shown.path).not.toBe(code.path);
    await confirms(phone, shown);
    await thief.goes(thief.page.url);
    expect(stateOn(thief.page)).toBe('waiting');
    await pressesOn(thief);
    expect(await isSignedIn(thief)).toBe(false);
  });

  it('[UXP-06] is confirmed once, and neither after it was denied nor after its browser came for it', async () => {
    const { desktop, code } = await showing();
    await phone.goes(code.path);
    const token = phone.page.$('#filled [name=_form]').attr('value') ?? '';
    await phone.submits({}, { button: '#handover-deny' });
    expect(phone.page.outcome).toBe('failed');
    await phone.posts(code.path, { number: code.number, _form: token });
    await desktop.goes(desktop.page.url);
    expect(stateOn(desktop.page)).toBe('denied');
    await pressesOn(desktop);
    expect(await isSignedIn(desktop)).toBe(false);

    const again = await showing();
    await confirms(phone, again.code);
    await again.desktop.goes(again.desktop.page.url);
    await again.desktop.submits();
    const second = await showing();
    await phone.posts(again.code.path, { number: again.code.number, _form: token });
    // What was confirmed and taken is told as such.
    expect((await phone.goes(again.code.path)).outcome).toBe('done');
    expect(stateOn(await second.desktop.goes(second.desktop.page.url))).toBe('waiting');
  });

  it('[UXP-06] opens nothing when the session that confirmed it was ended before its browser came', async () => {
    const { desktop, code } = await showing();
    const lent = await phoneOf(product, owner);
    await confirms(lent, code);
    await desktop.goes(desktop.page.url);
    await phone.goes('/account/sessions/others');
    await phone.submits();
    await desktop.submits();
    expect(await isSignedIn(desktop)).toBe(false);
  });
});

describe('a code that is on its way', () => {
  it('[UXP-06] belongs to the session that scanned it: not to another account, nor to another session of the same', async () => {
    const owner = await newCitizen(product);
    const phone = await phoneOf(product, owner);
    const { desktop, code } = await showing();
    await phone.goes(code.path);
    expect(choicesOn(phone.page)).toContain(code.number);
    const token = phone.page.$('#filled [name=_form]').attr('value') ?? '';
    for (const other of [await phoneOf(product, owner), await phoneOf(product, await newCitizen(product))]) {
      expect((await other.goes(code.path)).outcome).toBe('failed');
      await other.posts(code.path, { number: code.number, _form: token });
    }
    expect(stateOn(await desktop.goes(desktop.page.url))).toBe('scanned');
    // A form of another ticket confirms nothing here.
    const second = await showing();
    await phone.goes(second.code.path);
    await phone.posts(second.code.path, { number: second.code.number, _form: token });
    expect(stateOn(await second.desktop.goes(second.desktop.page.url))).toBe('scanned');
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['by a prefetch', { 'Sec-Purpose': 'prefetch;prerender' }],
    ['as a picture of another page', { 'Sec-Fetch-Dest': 'image' }],
    ['inside of another page', { 'Sec-Fetch-Dest': 'iframe' }],
  ])('[UXP-06] is not scanned %s', async (_, headers) => {
    const owner = await newCitizen(product);
    const phone = newPerson(product, { channel: 'h5', headers });
    await phone.goes('/login');
    await signsIn(phone, owner);
    const { desktop, code } = await showing();
    expect(choicesOn(await phone.goes(code.path))).toEqual([]);
    expect(stateOn(await desktop.goes(desktop.page.url))).toBe('waiting');
  });

  it('[UXP-06] is not scanned by a link preview, by nobody at all, or as a code that is none', async () => {
    const { desktop, code } = await showing();
    const stranger = newPerson(product, { channel: 'h5' });
    for (const headers of [{}, { 'User-Agent': 'facebookexternalhit/1.1' }]) {
      const preview = newPerson(product, { headers });
      expect((await preview.goes(code.path)).has('#sign-in')).toBe(true);
    }
    await stranger.posts(code.path, { number: code.number });
    expect((await stranger.goes('/h/AAAAAAAAAAAAAAAAAAAAAA')).outcome).toBe('failed');
    await desktop.goes(desktop.page.url);
    expect([stateOn(desktop.page), codeOn(desktop.page).path]).toEqual(['waiting', code.path]);
  });
});
