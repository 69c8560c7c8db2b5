import { randomBytes } from 'node:crypto';
import { generatedPersonWith } from '../../sandbox/generated-people.ts';
import type { Acr } from '../../src/domain/assurance/ladder.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import { newPerson, type Page, type Person, type PersonOptions } from './browser.ts';
import { datesOf, identityFields } from './newcomer.ts';
import type { Product } from './product.ts';
import { sandboxOf } from './sandbox.ts';

/** Somebody with an account, made by the sandbox for one test. */
export interface Citizen {
  readonly username: string;
  readonly password: string;
  readonly mobile: string;
  /** Whom the register knows by the document of the account; verified from L2 on. */
  readonly identity: RegisteredPerson;
}

/** A new account with evidence up to a level. */
export async function newCitizen(product: Product, level: Acr = 'L1'): Promise<Citizen> {
  const password = `Mei-${randomBytes(6).toString('hex')}`;
  const prefix = `c${randomBytes(5).toString('hex')}-`;
  const { first } = await sandboxOf(product).accounts({ count: 1, prefix, password, level });
  const identity = generatedPersonWith('resident-id-card', first.documentNumber);
  if (!identity) throw new Error(`the sandbox made an account for nobody: ${first.documentNumber}`);
  return { username: first.username, mobile: first.mobile, password, identity };
}

/** Signs in with the password, from the sign-in page of that method; allows the service what it asks for. */
export async function signsIn(person: Person, { username, password }: Pick<Citizen, 'username' | 'password'>): Promise<Page> {
  await person.submits({ identifier: username, password });
  return allows(person);
}

/** The same with an SMS code, from any sign-in page. */
export async function signsInBySms(person: Person, { mobile }: Pick<Citizen, 'mobile'>): Promise<Page> {
  await person.opens('#tab-sms-code');
  await person.asksForCode({ mobile });
  await person.submits({ mobile, code: await person.readsCode(mobile) });
  return allows(person);
}

/**
 * Somebody at a browser of their own, in which they signed in with the password before: an SMS code alone carries further
 * there than on a device that never proved more.
 */
export async function onOwnDevice(product: Product, citizen: Citizen, options: PersonOptions = {}): Promise<Person> {
  const person = newPerson(product, options);
  await person.goes('/login');
  await signsIn(person, citizen);
  await person.goes('/session/end');
  await person.submits({}, { button: '#logout-yes' });
  return person;
}

/** Allows a service what it asks for, where it asks. */
export async function allows(person: Person): Promise<Page> {
  return person.page.has('#consent-allow') ? person.submits({}, { button: '#consent-allow' }) : person.page;
}

/** From the step-up page, or from the method itself, to its form: confirms the mobile of the account where that is asked. */
export async function opensProofing(person: Person, method: string, { mobile }: Pick<Citizen, 'mobile'>): Promise<Page> {
  if (!person.page.url.pathname.includes(`/step-up/${method}/`)) await person.opens(`#step-up-${method}`);
  if (!person.page.url.pathname.endsWith('/verify')) return person.page;
  // The mobile stands masked on the page: what came to it before must not be taken for the new code.
  if ((await person.sandbox.messagesTo(mobile)).some(({ code }) => code !== undefined)) await person.readsCode(mobile);
  await person.asksForCode();
  return person.submits({ code: await person.readsCode(mobile) });
}

/** From the step-up page: proves a real name, the citizen's own by default, and goes on. */
export async function provesRealName(person: Person, citizen: Citizen, as: RegisteredPerson = citizen.identity): Promise<Page> {
  await opensProofing(person, 'real-name', citizen);
  // Whoever was verified before is asked only for the validity.
  await person.submits(person.page.has('[name=name]') ? identityFields(as) : datesOf(as));
  await goesOn(person);
  return allows(person);
}

/** From the step-up page: the password besides the SMS code of this session. */
export async function confirmsPassword(person: Person, { password }: Pick<Citizen, 'password'>): Promise<Page> {
  await person.opens('#step-up-password');
  await person.submits({ password });
  return allows(person);
}

/** From the last page of a wizard. */
export async function goesOn(person: Person): Promise<Page> {
  if (person.page.outcome !== 'done')
    throw new Error(`not done: ${person.page.url.pathname} ${person.page.error?.code ?? ''} ${person.page.text}`);
  return person.opens('#next');
}
