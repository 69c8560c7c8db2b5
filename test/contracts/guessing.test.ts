import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import { confirmPassword, signInWithPassword, type PasswordDeps } from '../../src/domain/authenticator/password.ts';
import type { AccountHeader, AccountStore, Identifier } from '../../src/domain/person/account.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { Write } from '../../src/domain/unit-of-work.ts';
import { movableClock } from '../support/movable-clock.ts';
import { testSecrets } from '../support/stores.ts';
import { shortLivedBackends } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

const right = 'Right-password-1';
const anywhere = () => `203.0.${randomInt(256)}.${randomInt(256)}`;

/** An account with three identifiers, and how often a password was compared for it. */
function scene(quotas: PasswordDeps['quotas']) {
  const clock = movableClock();
  const owner: AccountHeader = {
    id: randomUUID(),
    subjectId: randomUUID(),
    personId: undefined,
    status: 'active',
    locale: undefined,
    mobileProven: true,
  };
  const identifiers: readonly Identifier[] = [
    { kind: 'username', value: 'zhangwei' },
    { kind: 'mobile', value: '13800000001' },
    { kind: 'document', value: 'resident-id-card:11010519491231002X' },
  ];
  const isOwners = (candidate: Identifier) => identifiers.some(({ kind, value }) => kind === candidate.kind && value === candidate.value);
  const accounts = {
    byFirst: async (candidates: readonly Identifier[]) => (candidates.some(isOwners) ? owner : undefined),
    password: async (id: string) => (id === owner.id ? { hash: right, set: undefined, held: false } : undefined),
  } as Partial<AccountStore> as AccountStore;
  const compared = { times: 0 };
  const stopped: string[] = [];
  const deps: PasswordDeps = {
    accounts,
    quotas,
    clock,
    vault: createFileVault(testSecrets()),
    documents: ['resident-id-card'],
    stopped: ({ guess }) => void stopped.push(guess),
    settlingSeconds: 0,
    hasher: {
      hash: async (password) => password,
      accepts: () => true,
      seal: (imported) => imported,
      outdated: () => false,
      depth: () => 0,
      async verify(password, stored) {
        compared.times += 1;
        return password === stored;
      },
    },
  };
  const tries = async (attempt: { identifier?: string; password?: string; address?: string; device?: string }): Promise<string> => {
    const { identifier = 'zhangwei', password = randomBytes(6).toString('hex'), address = '192.0.2.1', device } = attempt;
    try {
      const accepted = ['username', 'mobile', 'document'] as const;
      await signInWithPassword(deps, { identifier, password, address, accepted, deviceOf: () => device });
      return 'in';
    } catch (error) {
      if (error instanceof Refused) return error.code;
      throw error;
    }
  };
  return { deps, clock, owner, compared, stopped, tries };
}

async function inTurn<T>(count: number, act: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 0; index < count; index += 1) results.push(await act(index));
  return results;
}

const wrong = 'credentials.wrong';
const throttled = 'credentials.throttled';

describe.each(backends)('guessing passwords, counted in $name', ({ quotas }) => {
  it('username, mobile and document number of one account share their tries, in every spelling', async () => {
    const { tries } = scene(quotas);
    const spellings = ['ZhangWei', '138 0000 0001', '+86 13800000001', '11010519491231002x', ' zhangwei '];
    expect(await inTurn(5, (index) => tries({ identifier: spellings[index] ?? '' }))).toEqual(Array(5).fill(wrong));
    expect(await tries({ identifier: '13800000001', password: right })).toBe(throttled);
  });

  it('an identifier that nobody has is counted like one that somebody has, spellings included', async () => {
    const { tries } = scene(quotas);
    const spellings = ['13900000009', '139 0000 0009', '+86 139 0000 0009', '13900000009', '１３９０００００００９'];
    expect(await inTurn(5, (index) => tries({ identifier: spellings[index] ?? '' }))).toEqual(Array(5).fill(wrong));
    expect(await tries({ identifier: '13900000009' })).toBe(throttled);
    expect(await tries({ identifier: '13900000008' })).toBe(wrong);
  });

  it('ten thousand wrong ones from a thousand addresses: few are compared, and the owner gets in on a known device, a hundred times of a hundred', async () => {
    const { tries, compared, stopped } = scene(quotas);
    const strangers = await inTurn(100, async (round) => {
      const guess = (index: number) =>
        tries({ address: `198.51.${round % 10}.${index}`, identifier: index % 2 ? '13800000001' : 'zhangwei' });
      const refusals = await Promise.all(Array.from({ length: 100 }, (_, index) => guess(index)));
      return { refusals, owner: await tries({ password: right, device: 'of-the-owner', address: '198.51.0.1' }) };
    });
    expect(strangers.map(({ owner }) => owner)).toEqual(Array(100).fill('in'));
    const refusals = strangers.flatMap((round) => round.refusals);
    expect(refusals.filter((code) => code === wrong)).toHaveLength(20);
    expect(refusals.filter((code) => code === throttled)).toHaveLength(9980);
    expect(compared.times).toBe(20 + 100);
    expect(stopped).toHaveLength(9980);
  });

  it('strangers wait ever longer: twenty tries in a quarter of an hour, a hundred in a day, however many addresses they have', async () => {
    const { tries, clock } = scene(quotas);
    const quarters = await inTurn(97, async () => {
      const codes = await inTurn(25, () => tries({ address: anywhere() }));
      clock.advance(900_000);
      return codes.filter((code) => code === wrong).length;
    });
    expect(quarters.slice(0, 6)).toEqual([20, 20, 20, 20, 20, 0]);
    expect(quarters.slice(0, 96).reduce((sum, count) => sum + count, 0)).toBe(100);
    expect(quarters[96]).toBe(20);
  });

  it('an identifier that nobody has is slowed down in the same way', async () => {
    const { tries } = scene(quotas);
    const ofNobody = await inTurn(25, (index) => tries({ identifier: 'nobody-here', address: `192.0.2.${index}` }));
    const ofOwner = await inTurn(25, (index) => tries({ address: `192.0.2.${index}` }));
    expect(ofNobody).toEqual(ofOwner);
  });

  it('who comes at once does not get more than who comes one after the other', async () => {
    const { tries, compared } = scene(quotas);
    const fromOne = await Promise.all(Array.from({ length: 50 }, () => tries({})));
    expect(fromOne.filter((code) => code === wrong)).toHaveLength(5);
    await Promise.all(Array.from({ length: 200 }, (_, index) => tries({ address: `192.0.2.${index + 2}` })));
    expect(compared.times).toBe(20);
  });

  it('a known device has tries of its own, and strangers have theirs when those are used up', async () => {
    const { tries } = scene(quotas);
    expect(await inTurn(6, () => tries({ device: 'lost-phone' }))).toEqual([...Array<string>(5).fill(wrong), throttled]);
    expect(await tries({ device: 'of-the-owner', password: right })).toBe('in');
    expect(await tries({ password: right })).toBe('in');
  });

  it('whoever sits at a known device gets thirty tries a day, at all of them a hundred', async () => {
    const { tries, clock } = scene(quotas);
    const ofDevice = async (device: string) => {
      const codes = await inTurn(8, async () => {
        const some = await inTurn(5, () => tries({ device }));
        clock.advance(900_000);
        return some;
      });
      return codes.flat().filter((code) => code === wrong).length;
    };
    expect(await inTurn(5, (index) => ofDevice(`device-${index}`))).toEqual([30, 30, 30, 10, 0]);
  });

  it('the password typed again in a session is of the same tries as at the sign-in', async () => {
    const { tries, deps, owner } = scene(quotas);
    const told: Write[] = [];
    const unitOfWork = { commit: async (_: string, writes: readonly Write[]) => void told.push(...writes) };
    await inTurn(3, () => tries({ device: 'phone' }));
    const confirms = (device: string) =>
      confirmPassword(
        { ...deps, unitOfWork },
        { accountId: owner.id, password: 'guess', address: '192.0.2.1', requestId: 'request', device },
      ).catch((error: Refused) => error.code);
    expect(await inTurn(3, () => confirms('phone'))).toEqual([wrong, wrong, throttled]);
    expect(told).toEqual(
      Array(2).fill(expect.objectContaining({ event: expect.objectContaining({ event: 'owner.refused', accountId: owner.id }) })),
    );
    expect(await tries({ device: 'phone', password: right })).toBe(throttled);
  });

  it('right passwords are not counted', async () => {
    const { tries } = scene(quotas);
    expect(await inTurn(40, () => tries({ password: right, address: anywhere() }))).toEqual(Array(40).fill('in'));
    expect(await inTurn(4, () => tries({}))).toEqual(Array(4).fill(wrong));
    expect(await tries({ password: right })).toBe('in');
    expect(await inTurn(2, () => tries({}))).toEqual([wrong, throttled]);
  });
});
