import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSettings } from '../../adapters/database/settings.ts';
import { createSigningKeyStore } from '../../adapters/database/signing-keys.ts';
import { secondsAfter } from '../../src/domain/clock.ts';
import type { SigningKey } from '../../src/domain/keys/signing-keys.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';

const now = new Date('2026-03-01T08:00:00.000Z');

function newKey(about: Partial<SigningKey> = {}): SigningKey {
  const kid = about.kid ?? randomUUID();
  return {
    kid,
    alg: 'ES256',
    state: 'published',
    privateJwk: { kid, kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'the private part' },
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

    it('come back as they were put in, oldest first', async () => {
      const [old, young] = [newKey({ state: 'active', usedFrom: now }), newKey({ createdAt: secondsAfter(now, 1) })];
      expect(await keys().insert(young)).toBe(true);
      expect(await keys().insert(old)).toBe(true);
      expect(await keys().list()).toEqual([old, young]);
    });

    it('lie in the database without their private part', async () => {
      await keys().insert(newKey());
      const rows = await stores.db.selectFrom('signing_key').selectAll().execute();
      expect(JSON.stringify(rows.map((row) => String(row.private_jwk_sealed)))).not.toContain('private part');
    });

    it('are not put in twice, and of one algorithm one is active', async () => {
      const key = newKey({ state: 'active' });
      expect(await keys().insert(key)).toBe(true);
      expect(await keys().insert(key)).toBe(false);
      expect(await keys().insert(newKey({ state: 'active' }))).toBe(false);
      expect(await keys().insert(newKey({ state: 'active', alg: 'RS256' }))).toBe(true);
    });

    it('take over from each other in one act', async () => {
      const [old, next, other] = [newKey({ state: 'active' }), newKey(), newKey({ state: 'active', alg: 'RS256' })];
      for (const key of [old, next, other]) await keys().insert(key);
      expect(await keys().setState(next.kid, 'active', secondsAfter(now, 60))).toBe(true);
      const after = new Map((await keys().list()).map((key) => [key.kid, key]));
      expect(after.get(old.kid)).toMatchObject({ state: 'retired', retiredAt: secondsAfter(now, 60) });
      expect(after.get(next.kid)).toMatchObject({ state: 'active', usedFrom: secondsAfter(now, 60) });
      expect(after.get(other.kid)).toMatchObject({ state: 'active' });
    });

    it('move forward only', async () => {
      const key = newKey();
      await keys().insert(key);
      expect(await keys().setState(key.kid, 'retired', now)).toBe(false);
      expect(await keys().setState(key.kid, 'active', now)).toBe(true);
      expect(await keys().setState(key.kid, 'active', now)).toBe(false);
      expect(await keys().setState(key.kid, 'retired', now)).toBe(true);
      expect(await keys().setState(key.kid, 'active', now)).toBe(false);
      expect(await keys().setState('unknown', 'active', now)).toBe(false);
    });

    it('leave one active key when two processes rotate at once', async () => {
      const candidates = Array.from({ length: 8 }, () => newKey());
      await keys().insert(newKey({ state: 'active' }));
      for (const key of candidates) await keys().insert(key);
      await Promise.all(candidates.map(({ kid }) => keys().setState(kid, 'active', now)));
      expect((await states()).filter(([, state]) => state === 'active')).toHaveLength(1);
    });

    it('have a version that changes with every change and with nothing else', async () => {
      const versions = [await keys().version()];
      const key = newKey();
      await keys().insert(key);
      versions.push(await keys().version());
      await keys().insert(key);
      expect(await keys().version()).toBe(versions.at(-1));
      await keys().setState(key.kid, 'active', now);
      versions.push(await keys().version());
      await keys().setState(key.kid, 'retired', now);
      versions.push(await keys().version());
      expect(new Set(versions).size).toBe(4);
      expect(versions.toSorted((a, b) => a - b)).toEqual(versions);
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
  });
});
