import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { scriptedPeople, type ScriptedPerson } from '../../sandbox/people.ts';
import { todayInShanghai } from '../../src/domain/person/civil-date.ts';
import { softwareAuthenticator } from '../support/authenticator.ts';
import { newPerson } from '../support/browser.ts';
import { accountUseCases, type UseCase } from '../support/account-use-cases.ts';
import { newCitizen, opensProofing, signsIn } from '../support/citizen.ts';
import { anyMobile, importedPerson, passwordFields, possessionFields, seeksRecord } from '../support/imported.ts';
import { accountFields, citizen, identityFields, newcomer, registers } from '../support/newcomer.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { environmentOf, runMain, startProduct, type OwnProduct } from '../support/product.ts';
import { atRecovery, provesOwner, seeksAccount, setsPassword } from '../support/recovery.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { addsPasskey, appFor, atProtection, challengeAt, setsUpApp } from '../support/protection.ts';
import { relyingParty } from '../support/relying-party.ts';

/**
 * The power goes while a use case writes. `FAULT_AT` kills one process behind each of its writes; another process of
 * the same installation then shows that nothing was written, and the same person goes on there.
 */
let postgres: TemporaryPostgres;
let redis: RedisServer;
let stores: Record<'DATABASE_URL' | 'REDIS_URL', string>;
let survivor: OwnProduct;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  stores = { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url };
  survivor = await startProduct({ env: stores });
});
afterAll(async () => {
  await survivor?.remove();
  await redis?.stop();
  await postgres?.remove();
});

/** Not yet verified, each with a bank card of their own. */
const people: ScriptedPerson[] = scriptedPeople(todayInShanghai(new Date())).filter(
  ({ document, outcome, account, bankCards }) => document.type === 'resident-id-card' && outcome === 'match' && !account && bankCards[0],
);

const useCases: Readonly<Record<string, UseCase>> = {
  register: {
    writes: ['subject.insert', 'account.insert', 'password.put', 'audit.append', 'outbox.enqueue'],
    async scene() {
      const [person, who] = [newPerson(survivor), newcomer()];
      await person.goes('/register');
      await person.asksForCode(accountFields(who));
      const code = await person.readsCode(who.mobile);
      const act = () => person.submits({ ...accountFields(who), nationalPlatform: 'yes', code });
      return { person, act, done: ({ url }) => url.pathname.endsWith('/identity') };
    },
  },
  activate: {
    writes: ['account.insert', 'password.put', 'person.update', 'account.link-person', 'evidence.insert', 'audit.append', 'outbox.enqueue'],
    async scene() {
      const [person, mobile] = [newPerson(survivor), anyMobile()];
      const imported = await importedPerson(survivor, anyMobile());
      await person.goes('/activate');
      await seeksRecord(person, imported, mobile);
      await person.submits({}, { button: '#replace-mobile' });
      await person.submits({ name: imported.name, ...possessionFields(imported) });
      return { person, act: () => person.submits(passwordFields), done: ({ outcome }) => outcome === 'done' };
    },
  },
  'verify-identity': {
    writes: ['person.insert', 'account.link-person', 'evidence.insert', 'audit.append'],
    async scene() {
      const [person, somebody] = [newPerson(survivor), citizen()];
      await person.goes('/register');
      await registers(person);
      return { person, act: () => person.submits(identityFields(somebody)), done: ({ outcome }) => outcome === 'done' };
    },
  },
  'verify-evidence': {
    writes: ['evidence.insert', 'audit.append'],
    async scene() {
      const somebody = people.shift();
      const bankCard = somebody?.bankCards[0];
      if (!somebody || !bankCard) throw new Error('nobody is left who has a card');
      const service = await relyingParty(survivor, 'level-3');
      const person = await service.sendsToUs({ prompt: 'create' });
      const who = newcomer();
      await registers(person, who);
      await person.submits(identityFields(somebody));
      await person.opens('#next');
      await opensProofing(person, 'bank-card', who);
      const act = () => person.submits({ bankCard: bankCard.number, reservedMobile: bankCard.reservedMobile, agreement: 'yes' });
      return { person, act, done: ({ outcome }) => outcome === 'done' };
    },
  },
  'sign-in': {
    // On a new device, of which its owner is told.
    writes: ['audit.append', 'outbox.enqueue'],
    async scene() {
      const who = await newCitizen(survivor);
      const person = newPerson(survivor);
      await person.goes('/login');
      return { person, act: () => signsIn(person, who), done: ({ url }) => url.pathname === '/account' };
    },
  },
  ...accountUseCases(() => survivor),
  consent: {
    writes: ['consent.put', 'audit.append'],
    async scene() {
      const who = await newCitizen(survivor);
      const service = await relyingParty(survivor, 'basic');
      const person = await service.sendsToUs({ scope: 'openid profile' });
      await person.submits({ identifier: who.username, password: who.password });
      const act = () => person.submits({}, { button: '#consent-allow' });
      return { person, act, done: ({ url }) => url.searchParams.has('code') };
    },
  },
  recover: {
    writes: ['password.put', 'sessions.end', 'outbox.enqueue', 'grants.end', 'audit.append'],
    async scene() {
      const who = await newCitizen(survivor, 'L2');
      const service = await relyingParty(survivor, 'basic');
      await signsIn(await service.sendsToUs({ scope: 'openid offline_access', prompt: 'consent' }), who);
      const person = await atRecovery(survivor);
      await seeksAccount(person, who.username);
      await provesOwner(person, who);
      return { person, act: () => setsPassword(person), done: ({ outcome }) => outcome === 'done' };
    },
  },
  'send-code': {
    writes: ['audit.append', 'outbox.enqueue'],
    async scene() {
      const who = await newCitizen(survivor);
      const person = newPerson(survivor);
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

/** Somebody at the sign-in protection of their account, in the account centre. */
async function atOwnProtection() {
  const [person, who] = [newPerson(survivor), await newCitizen(survivor)];
  await atProtection(person, who);
  return { person, who };
}

const protection: Readonly<Record<string, UseCase>> = {
  'passkey-added': {
    writes: ['passkey.insert', 'audit.append', 'outbox.enqueue'],
    async scene() {
      const { person } = await atOwnProtection();
      const authenticator = softwareAuthenticator(survivor.issuer);
      await person.opens('#add-passkey');
      // The challenge of the first attempt is used up.
      const act = async () => person.submits({ credential: authenticator.creates(await challengeAt(person)) });
      return { person, act, done: ({ outcome }) => outcome === 'done' };
    },
  },
  'passkey-removed': {
    writes: ['passkey.remove', 'audit.append', 'outbox.enqueue'],
    async scene() {
      const { person } = await atOwnProtection();
      await addsPasskey(person, softwareAuthenticator(survivor.issuer));
      await person.opens('#passkeys li a');
      return { person, act: () => person.submits({}, { button: '#remove' }), done: ({ outcome }) => outcome === 'done' };
    },
  },
  'totp-set-up': {
    writes: ['totp.put', 'recovery-codes.put', 'audit.append', 'outbox.enqueue'],
    async scene() {
      const { person } = await atOwnProtection();
      await person.opens('#set-up-totp');
      const app = appFor(person, person.page.says('#secret'));
      return { person, act: async () => person.submits({ totpCode: await app.code() }), done: ({ $ }) => $('#codes li').length === 10 };
    },
  },
  'totp-removed': {
    writes: ['totp.remove', 'recovery-codes.remove', 'audit.append', 'outbox.enqueue'],
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
      const person = newPerson(survivor);
      await person.goes('/login');
      await person.submits({ identifier: who.username, password: who.password });
      return { person, act: async () => person.submits({ totpCode: await app.code() }), done: ({ url }) => url.pathname === '/account' };
    },
  },
};

const points = Object.entries({ ...useCases, ...protection }).flatMap(([useCase, { writes, phase = 'after', scene }]) =>
  writes.map((write) => [phase, `${useCase}/${write}`, scene] as const),
);

describe('a process that dies in the middle', () => {
  let doomed: OwnProduct | undefined;
  // A fault that was not met leaves it alive.
  afterEach(async () => doomed?.crash());

  it.each(points)('%s %s has written nothing, and the person goes on at another', async (phase, point, scene) => {
    const prepared = scene();
    doomed = await startProduct({ env: { ...stores, FAULT_AT: `${point}:${phase}` }, beside: survivor });
    const { person, act, again = act, done } = await prepared;
    const before = await written();
    person.reaches(doomed);
    await expect(act()).rejects.toThrow('other side closed');
    expect(await doomed.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await written()).toEqual(before);

    person.reaches(survivor);
    // The dead process held the turn of this form.
    await person.sandbox.waits(16);
    const page = await again();
    expect([page.url.pathname, page.error, done(page)]).toEqual([page.url.pathname, undefined, true]);
    expect(await written()).not.toEqual(before);
  });
});

/** Signing keys are changed by command and at the first start. */
const keyCommands = [
  ['publish-key', ['signing-key.insert', 'audit.append'], async () => ['rotate', 'EdDSA']],
  ['rotate-key', ['signing-key.activate', 'audit.append'], async () => ['activate', await publishedKey()]],
  ['withdraw-key', ['signing-key.insert', 'signing-key.activate', 'signing-key.withdraw', 'audit.append'], async () => ['withdraw', await activeKey()]],
] as const satisfies readonly (readonly [string, readonly string[], () => Promise<readonly string[]>])[];

const keyPoints = keyCommands.flatMap(([useCase, writes, command]) => writes.map((write) => [`${useCase}/${write}`, command] as const));

describe('a change of signing keys that dies in the middle', () => {
  it.each(keyPoints)('behind %s has changed and recorded nothing, and is done the next time', async (point, command) => {
    const args = await command();
    const before = await writtenKeys();
    expect((await runKeys(args, { FAULT_AT: `${point}:after` })).code).toBeNull();
    expect(await writtenKeys()).toEqual(before);
    expect(await runKeys(args)).toMatchObject({ code: 0 });
    const { version, records } = await writtenKeys();
    expect(records - before.records).toBe(version - before.version);
    expect(records).toBeGreaterThan(before.records);
  });

  it.each(['signing-key.insert', 'audit.append'])('behind %s of the first start leaves the keys to the next, which records them', async (write) => {
    const empty = { ...stores, DATABASE_URL: await postgres.createDatabase() };
    await expect(startProduct({ env: { ...empty, FAULT_AT: `make-keys/${write}:after` } })).rejects.toThrow('SIGKILL');
    const nothing = { version: 0, records: 0, keys: [] };
    expect(await writtenKeys(empty)).toEqual(nothing);
    const next = await startProduct({ env: empty });
    const { keys, records } = await writtenKeys(empty);
    await next.remove();
    expect(keys).toEqual(['ES256 active', 'EdDSA active', 'RS256 active']);
    expect(records).toBe(3);
  });
});

const runKeys = (args: readonly string[], env: Record<string, string> = {}) =>
  runMain(['keys', ...args], { ...environmentOf(survivor), ...stores, ISSUER: survivor.issuer, ...env });

async function publishedKey(): Promise<string> {
  const { output } = await runKeys(['rotate', 'EdDSA']);
  return output.split(' ')[0] ?? '';
}

/** Of an algorithm that has no successor waiting. */
const activeKey = async (): Promise<string> => /^(\S+) +RS256 +active/m.exec((await runKeys([])).output)?.[1] ?? '';

/** Every key, how often they changed, and how many records tell of it, each with who did it. */
async function writtenKeys({ DATABASE_URL } = stores): Promise<{ keys: readonly string[]; version: number; records: number }> {
  const client = new Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query<{ keys: readonly string[]; version: number; records: number }>(`
      select coalesce((select array_agg(alg || ' ' || state order by alg collate "C", created_at, kid) from signing_key), '{}') as keys,
        coalesce((select version::int from setting where name = 'signing-keys'), 0) as version,
        (select count(*)::int from audit_event where event like 'key.%' and details ->> 'actor' is not null) as records
    `);
    const [row] = rows;
    if (!row) throw new Error('the database answered nothing');
    return row;
  } finally {
    await client.end();
  }
}

describe('a process on the embedded database', () => {
  it('that dies in the middle of a registration, or right after it, shows all of it or nothing when it starts again', async () => {
    const who = newcomer();
    const doomed = await startProduct({ env: { FAULT_AT: 'register/password.put:after' } });
    const person = newPerson(doomed);
    await person.goes('/register');
    await expect(registers(person, who)).rejects.toThrow('other side closed');
    await doomed.ended();

    const next = await startProduct({ beside: doomed });
    // What was short-lived is gone with the process: the person begins anew, with the same mobile and name.
    const back = newPerson(next);
    await back.goes('/register');
    await registers(back, who);
    expect(back.page.url.pathname).toMatch(/\/identity$/);
    await next.crash();
    await next.start();
    await back.goes('/login');
    await signsIn(back, who);
    expect(back.page.url.pathname).toBe('/account');
    await next.stop();
    await doomed.remove();
    // The embedded database is opened three times.
  }, 180_000);
});

/** How much of everything that use cases write is there. */
async function written(): Promise<Record<string, unknown>> {
  // A background job may be between two statements.
  await pause(50);
  const client = new Client({ connectionString: stores.DATABASE_URL });
  await client.connect();
  try {
    const tables = ['subject', 'account', 'credential', 'person', 'evidence', 'consent', 'activation', 'passkey', 'totp', 'recovery_code', 'audit_event', 'outbox'];
    const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`);
    return (await client.query<Record<string, unknown>>(`select ${counts.join(', ')}, (select count(person_id)::int from account) as linked, (select sum(last_step)::int from totp) as totp_steps,
      (select md5(string_agg(concat(mobile_index, username_index, email_index, ethnicity_sealed), ',' order by id)) from account) as accounts,
      (select md5(string_agg(hash, ',' order by account_id)) from credential) as hashes, (select count(*)::int from oidc_state where ended_at is not null) as ended`)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}
