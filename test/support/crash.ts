import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { Page, Person } from './browser.ts';
import { startPostgres, type TemporaryPostgres } from './postgres.ts';
import { startProduct, type OwnProduct } from './product.ts';
import { startRedis, type RedisServer } from './redis.ts';
import { sandboxOf } from './sandbox.ts';

/**
 * The power goes while a use case writes. `FAULT_AT` kills one process behind each of its writes; another process of
 * the same installation then shows that nothing was written, and the same person goes on there.
 */

/** Somebody one act before a use case. */
export interface Scene {
  readonly person: Person;
  readonly act: () => Promise<Page>;
  /** The same again, where it cannot be the very same. */
  readonly again?: () => Promise<Page>;
  readonly done: (page: Page) => boolean;
}

/** Its named writes, and how somebody comes to the act that does them. */
export interface UseCase {
  readonly writes: readonly string[];
  readonly phase?: 'before';
  readonly scene: () => Promise<Scene>;
}

export interface Installation {
  /** The process that nothing happens to. */
  readonly survivor: () => OwnProduct;
  readonly stores: () => Stores;
  /** A database beside that of the others, with nothing in it. */
  readonly createDatabase: () => Promise<string>;
  readonly profile: object | undefined;
}

type Stores = Readonly<Record<'DATABASE_URL' | 'REDIS_URL', string>>;

/** PostgreSQL, Redis and a process, for the tests of one file. */
export function installation(profile?: object): Installation {
  let postgres: TemporaryPostgres;
  let redis: RedisServer;
  let stores: Stores;
  let survivor: OwnProduct;
  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    stores = { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url };
    survivor = await startProduct({ ...(profile && { profile }), env: stores });
  });
  afterAll(async () => {
    await survivor?.remove();
    await redis?.stop();
    await postgres?.remove();
  });
  return { survivor: () => survivor, stores: () => stores, createDatabase: () => postgres.createDatabase(), profile };
}

/** A test for each write of each use case. */
export function diesAtEveryWrite({ survivor, stores, profile }: Installation, useCases: Readonly<Record<string, UseCase>>): void {
  const points = Object.entries(useCases).flatMap(([useCase, { writes, phase = 'after', scene }]) =>
    writes.map((write) => [phase, `${useCase}/${write}`, scene] as const),
  );
  let doomed: OwnProduct | undefined;
  // A fault that was not met leaves it alive.
  afterEach(async () => doomed?.crash());

  it.each(points)('%s %s has written nothing, and the person goes on at another', async (phase, point, scene) => {
    const prepared = scene();
    doomed = await startProduct({ ...(profile && { profile }), env: { ...stores(), FAULT_AT: `${point}:${phase}` }, beside: survivor() });
    const { person, act, again = act, done } = await prepared;
    const before = await written(survivor(), stores());
    person.reaches(doomed);
    await expect(act()).rejects.toThrow('other side closed');
    expect(await doomed.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await written(survivor(), stores())).toEqual(before);

    person.reaches(survivor());
    // The dead process held the turn of this form.
    await person.sandbox.waits(16);
    const page = await again();
    expect([page.url.pathname, page.error, done(page)]).toEqual([page.url.pathname, undefined, true]);
    expect(await written(survivor(), stores())).not.toEqual(before);
  });
}

const tables = [
  'subject',
  'account',
  'credential',
  'person',
  'evidence',
  'guardian_consent',
  'consent',
  'activation',
  'passkey',
  'binding',
  'totp',
  'recovery_code',
  'account_change',
  'audit_event',
  'outbox',
];

/** How much of everything that use cases write is there. */
async function written(survivor: OwnProduct, { DATABASE_URL }: Stores): Promise<Record<string, unknown>> {
  // What is delivered writes as well.
  await sandboxOf(survivor).sends();
  const client = new Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(`
      select ${tables.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ')},
        (select count(person_id)::int from account) as linked,
        (select sum(last_step)::int from totp) as totp_steps,
        (select count(frozen_at)::int from account_change) as frozen,
        (select count(returned_at)::int from account_change) as given_back,
        (select md5(string_agg(concat(mobile_index, username_index, email_index, ethnicity_sealed), ',' order by id)) from account) as accounts,
        (select md5(string_agg(hash, ',' order by account_id)) from credential) as hashes,
        (select count(*)::int from oidc_state where ended_at is not null) as ended
    `);
    return rows[0] ?? {};
  } finally {
    await client.end();
  }
}
