import { beforeAll, describe, expect, it } from '@jest/globals';
import { sendsCode, shown, startsChange, provesMobile } from '../support/account-changes.ts';
import { newPerson } from '../support/browser.ts';
import { allows, newCitizen, opensProofing, signsIn } from '../support/citizen.ts';
import { importedPerson, possessionFields } from '../support/imported.ts';
import { accountFields, citizen, identityFields, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { atProtection, setsUpApp } from '../support/protection.ts';
import { atRecovery, setsPassword } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** As a Chinese keyboard writes it. */
const wide = (text: string): string => text.replaceAll(/[!-~]/g, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0));
/** As it is copied out of a page. */
const copied = (text: string): string => `\u200b${text.slice(0, 3)}\u00a0${text.slice(3)}\ufeff`;
const grouped = (digits: string): string => digits.replaceAll(/(?=(?:.{4})+$)/g, ' ').trim();

describe('what is pasted, or typed on another keyboard, is read by every form', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[REG-27 RN-12] of a registration and its proof of identity', async () => {
    const [who, { name, document, sex }] = [newcomer(), citizen()];
    const person = newPerson(product);
    await person.goes('/register');
    const typed = { ...accountFields(who), username: wide(who.username) };
    const code = await sendsCode(person, who.mobile, { ...typed, mobile: `+86 ${copied(who.mobile)}` });
    await person.submits({ ...typed, mobile: wide(who.mobile), code: copied(code) });
    await person.submits({
      ...identityFields({ name, document, sex } as ReturnType<typeof citizen>),
      name: copied(name),
      documentNumber: wide(grouped(document.number.toLowerCase())),
      validFrom: document.validFrom.replaceAll('-', '/'),
    });
    expect(person.page.outcome).toBe('done');

    const again = newPerson(product);
    await again.goes('/login');
    await signsIn(again, { username: copied(document.number), password: who.password });
    await again.goes('/account');
    expect(shown(again.page, '手机号')).toBe(`${who.mobile.slice(0, 3)}****${who.mobile.slice(-4)}`);
  });

  it('[LOG-01 LOG-05] of a sign-in, by name, by mobile and by SMS code', async () => {
    const who = await newCitizen(product);
    for (const identifier of [wide(who.username), copied(who.mobile), `+86-${grouped(who.mobile)}`]) {
      const person = newPerson(product);
      await person.goes('/login');
      await signsIn(person, { username: identifier, password: who.password });
      expect([identifier, (await person.goes('/account')).url.pathname]).toEqual([identifier, '/account']);
    }
    const person = newPerson(product);
    await person.goes('/login');
    await person.opens('#tab-sms-code');
    const code = await sendsCode(person, who.mobile, { mobile: wide(who.mobile) });
    await person.submits({ mobile: `0086 ${who.mobile}`, code: wide(grouped(code)) });
    expect((await person.goes('/account')).url.pathname).toBe('/account');
  });

  it('[AST-14] of a second factor', async () => {
    const who = await newCitizen(product);
    const owner = newPerson(product);
    await atProtection(owner, who);
    const { app, codes } = await setsUpApp(owner);
    await app.waits();
    const types = async (fields: () => Promise<Record<string, string>>, other: boolean) => {
      const person = newPerson(product);
      await person.goes('/login');
      await person.submits({ identifier: who.username, password: who.password });
      if (other) await person.opens('#use-other');
      await person.submits(await fields());
      return (await person.goes('/account')).url.pathname;
    };
    expect(await types(async () => ({ totpCode: copied(wide(await app.code())) }), false)).toBe('/account');
    expect(await types(async () => ({ recoveryCode: wide(codes[0] ?? '').toUpperCase() }), true)).toBe('/account');
  });

  it('[RN-21] of a bank card', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await (await relyingParty(product, 'level-3')).sendsToUs();
    await signsIn(person, who);
    await opensProofing(person, 'bank-card', who);
    const [card] = who.identity.bankCards;
    await person.submits({ bankCard: wide(grouped(card?.number ?? '')), reservedMobile: `+86 ${copied(who.mobile)}`, agreement: 'yes' });
    expect(person.page.outcome).toBe('done');
    await person.opens('#next');
    await allows(person);
  });

  it('[ACT-01 ACT-03] of an activation', async () => {
    const imported = await importedPerson(product);
    const person = newPerson(product);
    await person.goes('/activate');
    const typed = { documentType: 'resident-id-card', documentNumber: copied(imported.document.number), mobile: wide(imported.mobile) };
    const code = await sendsCode(person, imported.mobile, typed);
    await person.submits({ ...typed, code: grouped(code) });
    const { validFrom, ...validity } = possessionFields(imported);
    const [year, month, day] = (validFrom ?? '').split('-').map(Number);
    await person.submits({ ...validity, validFrom: `${year}年${month}月${day}日` });
    expect(person.page.url.pathname).toMatch(/\/activate\/password$/);
  });

  it('[REC-03 REC-07] of a recovery', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atRecovery(product);
    await person.submits({ identifier: `+86 ${grouped(who.mobile)}` });
    await person.opens('#next');
    const code = await sendsCode(person, who.mobile);
    await person.submits({ code: copied(code), documentNumber: wide(who.identity.document.number) });
    await setsPassword(person);
    expect(person.page.outcome).toBe('done');
  });

  it('[ACC-09 ACC-11] of a change of mobile and of e-mail address', async () => {
    const who = await newCitizen(product);
    const person = await startsChange(newPerson(product), 'email', who);
    await provesMobile(person, who.mobile);
    const email = `${who.username}@example.cn`.toLowerCase();
    const typed = `\u00a0${wide(email.toUpperCase())}`;
    await person.submits({ email: typed, code: copied(await sendsCode(person, email, { email: typed })) });
    expect(person.page.outcome).toBe('done');
    await person.goes('/account/mobile');
    const { mobile } = newcomer();
    await person.submits({ mobile: copied(mobile), code: wide(await sendsCode(person, mobile, { mobile: wide(mobile) })) });
    expect(person.page.outcome).toBe('done');
  });
});
