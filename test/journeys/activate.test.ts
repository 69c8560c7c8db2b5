import { beforeAll, describe, expect, it } from '@jest/globals';
import { generatedPerson } from '../../sandbox/generated-people.ts';
import type { ScriptedPerson } from '../../sandbox/people.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, newCitizen, signsIn } from '../support/citizen.ts';
import { problemsOf } from '../support/form-problems.ts';
import {
  anyMobile,
  importedPerson,
  passwordFields,
  possessionFields,
  provesAndSetsPassword,
  seeksRecord,
  soughtFields,
} from '../support/imported.ts';
import { citizen, goodPassword } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { messagesOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word, wordsOf } from '../support/words.ts';

/** How each city masks 陈心 of 420199199205031211. */
const cities = {
  demo: { name: '*心', number: '4201**********11', rules: [] },
  hubei: { name: '陈*', number: '***********1211', rules: ['upper', 'lower', 'digit'] },
};

describe.each(Object.entries(cities))('activation in %s', (profile, { rules, ...masked }) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  const atTheForm = async (): Promise<Person> => {
    const person = newPerson(product);
    await person.goes('/activate');
    return person;
  };

  describe('of somebody with the bound mobile', () => {
    it('[ACT-01 ACT-06] leads from the look-up through proof and password to an account, signed in', async () => {
      const imported = await importedPerson(product);
      const person = await atTheForm();
      expect(person.page.url.pathname).toMatch(/\/activate\/document$/);
      await seeksRecord(person, imported, imported.mobile);
      expect(person.page.url.pathname).toMatch(/\/activate\/identity$/);
      await provesAndSetsPassword(person, imported);
      expect(person.page.outcome).toBe('done');
      expect(person.page.says('#next')).toBe(wordsOf(profile)('activate', 'done.to-account'));
      expect((await person.opens('#next')).url.pathname).toBe('/account');

      const again = newPerson(product);
      await again.goes('/login');
      await signsIn(again, { username: imported.document.number, password: goodPassword });
      expect((await again.goes('/account')).url.pathname).toBe('/account');
    });

    it('[ACT-02 ACT-04] shows name, number and bound mobile masked, once the code was redeemed', async () => {
      const chenxin = await scripted('chenxin');
      const person = await atTheForm();
      await seeksRecord(person, chenxin, chenxin.mobile);
      const facts = person.page
        .$('.facts .masked > [aria-hidden]')
        .toArray()
        .map((fact) => person.page.$(fact).text());
      expect(facts).toEqual([masked.name, masked.number, '150****0058']);
      expect(person.page.html).not.toContain(chenxin.name);
      expect(person.page.html).not.toContain(chenxin.document.number);
    });

    it('[ACT-03] asks for the first day of the document and for how long it is valid', async () => {
      const imported = await importedPerson(product);
      const person = await atTheForm();
      await seeksRecord(person, imported, imported.mobile);
      const choices = person.page
        .$('[name=validity]')
        .toArray()
        .map((choice) => person.page.$(choice).attr('value'));
      expect(choices).toEqual(['5', '10', '20', 'long-term']);
      await person.submits({ validFrom: '2016-05-21', validity: '20' });
      expect(person.page.error).toMatchObject({
        code: 'identity.mismatch',
        field: undefined,
        text: refusal('identity.mismatch.activation'),
      });
      await person.submits(possessionFields(imported));
      expect(person.page.url.pathname).toMatch(/\/activate\/password$/);
    });

    it('[ACT-06] says every rule of the password before one is typed', async () => {
      const imported = await importedPerson(product);
      const person = await atTheForm();
      await seeksRecord(person, imported, imported.mobile);
      await person.submits(possessionFields(imported));
      for (const rule of rules) expect(person.page.text).toContain(word('register', `password-rule.${rule}`));
      expect(person.page.$('#newPassword-hint li').length).toBe(rules.length);
    });

    it('[ACT-03] the service that waits receives a verified person of level L2', async () => {
      const imported = await importedPerson(product);
      const service = await relyingParty(product, 'social-insurance');
      const person = await service.sendsToUs({ scope: 'openid real_name assurance' });
      await person.opens('a[href$="/activate"]');
      await seeksRecord(person, imported, imported.mobile);
      await provesAndSetsPassword(person, imported);
      expect(person.page.says('#next')).toContain('社会保险');
      await person.opens('#next');
      await allows(person);
      const { claims, userinfo } = await service.receives(person);
      expect(claims).toMatchObject({ acr: 'L2', amr: ['mfa', 'pwd', 'sms'] });
      expect(userinfo).toMatchObject({ real_name: imported.name, assurance: { level: 'L2', evidence: [{ kind: 'real-name' }] } });
    });

    it('[PRV-05] of a child under 14 needs the consent of a guardian', async () => {
      const [child, guardian, mobile] = [await scripted('hanyiming'), citizen(), anyMobile()];
      const person = await atTheForm();
      await seeksRecord(person, child, child.mobile);
      await person.submits({ validFrom: child.document.validFrom, validity: '5' });
      expect(person.page.url.pathname).toMatch(/\/activate\/guardian$/);
      const base = person.page.url.pathname.replace(/guardian$/, '');
      expect((await person.goes(`${base}password`)).url.pathname).toBe(`${base}guardian`);
      const fields = {
        name: guardian.name,
        documentType: guardian.document.type,
        documentNumber: guardian.document.number,
        mobile,
        agreement: 'yes',
      };
      await person.asksForCode(fields);
      await person.submits({ ...fields, code: await person.readsCode(mobile) });
      expect(person.page.url.pathname).toBe(`${base}password`);
      await person.submits(passwordFields);
      expect(person.page.outcome).toBe('done');
    });

    it('goes the same way on a phone', async () => {
      const imported = await importedPerson(product);
      const person = newPerson(product, { channel: 'h5' });
      await person.goes('/activate');
      expect(person.page.$('#mobile').attr('inputmode')).toBe('tel');
      await seeksRecord(person, imported, imported.mobile);
      await provesAndSetsPassword(person, imported);
      expect(person.page.outcome).toBe('done');
    });
  });

  describe('of somebody with another mobile', () => {
    it('[ACT-04] a code to the bound mobile, which shows masked behind it, leads on as if it had been typed', async () => {
      const bound = anyMobile();
      const [imported, person] = [await importedPerson(product, bound), await atTheForm()];
      await seeksRecord(person, imported, anyMobile());
      expect(person.page.url.pathname).toMatch(/\/activate\/mobile$/);
      expect(person.page.text).not.toContain(bound.slice(-4));
      expect(person.page.has('[data-captcha-id]')).toBe(true);
      await person.asksForCode({ mobile: bound });
      await person.submits({ mobile: bound, code: await person.readsCode(bound) });
      expect(person.page.text).toContain(`${bound.slice(0, 3)}****${bound.slice(-4)}`);
      await provesAndSetsPassword(person, imported);
      expect(person.page.outcome).toBe('done');
      expect((await person.sandbox.messagesTo(bound)).filter(({ template }) => template === 'notice.activated')).toEqual([]);
    });

    it('[ACT-05] may replace it: the name must be known too, and the earlier mobile is told', async () => {
      const [bound, mobile] = [anyMobile(), anyMobile()];
      const [imported, person] = [await importedPerson(product, bound), await atTheForm()];
      await replaces(person, imported, mobile);
      expect(person.page.text).not.toContain(imported.name.slice(0, 1));
      await person.submits({ name: '某人', ...possessionFields(imported) });
      expect(person.page.error?.code).toBe('identity.mismatch');
      await provesAndSetsPassword(person, imported, imported.name);
      expect(person.page.outcome).toBe('done');
      await person.opens('#next');

      const [notice] = await messagesOf(person.sandbox, bound, 'notice.activated');
      expect(notice?.text).toContain(mobile.slice(-4));
      const again = newPerson(product);
      await again.goes('/login');
      await signsIn(again, { username: mobile, password: goodPassword });
      expect((await again.goes('/account')).url.pathname).toBe('/account');
    });

    it('[ACT-05] where none is bound, the given one is, with the same proof', async () => {
      const [imported, mobile, person] = [await importedPerson(product, null), anyMobile(), await atTheForm()];
      await replaces(person, imported, mobile);
      expect(person.page.text).toContain(word('activate', 'replacing'));
      await provesAndSetsPassword(person, imported, imported.name);
      expect(person.page.outcome).toBe('done');
    });

    it('[ACT-05] nothing is replaced by whoever knows name and number, but not the dates', async () => {
      const [imported, thief] = [await importedPerson(product), await atTheForm()];
      await replaces(thief, imported, anyMobile());
      for (let attempt = 0; attempt < 3; attempt += 1) {
        await thief.submits({ name: imported.name, validFrom: `2015-01-1${attempt}`, validity: '20' });
        expect(thief.page.error?.code).toBe('identity.mismatch');
      }
      await thief.submits({ name: imported.name, ...possessionFields(imported) });
      expect(thief.page.error?.code).toBe('identity.too-many');

      // Nobody keeps the owner out.
      const owner = await atTheForm();
      await seeksRecord(owner, imported, imported.mobile);
      await provesAndSetsPassword(owner, imported);
      expect(owner.page.outcome).toBe('done');
    });

    it('a mobile that an account has already is refused, whatever the number', async () => {
      const taken = await newCitizen(product);
      for (const sought of [await importedPerson(product), citizen()]) {
        const person = await atTheForm();
        await seeksRecord(person, sought, taken.mobile);
        expect(person.page.error).toMatchObject({ code: 'mobile.taken', field: 'mobile', text: refusal('mobile.taken.activate') });
        await person.sandbox.waits(61);
      }
    });
  });

  describe('of nobody', () => {
    it('leads back to the sign-in whoever need not activate anything', async () => {
      const person = await atTheForm();
      await person.opens('#back');
      expect([person.page.status, person.page.url.pathname]).toEqual([200, expect.stringMatching(/\/login\/password$/)]);
    });

    it('[DIS-21] unknown, active and waiting numbers get the same pages until the code was redeemed', async () => {
      const active = (await newCitizen(product, 'L2')).identity;
      const shown = [];
      for (const sought of [citizen(), active, await importedPerson(product)]) {
        const [person, mobile] = [await atTheForm(), anyMobile()];
        const fields = soughtFields(sought, mobile);
        await person.asksForCode(fields);
        const sent = plain(person, fields);
        await person.submits({ ...fields, code: '000000' });
        shown.push([sent, plain(person, fields), person.page.error?.code]);
      }
      expect(shown[0]?.[2]).toBe('otp.wrong');
      expect(shown[1]).toEqual(shown[0]);
      expect(shown[2]).toEqual(shown[0]);
    });

    it('[DIS-21] unknown, active and waiting numbers get the same page behind a code to another mobile', async () => {
      const active = (await newCitizen(product, 'L2')).identity;
      const shown = [];
      for (const sought of [citizen(), active, await importedPerson(product), await importedPerson(product, null)]) {
        const person = await atTheForm();
        const pages: string[] = [];
        const look = () => pages.push(person.page.text.replace(/[\d*X]{2,}/g, '…'));
        await seeksRecord(person, sought, anyMobile());
        look();
        // A number that is on no record is answered like one that is.
        const guess = { mobile: anyMobile() };
        await person.asksForCode(guess);
        look();
        await person.submits({ ...guess, code: '123456' });
        look();
        await person.submits({}, { button: '#replace-mobile' });
        await person.submits({ name: '某人', ...possessionFields(sought) });
        look();
        shown.push(pages);
      }
      for (const pages of shown.slice(1)) expect(pages).toEqual(shown[0]);
    });

    it('[DIS-21] unknown and active numbers end at the same wall, which only right names and dates reach', async () => {
      const walls = [];
      for (const sought of [citizen(), (await newCitizen(product, 'L2')).identity]) {
        const person = await atTheForm();
        await replaces(person, sought, anyMobile());
        await person.submits({ name: sought.name, ...possessionFields(sought) });
        expect([person.page.url.pathname.split('/').at(-1), person.page.outcome]).toEqual(['nobody', 'failed']);
        walls.push(person.page.text.replace(/[\w-]{12}/g, ''));
      }
      expect(walls[1]).toBe(walls[0]);
      expect(walls[0]).toContain(word('activate', 'nobody.title'));
    });

    it('[DIS-21] people who wait sign in no other way, and are answered like unknown ones', async () => {
      const imported = await importedPerson(product);
      const answers = [];
      for (const { mobile, document } of [imported, generatedPerson(17)]) {
        for (const username of [mobile, document.number]) {
          const person = newPerson(product);
          await person.goes('/login');
          await signsIn(person, { username, password: 'Wrong-Pass-2026' });
          answers.push([person.page.status, person.page.error?.code]);
        }
      }
      expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify([401, 'credentials.wrong'])]));
    });
  });

  describe('out of the usual order', () => {
    it('leads whoever types the address of a later step to where they are', async () => {
      const person = await atTheForm();
      const base = person.page.url.pathname.replace(/document$/, '');
      for (const step of ['mobile', 'identity', 'password', 'account', 'done', 'nobody', 'finish']) {
        expect((await person.goes(base + step)).url.pathname).toBe(`${base}document`);
      }
    });

    it('takes a code once, and asks for a new one for another number', async () => {
      const [imported, mobile, person] = [await importedPerson(product), anyMobile(), await atTheForm()];
      const form = person.tab();
      const fields = soughtFields(citizen(), mobile);
      await person.asksForCode(fields);
      const code = await person.readsCode(mobile);
      await person.submits({ ...fields, code });
      await form.goes(person.page.url.pathname.replace('mobile', 'document'));
      await form.submits({ ...soughtFields(imported, mobile), code });
      expect(form.page.error?.code).toBe('otp.expired');
    });

    it('another number begins anew, whatever was proven for the first', async () => {
      const [first, second, person] = [await importedPerson(product), await importedPerson(product), await atTheForm()];
      await seeksRecord(person, first, first.mobile);
      await person.submits(possessionFields(first));
      const base = person.page.url.pathname.replace(/password$/, '');
      await person.goes(`${base}document`);
      await person.sandbox.waits(61);
      await person.goes(`${base}document`);
      await seeksRecord(person, second, second.mobile);
      expect((await person.goes(`${base}password`)).url.pathname).toBe(`${base}identity`);
    });

    it('pressed twice, makes one account', async () => {
      const [imported, person] = [await importedPerson(product), await atTheForm()];
      await seeksRecord(person, imported, imported.mobile);
      await person.submits(possessionFields(imported));
      const twin = person.tab();
      await twin.goes(person.page.url);
      await Promise.all([person.submits(passwordFields), twin.submits(passwordFields)]);
      expect([person.page.outcome, twin.page.outcome]).toEqual(['done', 'done']);
    });

    it('of one person in two browsers at once, one does, and the other is told', async () => {
      const imported = await importedPerson(product);
      const both = [];
      for (const mobile of [imported.mobile, anyMobile()]) {
        const person = await atTheForm();
        if (mobile === imported.mobile) await seeksRecord(person, imported, mobile);
        else await replaces(person, imported, mobile);
        await person.submits({ ...(mobile === imported.mobile ? {} : { name: imported.name }), ...possessionFields(imported) });
        both.push(person);
      }
      await Promise.all(both.map((person) => person.submits(passwordFields)));
      const ends = both.map(({ page }) => page.outcome ?? page.error?.code ?? '');
      expect(ends.toSorted((one, other) => one.localeCompare(other))).toEqual(['activation.gone', 'done']);
    });

    it('everything that is wrong is said at once', async () => {
      const person = await atTheForm();
      await person.submits({ documentNumber: '110199199003150114', mobile: '1380000', captcha: '' });
      expect(problemsOf(person.page)).toEqual({
        documentNumber: refusal('document.invalid.check-character'),
        mobile: refusal('mobile.invalid.length'),
        captcha: refusal('captcha.required'),
        code: refusal('field.required.code'),
      });
      const imported = await importedPerson(product);
      const other = await atTheForm();
      await seeksRecord(other, imported, imported.mobile);
      await other.submits({ validFrom: '2023-02-29' });
      expect(problemsOf(other.page)).toEqual({ validFrom: refusal('date.invalid'), validity: refusal('field.required.validity') });
      await other.submits({ validFrom: '2010-05-20', validity: '5' });
      expect(other.page.error).toMatchObject({ code: 'document.expired', field: 'validity' });
    });

    it('the authority that does not answer costs nothing but time', async () => {
      const [imported, person] = [await importedPerson(product), await atTheForm()];
      await seeksRecord(person, imported, imported.mobile);
      await person.sandbox.authority('public-security', 'down');
      await person.submits(possessionFields(imported));
      await person.sandbox.authority('public-security', 'normal');
      expect([person.page.status, person.page.error?.code]).toEqual([503, 'identity.unavailable']);
      await person.sandbox.waits(10);
      await provesAndSetsPassword(person, imported);
      expect(person.page.outcome).toBe('done');
    });
  });

  async function scripted(id: string): Promise<ScriptedPerson> {
    const found = (await newPerson(product).sandbox.people<ScriptedPerson>()).find((person) => person.id === id);
    if (!found) throw new Error(`nobody is called ${id}`);
    return found;
  }
});

describe('a city without activation', () => {
  it('has no such address and names none', async () => {
    const person = newPerson(await sharedProduct('beijing'));
    expect((await person.goes('/activate')).status).toBe(404);
    await person.goes('/login');
    const base = person.page.url.pathname.replace(/login.*/, '');
    expect(person.page.has('a[href$="/activate"]')).toBe(false);
    expect((await person.goes(`${base}activate/document`)).status).toBe(404);
  });
});

/** From the first step to the identity step with a mobile that is not the bound one. */
async function replaces(person: Person, imported: Parameters<typeof seeksRecord>[1], mobile: string): Promise<void> {
  await seeksRecord(person, imported, mobile);
  expect(person.page.url.pathname).toMatch(/\/activate\/mobile$/);
  await person.submits({}, { button: '#replace-mobile' });
  expect(person.page.url.pathname).toMatch(/\/activate\/identity$/);
}

/** A page without what differs at every visit and what was typed. */
function plain({ page }: Person, fields: Readonly<Record<string, string>>): string {
  let { text } = page;
  for (const value of [
    ...Object.values(fields),
    `${fields['mobile']?.slice(0, 3)}****${fields['mobile']?.slice(-4)}`,
    fields['mobile']?.slice(-4) ?? '',
  ])
    text = text.replaceAll(value, '…');
  return text.replace(/\d+ 秒/g, '… 秒');
}
