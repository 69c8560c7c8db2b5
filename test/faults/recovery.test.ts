import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { sendsCode } from '../support/account-changes.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { importedPassword, legacyHashes } from '../support/import-people.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { atRecovery, provesOwner, renewed, seeksAccount, setsPassword } from '../support/recovery.ts';

/** What only the database shows, or only an operator can do there. */
let postgres: TemporaryPostgres;
let url: string;
let product: OwnProduct;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  product = await startProduct({ env: { DATABASE_URL: url } });
});
afterAll(async () => {
  await product?.remove();
  await postgres?.remove();
});

async function run<Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

const status = (who: Citizen, to: string): Promise<unknown> =>
  run(`update account set status = $1 where id = (select id from account order by created_at desc, id limit 1)`, [to]).then(() => who);

describe('an account that is locked', () => {
  it('walks the same steps, gets no code and is not recovered', async () => {
    const who = await newCitizen(product, 'L2');
    await status(who, 'locked');
    const person = await atRecovery(product);
    await seeksAccount(person, who.username);
    await person.asksForCode();
    expect(person.page.status).toBe(200);
    await person.submits({ code: '000000', documentNumber: who.identity.document.number });
    expect(person.page.error?.code).toBe('recovery.wrong');
    expect(await person.sandbox.messagesTo(who.mobile)).toEqual([]);
    expect(await run(`select 1 from outbox where suppressed`)).toHaveLength(1);
  });

  it('between proof and password is not recovered either', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atRecovery(product);
    await seeksAccount(person, who.username);
    await provesOwner(person, who);
    await status(who, 'disabled');
    await setsPassword(person);
    expect(person.page.error?.code).toBe('recovery.over');
    await status(who, 'active');
    await expectSignIn(who, who.password);
  });
});

it('a recovery leaves one record of what was refused and one of what was done, and none of them is personal', async () => {
  const who = await newCitizen(product, 'L2');
  const person = await atRecovery(product);
  await seeksAccount(person, who.username);
  const code = await sendsCode(person, who.mobile);
  await person.submits({ code: '000000', documentNumber: who.identity.document.number });
  await person.submits({ code, documentNumber: who.identity.document.number });
  await setsPassword(person);
  expect(person.page.outcome).toBe('done');
  const records = await run<{ event: string; details: object }>(
    `select event, details from audit_event where event in ('recovery.refused', 'password.recovered') order by at desc limit 2`,
  );
  expect(records).toEqual([
    { event: 'password.recovered', details: { method: 'mobile-and-document' } },
    { event: 'recovery.refused', details: { reason: 'otp.wrong', address: expect.stringMatching(/^[\w-]{43}$/) } },
  ]);
});

it('somebody whose password was hashed by another system signs in at several places at once, and it is hashed anew', async () => {
  const who = await newCitizen(product);
  const newest = '(select id from account order by created_at desc, id limit 1)';
  await run(`update credential set hash = $1 where account_id = ${newest}`, [legacyHashes['salted SHA-256']]);
  const people = Array.from({ length: 4 }, () => newPerson(product));
  for (const person of people) await person.goes('/login');
  await Promise.all(people.map((person) => signsIn(person, { username: who.username, password: importedPassword })));
  expect(people.map(({ page }) => page.url.pathname)).toEqual(people.map(() => '/account'));
  const [stored] = await run<{ hash: string }>(`select hash from credential where account_id = ${newest}`);
  expect(stored?.hash).toMatch(/^\$argon2id\$/);
});

it('of many browsers that set the password at once, one does', async () => {
  const who = await newCitizen(product, 'L1');
  const people: Person[] = [];
  for (let each = 0; each < 4; each += 1) {
    const person = await atRecovery(product);
    await seeksAccount(person, who.username);
    await provesOwner(person, who);
    await person.sandbox.waits(61);
    people.push(person);
  }
  await Promise.all(people.map((person, index) => setsPassword(person, `${renewed}-${index}`)));
  const ends = people.map(({ page }) => page.outcome ?? page.error?.code ?? '');
  expect(ends.toSorted((one, other) => one.localeCompare(other))).toEqual(['done', 'recovery.over', 'recovery.over', 'recovery.over']);
  await expectSignIn(who, `${renewed}-${ends.indexOf('done')}`);
});

async function expectSignIn(who: Citizen, password: string): Promise<void> {
  const person = newPerson(product);
  await person.goes('/login');
  await signsIn(person, { username: who.username, password });
  expect((await person.goes('/account')).url.pathname).toBe('/account');
}
