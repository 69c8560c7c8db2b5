import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { Clock } from '../domain/clock.ts';
import { dueToSign, publishedKeys } from '../domain/keys/rotation.ts';
import type { PrivateJwk, SigningKey, SigningKeyStore } from '../domain/keys/signing-keys.ts';
import type { UnitOfWork } from '../domain/unit-of-work.ts';

/** Keys a deployment needs from its first start: default, for clients that ask for RSA, and Ed25519 (D11). */
export const keyAlgorithms = ['ES256', 'RS256', 'EdDSA'] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

export interface KeyRingDeps {
  readonly store: SigningKeyStore;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/** A new key pair; `state` is `active` only for the first of its algorithm. */
export async function makeSigningKey(alg: KeyAlgorithm, state: 'active' | 'published', now: Date): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const privateJwk: PrivateJwk = { ...jwk, kid, kty: String(jwk.kty), use: 'sig' };
  return {
    kid,
    alg,
    state,
    privateJwk,
    createdAt: now,
    publishedAt: now,
    usedFrom: state === 'active' ? now : undefined,
    retiredAt: undefined,
  };
}

/** At start: every algorithm has a signing key; of several processes one makes it. */
export async function ensureSigningKeys({ store, clock }: KeyRingDeps): Promise<void> {
  const keys = await store.list();
  for (const alg of keyAlgorithms) {
    if (keys.some((key) => key.alg === alg && key.state === 'active')) continue;
    await store.insert(await makeSigningKey(alg, 'active', clock.now()));
  }
}

/** Lets published keys sign that have waited long enough; run by every process, done by one. */
export async function advanceSigningKeys({ store, unitOfWork, clock }: KeyRingDeps): Promise<number> {
  const now = clock.now();
  let moved = 0;
  for (const key of dueToSign(await store.list(), now)) {
    if (!(await store.setState(key.kid, 'active', now))) continue;
    moved += 1;
    await unitOfWork.commit('rotate-key', [
      {
        write: 'audit.append',
        event: {
          id: randomUUID(),
          at: now,
          event: 'key.rotated',
          accountId: undefined,
          clientId: undefined,
          requestId: undefined,
          details: { keyId: key.kid, reason: 'active' },
        },
      },
    ]);
  }
  return moved;
}

/** The key set of a provider: signing keys first. */
export async function providerKeys({ store, clock }: Pick<KeyRingDeps, 'store' | 'clock'>): Promise<PrivateJwk[]> {
  return publishedKeys(await store.list(), clock.now()).map(({ privateJwk }) => privateJwk);
}
