import { sendsCode } from './account-changes.ts';
import { newPerson, type Page, type Person, type PersonOptions } from './browser.ts';
import type { Citizen } from './citizen.ts';
import type { Product } from './product.ts';

/** What people do to recover a password. */

/** A new person at the first step. */
export async function atRecovery(product: Product, options: PersonOptions = {}): Promise<Person> {
  const person = newPerson(product, options);
  await person.goes('/recover');
  return person;
}

/** From the first step to the page that asks for the proof. */
export async function seeksAccount(person: Person, identifier: string): Promise<Page> {
  await person.submits({ identifier });
  return person.page.url.pathname.endsWith('/method') ? person.opens('#next') : person.page;
}

/** From the page that asks for the proof to the new password. `verified`: with the document as well. */
export async function provesOwner(person: Person, { mobile, identity }: Pick<Citizen, 'mobile' | 'identity'>): Promise<Page> {
  const code = await sendsCode(person, mobile);
  return person.submits({ code, ...(person.page.has('#documentNumber') ? { documentNumber: identity.document.number } : {}) });
}

export const renewed = 'Jiangshan-8052';

export function setsPassword(person: Person, newPassword = renewed, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
  return person.submits({ newPassword, confirmPassword: newPassword, ...fields });
}

/** All of it, from the first step to the last page. */
export async function recovers(
  person: Person,
  citizen: Pick<Citizen, 'username' | 'mobile' | 'identity'>,
  newPassword = renewed,
): Promise<Page> {
  await seeksAccount(person, citizen.username);
  await provesOwner(person, citizen);
  return setsPassword(person, newPassword);
}
