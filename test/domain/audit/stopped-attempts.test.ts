import { describe, expect, it } from '@jest/globals';
import { createFileVault } from '../../../adapters/keys/file-vault.ts';
import { createStoppedAttempts } from '../../../src/domain/audit/stopped-attempts.ts';
import type { Write } from '../../../src/domain/unit-of-work.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { testSecrets } from '../../support/stores.ts';

function scene() {
  const written: Write[] = [];
  const database = { away: false };
  const vault = createFileVault(testSecrets());
  const attempts = createStoppedAttempts({
    unitOfWork: {
      async commit(_, writes) {
        if (database.away) throw new Error('away');
        written.push(...writes);
      },
    },
    vault,
    clock: movableClock(),
  });
  const rows = () => written.map((write) => (write.write === 'audit.append' ? [write.event.accountId, write.event.details] : write));
  const keyed = (address: string) => vault.index('address', address).toString('base64url');
  return { attempts, rows, keyed, database };
}

const password = { guess: 'password', accountId: 'zhang', address: '192.0.2.1' } as const;

describe('guesses that the limits stopped', () => {
  it('are one row an account and kind, with their number and the keyed address they came from', async () => {
    const { attempts, rows, keyed } = scene();
    for (let index = 0; index < 40; index += 1) attempts.note(password);
    attempts.note({ ...password, guess: 'second-factor' });
    attempts.note({ ...password, accountId: undefined });
    await attempts.tell();
    const address = keyed('192.0.2.1');
    expect(rows()).toEqual([
      ['zhang', { kind: 'password', count: 40, address }],
      ['zhang', { kind: 'second-factor', count: 1, address }],
      [undefined, { kind: 'password', count: 1, address }],
    ]);
  });

  it('from many addresses are told without one', async () => {
    const { attempts, rows } = scene();
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.1']) attempts.note({ ...password, address });
    await attempts.tell();
    expect(rows()).toEqual([['zhang', { kind: 'password', count: 3 }]]);
  });

  it('are told once, and nothing is written where there were none', async () => {
    const { attempts, rows } = scene();
    await attempts.tell();
    attempts.note(password);
    await attempts.tell();
    await attempts.tell();
    expect(rows()).toHaveLength(1);
  });

  it('are kept while they cannot be written', async () => {
    const { attempts, rows, database } = scene();
    attempts.note(password);
    database.away = true;
    await expect(attempts.tell()).rejects.toThrow('away');
    attempts.note(password);
    database.away = false;
    await attempts.tell();
    expect(rows()).toEqual([['zhang', expect.objectContaining({ count: 2 })]]);
  });

  it('at more accounts than anybody would read of are told together', async () => {
    const { attempts, rows } = scene();
    for (let index = 0; index < 5000; index += 1) attempts.note({ ...password, accountId: `account-${index}` });
    await attempts.tell();
    expect(rows()).toHaveLength(1001);
    expect(rows().at(-1)).toEqual([undefined, expect.objectContaining({ count: 4000 })]);
  });
});
