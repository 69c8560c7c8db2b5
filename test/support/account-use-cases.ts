import { newPerson } from './browser.ts';
import type { UseCase } from './crash.ts';
import { newCitizen, signsIn, type Citizen } from './citizen.ts';
import { provesMobile, sendsCode, startsChange } from './account-changes.ts';
import { newcomer } from './newcomer.ts';
import type { Product } from './product.ts';
import { linkIn, messageOf } from './sandbox.ts';

/** Every change in the account centre. */
export function accountUseCases(survivor: () => Product): Readonly<Record<string, UseCase>> {
  return {
    'change-password': {
      // A session elsewhere is ended with the change; its owner is told.
      writes: [
        'presence.hold',
        'password.put',
        'change.insert',
        'sessions.end',
        'grants.end',
        'trust.end',
        'audit.append',
        'outbox.enqueue',
      ],
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
      writes: [
        'presence.hold',
        'account.update',
        'change.insert',
        'sessions.end',
        'grants.end',
        'trust.end',
        'audit.append',
        'outbox.enqueue',
      ],
      async scene() {
        const [who, { mobile }] = [await newCitizen(survivor()), newcomer()];
        const person = await startsChange(newPerson(survivor()), 'mobile', who);
        await provesMobile(person, who.mobile);
        const code = await sendsCode(person, mobile, { mobile });
        return { person, act: () => person.submits({ mobile, code }), done: ({ outcome }) => outcome === 'done' };
      },
    },
    'change-email': {
      writes: ['presence.hold', 'account.update', 'change.insert', 'audit.append', 'outbox.enqueue'],
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
      writes: ['presence.hold', 'account.update', 'change.insert', 'audit.append', 'outbox.enqueue'],
      async scene() {
        const [who, { username }] = [await newCitizen(survivor()), newcomer()];
        const person = await startsChange(newPerson(survivor()), 'username', who);
        await provesMobile(person, who.mobile);
        return { person, act: () => person.submits({ username }), done: ({ outcome }) => outcome === 'done' };
      },
    },
    'freeze-change': {
      writes: ['changes.freeze', 'ways-in.hold', 'sessions.end', 'grants.end', 'trust.end', 'audit.append', 'outbox.enqueue'],
      async scene() {
        const { link } = await movedMobile(survivor());
        const person = newPerson(survivor());
        await person.goes(link);
        return { person, act: () => person.submits(), done: ({ outcome }) => outcome === 'done' };
      },
    },
    'return-change': {
      writes: ['changes.return', 'ways-in.release', 'sessions.end', 'grants.end', 'trust.end', 'audit.append', 'outbox.enqueue'],
      async scene() {
        const { link, who } = await movedMobile(survivor());
        const person = newPerson(survivor());
        await person.goes(link);
        await person.submits();
        await person.sandbox.waits(61);
        await person.opens('#next');
        const fields = { documentNumber: who.identity.document.number, code: await sendsCode(person, who.mobile) };
        return { person, act: () => person.submits(fields), done: ({ outcome }) => outcome === 'done' };
      },
    },
    'confirm-change': {
      writes: [
        'presence.hold',
        'changes.confirm',
        'ways-in.release',
        'sessions.end',
        'grants.end',
        'trust.end',
        'audit.append',
        'outbox.enqueue',
      ],
      async scene() {
        const { link, who, mobile } = await movedMobile(survivor());
        const person = newPerson(survivor());
        await person.goes(link);
        await person.submits();
        await person.sandbox.waits(7200);
        await signedIn(survivor(), who);
        await startsChange(person, 'frozen/confirm/mobile', who);
        const code = await sendsCode(person, mobile);
        return { person, act: () => person.submits({ code }), done: ({ outcome }) => outcome === 'done' };
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
      writes: ['session.end', 'trust.end', 'audit.append'],
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

/** Somebody whose mobile was moved, and the link that freezes it. */
async function movedMobile(product: Product): Promise<{ who: Citizen; link: string; mobile: string }> {
  const [who, { mobile }] = [await newCitizen(product, 'L2'), newcomer()];
  const person = await startsChange(newPerson(product), 'mobile', who);
  await provesMobile(person, who.mobile);
  await person.submits({ mobile, code: await sendsCode(person, mobile, { mobile }) });
  return { who, mobile, link: linkIn(await messageOf(person.sandbox, who.mobile, 'notice.mobile-changed')) };
}

/** A session elsewhere. */
async function signedIn(product: Product, who: Citizen): Promise<void> {
  const person = newPerson(product);
  await person.goes('/login');
  await signsIn(person, who);
}
