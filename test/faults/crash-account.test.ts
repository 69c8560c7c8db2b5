import { describe } from '@jest/globals';
import { accountUseCases } from '../support/account-use-cases.ts';
import { softwareAuthenticator } from '../support/authenticator.ts';
import { newPerson } from '../support/browser.ts';
import { newCitizen } from '../support/citizen.ts';
import { diesAtEveryWrite, installation, type UseCase } from '../support/crash.ts';
import { addsPasskey, appFor, atProtection, challengeAt, setsUpApp } from '../support/protection.ts';

const own = installation();
const { survivor } = own;

/** Somebody at the sign-in protection of their account, in the account centre. */
async function atOwnProtection() {
  const [person, who] = [newPerson(survivor()), await newCitizen(survivor())];
  await atProtection(person, who);
  return { person, who };
}

const protection: Readonly<Record<string, UseCase>> = {
  'passkey-added': {
    writes: ['presence.hold', 'passkey.insert', 'change.insert', 'audit.append', 'outbox.enqueue'],
    async scene() {
      const { person } = await atOwnProtection();
      const authenticator = softwareAuthenticator(survivor().issuer);
      await person.opens('#add-passkey');
      // The challenge of the first attempt is used up.
      const act = async () => person.submits({ credential: authenticator.creates(await challengeAt(person)) });
      return { person, act, done: ({ outcome }) => outcome === 'done' };
    },
  },
  'passkey-removed': {
    writes: [
      'presence.hold',
      'passkey.remove',
      'change.insert',
      'sessions.end',
      'grants.end',
      'trust.end',
      'audit.append',
      'outbox.enqueue',
    ],
    async scene() {
      const { person } = await atOwnProtection();
      await addsPasskey(person, softwareAuthenticator(survivor().issuer));
      await person.opens('#passkeys li a');
      return { person, act: () => person.submits({}, { button: '#remove' }), done: ({ outcome }) => outcome === 'done' };
    },
  },
  'totp-set-up': {
    writes: [
      'presence.hold',
      'totp.put',
      'recovery-codes.put',
      'change.insert',
      'sessions.end',
      'grants.end',
      'trust.end',
      'audit.append',
      'outbox.enqueue',
    ],
    async scene() {
      const { person } = await atOwnProtection();
      await person.opens('#set-up-totp');
      const app = appFor(person, person.page.says('#secret'));
      return { person, act: async () => person.submits({ totpCode: await app.code() }), done: ({ $ }) => $('#codes li').length === 10 };
    },
  },
  'totp-removed': {
    writes: [
      'presence.hold',
      'totp.remove',
      'recovery-codes.remove',
      'change.insert',
      'sessions.end',
      'grants.end',
      'trust.end',
      'audit.append',
      'outbox.enqueue',
    ],
    async scene() {
      const { person } = await atOwnProtection();
      await setsUpApp(person);
      await person.goes('/account/security/totp/remove');
      return { person, act: () => person.submits({}, { button: '#remove' }), done: ({ outcome }) => outcome === 'done' };
    },
  },
  'second-factor': {
    writes: ['totp.use', 'audit.append'],
    async scene() {
      const { person: owner, who } = await atOwnProtection();
      const { app } = await setsUpApp(owner);
      await app.waits();
      const person = newPerson(survivor());
      await person.goes('/login');
      await person.submits({ identifier: who.username, password: who.password });
      return { person, act: async () => person.submits({ totpCode: await app.code() }), done: ({ url }) => url.pathname === '/account' };
    },
  },
};

describe('a process that dies in the middle of a change in the account centre', () => {
  diesAtEveryWrite(own, { ...accountUseCases(survivor), ...protection });
});
