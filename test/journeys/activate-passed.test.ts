import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { documentFields, registersWith, untilTimeOfDay } from '../support/city-forms.ts';
import { anyMobile, importedPerson, passwordFields, possessionFields, seeksRecord } from '../support/imported.ts';
import { citizen, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';
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

  it('[ACT-03 REG-49] holds one document and opens no account of another', async () => {
    const [own, other] = [await importedPerson(product), await importedPerson(product, null)];
    const person = newPerson(product);
    await person.goes('/register');
    await registersAs(person, own, own.mobile);
    await person.submits(possessionFields(own));
    expect(person.page.url.pathname).toMatch(/\/activate\/password$/);

    await person.sandbox.waits(61);
    await registersAs(person, other, anyMobile());
    expect(person.page.url.pathname).toMatch(/\/activate\/identity$/);
    await person.goes(person.page.url.pathname.replace(/identity$/, 'password'));
    expect(person.page.url.pathname).toMatch(/\/activate\/identity$/);
  });

  it('[ACT-01 REG-49] is led to their own record, whatever number was looked up before', async () => {
    const own = await importedPerson(product);
    const person = newPerson(product);
    await person.goes('/activate');
    await seeksRecord(person, citizen(), own.mobile);
    expect(person.page.url.pathname).toMatch(/\/activate\/nobody$/);
    await person.sandbox.waits(61);
    await registersAs(person, own, own.mobile);
    expect(person.page.url.pathname).toMatch(/\/activate\/identity$/);
    await person.submits(possessionFields(own));
    await person.submits(passwordFields);
    expect(person.page.outcome).toBe('done');
  });
});
