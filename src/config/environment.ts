import { commaList } from './formats.ts';
import type { Problem } from './problems.ts';
import { relations } from './settings-rules.ts';
import { isSandbox, outboundAllow, readSettings } from './settings.ts';
import type { Settings, Variables } from './settings.ts';

/** Keys that stand in no store. Production demands each; elsewhere secrets.ts makes those that are absent. */
export interface GivenSecrets {
  /** Newest first: the first signs, all verify. */
  readonly cookieKeys: readonly string[] | undefined;
  /** 32 bytes, like those below. */
  readonly keyEncryptionKey: Buffer | undefined;
  readonly indexKey: Buffer | undefined;
  readonly pairwiseKey: Buffer | undefined;
  readonly pepper: Buffer | undefined;
}

/** How to reach an authority. */
export interface AuthorityAccess {
  readonly url: string;
  readonly appId: string;
  readonly secret: string;
}

export interface SmsAccess {
  /** A gateway of adapters/registry.ts. */
  readonly gateway: string;
  readonly url: string | undefined;
  readonly account: string | undefined;
  readonly secret: string | undefined;
  readonly signature: string | undefined;
}

/** The environment after checking; docs/configuration.md says what each variable means. */
export interface Environment {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** An origin, without trailing slash. */
  readonly issuer: string;
  /** Name or path. */
  readonly profile: string;
  /** Path. */
  readonly clients: string;
  /** Absent: embedded in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Empty: in memory. More than one: nodes of a cluster. */
  readonly redisUrls: readonly string[];
  readonly dataDir: string;
  readonly workers: number;
  readonly trustProxy: number;
  /** Where outgoing calls may go although the address is private; `loopback`: any port of this machine. */
  readonly outboundAllow: { readonly loopback: boolean; readonly origins: readonly string[] };
  readonly sandbox: boolean;
  /** False: the limits per address are lifted. */
  readonly sandboxQuotas: boolean;
  /** The write at which the process kills itself. */
  readonly faultAt: string | undefined;
  /** 0: off. */
  readonly metricsPort: number;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly cryptoSuite: Settings['CRYPTO_SUITE'];
  readonly secrets: GivenSecrets;
  /** Absent: the sandbox's outbox. */
  readonly sms: SmsAccess | undefined;
  /** Absent ones are the sandbox's. */
  readonly authorities: {
    readonly publicSecurity: AuthorityAccess | undefined;
    readonly bankCard: AuthorityAccess | undefined;
  };
}

/**
 * Reads the environment of a process.
 *
 * @param env - usually `process.env`; other programs' variables are ignored, an empty one counts as absent
 * @returns every problem at once. With problems nothing may start; the environment then holds defaults in the
 *   place of what is wrong, so that the files it names can be checked in the same run.
 */
export function loadEnvironment(env: Variables): { environment: Environment; problems: readonly Problem[] } {
  const { settings, problems } = readSettings(env);
  const reported = new Set(problems.map(({ path }) => path));
  const related = relations(settings, env).filter(({ path }) => !reported.has(path));
  return { environment: environmentOf(settings), problems: [...problems, ...related] };
}

function environmentOf(settings: Settings): Environment {
  const production = settings.NODE_ENV === 'production';
  return {
    production,
    port: settings.PORT,
    host: settings.HOST,
    issuer: settings.ISSUER ?? `http://localhost:${settings.PORT}`,
    profile: settings.PROFILE,
    clients: settings.CLIENTS,
    databaseUrl: settings.DATABASE_URL,
    redisUrls: settings.REDIS_URL === undefined ? [] : commaList(settings.REDIS_URL),
    dataDir: settings.DATA_DIR,
    workers: 1,
    trustProxy: settings.TRUST_PROXY,
    outboundAllow: outboundAllow(settings),
    sandbox: isSandbox(settings),
    sandboxQuotas: settings.SANDBOX_QUOTAS === 'on',
    faultAt: settings.FAULT_AT,
    metricsPort: settings.METRICS_PORT ?? (production ? 9464 : 0),
    logLevel: settings.LOG_LEVEL,
    cryptoSuite: settings.CRYPTO_SUITE,
    secrets: {
      cookieKeys: settings.MINXIN_COOKIE_KEYS === undefined ? undefined : commaList(settings.MINXIN_COOKIE_KEYS),
      keyEncryptionKey: key(settings.MINXIN_KEY_ENCRYPTION_KEY),
      indexKey: key(settings.MINXIN_INDEX_KEY),
      pairwiseKey: key(settings.MINXIN_PAIRWISE_KEY),
      pepper: key(settings.MINXIN_PEPPER),
    },
    sms: smsOf(settings),
    authorities: {
      publicSecurity: access(settings.PUBLIC_SECURITY_URL, settings.PUBLIC_SECURITY_APP_ID, settings.PUBLIC_SECURITY_SECRET),
      bankCard: access(settings.BANK_CARD_URL, settings.BANK_CARD_APP_ID, settings.BANK_CARD_SECRET),
    },
  };
}

function key(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'base64url');
}

function smsOf(settings: Settings): SmsAccess | undefined {
  if (settings.SMS_GATEWAY === undefined) return undefined;
  return {
    gateway: settings.SMS_GATEWAY,
    url: settings.SMS_URL,
    account: settings.SMS_ACCOUNT,
    secret: settings.SMS_SECRET,
    signature: settings.SMS_SIGNATURE,
  };
}

function access(url: string | undefined, appId: string | undefined, secret: string | undefined): AuthorityAccess | undefined {
  return url === undefined || appId === undefined || secret === undefined ? undefined : { url, appId, secret };
}
