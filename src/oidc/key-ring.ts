import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { AuditDetails } from '../domain/audit/events.ts';
import type { Clock } from '../domain/clock.ts';
import { dueToArchive, dueToSign, keySet, publicPart, type KeySet } from '../domain/keys/rotation.ts';
import type { Jwk, SigningKey, SigningKeyState, SigningKeyStore } from '../domain/keys/signing-keys.ts';
import { Conflict, type UnitOfWork, type Write } from '../domain/unit-of-work.ts';
import { audited } from '../domain/audit/record.ts';

/** Keys a deployment needs from its first start: default, for clients that ask for RSA, and Ed25519 (D11). */
export const keyAlgorithms = ['ES256', 'RS256', 'EdDSA'] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

export interface KeyRingDeps {
  readonly store: SigningKeyStore;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/** A new key pair; `state` is `active` only for the first of its algorithm. */
async function makeSigningKey(alg: KeyAlgorithm, state: 'active' | 'published', now: Date): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const exported = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(exported);
  const jwk: Jwk = { ...exported, kid, kty: String(exported.kty), use: 'sig' };
  return {
    kid,
    alg,
    state,
    jwk,
    createdAt: now,
    publishedAt: now,
    usedFrom: state === 'active' ? now : undefined,
    retiredAt: undefined,
  };
}

/** At start: every algorithm has a signing key; of several processes one makes them. */
export async function ensureSigningKeys({ store, unitOfWork, clock }: KeyRingDeps): Promise<void> {
  const now = clock.now();
  const keys = await store.list();
  const missing = keyAlgorithms.filter((alg) => !keys.some((key) => key.alg === alg && key.state === 'active'));
  if (missing.length === 0) return;
  const made = await Promise.all(missing.map((alg) => makeSigningKey(alg, 'active', now)));
  await unlessDone(unitOfWork, 'make-keys', [
    ...made.map((key): Write => ({ write: 'signing-key.insert', key })),
    ...made.map(({ kid }) => keyRecord(kid, 'active', 'system', now)),
  ]);
}

/** Lets published keys sign that have waited long enough; run by every process, done by one. Answers how many. */
export async function advanceSigningKeys({ store, unitOfWork, clock }: KeyRingDeps): Promise<number> {
  const now = clock.now();
  let moved = 0;
  for (const { kid } of dueToSign(await store.list(), now)) {
    if (await unlessDone(unitOfWork, 'rotate-key', activation(kid, 'system', now))) moved += 1;
  }
  return moved;
}

/** Forgets how to sign with keys that left the key set; run by every process, done by one. Answers how many. */
export async function archiveSigningKeys({ store, unitOfWork, clock }: KeyRingDeps): Promise<number> {
  const now = clock.now();
  let archived = 0;
  for (const { kid, jwk } of dueToArchive(await store.list(), now)) {
    const writes: readonly Write[] = [
      { write: 'signing-key.archive', kid, publicJwk: publicPart(jwk), at: now },
      keyRecord(kid, 'archived', 'system', now),
    ];
    if (await unlessDone(unitOfWork, 'archive-key', writes)) archived += 1;
  }
  return archived;
}

/** By command: a new key of the algorithm, published from now on. */
export async function publishSigningKey({ unitOfWork, clock }: Omit<KeyRingDeps, 'store'>, alg: KeyAlgorithm): Promise<SigningKey> {
  const now = clock.now();
  const key = await makeSigningKey(alg, 'published', now);
  await unitOfWork.commit('publish-key', [{ write: 'signing-key.insert', key }, keyRecord(key.kid, 'published', 'command', now)]);
  return key;
}

/** By command: a published key signs now, however short it has waited. False when no such key is published. */
export function activateSigningKey({ unitOfWork, clock }: Omit<KeyRingDeps, 'store'>, kid: string): Promise<boolean> {
  return unlessDone(unitOfWork, 'rotate-key', activation(kid, 'command', clock.now()));
}

/** How often a withdrawal is decided anew when the keys changed meanwhile. */
const withdrawals = 3;

/**
 * By command: a key that somebody else may hold leaves the published set at once. When it signs, a key that is
 * published already, else a new one, takes over in the same act. False when there is no such key, or it was withdrawn.
 */
export async function withdrawSigningKey({ store, unitOfWork, clock }: KeyRingDeps, kid: string): Promise<boolean> {
  for (let time = 0; time < withdrawals; time += 1) {
    const now = clock.now();
    const keys = await store.list();
    const key = keys.find((candidate) => candidate.kid === kid);
    if (!key || key.state === 'withdrawn') return false;
    const writes: readonly Write[] = [
      ...(key.state === 'active' ? await succession(keys, key.alg, now) : []),
      { write: 'signing-key.withdraw', kid, at: now },
      keyRecord(kid, 'withdrawn', 'command', now),
    ];
    if (await unlessDone(unitOfWork, 'withdraw-key', writes)) return true;
  }
  throw new Error('the keys change too fast; try again');
}

async function succession(keys: readonly SigningKey[], alg: string, now: Date): Promise<readonly Write[]> {
  const waiting = keys.find((key) => key.alg === alg && key.state === 'published');
  if (waiting) return activation(waiting.kid, 'command', now);
  const known = keyAlgorithms.find((name) => name === alg);
  if (!known) throw new Error(`no key is made for ${alg}`);
  const key = await makeSigningKey(known, 'published', now);
  return [{ write: 'signing-key.insert', key }, keyRecord(key.kid, 'published', 'command', now), ...activation(key.kid, 'command', now)];
}

type Actor = NonNullable<AuditDetails['actor']>;

function activation(kid: string, actor: Actor, now: Date): readonly Write[] {
  return [{ write: 'signing-key.activate', kid, at: now }, keyRecord(kid, 'active', actor, now)];
}

function keyRecord(kid: string, state: SigningKeyState, actor: Actor, now: Date): Write {
  const details = { keyId: kid, reason: state, actor };
  return audited(state === 'withdrawn' ? 'key.withdrawn' : 'key.rotated', now, {}, details);
}

/** False when another process was faster, or the key is not in the state for it: nothing was written. */
async function unlessDone(unitOfWork: UnitOfWork, useCase: string, writes: readonly Write[]): Promise<boolean> {
  try {
    await unitOfWork.commit(useCase, writes);
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}

/** The keys of now. */
export async function currentKeys({ store, clock }: Pick<KeyRingDeps, 'store' | 'clock'>): Promise<KeySet> {
  return keySet(await store.list(), clock.now());
}
