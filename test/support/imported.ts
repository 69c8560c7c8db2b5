import { randomInt } from 'node:crypto';
import { generatedPersonWith } from '../../sandbox/generated-people.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import type { Page, Person } from './browser.ts';
import { goodPassword } from './newcomer.ts';
import type { Product } from './product.ts';
import { sandboxOf } from './sandbox.ts';

/** A mobile that nobody else has. */
export function anyMobile(): string {
  return `17${String(randomInt(1e9)).padStart(9, '0')}`;
}

/** Somebody who was imported for one test and waits for the activation. `mobile`: the bound one, their own by default. */
export async function importedPerson(product: Product, mobile?: string | null): Promise<RegisteredPerson> {
  const { first } = await sandboxOf(product).imports({ count: 1, ...(mobile === undefined ? {} : { mobile }) });
  const person = generatedPersonWith('resident-id-card', first.documentNumber);
  if (!person) throw new Error(`the sandbox imported nobody we know: ${first.documentNumber}`);
  return person;
}

/** Fields of the first step but for the SMS code. */
export function soughtFields({ document }: Pick<RegisteredPerson, 'document'>, mobile: string): Record<string, string> {
  return { documentType: document.type, documentNumber: document.number, mobile };
}

/** From the first step to what comes behind the code. */
export async function seeksRecord(person: Person, sought: Pick<RegisteredPerson, 'document'>, mobile: string): Promise<Page> {
  const fields = soughtFields(sought, mobile);
  await person.asksForCode(fields);
  return person.submits({ ...fields, code: await person.readsCode(mobile) });
}

/** What the document prints; 20 years or for ever, as generated people have it. */
export function possessionFields({ document }: RegisteredPerson): Record<string, string> {
  return { validFrom: document.validFrom, validity: document.validUntil === 'long-term' ? 'long-term' : '20' };
}

export const passwordFields = { newPassword: goodPassword, confirmPassword: goodPassword, agreement: 'yes' };

/** From the identity step to the last page. */
export async function provesAndSetsPassword(person: Person, imported: RegisteredPerson, name?: string): Promise<Page> {
  await person.submits({ ...(name === undefined ? {} : { name }), ...possessionFields(imported) });
  return person.submits(passwordFields);
}
