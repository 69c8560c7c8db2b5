import { randomBytes } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
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
  remember(ctx: AppContext, accountId: string): void;
}

const kept = 5;
const knownSeconds = 30 * 86_400;

interface Known {
  readonly tag: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

interface Device {
  readonly id: string;
  readonly accounts: readonly Known[];
}

/** As the cookie has it: `<id> <tag>.<moment> …`. */
function parse(text: string | undefined): Device | undefined {
  const [id, ...accounts] = (text ?? '').split(' ');
  if (!id || id.includes('.')) return undefined;
  return {
    id,
    accounts: accounts.map((entry) => {
      const [tag = '', at] = entry.split('.');
      return { tag, at: Number(at) };
    }),
  };
}

export function createDevices({ cookies, vault, clock }: { cookies: CookieJar; vault: Vault; clock: Clock }): Devices {
  const tagOf = (accountId: string) => vault.index('device', accountId).subarray(0, 16).toString('base64url');
  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  const read = (ctx: AppContext) => parse(cookies.get(ctx, 'device'));
  const knownId: Devices['knownId'] = (ctx, accountId) => {
    const device = read(ctx);
    const known = device?.accounts.find(({ tag }) => tag === tagOf(accountId));
    return known && known.at + knownSeconds > seconds() ? device?.id : undefined;
  };
  return {
    knownId,
    idInSession: (ctx, { accountId, uid }) => knownId(ctx, accountId) ?? `session:${uid}`,
    knows: (ctx, accountId) => knownId(ctx, accountId) !== undefined,
    remember(ctx, accountId) {
      const { id, accounts } = read(ctx) ?? { id: randomBytes(16).toString('base64url'), accounts: [] };
      const tag = tagOf(accountId);
      const entries = [{ tag, at: seconds() }, ...accounts.filter((other) => other.tag !== tag)].slice(0, kept);
      cookies.set(ctx, 'device', [id, ...entries.map((entry) => `${entry.tag}.${entry.at}`)].join(' '), knownSeconds);
    },
  };
}
