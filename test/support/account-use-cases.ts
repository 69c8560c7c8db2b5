import { newPerson } from './browser.ts';
import type { UseCase } from './crash.ts';
import { newCitizen, signsIn, type Citizen } from './citizen.ts';
import { provesMobile, sendsCode, startsChange } from './account-changes.ts';
import { newcomer } from './newcomer.ts';
import type { Product } from './product.ts';

/** Every change in the account centre. */
export function accountUseCases(survivor: () => Product): Readonly<Record<string, UseCase>> {
  return {
    'change-password': {
      // A session elsewhere is ended with the change; its owner is told.
      writes: ['password.put', 'sessions.end', 'grants.end', 'audit.append', 'outbox.enqueue'],
      async scene() {
        const who = await newCitizen(survivor());
        await signedIn(survivor(), who);
        const person = await startsChange(newPerson(survivor()), 'password', who);
        await provesMobile(person, who.mobile);
        const fields = { password: who.password, newPassword: 'Xinmima-2026', confirmPassword: 'Xinmima-2026' };
        return { person, act: () => person.submits(fields), done: ({ outcome }) => outcome === 'done' };
      },
    },
    'change-mobile': {
      writes: ['account.update', 'sessions.end', 'grants.end', 'audit.append', 'outbox.enqueue'],
      async scene() {
        const [who, { mobile }] = [await newCitizen(survivor()), newcomer()];
        const person = await startsChange(newPerson(survivor()), 'mobile', who);
        await provesMobile(person, who.mobile);
        const code = await sendsCode(person, mobile, { mobile });
        return { person, act: () => person.submits({ mobile, code }), done: ({ outcome }) => outcome === 'done' };
      },
    },
    'change-email': {
      writes: ['account.update', 'audit.append', 'outbox.enqueue'],
      async scene() {
        const who = await newCitizen(survivor());
        const email = `${who.username}@example.cn`;
        const person = await startsChange(newPerson(survivor()), 'email', who);
        await provesMobile(person, who.mobile);
        const code = await sendsCode(person, email, { email });
        return { person, act: () => person.submits({ email, code }), done: ({ outcome }) => outcome === 'done' };
      },
    },
    'change-username': {
      writes: ['account.update', 'audit.append', 'outbox.enqueue'],
      async scene() {
        const [who, { username }] = [await newCitizen(survivor()), newcomer()];
        const person = await startsChange(newPerson(survivor()), 'username', who);
        await provesMobile(person, who.mobile);
        return { person, act: () => person.submits({ username }), done: ({ outcome }) => outcome === 'done' };
      },
    },
    'change-profile': {
      writes: ['account.update', 'audit.append'],
      async scene() {
        const person = await startsChange(newPerson(survivor()), '', await newCitizen(survivor()));
        await person.opens('#change-ethnicity');
        return { person, act: () => person.submits({ ethnicity: '05' }), done: ({ outcome }) => outcome === 'done' };
      },
    },
    'end-session': {
      writes: ['session.end', 'audit.append'],
      async scene() {
        const who = await newCitizen(survivor());
        await signedIn(survivor(), who);
        const person = await startsChange(newPerson(survivor()), 'sessions', who);
        await person.opens('[id^=end-session]');
        return { person, act: () => person.submits(), done: ({ outcome }) => outcome === 'done' };
      },
    },
  };
}

/** A session elsewhere. */
async function signedIn(product: Product, who: Citizen): Promise<void> {
  const person = newPerson(product);
  await person.goes('/login');
  await signsIn(person, who);
}
