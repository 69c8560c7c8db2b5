import { commaList } from './formats.ts';
import type { Problem } from './problems.ts';
import { relations } from './variable-rules.ts';
import { isSandbox, outboundAllow, readVariables } from './variables.ts';
import type { CheckedVariables, ProcessVariables } from './variables.ts';

/** Keys that stand in no store. Production demands each; elsewhere secrets.ts makes those that are absent. */
export interface GivenSecrets {
  /** Newest first: the first signs, all verify. */
  readonly cookieKeys: readonly string[] | undefined;
  /** 32 bytes, like those below. */
  readonly keyEncryptionKey: Buffer | undefined;
  /** Newest first: they still unwrap. */
  readonly earlierKeyEncryptionKeys: readonly Buffer[];
  readonly indexKey: Buffer | undefined;
  readonly pairwiseKey: Buffer | undefined;
  readonly pepper: Buffer | undefined;
}

/** How to reach an authority. */
export interface AuthorityAccess {
  readonly driver: CheckedVariables['PUBLIC_SECURITY_DRIVER'] | CheckedVariables['NATIONAL_SIGN_IN_DRIVER'];
  readonly url: string;
  readonly appId: string;
  readonly secret: string;
}

/** How to reach an SMS gateway; what the gateway needs is there. */
export interface SmsAccess {
  /** A gateway of adapters/registry.ts. */
  readonly gateway: string;
  readonly url: string | undefined;
  readonly account: string | undefined;
  readonly secret: string | undefined;
  readonly signature: string | undefined;
  readonly appId: string | undefined;
  readonly region: string;
  /** By our own names; `params` are the names of our parameters in the order of the vendor's variables. */
  readonly templates: Readonly<Record<string, { readonly id: string; readonly params: readonly string[] }>>;
}

/** How to reach a mail gateway; what the gateway needs is there. */
export interface MailAccess {
  /** A gateway of adapters/registry.ts. */
  readonly gateway: string;
  readonly from: string | undefined;
  readonly url: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
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
  /** Whether it was written out, so that others than this machine may ask it. */
  readonly sandboxForOthers: boolean;
  /** False: the limits per address are lifted. */
  readonly sandboxQuotas: boolean;
  /** The write at which the process kills itself. */
  readonly faultAt: string | undefined;
  /** 0: off. */
  readonly metricsPort: number;
  readonly logLevel: CheckedVariables['LOG_LEVEL'];
  /** Threads that Node itself keeps for files, names of hosts and password hashes. */
  readonly threadPoolSize: number;
  readonly cryptoSuite: CheckedVariables['CRYPTO_SUITE'];
  readonly secrets: GivenSecrets;
  /** Absent: the sandbox's outbox. */
  readonly sms: SmsAccess | undefined;
  /** Absent: the sandbox's outbox. */
  readonly mail: MailAccess | undefined;
  /** Absent ones are the sandbox's. */
  readonly authorities: {
    readonly publicSecurity: AuthorityAccess | undefined;
    readonly bankCard: AuthorityAccess | undefined;
    readonly nationalPlatform: AuthorityAccess | undefined;
    readonly nationalSignIn: AuthorityAccess | undefined;
  };
}

/**
 * Reads the environment of a process.
 *
 * @param env - usually `process.env`; other programs' variables are ignored, an empty one counts as absent
 * @returns every problem at once. With problems nothing may start; the environment then holds defaults in the
 *   place of what is wrong, so that the files it names can be checked in the same run.
 */
export function loadEnvironment(env: ProcessVariables): { environment: Environment; problems: readonly Problem[] } {
  const { checked, problems } = readVariables(env);
  const reported = new Set(problems.map(({ path }) => path));
  const related = relations(checked, env).filter(({ path }) => !reported.has(path));
  return { environment: environmentOf(checked), problems: [...problems, ...related] };
}

function environmentOf(checked: CheckedVariables): Environment {
  const production = checked.NODE_ENV === 'production';
  return {
    production,
    port: checked.PORT,
    host: checked.HOST,
    issuer: checked.ISSUER ?? `http://localhost:${checked.PORT}`,
    profile: checked.PROFILE,
    clients: checked.CLIENTS,
    databaseUrl: checked.DATABASE_URL,
    redisUrls: checked.REDIS_URL === undefined ? [] : commaList(checked.REDIS_URL),
    dataDir: checked.DATA_DIR,
    workers: 1,
    trustProxy: checked.TRUST_PROXY,
    outboundAllow: outboundAllow(checked),
    sandbox: isSandbox(checked),
    sandboxForOthers: checked.SANDBOX === 'on',
    sandboxQuotas: checked.SANDBOX_QUOTAS === 'on',
    faultAt: checked.FAULT_AT,
    metricsPort: checked.METRICS_PORT ?? (production ? 9464 : 0),
    logLevel: checked.LOG_LEVEL,
    threadPoolSize: checked.UV_THREADPOOL_SIZE,
    cryptoSuite: checked.CRYPTO_SUITE,
    secrets: secretsOf(checked),
    sms: smsOf(checked),
    mail: mailOf(checked),
    authorities: {
      publicSecurity: complete({
        driver: checked.PUBLIC_SECURITY_DRIVER,
        url: checked.PUBLIC_SECURITY_URL,
        appId: checked.PUBLIC_SECURITY_APP_ID,
        secret: checked.PUBLIC_SECURITY_SECRET,
      }),
      bankCard: complete({
        driver: checked.BANK_CARD_DRIVER,
        url: checked.BANK_CARD_URL,
        appId: checked.BANK_CARD_APP_ID,
        secret: checked.BANK_CARD_SECRET,
      }),
      nationalPlatform: complete({
        driver: checked.NATIONAL_PLATFORM_DRIVER,
        url: checked.NATIONAL_PLATFORM_URL,
        appId: checked.NATIONAL_PLATFORM_APP_ID,
        secret: checked.NATIONAL_PLATFORM_SECRET,
      }),
      nationalSignIn: complete({
        driver: checked.NATIONAL_SIGN_IN_DRIVER,
        url: checked.NATIONAL_SIGN_IN_URL,
        appId: checked.NATIONAL_SIGN_IN_APP_ID,
        secret: checked.NATIONAL_SIGN_IN_SECRET,
      }),
    },
  };
}

function secretsOf(checked: CheckedVariables): GivenSecrets {
  const [keyEncryptionKey, ...earlierKeyEncryptionKeys] = keys(checked.MINXIN_KEY_ENCRYPTION_KEY);
  const cookieKeys = checked.MINXIN_COOKIE_KEYS;
  return {
    cookieKeys: cookieKeys === undefined ? undefined : commaList(cookieKeys),
    keyEncryptionKey,
    earlierKeyEncryptionKeys,
    indexKey: keys(checked.MINXIN_INDEX_KEY)[0],
    pairwiseKey: keys(checked.MINXIN_PAIRWISE_KEY)[0],
    pepper: keys(checked.MINXIN_PEPPER)[0],
  };
}

function keys(text: string | undefined): readonly Buffer[] {
  return text === undefined ? [] : commaList(text).map((key) => Buffer.from(key, 'base64url'));
}

function smsOf(checked: CheckedVariables): SmsAccess | undefined {
  if (checked.SMS_GATEWAY === undefined) return undefined;
  return {
    gateway: checked.SMS_GATEWAY,
    url: checked.SMS_URL,
    account: checked.SMS_ACCOUNT,
    secret: checked.SMS_SECRET,
    signature: checked.SMS_SIGNATURE,
    appId: checked.SMS_APP_ID,
    region: checked.SMS_REGION,
    templates: smsTemplates(checked.SMS_TEMPLATES ?? ''),
  };
}

function mailOf({
  MAIL_GATEWAY: gateway,
  MAIL_FROM: from,
  SMTP_URL: url,
  SMTP_USER: user,
  SMTP_PASSWORD: password,
}: CheckedVariables): MailAccess | undefined {
  return gateway === undefined ? undefined : { gateway, from, url, user, password };
}

/** `otp=SMS_1234567:code,minutes; …` */
function smsTemplates(text: string): SmsAccess['templates'] {
  const entries = text.split(';').filter((entry) => entry !== '');
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = '', id = '', params] = entry.trim().split(/[=:]/);
      return [name, { id, params: params?.split(',') ?? [] }];
    }),
  );
}

function complete(access: { [Name in keyof AuthorityAccess]: AuthorityAccess[Name] | undefined }): AuthorityAccess | undefined {
  const { driver, url, appId, secret } = access;
  return driver && url && appId && secret ? { driver, url, appId, secret } : undefined;
}
