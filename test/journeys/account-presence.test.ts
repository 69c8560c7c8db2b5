import { beforeAll, describe, expect, it } from '@jest/globals';
import { acts, type Act } from '../../src/domain/presence/acts.ts';
import { provesMobile, sendsCode } from '../support/account-changes.ts';
import { softwareAuthenticator, type Authenticator } from '../support/authenticator.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, onOwnDevice, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { addsPasskey, atProtection, challengeAt, setsUpApp, signsInWithPasskey } from '../support/protection.ts';
import { atRecovery, recovers, renewed } from '../support/recovery.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** Somebody in the account centre, and what they have at hand. */
interface Owner {
  readonly person: Person;
  readonly who: Citizen;
  /** Of now. */
  readonly password: string;
}

const pathOf = ({ page }: Person) => page.url.pathname;

/** Whether the page of an act is there; the SMS code that the manuals want is given to it. */
async function comesTo({ person, who }: Owner, path: string): Promise<boolean> {
  await person.goes(path);
  if (pathOf(person).endsWith('/verify') && !person.page.has('#documentNumber')) {
    await person.sandbox.waits(61);
    await provesMobile(person, who.mobile);
  }
  return !pathOf(person).startsWith('/account/proof/') && !pathOf(person).endsWith('/verify');
}

/** Bindings need a third party: login-upstream.test.ts. */
type TriedAct = Exclude<Act, 'binding.add' | 'binding.remove'>;

/** Each act from its first page to its last; false: its proof is asked for. In an order in which none hinders the next. */
const tries: Readonly<Record<TriedAct, (owner: Owner) => Promise<boolean>>> = {
  'username.change': async (owner) => {
    if (!(await comesTo(owner, '/account/username'))) return false;
    return (await owner.person.submits({ username: newcomer().username })).outcome === 'done';
  },
  'email.change': async (owner) => {
    const { person, who } = owner;
    if (!(await comesTo(owner, '/account/email'))) return false;
    const email = `${who.username}@example.cn`;
    return (await person.submits({ email, code: await sendsCode(person, email, { email }) })).outcome === 'done';
  },
  'passkey.rename': async (owner) => {
    const { person } = owner;
    if (!(await comesTo(owner, await firstPasskey(person)))) return false;
    return (await person.submits({ passkeyName: 'Another' })).outcome === 'done';
  },
  'passkey.remove': async (owner) => {
    const { person } = owner;
    if (!(await comesTo(owner, await firstPasskey(person)))) return false;
    return (await person.submits({}, { button: '#remove' })).outcome === 'done';
  },
  'passkey.add': async (owner) => {
    const { person } = owner;
    if (!(await comesTo(owner, '/account/security/passkeys/new'))) return false;
    const credential = softwareAuthenticator(person.page.url.origin).creates(await challengeAt(person));
    return (await person.submits({ passkeyName: 'New', credential })).outcome === 'done';
  },
  'totp.set-up': async (owner) => {
    const { person } = owner;
    if (!(await comesTo(owner, '/account/security/totp'))) return false;
    await person.goes('/account/security');
    return (await setsUpApp(person)).codes.length === 10;
  },
  'recovery-codes.make': async (owner) => {
    const { person } = owner;
    if (!(await comesTo(owner, '/account/security/recovery-codes/new'))) return false;
    await person.submits({}, { button: 'main form button' });
    return person.page.$('#codes li').length === 10;
  },
  'totp.remove': async (owner) => {
    const { person } = owner;
    if (!(await comesTo(owner, '/account/security/totp/remove'))) return false;
    return (await person.submits({}, { button: '#remove' })).outcome === 'done';
  },
  'password.change': async (owner) => {
    const { person, password } = owner;
    if (!(await comesTo(owner, '/account/password'))) return false;
    const next = 'Xinmima-2026';
    return (await person.submits({ password, newPassword: next, confirmPassword: next })).outcome === 'done';
  },
  'mobile.change': async (owner) => {
    const { person } = owner;
    if (!(await comesTo(owner, '/account/mobile'))) return false;
    const { mobile } = newcomer();
    return (await person.submits({ mobile, code: await sendsCode(person, mobile, { mobile }) })).outcome === 'done';
  },
};

async function firstPasskey(person: Person): Promise<string> {
  await person.goes('/account/security');
  return person.page.$('#passkeys li a').attr('href') ?? '';
}

/** Everybody has a passkey, added with the password long ago. */
async function withPasskey(product: Product, who: Citizen): Promise<Authenticator> {
  const person = newPerson(product);
  await atProtection(person, who);
  const passkey = softwareAuthenticator(product.issuer);
  await addsPasskey(person, passkey);
  await person.sandbox.waits(86_401);
  return passkey;
}

const bySms = async (person: Person, who: Citizen, password = who.password): Promise<Owner> => {
  await person.goes('/login');
  await signsInBySms(person, who);
  return { person, who, password };
};

/** Ways to come in, each with what it proves. */
const sessions = {
  'an SMS code on a new device': (product: Product, who: Citizen) => bySms(newPerson(product), who),
  'an SMS code': async (product: Product, who: Citizen) => bySms(await onOwnDevice(product, who), who),
  'an SMS code and the document number': async (product: Product, who: Citizen) => {
    const owner = await bySms(newPerson(product), who);
    await owner.person.goes('/account/mobile');
    await owner.person.submits({ documentNumber: who.identity.document.number });
    return owner;
  },
  'a recovered password': async (product: Product, who: Citizen) => {
    await recovers(await atRecovery(product), who);
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, { username: who.username, password: renewed });
    return { person, who, password: renewed };
  },
  'a password': async (product: Product, who: Citizen) => {
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, who);
    return { person, who, password: who.password };
  },
  'a passkey': async (product: Product, who: Citizen, passkey: Authenticator) => {
    const person = newPerson(product);
    await person.goes('/login');
    await signsInWithPasskey(person, passkey);
    return { person, who, password: who.password };
  },
} satisfies Readonly<Record<string, (product: Product, who: Citizen, passkey: Authenticator) => Promise<Owner>>>;
type Session = keyof typeof sessions;

const every = Object.keys(tries) as TriedAct[];
const butPasskeys = every.filter((act) => act !== 'passkey.add');

describe('what somebody may change who came in by', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('is a matter of one table, every act of which is tried here', () => {
    expect(every.toSorted()).toEqual(
      Object.keys(acts)
        .filter((act) => !act.startsWith('binding.'))
        .toSorted(),
    );
  });

  it.each<[Session, 'L1' | 'L2', readonly Act[]]>([
    ['an SMS code on a new device', 'L2', []],
    ['an SMS code', 'L2', []],
    ['an SMS code and the document number', 'L2', butPasskeys],
    ['a recovered password', 'L2', butPasskeys],
    ['a password', 'L2', every],
    ['a passkey', 'L2', every],
    // Of somebody whose identity nobody has verified the mobile is all there is.
    ['an SMS code on a new device', 'L1', butPasskeys],
    ['a recovered password', 'L1', butPasskeys],
    ['a password', 'L1', every],
  ])('%s, at %s: %j', async (session, level, allowed) => {
    const who = await newCitizen(product, level);
    const passkey = await withPasskey(product, who);
    const owner = await sessions[session](product, who, passkey);
    const done: Act[] = [];
    for (const act of every) if (await tries[act](owner)) done.push(act);
    expect(done).toEqual(allowed);
  });
});

describe.each(['demo', 'beijing', 'beijing-2019'])('[RN-11 ACC-09] the first step of a change, in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('asks who signed in with the password for captcha and SMS code, and for nothing else', async () => {
    const who = await newCitizen(product, 'L2');
    const owner = await sessions['a password'](product, who);
    await owner.person.goes('/account/mobile');
    const { page } = owner.person;
    expect(['[data-captcha]', '#code', '#documentNumber', '#use-password'].map((each) => page.has(each))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('asks who signed in by an SMS code for one field more, and no second code', async () => {
    const who = await newCitizen(product, 'L2');
    const { person } = await sessions['an SMS code on a new device'](product, who);
    await person.goes('/account/mobile');
    expect(['#code', '#documentNumber', '#use-password'].map((each) => person.page.has(each))).toEqual([false, true, true]);
    await person.submits({ documentNumber: '11010119900307005' });
    expect(person.page.error).toMatchObject({ code: 'document.invalid', field: 'documentNumber' });
    await person.submits({ documentNumber: ` ${who.identity.document.number.toLowerCase()} ` });
    expect(pathOf(person)).toBe('/account/mobile/new');
    // Once for the session.
    await person.goes('/account/email');
    expect(pathOf(person)).toBe('/account/email/new');
  });

  it('takes the password in place of the document number', async () => {
    const who = await newCitizen(product, 'L2');
    const { person } = await sessions['an SMS code on a new device'](product, who);
    await person.goes('/account/mobile');
    await person.opens('#use-password');
    await person.submits({ password: 'Falsch-2026' });
    expect(person.page.error).toMatchObject({ code: 'credentials.wrong', field: 'password' });
    await person.submits({ password: who.password });
    expect(pathOf(person)).toBe('/account/mobile/new');
  });

  it('asks nobody for a document whose identity was not verified', async () => {
    const who = await newCitizen(product);
    const { person } = await sessions['an SMS code on a new device'](product, who);
    await person.goes('/account/mobile');
    expect(pathOf(person)).toBe('/account/mobile/new');
  });
});

describe('a proof by passkey', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('stands in for document number and password, where the owner has one', async () => {
    const who = await newCitizen(product, 'L2');
    const passkey = await withPasskey(product, who);
    const { person } = await sessions['an SMS code on a new device'](product, who);
    await person.goes('/account/mobile');
    await person.opens('#use-passkey');
    const stranger = softwareAuthenticator(product.issuer);
    stranger.creates({ challenge: '', rp: { id: 'localhost' }, user: { id: '' } });
    await person.submits({ credential: stranger.signs(await challengeAt(person)) });
    expect(person.page.error).toMatchObject({ code: 'passkey.wrong', field: 'credential' });
    await person.submits({ credential: passkey.signs(await challengeAt(person)) });
    expect(pathOf(person)).toBe('/account/mobile/new');
    // It opens what an SMS code does not.
    await person.goes('/account/security/passkeys/new');
    expect(pathOf(person)).toBe('/account/security/passkeys/new');
  });

  it('is not offered to whoever has none', async () => {
    const who = await newCitizen(product, 'L2');
    const { person } = await sessions['an SMS code on a new device'](product, who);
    await person.goes('/account/mobile');
    expect(person.page.has('#use-passkey')).toBe(false);
    await person.goes('/account/security/totp');
    expect([person.page.has('#use-passkey'), person.page.has('#use-sms-code')]).toEqual([false, true]);
  });
});
