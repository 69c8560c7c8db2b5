import { availableParallelism } from 'node:os';
import type { Clock } from '../src/domain/clock.ts';
import type { Announcements } from '../src/domain/announcements.ts';
import type { AuditLog } from '../src/domain/audit/events.ts';
import type { EvidenceStore } from '../src/domain/assurance/evidence.ts';
import type { PasskeyVerifier } from '../src/domain/authenticator/passkey.ts';
import type { PasskeyStore } from '../src/domain/authenticator/passkey-store.ts';
import type { ImportedHashStore } from '../src/domain/authenticator/imported-hashes.ts';
import type { PasswordHasher } from '../src/domain/authenticator/password-hasher.ts';
import type { RecoveryCodeStore } from '../src/domain/authenticator/recovery-codes.ts';
import type { TotpStore } from '../src/domain/authenticator/totp.ts';
import type { ConsentStore } from '../src/domain/consent/consent.ts';
import type { DataKeyStore } from '../src/domain/keys/data-keys.ts';
import type { SigningKeyStore } from '../src/domain/keys/signing-keys.ts';
import type { AccountChangeStore } from '../src/domain/presence/change.ts';
import type { Outbox } from '../src/domain/notification/outbox.ts';
import type { AccountStore, PersonStore } from '../src/domain/person/account.ts';
import type { ActivationStore } from '../src/domain/person/activation-store.ts';
import type { ImportStore } from '../src/domain/person/import-progress.ts';
import type { SessionStore, StateStore } from '../src/domain/protocol-state.ts';
import type { Settings } from '../src/domain/settings.ts';
import type { CaptchaStore, DraftStore, OnceStore, OtpStore, QuotaStore, RecentStore, TurnStore } from '../src/domain/short-lived.ts';
import type { BindingStore } from '../src/domain/upstream/binding.ts';
import type { UnitOfWork } from '../src/domain/unit-of-work.ts';
import type { Vault } from '../src/domain/vault.ts';
import { createAccountStore } from './database/accounts.ts';
import { createAccountChangeStore } from './database/account-changes.ts';
import { createActivationStore } from './database/activations.ts';
import { createAuditLog } from './database/audit.ts';
import { createPasskeyStore, createRecoveryCodeStore, createTotpStore } from './database/authenticators.ts';
import { createBindingStore } from './database/bindings.ts';
import { createConsentStore } from './database/consents.ts';
import { createDataKeyStore } from './database/data-keys.ts';
import { createEvidenceStore } from './database/evidence.ts';
import { createImportedHashStore } from './database/imported-hashes.ts';
import { createImportStore } from './database/imports.ts';
import { createDurableState } from './database/oidc-state.ts';
import { openDatabase, type Database } from './database/open.ts';
import { createOutbox } from './database/outbox.ts';
import { createPersonStore } from './database/persons.ts';
import { createSettings } from './database/settings.ts';
import { createSigningKeyStore } from './database/signing-keys.ts';
import { createUnitOfWork, type WriteHook } from './database/unit-of-work.ts';
import { createFileVault, type VaultOptions, type VaultSecrets } from './keys/file-vault.ts';
import { createMemoryAnnouncements } from './memory/announcements.ts';
import { createMemoryCaptchas } from './memory/captchas.ts';
import { createMemoryDrafts } from './memory/drafts.ts';
import { createMemoryOnce } from './memory/once.ts';
import { createMemoryOtps } from './memory/otps.ts';
import { createMemoryQuotas } from './memory/quotas.ts';
import { createMemoryRecent } from './memory/recent.ts';
import { createMemoryState } from './memory/state.ts';
import { createMemoryTurns } from './memory/turns.ts';
import { createOutboundPost, type OutboundOptions } from './outbound/post.ts';
import { createArgon2idHasher, hashWidth } from './password-hash/argon2id.ts';
import { createCachedState, endThroughCache } from './redis/cached-state.ts';
import { createRedisAnnouncements } from './redis/announcements.ts';
import { createRedisCaptchas } from './redis/captchas.ts';
import { createRedisDrafts } from './redis/drafts.ts';
import { createRedisOnce } from './redis/once.ts';
import { openRedis, type RedisConnection } from './redis/open.ts';
import { createRedisOtps } from './redis/otps.ts';
import { createRedisQuotas } from './redis/quotas.ts';
import { createRedisRecent } from './redis/recent.ts';
import { createRedisState } from './redis/state.ts';
import { createRedisTurns } from './redis/turns.ts';
import { createPasskeyVerifier } from './webauthn/verifier.ts';

/** One implementation for each port, picked by configuration – one line per entry. */
export interface Adapters {
  readonly database: Database;
  readonly redis: RedisConnection | undefined;
  readonly vault: Vault;
  readonly hasher: PasswordHasher;
  readonly importedHashes: ImportedHashStore;
  readonly accounts: AccountStore;
  readonly persons: PersonStore;
  readonly accountChanges: AccountChangeStore;
  readonly activations: ActivationStore;
  readonly imports: ImportStore;
  readonly evidence: EvidenceStore;
  readonly passkeys: PasskeyStore;
  readonly passkeyVerifier: PasskeyVerifier;
  readonly totps: TotpStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly bindings: BindingStore;
  readonly consents: ConsentStore;
  readonly signingKeys: SigningKeyStore;
  readonly dataKeys: DataKeyStore;
  readonly settings: Settings;
  readonly outbox: Outbox;
  readonly audit: AuditLog;
  readonly unitOfWork: UnitOfWork;
  readonly sessions: SessionStore;
  /** Which store holds a model of the OpenID provider (docs/adr/0004). */
  readonly storeOf: (model: string) => StateStore;
  readonly stateStores: readonly StateStore[];
  readonly shortLived: ShortLived;
  readonly post: (url: string, form: Readonly<Record<string, string>>) => Promise<number>;
  close(): Promise<void>;
}

export interface ShortLived {
  readonly state: StateStore;
  readonly otps: OtpStore;
  readonly captchas: CaptchaStore;
  readonly quotas: QuotaStore;
  readonly drafts: DraftStore;
  readonly turns: TurnStore;
  readonly once: OnceStore;
  readonly recent: RecentStore;
  readonly announcements: Announcements;
}

export interface AdapterOptions {
  /** Public base URL: passkeys are made for its host and origin. */
  readonly issuer: string;
  readonly clock: Clock;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly redisUrls: readonly string[];
  readonly secrets: VaultSecrets & { readonly pepper: Buffer };
  readonly suite: NonNullable<VaultOptions['suite']>;
  readonly outbound: OutboundOptions['allow'];
  /** Threads of libuv's pool, in which password hashes run. */
  readonly threadPoolSize: number;
  /** Called around every named write; crash tests kill the process there. */
  readonly onWrite: WriteHook | undefined;
  /** Told when a transaction is run again after a serialization failure or a deadlock. */
  readonly onRetry: ((useCase: string) => void) | undefined;
  readonly report: (error: Error) => void;
}

/** Models that must survive a restart; all others are short-lived (D4). */
const durableModels: ReadonlySet<string> = new Set([
  'Session',
  'Grant',
  'RefreshToken',
  'ReplayDetection',
  'InitialAccessToken',
  'RegistrationAccessToken',
]);

/** Read on every token call, so kept in Redis where there is one. */
const cachedModels = ['Session', 'Grant'];
const cachedSeconds = 30;

export async function openAdapters(options: AdapterOptions): Promise<Adapters> {
  const { clock } = options;
  const vault = createFileVault(options.secrets, { suite: options.suite });
  const database = await openDatabase({ url: options.databaseUrl, dataDir: options.dataDir });
  const redis = options.redisUrls.length > 0 ? await openRedis(options.redisUrls.join(','), options.report) : undefined;
  const { db } = database;
  const durable = createDurableState({ db, clock });
  const cached = redis && createCachedState({ redis, inner: durable, models: cachedModels, ttlSeconds: cachedSeconds, clock });
  const { onWrite, onRetry } = options;
  const unitOfWork = createUnitOfWork({ db, vault, clock, ...(onWrite ? { onWrite } : {}), ...(onRetry ? { onRetry } : {}) });
  const shortLived = redis ? redisStores(redis, clock) : memoryStores(clock);
  const lasting = cached ?? durable;
  return {
    database,
    redis,
    vault,
    hasher: createArgon2idHasher({ pepper: options.secrets.pepper, width: hashWidth(availableParallelism(), options.threadPoolSize) }),
    accounts: createAccountStore({ db, vault }),
    persons: createPersonStore({ db, vault }),
    accountChanges: createAccountChangeStore({ db, vault }),
    activations: createActivationStore({ db, vault }),
    imports: createImportStore({ db, vault }),
    importedHashes: createImportedHashStore({ db }),
    evidence: createEvidenceStore({ db }),
    passkeys: createPasskeyStore({ db, vault }),
    passkeyVerifier: createPasskeyVerifier(options.issuer),
    totps: createTotpStore({ db, vault }),
    recoveryCodes: createRecoveryCodeStore({ db }),
    bindings: createBindingStore({ db, vault }),
    consents: createConsentStore({ db }),
    signingKeys: createSigningKeyStore({ db, vault }),
    dataKeys: createDataKeyStore({ db, vault }),
    settings: createSettings({ db }),
    outbox: createOutbox({ db, vault }),
    audit: createAuditLog({ db, vault }),
    unitOfWork: cached ? endThroughCache(unitOfWork, cached) : unitOfWork,
    sessions: durable,
    storeOf: (model) => (durableModels.has(model) ? lasting : shortLived.state),
    stateStores: [lasting, shortLived.state],
    shortLived,
    post: createOutboundPost({ allow: options.outbound }),
    async close() {
      await Promise.all([database.close(), redis?.close()]);
    },
  };
}

function memoryStores(clock: Clock): ShortLived {
  return {
    state: createMemoryState(clock),
    otps: createMemoryOtps(clock),
    captchas: createMemoryCaptchas(clock),
    quotas: createMemoryQuotas(clock),
    drafts: createMemoryDrafts(clock),
    turns: createMemoryTurns(clock),
    once: createMemoryOnce(clock),
    recent: createMemoryRecent(),
    announcements: createMemoryAnnouncements(),
  };
}

function redisStores(redis: RedisConnection, clock: Clock): ShortLived {
  return {
    state: createRedisState(redis, clock),
    otps: createRedisOtps(redis, clock),
    captchas: createRedisCaptchas(redis, clock),
    quotas: createRedisQuotas(redis),
    drafts: createRedisDrafts(redis, clock),
    turns: createRedisTurns(redis, clock),
    once: createRedisOnce(redis, clock),
    recent: createRedisRecent(redis),
    announcements: createRedisAnnouncements(redis),
  };
}
