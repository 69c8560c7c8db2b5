import type { Vault } from '../domain/vault.ts';
import type { AppContext } from './app-context.ts';
import type { CookieJar } from './cookies.ts';

/**
 * Which accounts this browser signed in to before: up to five keyed hashes in a signed cookie, so that
 * nothing about devices has to be stored. A known device has its own limit of attempts.
 */
export interface Devices {
  knows(ctx: AppContext, accountId: string): boolean;
  remember(ctx: AppContext, accountId: string): void;
}

const kept = 5;

export function createDevices({ cookies, vault }: { cookies: CookieJar; vault: Vault }): Devices {
  const tag = (accountId: string) => vault.index('device', accountId).subarray(0, 16).toString('base64url');
  const read = (ctx: AppContext) => (cookies.get(ctx, 'device') ?? '').split(' ').filter(Boolean);
  return {
    knows: (ctx, accountId) => read(ctx).includes(tag(accountId)),
    remember(ctx, accountId) {
      const tags = [tag(accountId), ...read(ctx).filter((other) => other !== tag(accountId))].slice(0, kept);
      cookies.set(ctx, 'device', tags.join(' '), 30 * 86_400);
    },
  };
}
