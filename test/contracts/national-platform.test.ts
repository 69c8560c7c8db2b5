import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createNationalPlatform } from '../../adapters/national-platform/signed-json.ts';
import { startNationalPlatform, type NationalPlatformServer } from '../../sandbox/authorities/national-platform.ts';
import { systemClock } from '../../src/domain/clock.ts';

/** The driver against the simulated platform, which checks every signature. */
let server: NationalPlatformServer;
beforeAll(async () => {
  server = await startNationalPlatform({ clock: systemClock, timing: { slowMs: 50, lateMs: 600_000 } });
});
afterEach(() => server.setBehaviour('normal'));
afterAll(() => server.close());

const driver = (own: { secret?: string; appId?: string; timeoutMs?: number } = {}, algorithm: 'hmac-sha256' | 'hmac-sm3' = 'hmac-sha256') =>
  createNationalPlatform({
    url: server.url,
    appId: server.appId,
    secret: server.secret,
    timeoutMs: 120_000,
    ...own,
    algorithm,
    clock: systemClock,
  });

const user = (own: { mobile?: string } = {}) => ({
  id: randomUUID(),
  userId: 'Qm1EXAMPLE',
  mobile: '13900001234',
  consent: { version: '2026-01', at: '2026-11-22T02:00:00.000Z' },
  ...own,
});

describe.each(['hmac-sha256', 'hmac-sm3'] as const)('the national platform over %s', (algorithm) => {
  it('takes somebody over, once however often it is told', async () => {
    const one = user();
    const answers = [await driver({}, algorithm).addUser(one), await driver({}, algorithm).addUser(one)];
    expect(answers.map(({ result }) => result)).toEqual(['sent', 'sent']);
    expect(server.users().filter(({ reference }) => reference === one.id)).toEqual([
      { reference: one.id, userId: one.userId, mobile: one.mobile, consentVersion: '2026-01', consentedAt: one.consent.at },
    ]);
  });

  it.each([
    ['down', 'unavailable'],
    ['late', 'unavailable'],
    ['over-quota', 'unavailable'],
    ['slow', 'sent'],
  ] as const)('that is %s answers %s', async (behaviour, result) => {
    server.setBehaviour(behaviour);
    const limit = behaviour === 'late' ? { timeoutMs: 1500 } : {};
    expect(await driver(limit, algorithm).addUser(user())).toMatchObject({ result });
  });

  it('refuses somebody for good', async () => {
    expect(await driver({}, algorithm).addUser(user({ mobile: '13900000000' }))).toEqual({ result: 'rejected', reason: '2001' });
  });

  it.each([{ secret: 'somebody else knows another one' }, { appId: 'nobody' }])('learns nothing from whoever signs as %o', async (own) => {
    const one = user();
    expect(await driver(own, algorithm).addUser(one)).toEqual({ result: 'unavailable', reason: 'unsigned-401' });
    expect(server.users().some(({ reference }) => reference === one.id)).toBe(false);
  });
});
