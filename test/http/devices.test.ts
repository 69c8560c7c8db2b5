import { describe, expect, it } from '@jest/globals';
import type { AppContext } from '../../src/http/app-context.ts';
import type { CookieJar } from '../../src/http/cookies.ts';
import { createDevices } from '../../src/http/devices.ts';
import type { Vault } from '../../src/domain/vault.ts';

const start = Date.parse('2026-11-22T04:00:00Z');
const day = 86_400_000;

/** A browser that keeps one cookie, and a clock. */
function browser(cookie?: string) {
  const room = { now: start, cookie };
  const cookies = { get: () => room.cookie, set: (_: unknown, __: unknown, value: string) => (room.cookie = value) };
  const vault = { index: (_: string, id: string) => Buffer.from(id.padEnd(16, '_')) };
  const devices = createDevices({
    cookies: cookies as unknown as CookieJar,
    vault: vault as unknown as Vault,
    clock: { now: () => new Date(room.now) },
  });
  return { room, devices, ctx: {} as AppContext };
}

const account = (trustEndedAt?: number) => ({ id: 'a', ...(trustEndedAt !== undefined && { trustEndedAt: new Date(trustEndedAt) }) });

describe('a browser in which somebody signed in', () => {
  it.each([
    [undefined, false],
    ['new-device', false],
    ['mobile', false],
    ['mobile-app', true],
    ['mobile-plus', true],
    ['password', true],
    ['passkey', true],
  ] as const)('by %p is trusted: %p', (strength, trusted) => {
    const { devices, ctx } = browser();
    devices.remember(ctx, 'a', strength);
    expect([devices.knows(ctx, 'a'), devices.trusts(ctx, account())]).toEqual([true, trusted]);
    expect([devices.knows(ctx, 'b'), devices.trusts(ctx, { id: 'b' })]).toEqual([false, false]);
  });

  it('is trusted for what was proved later than the end of the trust, to the millisecond, and stays known', () => {
    const { devices, ctx, room } = browser();
    devices.remember(ctx, 'a', 'password');
    expect([start - 1, start, start + 1].map((end) => devices.trusts(ctx, account(end)))).toEqual([true, false, false]);
    expect(devices.trusted(ctx, account(start))).toBe(true);
    room.now += 1000;
    devices.remember(ctx, 'a', 'mobile');
    expect([devices.trusts(ctx, account(start)), devices.knows(ctx, 'a')]).toEqual([false, true]);
    devices.remember(ctx, 'a', 'password');
    expect([devices.trusts(ctx, account(start)), devices.trusted(ctx, account(start))]).toEqual([true, false]);
  });

  it('is trusted again from the end on, by whatever clock that was told', () => {
    const { devices, ctx } = browser();
    devices.remember(ctx, 'a', 'password');
    const ended = account(start + 500);
    devices.trustAgain(ctx, ended);
    expect(devices.trusts(ctx, ended)).toBe(true);
  });

  it('is forgotten after thirty days, and a copy of its cookie is with it', () => {
    const { devices, ctx, room } = browser();
    devices.remember(ctx, 'a', 'password');
    room.now += 30 * day;
    expect([devices.knows(ctx, 'a'), devices.trusts(ctx, account()), devices.trusted(ctx, account())]).toEqual([false, false, false]);
  });

  it.each(['!', '.', '.x', '.NaN', '.Infinity!'])('is not trusted for a cookie that says %p in place of the moment', (end) => {
    const tag = Buffer.from('a'.padEnd(16, '_')).toString('base64url');
    const { devices, ctx } = browser(`device ${tag}.${start / 1000}${end}`);
    expect([devices.knows(ctx, 'a'), devices.trusts(ctx, account(0)), devices.trusts(ctx, account())]).toEqual([true, false, false]);
  });
});
