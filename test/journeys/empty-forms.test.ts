import { beforeAll, describe, expect, it } from '@jest/globals';
import { examples } from '../../interactions/gallery.ts';
import { provesMobile, sendsCode, startsChange } from '../support/account-changes.ts';
import { softwareAuthenticator } from '../support/authenticator.ts';
import { newPerson, type Person, type PersonOptions } from '../support/browser.ts';
import { newCitizen, opensProofing, signsIn, signsInBySms } from '../support/citizen.ts';
import { emptyFields, expectAllNamed } from '../support/empty-forms.ts';
import { anyMobile, importedPerson, possessionFields, seeksRecord } from '../support/imported.ts';
import { citizen, identityFields, registers } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { addsPasskey, atProtection, setsUpApp } from '../support/protection.ts';
import { atRecovery, provesOwner, recovers, seeksAccount } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';
import { linkIn, messageOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import type { ScriptedPerson } from '../../sandbox/people.ts';

/** Ends at the empty form. */
type Way = (product: Product) => Promise<Person>;

interface Place {
  readonly view: string;
  /** Which of several forms of this view. */
  readonly form?: string;
  readonly city: 'demo' | 'beijing' | 'guangzhou' | 'hubei';
  readonly way: Way;
}

const at =
  (path: string, options: PersonOptions = {}): Way =>
  async (product) => {
    const person = newPerson(product, options);
    await person.goes(path);
    return person;
  };

/** Inside a request of a service, signed in by password or by SMS code. */
const atLevels =
  (level: 'L1' | 'L2' | 'L3', by: typeof signsIn | typeof signsInBySms = signsIn) =>
  async (product: Product) => {
    const who = await newCitizen(product, level);
    const person = await (await relyingParty(product, 'level-3')).sendsToUs();
    await by(person, who);
    return { person, who };
  };

const atChange =
  (change: string, proves = true): Way =>
  async (product) => {
    const who = await newCitizen(product, 'L2');
    const person = await startsChange(newPerson(product), change, who);
    if (proves) await provesMobile(person, who.mobile);
    return person;
  };

/** Somebody froze the recovery of their password, by the link that came. */
const atReturn =
  (other?: string): Way =>
  async (product) => {
    const who = await newCitizen(product, 'L2');
    await recovers(await atRecovery(product), who);
    const person = newPerson(product);
    await person.goes(linkIn(await messageOf(person.sandbox, who.mobile, 'notice.password-recovered')));
    await person.submits();
    await person.opens('#next');
    if (other !== undefined) await person.opens(other);
    return person;
  };

/** Somebody else froze what the owner had changed, and the owner confirms it. */
const atConfirmation: Way = async (product) => {
  const who = await newCitizen(product, 'L2');
  const owner = await at('/login')(product);
  await signsIn(owner, who);
  const email = `${who.username}@example.cn`;
  await owner.goes('/account/email');
  await provesMobile(owner, who.mobile);
  await owner.submits({ email, code: await sendsCode(owner, email, { email }) });
  await owner.goes(linkIn(await messageOf(owner.sandbox, who.mobile, 'notice.email-changed')));
  await owner.submits();
  const later = await at('/login')(product);
  await signsIn(later, who);
  await later.goes('/account/frozen');
  await later.opens('#confirm-email');
  return later;
};

const atSecurity =
  (opens: (person: Person) => Promise<unknown>): Way =>
  async (product) => {
    const person = newPerson(product);
    await atProtection(person, await newCitizen(product));
    await opens(person);
    return person;
  };

const activating =
  (
    mobile: string | null | undefined,
    then: (person: Person, imported: Awaited<ReturnType<typeof importedPerson>>) => Promise<unknown>,
  ): Way =>
  async (product) => {
    const imported = await importedPerson(product, mobile);
    const person = await at('/activate')(product);
    await seeksRecord(person, imported, mobile === undefined ? imported.mobile : anyMobile());
    await then(person, imported);
    return person;
  };

const stays = () => Promise.resolve();

const atGuardian: Way = async (product) => {
  const person = await at('/register')(product);
  await registers(person);
  const minor = (await person.sandbox.people<ScriptedPerson>()).find(({ scenario }) => scenario === 'minor');
  if (!minor) throw new Error('nobody is a minor');
  await person.submits(identityFields(minor));
  return person;
};

const atSecondFactor =
  (kind: 'totp' | 'recovery-code'): Way =>
  async (product) => {
    const who = await newCitizen(product);
    const owner = newPerson(product);
    await atProtection(owner, who);
    await setsUpApp(owner);
    const person = await at('/login')(product);
    await person.submits({ identifier: who.username, password: who.password });
    if (kind === 'recovery-code') await person.opens('#use-other');
    return person;
  };

const places: readonly Place[] = [
  { view: 'login/password/view', city: 'demo', way: at('/login') },
  { view: 'login/password/view', form: 'with captcha', city: 'beijing', way: at('/login') },
  {
    view: 'login/sms-code/view',
    city: 'demo',
    async way(product) {
      const person = await at('/login')(product);
      await person.opens('#tab-sms-code');
      return person;
    },
  },
  {
    view: 'login/passkey/view',
    city: 'demo',
    async way(product) {
      const person = await at('/login')(product);
      await person.opens('#tab-passkey');
      return person;
    },
  },
  { view: 'login/second-factor', form: 'totp', city: 'demo', way: atSecondFactor('totp') },
  { view: 'login/second-factor', form: 'recovery code', city: 'demo', way: atSecondFactor('recovery-code') },
  { view: 'register/account', city: 'demo', way: at('/register') },
  { view: 'register/account', form: 'phone', city: 'beijing', way: at('/register', { channel: 'h5' }) },
  {
    view: 'register/account',
    city: 'guangzhou',
    async way(product) {
      const person = await at('/register')(product);
      await person.opens('#option-register');
      return person;
    },
  },
  { view: 'register/account', city: 'hubei', way: at('/register') },
  {
    view: 'step-up/real-name/view',
    form: 'in a registration',
    city: 'demo',
    async way(product) {
      const person = await at('/register')(product);
      await registers(person);
      return person;
    },
  },
  {
    view: 'step-up/real-name/view',
    city: 'demo',
    async way(product) {
      const { person, who } = await atLevels('L1')(product);
      await opensProofing(person, 'real-name', who);
      return person;
    },
  },
  { view: 'layout/guardian', city: 'demo', way: atGuardian },
  {
    view: 'step-up/verify',
    city: 'demo',
    async way(product) {
      const { person } = await atLevels('L2')(product);
      await person.opens('#step-up-bank-card');
      return person;
    },
  },
  {
    view: 'step-up/bank-card/view',
    city: 'demo',
    async way(product) {
      const { person, who } = await atLevels('L2')(product);
      await opensProofing(person, 'bank-card', who);
      return person;
    },
  },
  {
    view: 'step-up/password',
    city: 'demo',
    async way(product) {
      const { person } = await atLevels('L3', signsInBySms)(product);
      await person.opens('#step-up-password');
      return person;
    },
  },
  {
    view: 'step-up/passkey',
    city: 'demo',
    async way(product) {
      const who = await newCitizen(product, 'L3');
      const owner = newPerson(product);
      await atProtection(owner, who);
      await addsPasskey(owner, softwareAuthenticator(product.issuer));
      const person = await (await relyingParty(product, 'level-3')).sendsToUs();
      await signsInBySms(person, who);
      await person.opens('#step-up-passkey');
      return person;
    },
  },
  { view: 'activate/document', city: 'demo', way: at('/activate') },
  { view: 'activate/mobile', city: 'demo', way: activating(anyMobile(), stays) },
  { view: 'activate/identity', city: 'demo', way: activating(undefined, stays) },
  { view: 'activate/identity', form: 'with another mobile', city: 'demo', way: activating(null, stays) },
  {
    view: 'activate/password',
    city: 'demo',
    way: activating(undefined, (person, imported) => person.submits(possessionFields(imported))),
  },
  {
    view: 'activate/account',
    city: 'demo',
    // Signed in to an account with another mobile than the record has.
    async way(product) {
      const imported = await importedPerson(product);
      const person = await at('/login')(product);
      await signsIn(person, await newCitizen(product));
      await person.goes('/activate');
      await seeksRecord(person, imported, imported.mobile);
      await person.submits(possessionFields(imported));
      return person;
    },
  },
  { view: 'recover/account', city: 'demo', way: at('/recover') },
  { view: 'recover/account', form: 'phone', city: 'beijing', way: at('/recover', { channel: 'h5' }) },
  { view: 'recover/account', city: 'hubei', way: at('/recover') },
  {
    view: 'recover/verify',
    city: 'demo',
    async way(product) {
      const person = await at('/recover')(product);
      await seeksAccount(person, (await newCitizen(product, 'L2')).username);
      return person;
    },
  },
  {
    view: 'recover/password',
    city: 'demo',
    async way(product) {
      const who = await newCitizen(product, 'L2');
      const person = await at('/recover')(product);
      await seeksAccount(person, who.username);
      await provesOwner(person, who);
      return person;
    },
  },
  {
    view: 'recover/password',
    form: 'with the code',
    city: 'hubei',
    async way(product) {
      const { name, document } = citizen();
      const person = await at('/recover')(product);
      await person.submits({ name, documentNumber: document.number });
      await person.opens('#next');
      return person;
    },
  },
  { view: 'account/proof', form: 'code', city: 'demo', way: atChange('mobile', false) },
  {
    view: 'account/proof',
    form: 'password',
    city: 'demo',
    async way(product) {
      const person = newPerson(product);
      await atProtection(person, await newCitizen(product));
      await person.sandbox.waits(601);
      await person.opens('#set-up-totp');
      return person;
    },
  },
  { view: 'account/change/password', city: 'demo', way: atChange('password') },
  { view: 'account/change/mobile', city: 'demo', way: atChange('mobile') },
  { view: 'account/change/email', city: 'demo', way: atChange('email') },
  { view: 'account/change/username', city: 'demo', way: atChange('username') },
  { view: 'account/undo/return', form: 'document', city: 'demo', way: atReturn() },
  { view: 'account/undo/return', form: 'password', city: 'demo', way: atReturn('#use-password') },
  { view: 'layout/confirm-change', city: 'demo', way: atConfirmation },
  { view: 'account/security/totp', city: 'demo', way: atSecurity((person) => person.opens('#set-up-totp')) },
  { view: 'account/security/passkey-new', city: 'demo', way: atSecurity((person) => person.opens('#add-passkey')) },
];

describe('a form that is sent as it stands', () => {
  it('[UXP-05] is one of these, or needs nothing', async () => {
    const product = await sharedProduct();
    const person = newPerson(product);
    const asking = new Set<string>();
    for (const { view, state } of examples) {
      if (asking.has(view)) continue;
      await person.goes(`/sandbox/gallery/${view}?state=${encodeURIComponent(state)}`);
      if (emptyFields(person.page).length > 0) asking.add(view);
    }
    expect([...asking].toSorted()).toEqual([...new Set(places.map(({ view }) => view))].toSorted());
  });

  describe.each(['demo', 'beijing', 'guangzhou', 'hubei'] as const)('in %s', (city) => {
    let product: Product;
    beforeAll(async () => {
      product = await sharedProduct(city);
    });

    it.each(places.filter((place) => place.city === city).map((place) => [`${place.view} ${place.form ?? ''}`, place.way] as const))(
      '[UXP-05 NOT-14] names everything that is missing at once, in the order of the page, and focuses the first: %s',
      async (_, way) => {
        const person = await way(product);
        expect(emptyFields(person.page)).not.toEqual([]);
        await expectAllNamed(person);
      },
    );
  });
});
