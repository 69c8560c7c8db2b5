import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { allows, newCitizen, type Citizen } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { atProtection, setsUpApp, type App } from '../support/protection.ts';
import { atRecovery, recovers } from '../support/recovery.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let service: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct();
  service = await relyingParty(product, 'basic');
});

interface Protected {
  readonly citizen: Citizen;
  readonly app: App;
  readonly codes: readonly string[];
  /** The browser it was set up in. */
  readonly owner: Person;
}

async function withApp(): Promise<Protected> {
  const citizen = await newCitizen(product, 'L3');
  const owner = newPerson(product);
  await atProtection(owner, citizen);
  const { app, codes } = await setsUpApp(owner);
  await app.waits();
  return { citizen, app, codes, owner };
}

/** Through the first factor, to the second. */
async function byPassword({ citizen }: Protected, person?: Person): Promise<Person> {
  const sent = await service.sendsToUs({ acr_values: 'L3', ...(person ? { prompt: 'login' } : {}) }, person);
  await sent.submits({ identifier: citizen.username, password: citizen.password });
  expect(sent.page.url.pathname).toMatch(/\/login\/second-factor$/);
  return sent;
}

async function types(person: Person, totpCode: string): Promise<Page> {
  await person.submits({ totpCode });
  return allows(person);
}

describe('two-step verification', () => {
  it('[AST-14] after the password the code of the app is asked for, and both stand in the token', async () => {
    const who = await withApp();
    const person = await byPassword(who);
    await types(person, await who.app.code());
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L3', amr: ['mfa', 'otp', 'pwd'] });
  });

  it('[AST-14] after an SMS code as well; two things that one has are not two kinds of factor', async () => {
    const who = await withApp();
    const person = await service.sendsToUs();
    await person.opens('#tab-sms-code');
    const { mobile } = who.citizen;
    await person.asksForCode({ mobile });
    await person.submits({ mobile, code: await person.readsCode(mobile) });
    await types(person, await who.app.code());
    expect((await service.receives(person)).claims.amr).toEqual(['otp', 'sms']);
  });

  it('[AST-14] nobody is signed in by the first factor alone', async () => {
    const who = await withApp();
    const person = await byPassword(who);
    const elsewhere = person.tab();
    expect((await elsewhere.goes('/account')).url.pathname).toMatch(/\/login\//);
    expect(person.trail.every(({ url }) => !url.pathname.startsWith('/auth/'))).toBe(true);
  });

  it('[AST-14] the page of the second factor is there only after the first, and for ten minutes', async () => {
    const who = await withApp();
    const early = await service.sendsToUs();
    await early.goes(early.page.url.pathname.replace('password', 'second-factor'));
    expect(early.page.url.pathname).toMatch(/\/login\/password$/);
    const person = await byPassword(who);
    await person.sandbox.waits(601);
    const late = await person.submits({ totpCode: await who.app.code() });
    expect(late.url.pathname).toMatch(/\/login\/password$/);
  });

  it('[AST-14 PRV-06] a password that is set anew meanwhile ends what the old one began', async () => {
    const who = await withApp();
    const stranger = await byPassword(who);
    await recovers(await atRecovery(product), who.citizen);
    await stranger.submits({ totpCode: await who.app.code() });
    expect(stranger.page.url.pathname).toMatch(/\/login\/password$/);
  });

  it('[AST-14] a wrong code is refused, and so is one that was used before, also the one of the set-up', async () => {
    const who = await withApp();
    const person = await byPassword(who);
    const code = await who.app.code();
    const wrong = await person.submits({ totpCode: code === '000000' ? '111111' : '000000' });
    expect(wrong).toMatchObject({ status: 422, error: { code: 'totp.wrong', field: 'totpCode' } });
    await types(person, code);
    await service.redeems(person);

    const again = await byPassword(who);
    expect((await again.submits({ totpCode: code })).error?.code).toBe('totp.wrong');
    await who.app.waits();
    await types(again, await who.app.code());
    await service.redeems(again);
  });

  it('[AST-14] of four who use one code at once, one gets in', async () => {
    const who = await withApp();
    const people = [];
    for (let count = 0; count < 4; count += 1) people.push(await byPassword(who));
    const totpCode = await who.app.code();
    const pages = await Promise.all(people.map((person) => person.submits({ totpCode })));
    expect(pages.filter(({ error }) => error?.code === 'totp.wrong')).toHaveLength(3);
  });

  it('[AST-14] guesses are limited for the account, from wherever they come; its own browser gets through', async () => {
    const who = await withApp();
    for (let guess = 0; guess < 5; guess += 1) {
      const thief = await byPassword(who);
      expect((await thief.submits({ totpCode: 'abcdef' })).error?.code).toBe('totp.wrong');
    }
    const thief = await byPassword(who);
    const page = await thief.submits({ totpCode: await who.app.code() });
    expect(page).toMatchObject({ status: 429, error: { code: 'credentials.throttled', field: 'totpCode' } });
    expect(page.error?.text).not.toContain('密码错误');
    const byCode = await thief.opens('#use-other');
    expect(byCode.has('#login-recoveryCode')).toBe(true);
    expect((await thief.submits({ recoveryCode: who.codes[0] ?? '' })).error?.code).toBe('credentials.throttled');

    const owner = await byPassword(who, who.owner);
    await types(owner, await who.app.code());
    await service.redeems(owner);
  });

  it('[AST-14] each recovery code opens once, however it is typed; the others are still good', async () => {
    const who = await withApp();
    const [first = '', second = ''] = who.codes;
    const person = await byPassword(who);
    await person.opens('#use-other');
    await person.submits({ recoveryCode: ` ${first.toUpperCase().replaceAll('-', ' ')} ` });
    await allows(person);
    expect((await service.receives(person)).claims.amr).toEqual(['mfa', 'otp', 'pwd']);

    const again = await byPassword(who);
    await again.opens('#use-other');
    expect((await again.submits({ recoveryCode: first })).error).toMatchObject({ code: 'recovery-code.wrong', field: 'recoveryCode' });
    await again.submits({ recoveryCode: second });
    await allows(again);
    await service.redeems(again);
  });

  it('[AST-14] the recovery code of somebody else opens nothing', async () => {
    const [who, other] = [await withApp(), await withApp()];
    const person = await byPassword(who);
    await person.opens('#use-other');
    expect((await person.submits({ recoveryCode: other.codes[0] ?? '' })).error?.code).toBe('recovery-code.wrong');
  });

  it('a wrong password says nothing of a second factor', async () => {
    const who = await withApp();
    const plain = await newCitizen(product, 'L1');
    const refusals = [];
    for (const { username } of [who.citizen, plain]) {
      const person = await service.sendsToUs();
      const { status, error, url } = await person.submits({ identifier: username, password: 'wrong-password' });
      refusals.push({ status, error, method: url.pathname.replace(/.*\//, '') });
    }
    expect(refusals[0]).toEqual(refusals[1]);
  });
});
