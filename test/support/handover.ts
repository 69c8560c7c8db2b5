import { newPerson, type Page, type Person } from './browser.ts';
import { signsIn, type Citizen } from './citizen.ts';
import type { Product } from './product.ts';

/** Two devices: one shows a code, the other opens it. */

/** What the first device shows: where the code leads, and the number beside it. */
export interface Code {
  readonly path: string;
  readonly number: string;
}

/** From a sign-in page, to the tab with the code. */
export async function showsCode(desktop: Person): Promise<Code> {
  await desktop.opens('#tab-qr-code');
  return codeOn(desktop.page);
}

export function codeOn(page: Page): Code {
  return { path: new URL(page.$('#handover-code').attr('data-url') ?? '').pathname, number: page.says('#handover-number') };
}

export function stateOn(page: Page): string | undefined {
  return page.$('[data-handover-state]').attr('data-handover-state');
}

/** A phone in which somebody is signed in. */
export async function phoneOf(product: Product, citizen: Citizen): Promise<Person> {
  const phone = newPerson(product, { channel: 'h5' });
  await phone.goes('/login');
  // Some cities take no username on phones.
  await signsIn(phone, { ...citizen, username: citizen.mobile });
  return phone;
}

/** The numbers a phone may pick from. */
export function choicesOn(page: Page): readonly string[] {
  return page
    .$('[name=number]')
    .toArray()
    .map(({ attribs }) => attribs['value'] ?? '');
}

export async function confirms(phone: Person, { path, number }: Code): Promise<Page> {
  await phone.goes(path);
  return phone.submits({ number }, { button: '#handover-confirm' });
}

/** A number that the phone offers and the first device does not show. */
export async function picksWrong(phone: Person, { path, number }: Code): Promise<Page> {
  await phone.goes(path);
  const wrong = choicesOn(phone.page).find((each) => each !== number) ?? '';
  return phone.submits({ number: wrong }, { button: '#handover-confirm' });
}
