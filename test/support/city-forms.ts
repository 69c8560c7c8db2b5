import { addYears } from '../../src/domain/person/civil-date.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import type { Page, Person } from './browser.ts';
import { accountFields, newcomer, type Newcomer } from './newcomer.ts';
import { sandboxOf } from './sandbox.ts';
import type { Product } from './product.ts';

/** The account form of Guangzhou but for the SMS code: an identity nobody verifies, and an address. */
export function assertedFields(who: Newcomer, { name, document }: Pick<RegisteredPerson, 'name' | 'document'>): Record<string, string> {
  return {
    ...accountFields(who),
    name,
    documentType: document.type,
    documentNumber: document.number,
    address: '天河区龙口西路穗园西街2号',
  };
}

/** The account form of Hubei but for the SMS code: what the document prints, as the form asks for it. */
export function documentFields(who: Newcomer, { name, sex, birthDate, document }: RegisteredPerson): Record<string, string> {
  const { username: _, ...account } = accountFields(who);
  const own = { ...account, name, documentType: document.type, documentNumber: document.number };
  if (document.type !== 'resident-id-card') return { ...own, sex, birthDate };
  const years = ['5', '10', '20'].find((count) => addYears(document.validFrom, Number(count)) === document.validUntil);
  return { ...own, validFrom: document.validFrom, validity: years ?? 'long-term' };
}

/** Asks for the code and submits; the form is the one the person stands at. */
export async function registersWith(person: Person, fields: Readonly<Record<string, string>>): Promise<Page> {
  await person.asksForCode(fields);
  return person.submits({ ...fields, code: await person.readsCode(fields['mobile'] ?? '') });
}

/** From the form of Hubei to what comes after it. */
export function registersVerified(person: Person, citizen: RegisteredPerson, who: Newcomer = newcomer()): Promise<Page> {
  return registersWith(person, documentFields(who, citizen));
}

const china = 8 * 3600;

/** Moves the product's clock on to this hour and minute of a day in China. */
export async function untilTimeOfDay(product: Product, hour: number, minute = 0): Promise<void> {
  const sandbox = sandboxOf(product);
  const second = (Math.floor(Date.now() / 1000) + (await sandbox.clockAhead()) + china) % 86_400;
  await sandbox.waits((hour * 3600 + minute * 60 - second + 86_400) % 86_400);
}
