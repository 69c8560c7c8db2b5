import { describe } from '@jest/globals';
import type { ScriptedPerson } from '../../sandbox/people.ts';
import { newPerson } from '../support/browser.ts';
import { documentFields, registersWith } from '../support/city-forms.ts';
import { diesAtEveryWrite, installation, type Scene } from '../support/crash.ts';
import { citizen, newcomer } from '../support/newcomer.ts';

/** A registration that verifies in its form, at any hour. */
const own = installation({ extends: 'hubei', registration: { hours: null } });
const { survivor } = own;

async function atTheForm(): Promise<Scene> {
  const person = newPerson(survivor());
  const typed = documentFields(newcomer(), citizen());
  await person.goes('/register');
  await person.asksForCode(typed);
  const code = await person.readsCode(typed['mobile'] ?? '');
  return { person, act: () => person.submits({ ...typed, code }), done: ({ outcome }) => outcome === 'done' };
}

async function atTheGuardian(): Promise<Scene> {
  const person = newPerson(survivor());
  const minor = (await person.sandbox.people<ScriptedPerson>())
    .filter(({ scenario }) => scenario === 'minor')
    .toSorted((a, b) => (a.birthDate < b.birthDate ? 1 : -1))[0];
  if (!minor) throw new Error('nobody of the sandbox is a minor');
  await person.goes('/register');
  await registersWith(person, documentFields(newcomer(), minor));
  const { name, document } = citizen();
  const mobile = newcomer().mobile;
  const typed = { name, documentType: document.type, documentNumber: document.number, mobile, agreement: 'yes' };
  await person.asksForCode(typed);
  const code = await person.readsCode(mobile);
  return { person, act: () => person.submits({ ...typed, code }), done: ({ outcome }) => outcome === 'done' };
}

describe('a process that dies in the middle of a registration that verifies', () => {
  diesAtEveryWrite(own, {
    'register-verified': {
      writes: [
        'subject.insert',
        'account.insert',
        'password.put',
        'person.insert',
        'account.link-person',
        'evidence.insert',
        'audit.append',
        'outbox.enqueue',
      ],
      scene: atTheForm,
    },
    'verify-identity': { writes: ['guardian-consent.put'], scene: atTheGuardian },
  });
});
