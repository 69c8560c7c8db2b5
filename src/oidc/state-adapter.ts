import { createHash } from 'node:crypto';
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { secondsAfter, type Clock } from '../domain/clock.ts';
import type { StateRow, StateStore } from '../domain/protocol-state.ts';
import type { Vault } from '../domain/vault.ts';

/**
 * oidc-provider's adapter on top of our stores. What the library leaves to it and most adapters lack:
 * single use is decided by a conditional write (D5), a `jti` is insert-only, expired rows do not exist.
 * Ids are hashed and payloads sealed on the way in, so that a dump of a store opens no door.
 */

export interface StateDeps {
  /** Which store holds a model (the table of D4). */
  storeOf(model: string): StateStore;
  /** Every store once, for acts on all of them. */
  readonly stores: readonly StateStore[];
  readonly vault: Vault;
  readonly clock: Clock;
  /** What must be written before a session is gone; when it fails the session stays. */
  readonly beforeSessionEnds: () => Promise<void>;
}

export function createStateAdapter(deps: StateDeps): (model: string) => Adapter {
  return (model) => stateAdapter(deps, model);
}

/** Ids of sessions, tokens and codes are credentials: only their hash is stored. */
export function hashedId(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

/**
 * Random bits of the tokens that introspection and revocation take for one another. Each kind has a length of its
 * own, so that a store is asked only for what it may hold; the library asks for all of them at once.
 */
const tokenBits = new Map<string, number>([
  ['RefreshToken', 258],
  ['AccessToken', 264],
  ['ClientCredentials', 270],
]);
const defaultTokenBits = 258;

/** The library's formats.bitsOfOpaqueRandomness. */
export function randomBitsOf({ kind }: { readonly kind: string }): number {
  return tokenBits.get(kind) ?? defaultTokenBits;
}

/** A character of an id is six bits. */
function mayBe(model: string, id: string): boolean {
  const bits = tokenBits.get(model);
  return bits === undefined || id.length === bits / 6;
}

function stateAdapter({ storeOf, stores, vault, clock, beforeSessionEnds }: StateDeps, model: string): Adapter {
  const store = storeOf(model);
  const purpose = `oidc:${model}`;

  const open = (row: StateRow | undefined): AdapterPayload | undefined => {
    if (!row) return undefined;
    const payload = JSON.parse(vault.openFor(purpose, row.payload)) as AdapterPayload;
    return row.consumedAt ? { ...payload, consumed: Math.floor(row.consumedAt.getTime() / 1000) } : payload;
  };

  return {
    async upsert(id, payload, expiresIn) {
      const now = clock.now();
      const row = {
        payload: vault.sealFor(purpose, JSON.stringify(payload)),
        expiresAt: secondsAfter(now, expiresIn ?? 10 * 365 * 86_400),
        uid: payload.uid,
        userCode: payload.userCode,
        // An interaction only remembers the grant of the session it began in, and outlives it when the account is switched.
        grantId: model === 'Interaction' ? undefined : payload.grantId,
        accountId: payload.accountId,
        clientId: payload.clientId,
      };
      if (model !== 'ReplayDetection') return void (await store.put(model, hashedId(id), row));
      if (!(await store.insert(model, hashedId(id), row, now))) {
        throw new errors.InvalidClientAuth('the same jti was used at the same moment');
      }
    },
    find: async (id) => (mayBe(model, id) ? open(await store.find(model, hashedId(id), clock.now())) : undefined),
    findByUid: async (uid) => open(await store.findByUid(model, uid, clock.now())),
    findByUserCode: async (code) => open(await store.findByUserCode(model, code, clock.now())),
    async consume(id) {
      if (await store.consume(model, hashedId(id), clock.now())) return;
      if (model === 'PushedAuthorizationRequest') throw new errors.InvalidRequestUri('request_uri was already used');
      throw new errors.InvalidGrant(`${model} was already used`);
    },
    async destroy(id) {
      if (model === 'Session') await beforeSessionEnds();
      await store.destroy(model, hashedId(id));
    },
    async revokeByGrantId(grantId) {
      // The library asks every kind of token; one of them is enough to reach all stores.
      if (model === 'AccessToken') await Promise.all(stores.map((each) => each.revokeByGrantId(grantId)));
    },
  };
}
