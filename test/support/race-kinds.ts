import { createHash, randomUUID } from 'node:crypto';
import { createDurableState } from '../../adapters/database/oidc-state.ts';
import { openDatabase } from '../../adapters/database/open.ts';
import { createOutbox } from '../../adapters/database/outbox.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import { createRedisCaptchas } from '../../adapters/redis/captchas.ts';
import { createRedisDrafts } from '../../adapters/redis/drafts.ts';
import { createRedisOnce } from '../../adapters/redis/once.ts';
import { openRedis } from '../../adapters/redis/open.ts';
import { createRedisOtps } from '../../adapters/redis/otps.ts';
import { createRedisQuotas } from '../../adapters/redis/quotas.ts';
import { createRedisState } from '../../adapters/redis/state.ts';
import { type Clock, secondsAfter } from '../../src/domain/clock.ts';
import type { Passkey } from '../../src/domain/authenticator/passkey-store.ts';
import type { NewAccount, Person } from '../../src/domain/person/account.ts';
import type { NewStateRow, StateStore } from '../../src/domain/protocol-state.ts';
import { Conflict, type Write } from '../../src/domain/unit-of-work.ts';

/** How many ask for the same thing at once. */
export const callers = 8;

/** One thing that may happen once, however many ask for it at the same time. */
export interface Racer {
  /** How many may win where it is not one: the uses of a quota. */
  readonly winners?: number;
  /** Makes the thing of a round; called once before anybody races. */
  prepare?(round: number): Promise<unknown>;
  /** One caller tries; true when it won. */
  attempt(round: number, caller: number): Promise<boolean>;
}

export type RaceStore = 'postgres' | 'redis';

/** The races of one process over one server, by the name of what may happen once. */
export type Racers = Readonly<Record<string, Racer>>;

export interface OpenRacers {
  readonly racers: Racers;
  close(): Promise<void>;
}

/** Opens the store in this process; a new single-use kind is one line in the list of its store. */
export const openRacers: Readonly<Record<RaceStore, (url: string) => Promise<OpenRacers>>> = {
  async postgres(url) {
    const { db, close } = await openDatabase({ url, poolSize: 2, statementTimeoutMs: 30_000 });
    const deps = { db, vault, clock };
    const unit = createUnitOfWork(deps);
    const write = (...writes: Write[]): Promise<void> => unit.commit('race', writes);
    const won = (commit: Promise<void>): Promise<boolean> => commit.then(() => true, lost);
    const state = createDurableState(deps);
    const outbox = createOutbox(deps);
    return {
      close,
      racers: {
        'RefreshToken consume': consuming(state, 'RefreshToken'),
        'ReplayDetection insert': inserting(state, 'ReplayDetection'),
        'RefreshToken insert over an expired row': {
          prepare: (round) => state.put('RefreshToken', `taken-${round}`, { ...row, expiresAt: now }),
          attempt: (round) => state.insert('RefreshToken', `taken-${round}`, row, now),
        },
        'account.insert with one mobile': {
          attempt: (round, caller) => won(write(...register(account(`mobile ${round} ${caller}`, `mobile ${round}`)))),
        },
        'account.link-person, one person': {
          prepare: (round) =>
            write(...everyCaller((caller) => register(account(`person ${round} ${caller}`))), ...proven(person(`person ${round}`))),
          attempt: (round, caller) => won(write(link(account(`person ${round} ${caller}`), person(`person ${round}`)))),
        },
        'account.link-person, one account': {
          prepare: (round) =>
            write(...register(account(`account ${round}`)), ...everyCaller((caller) => proven(person(`account ${round} ${caller}`)))),
          attempt: (round, caller) => won(write(link(account(`account ${round}`), person(`account ${round} ${caller}`)))),
        },
        'changes.freeze of one change': {
          async prepare(round) {
            await write(...register(account(`freeze ${round}`)));
            await write(changed(`freeze ${round}`));
          },
          attempt: (round) => won(write(...frozen(`freeze ${round}`))),
        },
        'changes.return of one change': {
          async prepare(round) {
            await write(...register(account(`return ${round}`)));
            await write(changed(`return ${round}`), ...frozen(`return ${round}`));
          },
          attempt: (round) => {
            const name = `return ${round}`;
            return won(write({ write: 'changes.return', accountId: account(name).id, ids: [idOf(`change ${name}`)], at: now }));
          },
        },
        'changes.confirm and changes.return of one change': {
          async prepare(round) {
            await write(...register(account(`confirm ${round}`)));
            await write(changed(`confirm ${round}`), ...frozen(`confirm ${round}`));
          },
          attempt: (round, caller) => {
            const name = `confirm ${round}`;
            const which = { accountId: account(name).id, ids: [idOf(`change ${name}`)], at: now };
            return won(
              caller % 2 === 0
                ? write({ write: 'changes.return', ...which })
                : write({ write: 'changes.confirm', supersedes: [], ...which }),
            );
          },
        },
        'passkey.use with one counter': {
          async prepare(round) {
            await write(...register(account(`passkey ${round}`)));
            await write({ write: 'passkey.insert', passkey: passkey(`passkey ${round}`) });
          },
          attempt: (round) => won(write({ write: 'passkey.use', id: idOf(`passkey ${round}`), counter: 2, at: now })),
        },
        'totp.use of one step': {
          async prepare(round) {
            const owner = account(`totp ${round}`);
            await write(...register(owner));
            await write({ write: 'totp.put', accountId: owner.id, secret: Buffer.alloc(20), step: 1, at: now, by: 'password' });
          },
          attempt: (round) => won(write({ write: 'totp.use', accountId: account(`totp ${round}`).id, step: 2 })),
        },
        'recovery-code.use': {
          prepare: (round) => {
            const owner = account(`recovery ${round}`);
            return write(...register(owner), {
              write: 'recovery-codes.put',
              accountId: owner.id,
              hashes: [Buffer.alloc(32)],
              at: now,
              by: 'password',
            });
          },
          attempt: (round) =>
            won(write({ write: 'recovery-code.use', accountId: account(`recovery ${round}`).id, hash: Buffer.alloc(32), at: now })),
        },
        'activation of one person, each with a mobile of their own': {
          prepare: (round) => {
            const waiting = person(`activation ${round}`);
            return write(...proven(waiting), {
              write: 'activation.insert',
              personId: waiting.id,
              mobile: undefined,
              source: 'race',
              at: now,
            });
          },
          attempt(round, caller) {
            const [waiting, own] = [person(`activation ${round}`), account(`activation ${round} ${caller}`)];
            const opened = { ...own, subjectId: waiting.subjectId };
            return won(
              write({ write: 'account.insert', account: opened }, { write: 'activation.end', personId: waiting.id }, link(opened, waiting)),
            );
          },
        },
        'import-progress.put of one chunk': {
          attempt: (round) => {
            const counts = { imported: 0, 'activated-later': 0, duplicate: 0, invalid: 0 };
            const progress = {
              file: `file ${round}`,
              source: 'race',
              line: 500,
              reportBytes: 0,
              counts,
              startedAt: now,
              finishedAt: undefined,
            };
            return won(write({ write: 'import-progress.put', progress, after: 0, at: now }));
          },
        },
        'outbox claim': {
          prepare: (round) => write({ write: 'outbox.enqueue', message: message(`message ${round}`) }),
          attempt: async () => (await outbox.claim(1, now, 86_400)).length === 1,
        },
      },
    };
  },

  async redis(url) {
    const redis = await openRedis(url);
    const state = createRedisState(redis, clock);
    const [otps, captchas] = [createRedisOtps(redis, clock), createRedisCaptchas(redis, clock)];
    const [once, drafts] = [createRedisOnce(redis, clock), createRedisDrafts(redis, clock)];
    const quotas = createRedisQuotas(redis);
    const put = (round: number, revision: number): Promise<boolean> =>
      drafts.put(`draft-${round}`, revision, Buffer.from('draft'), later, now);
    const code = createHash('sha256').update('code').digest();
    return {
      close: () => redis.close(),
      racers: {
        'AuthorizationCode consume': consuming(state, 'AuthorizationCode'),
        'PushedAuthorizationRequest consume': consuming(state, 'PushedAuthorizationRequest'),
        'DeviceCode consume': consuming(state, 'DeviceCode'),
        'BackchannelAuthenticationRequest consume': consuming(state, 'BackchannelAuthenticationRequest'),
        'jti insert': inserting(state, 'ReplayDetection'),
        'jti insert over an expired row': {
          prepare: (round) => state.put('ReplayDetection', `expired-${round}`, { ...row, expiresAt: now }),
          attempt: (round) => state.insert('ReplayDetection', `expired-${round}`, row, now),
        },
        'otp redeem': {
          prepare: (round) => otps.put(`otp-${round}`, code, 5, later),
          attempt: async (round) => (await otps.redeem(`otp-${round}`, code, now)) === 'ok',
        },
        'captcha redeem': {
          prepare: (round) => captchas.put(`captcha-${round}`, 'answer', later),
          attempt: async (round) => (await captchas.redeem(`captcha-${round}`, 'answer', now)) === 'ok',
        },
        'once claim': { attempt: (round) => once.claim(`once-${round}`, later, now) },
        'once take': {
          prepare: (round) => once.put(`taken-${round}`, 'challenge', later),
          attempt: async (round) => (await once.take(`taken-${round}`, now)) === 'challenge',
        },
        'draft put, first step': { attempt: (round) => put(round, 0) },
        'draft put, next step': {
          prepare: async (round) => void (await put(round, 0)),
          attempt: (round) => put(round, 1),
        },
        'quota of three': {
          winners: 3,
          async attempt(round) {
            const rules = [
              { key: `address-${round}`, limit: 3, windowSeconds: 60 },
              { key: `all-${round}`, limit: 100, windowSeconds: 3600 },
            ];
            return (await quotas.take(rules, now)).ok;
          },
        },
      },
    };
  },
};

const now = new Date('2026-03-01T08:00:00.000Z');
const later = secondsAfter(now, 600);
const clock: Clock = { now: () => now };

/** The same keys in every process of a race. */
const vault = createFileVault({
  keyEncryptionKey: Buffer.alloc(32, 1),
  indexKey: Buffer.alloc(32, 2),
  pairwiseKey: Buffer.alloc(32, 3),
});

const row: NewStateRow = {
  payload: Buffer.from('sealed'),
  expiresAt: later,
  uid: undefined,
  userCode: undefined,
  grantId: undefined,
  accountId: undefined,
  clientId: undefined,
};

function consuming(state: StateStore, model: string): Racer {
  return {
    prepare: (round) => state.put(model, `consumed-${round}`, row),
    attempt: (round) => state.consume(model, `consumed-${round}`, now),
  };
}

function inserting(state: StateStore, model: string): Racer {
  return { attempt: (round) => state.insert(model, `inserted-${round}`, row, now) };
}

/** To lose is to be told so; anything else that goes wrong is not a lost race. */
function lost(error: unknown): boolean {
  if (error instanceof Conflict) return false;
  throw error;
}

/** The same name is the same id in every process. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

function account(name: string, mobile = name): NewAccount {
  return {
    id: idOf(`account ${name}`),
    subjectId: idOf(`subject of account ${name}`),
    username: undefined,
    mobile,
    mobileProvenAt: now,
    email: undefined,
    agreement: { version: '1', acceptedAt: now },
    createdAt: now,
  };
}

function changed(name: string): Write {
  const { id: accountId, mobile } = account(name);
  return {
    write: 'change.insert',
    change: {
      id: idOf(`change ${name}`),
      accountId,
      act: 'mobile.change',
      by: 'mobile-plus',
      old: { mobile },
      addedId: undefined,
      tokenIndex: Buffer.from(idOf(`token ${name}`)),
      madeAt: now,
      expiresAt: secondsAfter(now, 3600),
    },
  };
}

function frozen(name: string): Write[] {
  const { id: accountId, mobile } = account(name);
  const nothing = { password: false, addedIds: [], totp: false, recoveryCodes: false };
  return [
    { write: 'changes.freeze', accountId, changes: [{ id: idOf(`change ${name}`), kept: {} }], known: 1, at: now },
    { write: 'ways-in.hold', accountId, old: { mobile }, ...nothing, at: now },
  ];
}

function passkey(name: string): Passkey {
  return {
    id: idOf(name),
    accountId: account(name).id,
    credentialId: Buffer.from(name).toString('base64url'),
    publicKey: Buffer.from('key'),
    counter: 1,
    synced: false,
    transports: [],
    name,
    createdAt: now,
    lastUsedAt: undefined,
    setBy: undefined,
  };
}

function person(name: string): Person {
  return {
    id: idOf(`person ${name}`),
    subjectId: idOf(`subject of person ${name}`),
    name: '张伟',
    document: { type: 'resident-id-card', number: name, key: name, validFrom: undefined, validUntil: undefined },
    sex: 'unknown',
    birthDate: undefined,
  };
}

const register = (of: NewAccount): Write[] => [
  { write: 'subject.insert', id: of.subjectId, createdAt: now },
  { write: 'account.insert', account: of },
];

const proven = (of: Person): Write[] => [
  { write: 'subject.insert', id: of.subjectId, createdAt: now },
  { write: 'person.insert', person: of, at: now },
];

const link = (to: NewAccount, of: Person): Write => ({
  write: 'account.link-person',
  accountId: to.id,
  personId: of.id,
  subjectId: of.subjectId,
  at: now,
});

const everyCaller = (writes: (caller: number) => Write[]): Write[] => Array.from({ length: callers }, (_, caller) => writes(caller)).flat();

const message = (name: string) => ({
  id: idOf(name),
  payload: { kind: 'backchannel-logout', clientId: 'c', sub: randomUUID(), sid: undefined } as const,
  suppressed: false,
  enqueuedAt: now,
  expiresAt: later,
});
