import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { ScriptedPerson } from '../../sandbox/people.ts';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { documentFields, registersWith } from '../support/city-forms.ts';
import { citizen, newcomer } from '../support/newcomer.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';

/** A registration that verifies in its form, as crash-points.test.ts does it for the others: all of it or nothing. */
/** At any hour. */
const profile = { extends: 'hubei', registration: { hours: null } };

let postgres: TemporaryPostgres;
let redis: RedisServer;
let stores: Record<'DATABASE_URL' | 'REDIS_URL', string>;
let survivor: OwnProduct;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  stores = { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url };
  survivor = await startProduct({ profile, env: stores });
});
afterAll(async () => {
  await survivor?.remove();
  await redis?.stop();
  await postgres?.remove();
});

/** Somebody one act before the write. */
interface Scene {
  readonly person: Person;
  readonly act: () => Promise<Page>;
}

async function atTheForm(): Promise<Scene> {
  const person = newPerson(survivor);
  const typed = documentFields(newcomer(), citizen());
  await person.goes('/register');
  await person.asksForCode(typed);
  const code = await person.readsCode(typed['mobile'] ?? '');
  return { person, act: () => person.submits({ ...typed, code }) };
}

async function atTheGuardian(): Promise<Scene> {
  const person = newPerson(survivor);
  const minor = (await person.sandbox.people<ScriptedPerson>()).filter(({ scenario }) => scenario === 'minor').toSorted((a, b) => (a.birthDate < b.birthDate ? 1 : -1))[0];
  if (!minor) throw new Error('nobody of the sandbox is a minor');
  await person.goes('/register');
  await registersWith(person, documentFields(newcomer(), minor));
  const { name, document } = citizen();
  const mobile = newcomer().mobile;
  const typed = { name, documentType: document.type, documentNumber: document.number, mobile, agreement: 'yes' };
  await person.asksForCode(typed);
  const code = await person.readsCode(mobile);
  return { person, act: () => person.submits({ ...typed, code }) };
}

const points: readonly (readonly [string, () => Promise<Scene>])[] = [
  ...['subject.insert', 'account.insert', 'password.put', 'person.insert', 'account.link-person', 'evidence.insert', 'audit.append'].map(
    (write) => [`register-verified/${write}`, atTheForm] as const,
  ),
  ['verify-identity/guardian-consent.put', atTheGuardian],
];

describe('a process that dies in the middle of a registration that verifies', () => {
  let doomed: OwnProduct | undefined;
  afterEach(async () => doomed?.crash());

  it.each(points)('after %s has written nothing, and the person goes on at another', async (point, scene) => {
    const prepared = scene();
    doomed = await startProduct({ profile, env: { ...stores, FAULT_AT: `${point}:after` }, beside: survivor });
    const { person, act } = await prepared;
    const before = await written();
    person.reaches(doomed);
    await expect(act()).rejects.toThrow('other side closed');
    expect(await doomed.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await written()).toEqual(before);

    person.reaches(survivor);
    // The dead process held the turn of this form.
    await person.sandbox.waits(16);
    expect((await act()).outcome).toBe('done');
    expect(await written()).not.toEqual(before);
  });
});

/** How much of everything that a registration writes is there. */
async function written(): Promise<Record<string, unknown>> {
  // A background job may be between two statements.
  await pause(50);
  const client = new Client({ connectionString: stores.DATABASE_URL });
  await client.connect();
  try {
    const tables = ['subject', 'account', 'credential', 'person', 'evidence', 'guardian_consent', 'audit_event'];
    const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`);
    return (await client.query<Record<string, unknown>>(`select ${counts.join(', ')}, (select count(person_id)::int from account) as linked`)).rows[0] ?? {};
  } finally {
    await client.end();
  }
}
