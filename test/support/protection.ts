import { matchingStep, totpCode, totpStep } from '../../src/domain/authenticator/totp.ts';
import type { Authenticator, CreationOptions, Lies, RequestOptions } from './authenticator.ts';
import type { Page, Person } from './browser.ts';
import { allows, signsIn, type Citizen } from './citizen.ts';

/** What people do about passkeys and authenticator apps. A browser without scripts is given what a script would send. */

/** What the script of the page asks for. */
export async function challengeAt<Options = CreationOptions & RequestOptions>(person: Person): Promise<Options> {
  const address = person.page.$('[data-challenge]').attr('data-challenge');
  if (address === undefined) throw new Error(`no challenge at ${person.page.url.pathname}`);
  const { html } = await person.tab().goes(address);
  const options: Options = JSON.parse(html);
  return options;
}

/** Signs in to the account centre and opens its sign-in protection. */
export async function atProtection(person: Person, citizen: Pick<Citizen, 'username' | 'password'>): Promise<Page> {
  await person.goes('/login');
  await signsIn(person, citizen);
  return person.goes('/account/security');
}

/** From the sign-in protection, freshly proved. */
export async function addsPasskey(
  person: Person,
  authenticator: Authenticator,
  { name = '我的手机', lies = {} }: { readonly name?: string; readonly lies?: Lies } = {},
): Promise<Page> {
  await person.opens('#add-passkey');
  const credential = authenticator.creates(await challengeAt(person), lies);
  return person.submits({ passkeyName: name, credential });
}

/** From any sign-in page. */
export async function signsInWithPasskey(person: Person, authenticator: Authenticator, lies: Lies = {}): Promise<Page> {
  await person.opens('#tab-passkey');
  const credential = authenticator.signs(await challengeAt(person), lies);
  await person.submits({ credential }, { button: '#login-passkey' });
  return allows(person);
}

/** An authenticator app on the phone of somebody, its clock that of the product. */
export interface App {
  /** The code that it shows now. */
  code(): Promise<string>;
  /** Waits until it shows another one. */
  waits(): Promise<void>;
}

/** Scans what the page shows, types the first code, and answers the recovery codes. */
export async function setsUpApp(person: Person): Promise<{ app: App; codes: readonly string[] }> {
  await person.opens('#set-up-totp');
  const app = appFor(person, person.page.says('#secret'));
  await person.submits({ totpCode: await app.code() });
  const codes = person.page
    .$('#codes li')
    .toArray()
    .map((each) => person.page.$(each).text().trim());
  return { app, codes };
}

/** @param secret - as the page prints it */
export function appFor(person: Person, secret: string): App {
  const key = fromBase32(secret.replaceAll(' ', ''));
  const now = async () => new Date(Date.now() + (await person.sandbox.clockAhead()) * 1000);
  return {
    async code() {
      const code = totpCode(key, totpStep(await now()));
      if (matchingStep({ secret: key, lastStep: 0 }, code, await now()) === undefined) throw new Error('the app is wrong');
      return code;
    },
    waits: () => person.sandbox.waits(30),
  };
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
