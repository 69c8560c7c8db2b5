import { randomBytes } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import { atLeast, type Strength } from '../domain/presence/strength.ts';
import type { Vault } from '../domain/vault.ts';
import type { AppContext } from './app-context.ts';
import type { CookieJar } from './cookies.ts';

/**
 * Which accounts this browser signed in to before, and when last: its own id and up to five keyed hashes in a signed
 * cookie, so that nothing about devices has to be stored. A known device has its own limits; it is known for thirty days,
 * however long somebody keeps a copy of the cookie.
 */
export interface Devices {
  knows(ctx: AppContext, accountId: string): boolean;
  /** Id of this browser, where it signed in to the account before: limits of known devices go by it. */
  knownId(ctx: AppContext, accountId: string): string | undefined;
  /** The same for whoever is signed in: that of the session, where the browser lost its own. */
  idInSession(ctx: AppContext, session: { readonly accountId: string; readonly uid: string }): string;
  /** Did it ever prove more than the possession of the mobile? Whoever found a phone has a browser that signed in, too. */
  trusts(ctx: AppContext, accountId: string): boolean;
  /** @param strength - of the sign-in */
  remember(ctx: AppContext, accountId: string, strength: Strength | undefined): void;
}

const kept = 5;
const knownSeconds = 30 * 86_400;

interface Known {
  readonly tag: string;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly trusted: boolean;
}

interface Device {
  readonly id: string;
  readonly accounts: readonly Known[];
}

/** As the cookie has it: `<id> <tag>.<moment> …`, with a `!` behind the moment where it is trusted. */
function parse(text: string | undefined): Device | undefined {
  const [id, ...accounts] = (text ?? '').split(' ');
  if (!id || id.includes('.')) return undefined;
  return {
    id,
    accounts: accounts.map((entry) => {
      const [tag = '', at = ''] = entry.split('.');
      return { tag, at: Number.parseInt(at, 10), trusted: at.endsWith('!') };
    }),
  };
}

function print({ id, accounts }: Device): string {
  return [id, ...accounts.map(({ tag, at, trusted }) => `${tag}.${at}${trusted ? '!' : ''}`)].join(' ');
}

export function createDevices({ cookies, vault, clock }: { cookies: CookieJar; vault: Vault; clock: Clock }): Devices {
  const tagOf = (accountId: string) => vault.index('device', accountId).subarray(0, 16).toString('base64url');
  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  const read = (ctx: AppContext) => parse(cookies.get(ctx, 'device'));
  const known = (ctx: AppContext, accountId: string) => {
    const device = read(ctx);
    const entry = device?.accounts.find(({ tag }) => tag === tagOf(accountId));
    return device && entry && entry.at + knownSeconds > seconds() ? { id: device.id, trusted: entry.trusted } : undefined;
  };
  const knownId: Devices['knownId'] = (ctx, accountId) => known(ctx, accountId)?.id;
  const trusts: Devices['trusts'] = (ctx, accountId) => known(ctx, accountId)?.trusted ?? false;
  return {
    knownId,
    trusts,
    idInSession: (ctx, { accountId, uid }) => knownId(ctx, accountId) ?? `session:${uid}`,
    knows: (ctx, accountId) => knownId(ctx, accountId) !== undefined,
    remember(ctx, accountId, strength) {
      const { id, accounts } = read(ctx) ?? { id: randomBytes(16).toString('base64url'), accounts: [] };
      const own: Known = { tag: tagOf(accountId), at: seconds(), trusted: trusts(ctx, accountId) || atLeast(strength, 'mobile-app') };
      const entries = [own, ...accounts.filter(({ tag }) => tag !== own.tag)].slice(0, kept);
      cookies.set(ctx, 'device', print({ id, accounts: entries }), knownSeconds);
    },
  };
}
