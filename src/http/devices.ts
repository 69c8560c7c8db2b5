import { randomBytes } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import type { AccountHeader } from '../domain/person/account.ts';
import { isTrusting, type Strength } from '../domain/presence/strength.ts';
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
  /**
   * Did it prove more than the possession of the mobile since the trust of the account ended last? Whoever found a phone has a
   * browser that signed in, too, and whoever had the password one that proved it.
   */
  trusts(ctx: AppContext, account: Trusting): boolean;
  /** Did it prove as much, but before the trust ended? */
  trusted(ctx: AppContext, account: Trusting): boolean;
  /** Trusts it again, for what is proved in it still. */
  trustAgain(ctx: AppContext, account: Trusting): void;
  /** @param strength - of the sign-in */
  remember(ctx: AppContext, accountId: string, strength: Strength | undefined): void;
}

export type Trusting = Pick<AccountHeader, 'id' | 'trustEndedAt'>;

const kept = 5;
const knownSeconds = 30 * 86_400;

interface Known {
  readonly tag: string;
  /** Seconds since the epoch. */
  readonly at: number;
  /** When more than the mobile was proved last, in milliseconds; undefined: never. */
  readonly provedAt: number | undefined;
}

interface Device {
  readonly id: string;
  readonly accounts: readonly Known[];
}

/** As the cookie has it: `<id> <tag>.<moment> …`, with `.<moment>` behind it where more than the mobile was proved. */
function parse(text: string | undefined): Device | undefined {
  const [id, ...accounts] = (text ?? '').split(' ');
  if (!id || id.includes('.')) return undefined;
  return {
    id,
    accounts: accounts.map((entry) => {
      const [tag = '', at = '', provedAt] = entry.split('.');
      return { tag, at: Number.parseInt(at, 10), provedAt: /^\d+$/.test(provedAt ?? '') ? Number(provedAt) : undefined };
    }),
  };
}

function print({ id, accounts }: Device): string {
  return [id, ...accounts.map(({ tag, at, provedAt }) => [tag, at, ...(provedAt === undefined ? [] : [provedAt])].join('.'))].join(' ');
}

export function createDevices({ cookies, vault, clock }: { cookies: CookieJar; vault: Vault; clock: Clock }): Devices {
  const tagOf = (accountId: string) => vault.index('device', accountId).subarray(0, 16).toString('base64url');
  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  const read = (ctx: AppContext) => parse(cookies.get(ctx, 'device'));
  const known = (ctx: AppContext, accountId: string) => {
    const device = read(ctx);
    const entry = device?.accounts.find(({ tag }) => tag === tagOf(accountId));
    return device && entry && entry.at + knownSeconds > seconds() ? { id: device.id, provedAt: entry.provedAt } : undefined;
  };
  const put = (ctx: AppContext, accountId: string, provedAt: number | undefined) => {
    const { id, accounts } = read(ctx) ?? { id: randomBytes(16).toString('base64url'), accounts: [] };
    const own: Known = { tag: tagOf(accountId), at: seconds(), provedAt };
    const entries = [own, ...accounts.filter(({ tag }) => tag !== own.tag)].slice(0, kept);
    cookies.set(ctx, 'device', print({ id, accounts: entries }), knownSeconds);
  };
  const knownId: Devices['knownId'] = (ctx, accountId) => known(ctx, accountId)?.id;
  const provedAt = (ctx: AppContext, accountId: string) => known(ctx, accountId)?.provedAt;
  const trusts: Devices['trusts'] = (ctx, { id, trustEndedAt }) => {
    const proved = provedAt(ctx, id);
    return proved !== undefined && (trustEndedAt === undefined || proved > trustEndedAt.getTime());
  };
  return {
    knownId,
    trusts,
    trusted: (ctx, account) => provedAt(ctx, account.id) !== undefined && !trusts(ctx, account),
    // Another process may have ended it by a clock that is a little ahead.
    trustAgain: (ctx, { id, trustEndedAt }) => put(ctx, id, Math.max(clock.now().getTime(), (trustEndedAt?.getTime() ?? 0) + 1)),
    idInSession: (ctx, { accountId, uid }) => knownId(ctx, accountId) ?? `session:${uid}`,
    knows: (ctx, accountId) => knownId(ctx, accountId) !== undefined,
    remember: (ctx, accountId, strength) => put(ctx, accountId, isTrusting(strength) ? clock.now().getTime() : provedAt(ctx, accountId)),
  };
}
