import { randomInt } from 'node:crypto';
import { generatedPerson, generatedPeopleCount } from '../../sandbox/generated-people.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import type { Page, Person } from './browser.ts';

/** Somebody who has no account yet, and what they will type to get one. */
export interface Newcomer {
  readonly username: string;
  readonly mobile: string;
  readonly password: string;
}

/** A password that every shipped profile accepts. */
export const goodPassword = 'Qiaoliang7031';

/** Mobile and username that nobody else has: tests share a product. */
export function newcomer(known: Partial<Newcomer> = {}): Newcomer {
  return { username: `u${digits(10)}`, mobile: `15${digits(9)}`, password: goodPassword, ...known };
}

/** A citizen whom the simulated register confirms and who has no account. */
export function citizen(): RegisteredPerson {
  return generatedPerson(randomInt(generatedPeopleCount));
}

/** Fields of the account step but for the SMS code. */
export function accountFields({ username, mobile, password }: Newcomer): Record<string, string> {
  return { username, mobile, newPassword: password, confirmPassword: password, agreement: 'yes' };
}

/** Fields of the real-name form, as the document prints them. */
export function identityFields({ name, sex, document }: RegisteredPerson): Record<string, string> {
  const { type, number, validFrom, validUntil } = document;
  const end = validUntil === 'long-term' ? { longTerm: 'yes' } : { longTerm: 'no', validUntil };
  return { documentType: type, name, documentNumber: number, sex, validFrom, ...end };
}

/** The same for somebody who was verified before: only the validity is asked for. */
export function datesOf(person: RegisteredPerson): Record<string, string> {
  return Object.fromEntries(
    Object.entries(identityFields(person)).filter(([field]) => ['validFrom', 'validUntil', 'longTerm'].includes(field)),
  );
}

/** From the account step of the registration to what comes after it. */
export async function registers(person: Person, who: Newcomer = newcomer()): Promise<Page> {
  await person.asksForCode(accountFields(who));
  return person.submits({ ...accountFields(who), code: await person.readsCode(who.mobile) });
}

/** From the account step to the end, without proving who they are. */
export async function registersUnverified(person: Person, who: Newcomer = newcomer()): Promise<Page> {
  await registers(person, who);
  await skipsIdentity(person);
  return person.opens('#next');
}

/** 暂不认证. */
export function skipsIdentity(person: Person): Promise<Page> {
  return person.submits({}, { button: 'button[form=skip]' });
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}
