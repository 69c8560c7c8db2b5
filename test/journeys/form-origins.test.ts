import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Person } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { fillForm } from '../support/page.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let service: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct();
  service = await relyingParty(product, 'first-party');
});

const absent = undefined;
const origins = { absent, null: 'null', own: 'own', foreign: 'https://elsewhere.example' };
const sites = { absent, 'same-origin': 'same-origin', none: 'none', 'cross-site': 'cross-site', 'same-site': 'same-site' };
const matrix = Object.keys(origins).flatMap((origin) => Object.keys(sites).map((site) => [origin, site] as const));
type Told = (typeof matrix)[number];

/** What a browser tells of who made it send a form, by name. */
function headersOf([origin, site]: Told): Record<string, string | undefined> {
  const told = origins[origin as keyof typeof origins];
  return {
    Origin: told === 'own' ? new URL(product.issuer).origin : told,
    'Sec-Fetch-Site': sites[site as keyof typeof sites],
    ...(site === 'absent' ? { 'Sec-Fetch-Mode': absent, 'Sec-Fetch-Dest': absent } : {}),
  };
}

const elsewhere: ReadonlySet<string> = new Set(['foreign', 'cross-site', 'same-site']);
const isElsewhere = (told: Told): boolean => told.some((part) => elsewhere.has(part));

async function atSignIn(): Promise<Person> {
  return service.sendsToUs();
}

async function atAccount(path: string): Promise<Person> {
  const person = await service.sendsToUs();
  await signsIn(person, await newCitizen(product));
  await person.goes(path);
  return person;
}

/** Forms of every kind of page. The pressed button: of those that may be sent often, because what they send is refused. */
const forms: readonly [name: string, at: () => Promise<Person>, button: string][] = [
  ['sign-in', atSignIn, '#login-submit'],
  ['SMS code of the sign-in', async () => opened(await atSignIn(), '#tab-sms-code'), '#send-code'],
  ['registration', async () => opened(await service.sendsToUs({ prompt: 'create' }), 'body'), '#next'],
  ['language', atSignIn, 'button[name=locale]'],
  ['proof of the account centre', () => atAccount('/account/password'), 'form.form button[type=submit]:not([hidden])'],
  ['detail of the account', () => atAccount('/account?edit=ethnicity'), 'form[action="/account/ethnicity"] button'],
];

async function opened(person: Person, selector: string): Promise<Person> {
  if (selector !== 'body') await person.opens(selector);
  return person;
}

describe('a form', () => {
  it.each(forms)(
    'of the page: %s – is judged by token and cookie, and by its origin only where a browser tells of another',
    async (_, at, button) => {
      const person = await at();
      const { action, fields } = fillForm(person.page, {}, button);
      const body = Object.fromEntries(fields);
      for (const told of matrix) {
        const page = await person.tab().posts(action, body, headersOf(told) as Record<string, string>);
        expect({ told, forged: page.error?.code === 'form.forged' }).toEqual({ told, forged: isElsewhere(told) });
      }
    },
  );

  it('of a browser that tells nothing, or that its origin is hidden, signs in, and out of every session', async () => {
    for (const told of [
      ['absent', 'absent'],
      ['null', 'absent'],
    ] as const) {
      const headers = headersOf(told) as Record<string, string>;
      const { username, password } = await newCitizen(product);
      const person = await service.sendsToUs({}, { headers });
      await person.submits({ identifier: username, password });
      await service.redeems(person);
      await person.goes('/account');
      await person.submits({}, { button: 'form[action="/account/sessions/end"] button' });
      expect(person.page.url.pathname).toBe('/account/ended');
    }
  });
});
