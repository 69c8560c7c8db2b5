import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { newPerson } from '../support/browser.ts';
import { signsIn } from '../support/citizen.ts';
import { installation } from '../support/crash.ts';
import { newcomer, registers } from '../support/newcomer.ts';
import { environmentOf, runMain, startProduct } from '../support/product.ts';

const { survivor, stores, createDatabase } = installation();

/** Signing keys are changed by command and at the first start. */
const keyCommands = [
  ['publish-key', ['signing-key.insert', 'audit.append'], async () => ['rotate', 'EdDSA']],
  ['rotate-key', ['signing-key.activate', 'audit.append'], async () => ['activate', await publishedKey()]],
  [
    'withdraw-key',
    ['signing-key.insert', 'signing-key.activate', 'signing-key.withdraw', 'audit.append'],
    async () => ['withdraw', await activeKey()],
  ],
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

  it.each(['signing-key.insert', 'audit.append'])(
    'behind %s of the first start leaves the keys to the next, which records them',
    async (write) => {
      const empty = { ...stores(), DATABASE_URL: await createDatabase() };
      await expect(startProduct({ env: { ...empty, FAULT_AT: `make-keys/${write}:after` } })).rejects.toThrow('SIGKILL');
      const nothing = { version: 0, records: 0, keys: [] };
      expect(await writtenKeys(empty)).toEqual(nothing);
      const next = await startProduct({ env: empty });
      const { keys, records } = await writtenKeys(empty);
      await next.remove();
      expect(keys).toEqual(['ES256 active', 'EdDSA active', 'RS256 active']);
      expect(records).toBe(3);
    },
  );
});

const runKeys = (args: readonly string[], env: Record<string, string> = {}) =>
  runMain(['keys', ...args], { ...environmentOf(survivor()), ...stores(), ISSUER: survivor().issuer, ...env });

async function publishedKey(): Promise<string> {
  const { output } = await runKeys(['rotate', 'EdDSA']);
  return output.split(' ')[0] ?? '';
}

/** Of an algorithm that has no successor waiting. */
const activeKey = async (): Promise<string> => /^(\S+) +RS256 +active/m.exec((await runKeys([])).output)?.[1] ?? '';

/** Every key, how often they changed, and how many records tell of it, each with who did it. */
async function writtenKeys({ DATABASE_URL } = stores()): Promise<{ keys: readonly string[]; version: number; records: number }> {
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
  });
});
