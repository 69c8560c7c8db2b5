import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { fetchUserInfo } from 'openid-client';
import { provesMobile, sendsCode } from '../support/account-changes.ts';
import { softwareAuthenticator } from '../support/authenticator.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { addsPasskey, setsUpApp, type App } from '../support/protection.ts';
import { recovers, renewed } from '../support/recovery.ts';
import { relyingParty, type RelyingParty, type Tokens } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** What an owner does at the account centre, from the first page to the last. */
type Act = (person: Person, who: Citizen) => Promise<App | void>;

async function changes(person: Person, who: Citizen, what: string): Promise<void> {
  await person.goes(`/account/${what}`);
  await provesMobile(person, who.mobile);
}

async function changesRecipient(person: Person, who: Citizen, what: 'mobile' | 'email', to: string): Promise<void> {
  await changes(person, who, what);
  await person.submits({ [what]: to, code: await sendsCode(person, to, { [what]: to }) });
  expect(person.page.outcome).toBe('done');
}

const next = 'Xinmima-2026';

const acts = {
  'a change of the password': async (person, who) => {
    await changes(person, who, 'password');
    await person.submits({ password: who.password, newPassword: next, confirmPassword: next });
    expect(person.page.outcome).toBe('done');
  },
  'a recovery of the password': async (person, who) => {
    await person.goes('/recover');
    await recovers(person, who, renewed);
    expect(person.page.outcome).toBe('done');
  },
  'a change of the mobile': (person, who) => changesRecipient(person, who, 'mobile', newcomer().mobile),
  'a change of the e-mail address': (person, who) => changesRecipient(person, who, 'email', `${randomBytes(6).toString('hex')}@example.cn`),
  'a change of the username': async (person, who) => {
    await changes(person, who, 'username');
    await person.submits({ username: newcomer().username });
    expect(person.page.outcome).toBe('done');
  },
  'a new passkey': async (person) => {
    await person.goes('/account/security');
    await addsPasskey(person, softwareAuthenticator(person.page.url.origin));
    expect(person.page.outcome).toBe('done');
  },
  'another name of a passkey': async (person) => {
    await person.opens('#passkeys li a');
    await person.submits({ passkeyName: 'Tablet' });
    expect(person.page.outcome).toBe('done');
  },
  'the removal of a passkey': async (person) => {
    await person.opens('#passkeys li a');
    await person.submits({}, { button: '#remove' });
    expect(person.page.outcome).toBe('done');
  },
  'an authenticator app': async (person) => {
    await person.goes('/account/security');
    const { app, codes } = await setsUpApp(person);
    expect(codes).toHaveLength(10);
    return app;
  },
  'new recovery codes': async (person) => {
    await person.goes('/account/security/recovery-codes/new');
    await person.submits({}, { button: 'main form button' });
    expect(person.page.$('#codes li')).toHaveLength(10);
  },
  'the removal of the authenticator app': async (person) => {
    await person.goes('/account/security/totp/remove');
    await person.submits({}, { button: '#remove' });
    expect(person.page.outcome).toBe('done');
  },
  'the end of one other session': async (person) => {
    await person.goes('/account/sessions');
    await person.opens('[id^=end-session]');
    await person.submits();
    expect(person.page.outcome).toBe('done');
  },
  'the end of all other sessions': async (person) => {
    await person.goes('/account/sessions');
    await person.opens('#end-others');
    await person.submits();
    expect(person.page.outcome).toBe('done');
  },
  'signing out everywhere': async (person) => {
    await person.goes('/account');
    await person.submits({}, { button: '#end-sessions' });
    expect(person.page.outcome).toBe('done');
  },
} satisfies Readonly<Record<string, Act>>;

type ActName = keyof typeof acts;

/** What must be there before. */
const before: Readonly<Partial<Record<ActName, ActName>>> = {
  'another name of a passkey': 'a new passkey',
  'the removal of a passkey': 'a new passkey',
  'new recovery codes': 'an authenticator app',
  'the removal of the authenticator app': 'an authenticator app',
};

describe('what services may do without the person', () => {
  let product: Product;
  let service: RelyingParty;
  beforeAll(async () => {
    product = await sharedProduct();
    service = await relyingParty(product, 'basic');
  });

  /** Signed in to a service elsewhere, which keeps a refresh token that outlives the session. */
  async function grantedElsewhere(who: Citizen, app: App | void): Promise<{ elsewhere: Person; tokens: Tokens; sub: string }> {
    const elsewhere = await service.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' });
    await signsIn(elsewhere, who);
    if (app) {
      await app.waits();
      await elsewhere.submits({ totpCode: await app.code() });
      await allows(elsewhere);
    }
    const { tokens, claims } = await service.receives(elsewhere);
    expect(tokens.refresh_token).toBeDefined();
    return { elsewhere, tokens, sub: claims.sub ?? '' };
  }

  const isOut = async (person: Person) => /\/login\//.test((await person.goes('/account')).url.pathname);
  const refreshes = (tokens: Tokens) =>
    service.refreshes(tokens).then(
      () => 'refreshes',
      ({ error }: { error: string }) => error,
    );
  const reads = async ({ access_token: token }: Tokens, sub: string) =>
    fetchUserInfo(await service.configuration(), token, sub).then(
      () => 'reads',
      ({ status, code }: { status?: number; code?: string }) => status ?? code,
    );

  const out = { elsewhere: true, token: 'invalid_grant' };
  const stays = { elsewhere: false, token: 'refreshes' };
  it.each<[ActName, { elsewhere: boolean; token: string }, 'here' | 'out']>([
    ['a change of the password', out, 'here'],
    ['a recovery of the password', out, 'here'],
    ['a change of the mobile', out, 'here'],
    ['a change of the e-mail address', stays, 'here'],
    ['a change of the username', stays, 'here'],
    ['a new passkey', stays, 'here'],
    ['another name of a passkey', stays, 'here'],
    ['the removal of a passkey', out, 'here'],
    ['an authenticator app', out, 'here'],
    ['new recovery codes', stays, 'here'],
    ['the removal of the authenticator app', out, 'here'],
    ['the end of one other session', { elsewhere: true, token: 'refreshes' }, 'here'],
    ['the end of all other sessions', out, 'here'],
    ['signing out everywhere', out, 'out'],
  ])('[PRV-07] with %s it is %j, and the person is %s', async (name, expected, here) => {
    const who = await newCitizen(product, 'L2');
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, who);
    const first = before[name];
    const app = first && (await acts[first](person, who));
    const { elsewhere, tokens, sub } = await grantedElsewhere(who, app || undefined);
    if (first) await person.goes('/account/security');
    await acts[name](person, who);
    expect({ elsewhere: await isOut(elsewhere), token: await refreshes(tokens) }).toEqual(expected);
    // An access token dies with its grant, and with nothing less: it was for offline use.
    expect((await reads(tokens, sub)) === 'reads').toBe(expected.token === 'refreshes');
    expect(await isOut(person)).toBe(here === 'out');
  });

  it('[PRV-07] a service of the session that goes on gets new tokens without anybody being asked', async () => {
    const who = await newCitizen(product, 'L2');
    const portal = await relyingParty(product, 'first-party');
    const person = await portal.sendsToUs();
    await signsIn(person, who);
    const { claims } = await portal.receives(person);
    await acts['a change of the password'](person, who);
    await portal.sendsToUs({ prompt: 'none' }, person);
    expect((await portal.receives(person)).claims.sub).toBe(claims.sub);
  });
});
