import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { documentFields, registersWith, untilTimeOfDay } from '../support/city-forms.ts';
import { signsIn } from '../support/citizen.ts';
import { anyMobile, importedPerson, possessionFields, seeksRecord } from '../support/imported.ts';
import { citizen, goodPassword, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';

describe('whoever comes from the registration form to the activation', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct('hubei');
    await untilTimeOfDay(product, 9);
  });

  /** Types the document into the registration form, with a mobile of their own. */
  const registersAs = async (person: Person, who: RegisteredPerson, mobile: string): Promise<void> => {
    await person.goes(`${person.page.url.pathname.replace(/\/(activate|register)(\/.*)?$/, '')}/register/account`);
    await registersWith(person, documentFields(newcomer({ mobile }), who));
  };

  it('[ACT-01 REG-49] is told that they are registered, presses 激活, and is asked nothing again', async () => {
    const own = await importedPerson(product);
    const person = newPerson(product);
    await person.goes('/register');
    await registersAs(person, own, own.mobile);
    expect(person.page.url.pathname).toMatch(/\/activate\/identity$/);
    expect(person.page.says('h1')).toBe('您已经登记过');
    expect(person.page.text).toContain(word('activate', 'known-lead'));
    expect(person.page.text).toContain(own.document.validFrom);
    expect(person.page.$('form.form input:not([type=hidden])').length).toBe(0);
    expect(person.page.says('#next')).toBe('激活');
    await person.submits();
    expect([person.page.outcome, person.page.says('h1')]).toEqual(['done', '激活成功']);
    await person.opens('#next');
    // The password is the one that was typed in the registration.
    const again = newPerson(product);
    await again.goes('/login');
    await signsIn(again, { username: own.mobile, password: goodPassword });
    expect((await again.goes('/account')).url.pathname).toBe('/account');
  });

  it('[ACT-03 REG-49] mends what they typed wrong, and nothing else', async () => {
    const own = await importedPerson(product);
    const person = newPerson(product);
    await person.goes('/register');
    await registersAs(person, { ...own, document: { ...own.document, validFrom: '2016-05-21' } }, own.mobile);
    await person.submits();
    expect(person.page.error).toMatchObject({ code: 'identity.mismatch', field: undefined });
    expect(person.page.$('[name=validFrom]').attr('value')).toBe('2016-05-21');
    await person.submits(possessionFields(own));
    expect(person.page.outcome).toBe('done');
  });

  it('[DIS-21 REG-49] with another mobile learns that somebody waits only when all is right, and replaces the mobile', async () => {
    const other = await importedPerson(product, anyMobile());
    const person = newPerson(product);
    await person.goes('/register');
    await registersAs(person, { ...other, name: '王小明' }, anyMobile());
    expect([person.page.url.pathname.split('/').at(-1), person.page.error?.code]).toEqual(['account', 'identity.mismatch']);
    await person.submits({ name: other.name, newPassword: goodPassword, confirmPassword: goodPassword });
    expect(person.page.url.pathname).toMatch(/\/activate\/mobile$/);
    expect(person.page.text).toContain(word('activate', 'mobile-lead-known'));
    await person.submits({}, { button: '#replace-mobile' });
    expect(person.page.url.pathname).toMatch(/\/activate\/account$/);
    await person.submits();
    expect(person.page.outcome).toBe('done');
  });

  it('[ACT-03 REG-49] holds one document and opens no account of another', async () => {
    const [own, other] = [await importedPerson(product), await importedPerson(product, null)];
    const person = newPerson(product);
    await person.goes('/register');
    await registersAs(person, other, anyMobile());
    expect(person.page.url.pathname).toMatch(/\/activate\/mobile$/);
    await person.goes(person.page.url.pathname.replace(/mobile$/, 'document'));
    await seeksRecord(person, own, own.mobile);
    expect(person.page.url.pathname).toMatch(/\/activate\/identity$/);
    for (const step of ['password', 'account']) {
      await person.goes(person.page.url.pathname.replace(/\w+$/, step));
      expect(person.page.url.pathname).toMatch(/\/activate\/identity$/);
    }
  });

  it('[ACT-01 REG-49] is led to their own record, whatever number was looked up before', async () => {
    const own = await importedPerson(product);
    const person = newPerson(product);
    await person.goes('/activate');
    await seeksRecord(person, citizen(), own.mobile);
    expect(person.page.url.pathname).toMatch(/\/activate\/mobile$/);
    await person.sandbox.waits(61);
    await registersAs(person, own, own.mobile);
    await person.submits();
    expect(person.page.outcome).toBe('done');
  });
});
