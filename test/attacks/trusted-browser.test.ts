import { beforeAll, describe, expect, it } from '@jest/globals';
import { provesMobile, sendsCode } from '../support/account-changes.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, onOwnDevice, provesRealName, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { atRecovery, recovers, renewed } from '../support/recovery.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { linkIn, messageOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** What an owner does in a browser of their own, where they signed in with the password; all but the last stay signed in. */
interface Act {
  /** Where codes go afterwards. */
  readonly does: (owner: Person, citizen: Citizen) => Promise<string>;
  readonly staysIn: boolean;
}

async function beginsChange(owner: Person, change: string, { mobile }: Citizen): Promise<void> {
  await owner.goes(`/account/${change}`);
  await provesMobile(owner, mobile);
}

async function movesMobile(owner: Person, citizen: Citizen): Promise<string> {
  const { mobile } = newcomer();
  await beginsChange(owner, 'mobile', citizen);
  await owner.submits({ mobile, code: await sendsCode(owner, mobile, { mobile }) });
  return mobile;
}

const acts: Readonly<Record<string, Act>> = {
  'changing the password': {
    staysIn: true,
    async does(owner, citizen) {
      await beginsChange(owner, 'password', citizen);
      await owner.submits({ password: citizen.password, newPassword: renewed, confirmPassword: renewed });
      return citizen.mobile;
    },
  },
  'moving the mobile': { staysIn: true, does: movesMobile },
  'signing out everywhere else': {
    staysIn: true,
    async does(owner, { mobile }) {
      await owner.goes('/account/sessions/others');
      await owner.submits();
      return mobile;
    },
  },
  'a recovery of the password': {
    staysIn: true,
    async does(owner, citizen) {
      await owner.goes('/recover');
      await recovers(owner, citizen);
      return citizen.mobile;
    },
  },
  'freezing a change and giving it back': {
    staysIn: false,
    async does(owner, citizen) {
      await movesMobile(owner, citizen);
      await owner.goes(linkIn(await messageOf(owner.sandbox, citizen.mobile, 'notice.mobile-changed')));
      await owner.submits();
      await owner.sandbox.waits(61);
      await owner.opens('#next');
      await owner.opens('#use-password');
      await owner.submits({ password: citizen.password, code: await sendsCode(owner, citizen.mobile) });
      return citizen.mobile;
    },
  },
};

describe('a browser in which somebody proved more than the mobile', () => {
  let product: Product;
  let service: RelyingParty;
  beforeAll(async () => {
    product = await sharedProduct();
    service = await relyingParty(product, 'entitled');
  });

  /** What an SMS code alone carries there. */
  async function levelOf(person: Person, mobile: string): Promise<unknown> {
    await person.sandbox.waits(61);
    await service.sendsToUs({ scope: 'openid', prompt: 'login' }, person);
    await signsInBySms(person, { mobile });
    return (await service.receives(person)).claims.acr;
  }

  async function signsOut(person: Person): Promise<void> {
    await person.goes('/session/end');
    await person.submits({}, { button: '#logout-yes' });
  }

  it.each(Object.entries(acts))('is not trusted any more after %s elsewhere, where it was done it is', async (_, { does, staysIn }) => {
    const citizen = await newCitizen(product, 'L2');
    // Whoever had the password once; a copy of the cookie is the same.
    const thief = await onOwnDevice(product, citizen);
    const owner = newPerson(product);
    await owner.goes('/login');
    await signsIn(owner, citizen);
    await owner.sandbox.waits(61);
    const mobile = await does(owner, citizen);
    await owner.goes('/account');
    if (staysIn) await signsOut(owner);
    expect(await levelOf(thief, mobile)).toBe('L1');
    expect(await levelOf(owner, mobile)).toBe(staysIn ? 'L2' : 'L1');
  });

  it('is not trusted any more after it was signed out from another one', async () => {
    const citizen = await newCitizen(product, 'L2');
    const left = newPerson(product);
    await left.goes('/login');
    await signsIn(left, citizen);
    const owner = newPerson(product);
    await owner.goes('/login');
    await signsIn(owner, citizen);
    await owner.goes('/account/sessions');
    await owner.opens('[id^=end-session-]');
    await owner.submits();
    await owner.goes('/account');
    await signsOut(owner);
    expect([await levelOf(left, citizen.mobile), await levelOf(owner, citizen.mobile)]).toEqual(['L1', 'L2']);
  });

  it('is not trusted again by an SMS code, however often and wherever it is typed', async () => {
    const citizen = await newCitizen(product, 'L2');
    const thief = await onOwnDevice(product, citizen);
    await recovers(await atRecovery(product), citizen);
    for (let times = 0; times < 2; times += 1) {
      expect(await levelOf(thief, citizen.mobile)).toBe('L1');
      await thief.goes('/account');
      await signsOut(thief);
    }
  });

  it('stays trusted when somebody is verified in it, and when only an SMS code was typed for that', async () => {
    const minimum = await relyingParty(product, 'level-2');
    for (const signs of [signsIn, signsInBySms] as const) {
      const citizen = await newCitizen(product);
      const person = await onOwnDevice(product, citizen);
      await person.sandbox.waits(61);
      await minimum.sendsToUs({}, person);
      await signs(person, citizen);
      await provesRealName(person, citizen);
      expect((await minimum.receives(person)).claims.acr).toBe('L2');
      await signsOut(person);
      expect(await levelOf(person, citizen.mobile)).toBe('L2');
    }
  });

  it('keeps its own budget of tries after all of that', async () => {
    const citizen = await newCitizen(product, 'L2');
    const elsewhere = await onOwnDevice(product, citizen);
    await recovers(await atRecovery(product), citizen);
    const stranger = newPerson(product);
    await stranger.goes('/login');
    for (let tries = 0; tries < 6; tries += 1) await stranger.submits({ identifier: citizen.username, password: 'guess' });
    expect(stranger.page.error?.code).toBe('credentials.throttled');
    await elsewhere.goes('/login');
    await signsIn(elsewhere, { username: citizen.username, password: renewed });
    expect((await elsewhere.goes('/account')).url.pathname).toBe('/account');
  });
});
