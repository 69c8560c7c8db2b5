import { describe, expect } from '@jest/globals';
import { scriptedPeople, type ScriptedPerson } from '../../sandbox/people.ts';
import { todayInShanghai } from '../../src/domain/person/civil-date.ts';
import { newPerson } from '../support/browser.ts';
import { newCitizen, opensProofing, signsIn } from '../support/citizen.ts';
import { diesAtEveryWrite, installation, type UseCase } from '../support/crash.ts';
import { anyMobile, importedPerson, passwordFields, possessionFields, seeksRecord } from '../support/imported.ts';
import { accountFields, citizen, identityFields, newcomer, registers } from '../support/newcomer.ts';
import { atRecovery, provesOwner, seeksAccount, setsPassword } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';

const own = installation();
const { survivor } = own;

/** Not yet verified, each with a bank card of their own. */
const people: ScriptedPerson[] = scriptedPeople(todayInShanghai(new Date())).filter(
  ({ document, outcome, account, bankCards }) => document.type === 'resident-id-card' && outcome === 'match' && !account && bankCards[0],
);

const useCases: Readonly<Record<string, UseCase>> = {
  register: {
    writes: ['subject.insert', 'account.insert', 'password.put', 'audit.append', 'outbox.enqueue'],
    async scene() {
      const [person, who] = [newPerson(survivor()), newcomer()];
      await person.goes('/register');
      await person.asksForCode(accountFields(who));
      const code = await person.readsCode(who.mobile);
      const act = () => person.submits({ ...accountFields(who), nationalPlatform: 'yes', code });
      return { person, act, done: ({ url }) => url.pathname.endsWith('/identity') };
    },
  },
  activate: {
    writes: [
      'account.insert',
      'password.put',
      'activation.end',
      'person.update',
      'account.link-person',
      'evidence.insert',
      'audit.append',
      'outbox.enqueue',
    ],
    async scene() {
      const [person, mobile] = [newPerson(survivor()), anyMobile()];
      const imported = await importedPerson(survivor(), anyMobile());
      await person.goes('/activate');
      await seeksRecord(person, imported, mobile);
      await person.submits({}, { button: '#replace-mobile' });
      await person.submits({ name: imported.name, ...possessionFields(imported) });
      return { person, act: () => person.submits(passwordFields), done: ({ outcome }) => outcome === 'done' };
    },
  },
  'verify-identity': {
    writes: ['person.insert', 'account.link-person', 'evidence.insert', 'audit.append', 'outbox.enqueue'],
    async scene() {
      const [person, somebody] = [newPerson(survivor()), citizen()];
      await person.goes('/register');
      await registers(person);
      return { person, act: () => person.submits(identityFields(somebody)), done: ({ outcome }) => outcome === 'done' };
    },
  },
  'verify-evidence': {
    writes: ['evidence.insert', 'audit.append', 'outbox.enqueue'],
    async scene() {
      const somebody = people.shift();
      const bankCard = somebody?.bankCards[0];
      if (!somebody || !bankCard) throw new Error('nobody is left who has a card');
      const service = await relyingParty(survivor(), 'level-3');
      const person = await service.sendsToUs({ prompt: 'create' });
      const who = newcomer({ mobile: bankCard.reservedMobile });
      await registers(person, who);
      await person.submits(identityFields(somebody));
      await person.opens('#next');
      await opensProofing(person, 'bank-card', who);
      const fields = { bankCard: bankCard.number, reservedMobile: bankCard.reservedMobile, agreement: 'yes' };
      // The reserved mobile is that of the account, proven a moment ago.
      const act = () => person.submits(fields);
      return { person, act, done: ({ outcome }) => outcome === 'done' };
    },
  },
  'sign-in': {
    // On a new device, of which its owner is told.
    writes: ['audit.append', 'outbox.enqueue'],
    async scene() {
      const who = await newCitizen(survivor());
      const person = newPerson(survivor());
      await person.goes('/login');
      return { person, act: () => signsIn(person, who), done: ({ url }) => url.pathname === '/account' };
    },
  },
  consent: {
    writes: ['consent.put', 'audit.append'],
    async scene() {
      const who = await newCitizen(survivor());
      const service = await relyingParty(survivor(), 'basic');
      const person = await service.sendsToUs({ scope: 'openid profile' });
      await person.submits({ identifier: who.username, password: who.password });
      const act = () => person.submits({}, { button: '#consent-allow' });
      return { person, act, done: ({ url }) => url.searchParams.has('code') };
    },
  },
  recover: {
    writes: ['presence.hold', 'password.put', 'change.insert', 'sessions.end', 'outbox.enqueue', 'grants.end', 'trust.end', 'audit.append'],
    async scene() {
      const who = await newCitizen(survivor(), 'L2');
      const service = await relyingParty(survivor(), 'basic');
      await signsIn(await service.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' }), who);
      const person = await atRecovery(survivor());
      await seeksAccount(person, who.username);
      await provesOwner(person, who);
      return { person, act: () => setsPassword(person), done: ({ outcome }) => outcome === 'done' };
    },
  },
  'send-code': {
    writes: ['audit.append', 'outbox.enqueue'],
    async scene() {
      const who = await newCitizen(survivor());
      const person = newPerson(survivor());
      await person.goes('/login');
      await person.opens('#tab-sms-code');
      const act = () => person.asksForCode({ mobile: who.mobile });
      const again = async () => {
        // Nothing was sent; the limit and the captcha are used up all the same.
        expect(await person.sandbox.messagesTo(who.mobile)).toEqual([]);
        await person.sandbox.waits(61);
        await person.goes(person.page.url);
        await act();
        return person.submits({ mobile: who.mobile, code: await person.readsCode(who.mobile) });
      };
      return { person, act, again, done: ({ url }) => url.pathname === '/account' };
    },
  },
};

describe('a process that dies in the middle', () => {
  diesAtEveryWrite(own, useCases);
});
