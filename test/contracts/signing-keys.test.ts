import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSettings } from '../../adapters/database/settings.ts';
import { createSigningKeyStore } from '../../adapters/database/signing-keys.ts';
import { createUnitOfWork, type UnitOfWorkDeps } from '../../adapters/database/unit-of-work.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import { keySet, publicPart } from '../../src/domain/keys/rotation.ts';
import type { SigningKey } from '../../src/domain/keys/signing-keys.ts';
import { Conflict, type Write } from '../../src/domain/unit-of-work.ts';
import { archiveSigningKeys, withdrawSigningKey } from '../../src/oidc/key-ring.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';

const now = new Date('2026-03-01T08:00:00.000Z');

function newKey(about: Partial<SigningKey> = {}): SigningKey {
  const kid = about.kid ?? randomUUID();
  return {
    kid,
    alg: 'ES256',
    state: 'published',
    jwk: { kid, kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'the private part' },
    createdAt: now,
    publishedAt: now,
    usedFrom: undefined,
    retiredAt: undefined,
    ...about,
  };
}

describe.each(databaseKinds)('in %s', (kind) => {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await openStores(kind);
  });
  beforeEach(async () => {
    await stores.db.deleteFrom('signing_key').execute();
  });
  afterAll(() => stores.close());

  describe('signing keys', () => {
    const keys = () => createSigningKeyStore(stores);
    const states = async () => (await keys().list()).map(({ kid, state }) => [kid, state]);
    const commit = (writes: readonly Write[], about: Partial<UnitOfWorkDeps> = {}) =>
      createUnitOfWork({ ...stores, ...about }).commit('test', writes);
    const insert = (...added: SigningKey[]) => commit(added.map((key) => ({ write: 'signing-key.insert', key })));
    const activate = (kid: string, at = now) => commit([{ write: 'signing-key.activate', kid, at }]);

    it('come back as they were put in, oldest first', async () => {
      const [old, young] = [newKey({ state: 'active', usedFrom: now }), newKey({ createdAt: secondsAfter(now, 1) })];
      await insert(young, old);
      expect(await keys().list()).toEqual([old, young]);
    });

    it('lie in the database without their private part', async () => {
      await insert(newKey());
      const rows = await stores.db.selectFrom('signing_key').selectAll().execute();
      expect(JSON.stringify(rows.map((row) => String(row.private_jwk_sealed)))).not.toContain('private part');
    });

    it('are not put in twice, and of one algorithm one is active', async () => {
      const key = newKey({ state: 'active' });
      await insert(key);
      await expect(insert({ ...key, state: 'published' })).rejects.toMatchObject({ write: 'signing-key.insert', rule: 'kid' });
      await expect(insert(newKey({ state: 'active' }))).rejects.toMatchObject({ write: 'signing-key.insert', rule: 'active' });
      await insert(newKey({ state: 'active', alg: 'RS256' }));
      expect(await keys().list()).toHaveLength(2);
    });

    it('take over from each other in one act', async () => {
      const [old, next, other] = [newKey({ state: 'active' }), newKey(), newKey({ state: 'active', alg: 'RS256' })];
      await insert(old, next, other);
      await activate(next.kid, secondsAfter(now, 60));
      const after = new Map((await keys().list()).map((key) => [key.kid, key]));
      expect(after.get(old.kid)).toMatchObject({ state: 'retired', retiredAt: secondsAfter(now, 60) });
      expect(after.get(next.kid)).toMatchObject({ state: 'active', usedFrom: secondsAfter(now, 60) });
      expect(after.get(other.kid)).toMatchObject({ state: 'active' });
    });

    it('move forward only', async () => {
      const [key, next] = [newKey(), newKey()];
      await insert(key, next);
      const refused = { write: 'signing-key.activate', rule: 'state' };
      await activate(key.kid);
      await expect(activate(key.kid)).rejects.toMatchObject(refused);
      await activate(next.kid);
      await expect(activate(key.kid)).rejects.toMatchObject(refused);
      await expect(activate('unknown')).rejects.toMatchObject(refused);
    });

    it('leave one active key when several processes rotate at once', async () => {
      const candidates = Array.from({ length: 8 }, () => newKey());
      await insert(newKey({ state: 'active' }), ...candidates);
      await Promise.all(candidates.map(({ kid }) => activate(kid)));
      expect((await states()).filter(([, state]) => state === 'active')).toHaveLength(1);
    });

    it('are moved by one of several processes that want the same', async () => {
      const [old, next] = [newKey({ state: 'active' }), newKey()];
      await insert(old, next);
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => activate(next.kid)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(results.every((result) => result.status === 'fulfilled' || result.reason instanceof Conflict)).toBe(true);
    });

    it('have a version that changes with every change and with nothing else', async () => {
      const versions = [await keys().version()];
      const [key, next] = [newKey(), newKey()];
      await insert(key, next);
      versions.push(await keys().version());
      await expect(insert(key)).rejects.toBeInstanceOf(Conflict);
      await expect(activate('unknown')).rejects.toBeInstanceOf(Conflict);
      expect(await keys().version()).toBe(versions.at(-1));
      await activate(key.kid);
      versions.push(await keys().version());
      await activate(next.kid);
      versions.push(await keys().version());
      expect(new Set(versions).size).toBe(4);
      expect(versions.toSorted((a, b) => a - b)).toEqual(versions);
    });

    it('that are withdrawn are never published again, and the one that signs has a successor first', async () => {
      const [old, waiting] = [newKey({ state: 'active' }), newKey()];
      await insert(old, waiting);
      const withdraw = (kid: string) => commit([{ write: 'signing-key.withdraw', kid, at: secondsAfter(now, 60) }]);
      await expect(withdraw(old.kid)).rejects.toMatchObject({ write: 'signing-key.withdraw', rule: 'state' });
      await activate(waiting.kid);
      await withdraw(old.kid);
      const { published, retired } = keySet(await keys().list(), secondsAfter(now, 61));
      expect([published.map(({ kid }) => kid), retired]).toEqual([[waiting.kid], []]);
      await expect(withdraw(old.kid)).rejects.toMatchObject({ rule: 'state' });
      await expect(activate(old.kid)).rejects.toMatchObject({ rule: 'state' });
      await expect(withdraw('unknown')).rejects.toMatchObject({ rule: 'state' });
    });

    it.each([
      ['a key that waits already', () => [newKey({ state: 'active' }), newKey()], 0],
      ['a new key where none waits', () => [newKey({ state: 'active' })], 1],
    ])('that signs and is withdrawn is succeeded at once by %s', async (_, made, added) => {
      const before = made();
      await insert(...before);
      const version = await keys().version();
      const deps = { store: keys(), unitOfWork: createUnitOfWork(stores), clock: { now: () => secondsAfter(now, 5) } };
      const old = before[0]?.kid ?? '';
      expect(await withdrawSigningKey(deps, old)).toBe(true);
      const after = await keys().list();
      expect(after).toHaveLength(before.length + added);
      expect(after.filter(({ kid }) => kid === old)).toMatchObject([{ state: 'withdrawn', retiredAt: secondsAfter(now, 5) }]);
      expect(after.filter(({ state }) => state === 'active')).toMatchObject([{ alg: 'ES256', usedFrom: secondsAfter(now, 5) }]);
      expect(await keys().version()).toBeGreaterThan(version);
      const records = await stores.db.selectFrom('audit_event').select('details').where('event', '=', 'key.withdrawn').execute();
      expect(records.filter(({ details }) => details.keyId === old)).toEqual([
        { details: { keyId: old, reason: 'withdrawn', actor: 'command' } },
      ]);
      expect(await withdrawSigningKey(deps, old)).toBe(false);
      expect(await withdrawSigningKey(deps, 'unknown')).toBe(false);
    });

    it('that are withdrawn while others change them leave one that signs', async () => {
      const [old, next] = [newKey({ state: 'active' }), newKey()];
      await insert(old, next);
      const deps = { store: keys(), unitOfWork: createUnitOfWork(stores), clock: { now: () => now } };
      const results = await Promise.all([
        withdrawSigningKey(deps, old.kid),
        withdrawSigningKey(deps, next.kid),
        activate(next.kid).catch(() => undefined),
      ]);
      expect(results.slice(0, 2)).toEqual([true, true]);
      const left = await states();
      expect(Object.fromEntries(left)).toMatchObject({ [old.kid]: 'withdrawn', [next.kid]: 'withdrawn' });
      expect(left.filter(([, state]) => state === 'active')).toHaveLength(1);
    });

    it('that were retired for a day forget how to sign, once, and keep what verifies', async () => {
      const [old, next] = [newKey({ state: 'active' }), newKey()];
      await insert(old, next);
      await activate(next.kid);
      const after = (seconds: number) => ({
        store: keys(),
        unitOfWork: createUnitOfWork(stores),
        clock: { now: () => secondsAfter(now, seconds) },
      });
      const day = 24 * 3600;
      expect(await archiveSigningKeys(after(day - 1))).toBe(0);
      const version = await keys().version();
      const together = await Promise.all(Array.from({ length: 4 }, () => archiveSigningKeys(after(day))));
      expect(together.reduce((sum, count) => sum + count, 0)).toBe(1);
      expect(await keys().version()).toBe(version + 1);
      const kept = (await keys().list()).find(({ kid }) => kid === old.kid);
      expect(kept).toMatchObject({ state: 'archived', retiredAt: now, jwk: publicPart(old.jwk) });
      expect(JSON.stringify(kept)).not.toContain('the private part');
      expect(keySet(await keys().list(), secondsAfter(now, day))).toEqual({
        published: [next.jwk],
        retired: [publicPart(old.jwk)],
        until: undefined,
      });
      const records = await stores.db.selectFrom('audit_event').select('details').where('event', '=', 'key.rotated').execute();
      expect(records.filter(({ details }) => details.keyId === old.kid && details.reason === 'archived')).toHaveLength(1);
      await expect(activate(old.kid)).rejects.toMatchObject({ rule: 'state' });
    });

    it('that are archived can still be withdrawn: then they verify nothing', async () => {
      const key = newKey({ state: 'archived', retiredAt: now });
      await insert(key);
      expect(await withdrawSigningKey({ store: keys(), unitOfWork: createUnitOfWork(stores), clock: { now: () => now } }, key.kid)).toBe(
        true,
      );
      expect(keySet(await keys().list(), now)).toEqual({ published: [], retired: [], until: undefined });
    });

    it('stay as they were when the record of their change cannot be written', async () => {
      const [old, next] = [newKey({ state: 'active' }), newKey()];
      await insert(old, next);
      const [before, version] = [await states(), await keys().version()];
      const event = {
        id: randomUUID(),
        at: now,
        event: 'key.rotated',
        accountId: undefined,
        clientId: undefined,
        requestId: undefined,
        details: {},
      } as const;
      const writes: Write[] = [
        { write: 'signing-key.activate', kid: next.kid, at: now },
        { write: 'audit.append', event },
      ];
      const powerCut = (_: string, write: string) => {
        if (write === 'audit.append') throw new Error('power cut');
      };
      await expect(commit(writes, { onWrite: powerCut })).rejects.toThrow('power cut');
      expect([await states(), await keys().version()]).toEqual([before, version]);
      await commit(writes);
      expect(await states()).not.toEqual(before);
    });
  });

  describe('settings', () => {
    const settings = () => createSettings(stores);

    it('are not there before they are set', async () => {
      expect(await settings().get('nothing')).toBeUndefined();
    });

    it('count their versions, for all who change them at once', async () => {
      expect(await settings().put('clock', '0', now)).toBe(1);
      expect(await settings().put('clock', '0', now)).toBe(2);
      const versions = await Promise.all(Array.from({ length: 8 }, (_, index) => settings().put('clock', String(index), now)));
      expect(versions.toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
      expect(await settings().get('clock')).toEqual({ value: expect.any(String), version: 10 });
    });

    it('give a turn to one of those who ask at once, and the next when it is time', async () => {
      const at = (seconds: number) => secondsAfter(now, seconds);
      const ask = (moment: Date) => settings().claimTurn('job', 60, moment);
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(now)));
      expect(answers.filter((mine) => mine)).toHaveLength(1);
      expect(await ask(at(59))).toBe(false);
      expect(await Promise.all(Array.from({ length: 8 }, () => ask(at(60))))).toEqual(expect.arrayContaining([true, false]));
      expect(await ask(at(60))).toBe(false);
      expect(await settings().claimTurn('another job', 60, at(60))).toBe(true);
    });

    it('do not wait for a turn that was taken by a clock ahead', async () => {
      await settings().claimTurn('early', 60, secondsAfter(now, 3600));
      expect(await settings().claimTurn('early', 60, now)).toBe(true);
    });
  });
});
