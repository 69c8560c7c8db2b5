import { describe, expect, it } from '@jest/globals';
import { createAccounts, evidenceFor, LevelOutOfReach } from '../../sandbox/accounts.ts';
import { createPeople } from '../../sandbox/people.ts';
import { seed } from '../../sandbox/seed.ts';
import { acrValues, type AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import { assuranceLevel } from '../../src/domain/assurance/level.ts';
import { documentTypes } from '../../src/domain/person/document-number.ts';
import { checkMobile } from '../../src/domain/person/mobile.ts';
import { Conflict, type Write, type WriteName } from '../../src/domain/unit-of-work.ts';
import type { AccountHeader } from '../../src/domain/person/account.ts';

const text = { 'zh-CN': '', en: '' };
const rung = (acr: AssuranceLevel['acr'], anyOf: AssuranceLevel['anyOf'], comingSoon = false): AssuranceLevel => ({
  acr,
  label: text,
  opens: text,
  anyOf,
  comingSoon,
});
const ladder = [rung('L1', [[]]), rung('L2', [['real-name']]), rung('L3', [['bank-card'], ['face']]), rung('L4', [['on-site']], true)];
const skipping = [rung('L1', [[]]), rung('L2', [['social-security-card']]), rung('L4', [['on-site']])];

const clock = { now: () => new Date('2026-11-22T04:00:00Z') };

/** A database that remembers what was committed and refuses as it is told. */
function stores({ refuse }: { refuse?: (commit: number) => Conflict | undefined } = {}) {
  const commits: (readonly Write[])[] = [];
  const passwords: string[] = [];
  return {
    commits,
    passwords,
    deps: {
      clock,
      ladder,
      agreementVersion: '2026-01',
      hasher: {
        hash: async (password: string) => {
          passwords.push(password);
          return `hash of ${password}`;
        },
      },
      unitOfWork: {
        commit: async (_: string, writes: readonly Write[]) => {
          commits.push(writes);
          const conflict = refuse?.(commits.length);
          if (conflict) throw conflict;
        },
      },
    },
  };
}

const named = <Name extends WriteName>(writes: readonly Write[], name: Name) =>
  writes.filter((write): write is Extract<Write, { write: Name }> => write.write === name);

describe('accounts for load tests', () => {
  it('are numbered from 1, with a mobile and a document each, and one password hash for all', async () => {
    const { deps, commits, passwords } = stores();
    const answer = await createAccounts(deps, { count: 1200, prefix: 'Load-', password: 'x', level: 'L2' });
    const writes = commits.flat();
    const accounts = named(writes, 'account.insert').map(({ account }) => account);
    expect(passwords).toEqual(['x']);
    expect(accounts.map(({ username }) => username)).toEqual(Array.from({ length: 1200 }, (_, index) => `Load-${index + 1}`));
    expect(new Set(accounts.map(({ mobile }) => mobile)).size).toBe(1200);
    expect(accounts.every(({ mobile }) => checkMobile(mobile).ok)).toBe(true);
    const [first] = named(writes, 'person.insert');
    expect(answer).toEqual({
      created: 1200,
      first: { username: 'Load-1', mobile: accounts[0]?.mobile, documentNumber: first?.person.document.number },
    });
    expect(documentTypes['resident-id-card'].check(answer.first.documentNumber, clock.now())).toMatchObject({ ok: true });
  });

  it('are written in few statements: writes of one name follow each other', async () => {
    const { deps, commits } = stores();
    await createAccounts(deps, { count: 1000, prefix: 'p', password: 'x', level: 'L3' });
    const changes = commits.map((writes) => writes.filter(({ write }, index) => write !== writes[index - 1]?.write));
    expect(changes.map((writes) => writes.map(({ write }) => write))).toEqual([
      ['subject.insert', 'account.insert', 'password.put', 'person.insert', 'account.link-person', 'evidence.insert'],
      ['subject.insert', 'account.insert', 'password.put', 'person.insert', 'account.link-person', 'evidence.insert'],
    ]);
  });

  it('at the lowest level have no verified person yet', async () => {
    const { deps, commits } = stores();
    await createAccounts(deps, { count: 2, prefix: 'p', password: 'x', level: 'L1' });
    expect(named(commits.flat(), 'person.insert')).toEqual([]);
    expect(named(commits.flat(), 'account.insert')).toHaveLength(2);
  });

  it('are drawn again when somebody has the mobile already', async () => {
    const taken = new Conflict('account.insert', 'mobile');
    const { deps, commits } = stores({ refuse: (commit) => (commit === 1 ? taken : undefined) });
    await expect(createAccounts(deps, { count: 3, prefix: 'p', password: 'x', level: 'L1' })).resolves.toMatchObject({ created: 3 });
    expect(commits).toHaveLength(2);
  });

  it('are refused when the prefix was used before', async () => {
    const taken = new Conflict('account.insert', 'username');
    const { deps, commits } = stores({ refuse: () => taken });
    await expect(createAccounts(deps, { count: 3, prefix: 'p', password: 'x', level: 'L1' })).rejects.toBe(taken);
    expect(commits).toHaveLength(1);
  });

  it('are refused for a level that the profile does not offer yet', async () => {
    const { deps, commits } = stores();
    await expect(createAccounts(deps, { count: 1, prefix: 'p', password: 'x', level: 'L4' })).rejects.toThrow(LevelOutOfReach);
    expect(commits).toEqual([]);
  });
});

describe('evidence for a level', () => {
  it.each([
    ['L1', ladder, []],
    ['L2', ladder, ['real-name']],
    ['L3', ladder, ['real-name', 'bank-card']],
    ['L4', ladder, undefined],
    ['L3', skipping, ['social-security-card', 'on-site']],
  ] as const)('%s is what a person holds who climbed there', (acr, rungs, kinds) => {
    expect(evidenceFor(rungs, acr)).toEqual(kinds);
  });

  it('gives the level, or the next one that the ladder has', () => {
    const given = [ladder, skipping].flatMap((rungs) =>
      acrValues
        .map((acr) => ({ acr, kinds: evidenceFor(rungs, acr) }))
        .flatMap(({ acr, kinds }) => (kinds ? [{ asked: acr, acr: assuranceLevel(rungs, new Set(kinds)).acr }] : [])),
    );
    expect(given.filter(({ asked, acr }) => acr < asked)).toEqual([]);
    expect(given).toHaveLength(7);
  });
});

describe('the accounts of the scripted people', () => {
  const people = createPeople(clock);
  const header: AccountHeader = { id: 'a', subjectId: 's', personId: undefined, status: 'active', locale: undefined, mobileProven: true };
  const seedDeps = (known: readonly string[], refuse?: () => Conflict | undefined) => {
    const { deps, commits, passwords } = stores(refuse ? { refuse } : {});
    const accounts = { byIdentifier: async (_: string, value: string) => (known.includes(value) ? header : undefined) };
    return { deps: { ...deps, accounts, people, password: 'Minxin-2026' }, commits, passwords };
  };

  it('are made with the level of each story', async () => {
    const { deps, commits } = seedDeps([]);
    const expected = people.scripted.filter(({ account }) => account);
    expect(await seed(deps)).toBe(expected.length);
    const zhangwei = commits.find((writes) => named(writes, 'account.insert')[0]?.account.username === 'zhangwei') ?? [];
    expect(named(zhangwei, 'account.insert')[0]?.account.mobile).toBe('13800000001');
    expect(named(zhangwei, 'password.put')[0]?.hash).toBe('hash of Minxin-2026');
    expect(named(zhangwei, 'person.insert')[0]?.person).toMatchObject({ name: '张伟', document: { key: '110199199003150113' } });
    expect(named(zhangwei, 'evidence.insert').map(({ evidence }) => evidence.kind)).toEqual(['real-name']);
    // The end of the document is the end of what it proved.
    expect(named(zhangwei, 'evidence.insert')[0]?.evidence.expiresAt).toEqual(new Date('2038-06-06T23:59:59.999+08:00'));
  });

  it('are made once: the second start finds them and does not even hash', async () => {
    const known = people.scripted.flatMap(({ account }) => (account ? [account.username] : []));
    const { deps, commits, passwords } = seedDeps(known);
    expect(await seed(deps)).toBe(0);
    expect([commits, passwords]).toEqual([[], []]);
  });

  it('are left to the process that was faster', async () => {
    const { deps } = seedDeps([], () => new Conflict('account.insert', 'username'));
    expect(await seed(deps)).toBe(0);
  });
});
