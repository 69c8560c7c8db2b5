import { randomBytes } from 'node:crypto';
import { newPerson, type Page, type Person } from './browser.ts';
import { signsIn, type Citizen } from './citizen.ts';
import type { Product } from './product.ts';
import { nextCode } from './sandbox.ts';

/** What a person does in the account centre, as far as many tests do it. */

/** Signs in and begins a change. */
export async function startsChange(person: Person, change: string, who: Pick<Citizen, 'username' | 'password'>): Promise<Person> {
  await person.goes('/login');
  await signsIn(person, who);
  await person.goes(`/account/${change}`);
  return person;
}

/** Presses "send code" and reads it where it was sent to. */
export async function sendsCode(person: Person, to: string, fields: Readonly<Record<string, string>> = {}): Promise<string> {
  const known = (await person.sandbox.messagesTo(to)).find(({ code }) => code !== undefined)?.id;
  await person.asksForCode(fields);
  if (person.page.error) throw new Error(`no code was sent: ${person.page.error.code}`);
  return (await nextCode(person.sandbox, to, known)).code;
}

/** 验证身份. */
export async function provesMobile(person: Person, mobile: string): Promise<Page> {
  return person.submits({ code: await sendsCode(person, mobile) });
}

/** What stands under a term of the page, as an eye sees it. */
export function shown({ $ }: Page, term: string): string {
  const row = $('.facts .row')
    .toArray()
    .map((each) => $(each))
    .find((each) => each.find('dt').text() === term);
  if (!row) throw new Error(`the page says nothing of ${term}`);
  const value = row.find('dd').clone();
  value.find('.unseen, .change').remove();
  return value.text().trim();
}

/** Binds an e-mail address that nobody else has to the account, in a browser of its owner. */
export async function bindsEmail(product: Product, who: Citizen): Promise<string> {
  const email = `n${randomBytes(6).toString('hex')}@example.cn`;
  const person = await startsChange(newPerson(product), 'email', who);
  if (!person.page.has('[name=email]')) await provesMobile(person, who.mobile);
  await person.sandbox.waits(61);
  await person.goes(person.page.url);
  await person.submits({ email, code: await sendsCode(person, email, { email }) });
  return email;
}
