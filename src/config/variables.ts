import { readFileSync } from 'node:fs';
import { errorCode } from './error-code.ts';
import { commaList } from './formats.ts';
import { didYouMean } from './problems.ts';
import type { Problem } from './problems.ts';
import { readSchema, validator } from './schema.ts';
import { isLoopback } from '../domain/loopback.ts';

/** Variables of a process, as `process.env` has them. */
export type ProcessVariables = Readonly<Record<string, string | undefined>>;

/** Our variables after coercion and defaults, under their own names (environment.schema.json). */
export interface CheckedVariables {
  readonly NODE_ENV: 'development' | 'test' | 'production';
  readonly PORT: number;
  readonly HOST: string;
  readonly ISSUER?: string;
  readonly PROFILE: string;
  readonly CLIENTS: string;
  readonly DATABASE_URL?: string;
  readonly REDIS_URL?: string;
  readonly DATA_DIR: string;
  readonly TRUST_PROXY: number;
  readonly OUTBOUND_ALLOW?: string;
  readonly SANDBOX?: 'on' | 'off';
  readonly SANDBOX_QUOTAS: 'on' | 'off';
  readonly FAULT_AT?: string;
  readonly METRICS_PORT?: number;
  readonly LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error';
  readonly UV_THREADPOOL_SIZE: number;
  readonly CRYPTO_SUITE: 'aes-256-gcm' | 'sm4-ctr-hmac-sm3';
  readonly MINXIN_COOKIE_KEYS?: string;
  readonly MINXIN_KEY_ENCRYPTION_KEY?: string;
  readonly MINXIN_INDEX_KEY?: string;
  readonly MINXIN_PAIRWISE_KEY?: string;
  readonly MINXIN_PEPPER?: string;
  readonly SMS_GATEWAY?: string;
  readonly SMS_URL?: string;
  readonly SMS_ACCOUNT?: string;
  readonly SMS_SECRET?: string;
  readonly SMS_SIGNATURE?: string;
  readonly SMS_APP_ID?: string;
  readonly SMS_REGION: string;
  readonly SMS_TEMPLATES?: string;
  readonly MAIL_GATEWAY?: string;
  readonly MAIL_FROM?: string;
  readonly SMTP_URL?: string;
  readonly SMTP_USER?: string;
  readonly SMTP_PASSWORD?: string;
  readonly PUBLIC_SECURITY_DRIVER: 'signed-json' | 'signed-json-sm3' | 'tencent';
  readonly PUBLIC_SECURITY_URL?: string;
  readonly PUBLIC_SECURITY_APP_ID?: string;
  readonly PUBLIC_SECURITY_SECRET?: string;
  readonly BANK_CARD_DRIVER: 'signed-json' | 'signed-json-sm3' | 'tencent';
  readonly BANK_CARD_URL?: string;
  readonly BANK_CARD_APP_ID?: string;
  readonly BANK_CARD_SECRET?: string;
  readonly NATIONAL_SIGN_IN_DRIVER: 'oidc';
  readonly NATIONAL_SIGN_IN_URL?: string;
  readonly NATIONAL_SIGN_IN_APP_ID?: string;
  readonly NATIONAL_SIGN_IN_SECRET?: string;
  readonly NATIONAL_PLATFORM_DRIVER: 'signed-json' | 'signed-json-sm3';
  readonly NATIONAL_PLATFORM_URL?: string;
  readonly NATIONAL_PLATFORM_APP_ID?: string;
  readonly NATIONAL_PLATFORM_SECRET?: string;
}

const schema = readSchema('environment.schema.json');

/** The schema of every variable, by its name. */
export const variables = schema.properties ?? {};

const fileVariables = Object.values(variables).flatMap((variable) => variable['x-file'] ?? []);

/** Variables that hold a key of ours. */
export const secretNames = Object.keys(variables).filter((name) => name.startsWith('MINXIN_'));

const check = validator<CheckedVariables>(schema, { coerce: true });

/**
 * Reads each variable on its own, and the files that `…_FILE` variables name.
 *
 * @returns every problem; in the place of an invalid value stands its default
 */
export function readVariables(env: ProcessVariables): { checked: CheckedVariables; problems: readonly Problem[] } {
  const problems = unknownVariables(env);
  const bag = withFiles(env, problems);
  const first = check(bag);
  if (first.ok) return { checked: first.value, problems };
  for (const { at, problem, expected } of first.violations) {
    const name = at.join('.');
    problems.push({ path: name, problem, expected });
    delete bag[name];
  }
  const second = check(bag);
  if (!second.ok) throw new Error('without its invalid variables an environment must be valid');
  return { checked: second.value, problems };
}

/**
 * Whether the sandbox runs: never in production, whatever the variable says. It shows every message and captcha to whoever
 * asks, so where others than this machine can ask somebody must have written it out.
 */
export function isSandbox(checked: CheckedVariables): boolean {
  const { NODE_ENV, SANDBOX } = checked;
  return NODE_ENV !== 'production' && (SANDBOX === 'on' || (SANDBOX === undefined && isThisMachineAlone(checked)));
}

function isThisMachineAlone({ HOST, ISSUER }: CheckedVariables): boolean {
  const hosts = [HOST.includes(':') ? `[${HOST}]` : HOST, ...(ISSUER === undefined ? [] : [new URL(ISSUER).hostname])];
  return hosts.every(isLoopback);
}

/** Origins that outgoing calls may reach although their address is private. */
export function outboundAllow(checked: CheckedVariables): { loopback: boolean; origins: readonly string[] } {
  const text = checked.OUTBOUND_ALLOW ?? (isSandbox(checked) ? 'loopback' : '');
  const entries = commaList(text).filter((entry) => entry !== '');
  return { loopback: entries.includes('loopback'), origins: entries.filter((entry) => entry !== 'loopback') };
}

/** Only names that begin like ours can be told from other programs' variables. */
function unknownVariables(env: ProcessVariables): Problem[] {
  const known = [...secretNames, ...fileVariables.filter((name) => name.startsWith('MINXIN_'))];
  return Object.keys(env)
    .filter((name) => name.startsWith('MINXIN_') && !known.includes(name))
    .map((path) => ({ path, problem: `is not known${didYouMean(path, known)}`, expected: `one of ${known.join(', ')}` }));
}

/** Our variables that are set, each read from its file where a file variable names one. */
function withFiles(env: ProcessVariables, problems: Problem[]): Record<string, unknown> {
  const bag: Record<string, unknown> = {};
  for (const [name, { 'x-file': file }] of Object.entries(variables)) {
    const value = env[name];
    const path = file && env[file];
    if (value && path) {
      problems.push({ path: name, problem: `is set and so is ${file}`, expected: 'only one of the two' });
    } else if (value) {
      bag[name] = value;
    } else if (file && path) {
      const text = readSecretFile(file, path, problems);
      if (text) bag[name] = text;
    }
  }
  return bag;
}

function readSecretFile(variable: string, path: string, problems: Problem[]): string | undefined {
  const expected = 'a readable file that holds the value alone';
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (text === '') problems.push({ path: variable, problem: 'names an empty file', expected });
    return text;
  } catch (error) {
    problems.push({ path: variable, problem: `names a file that cannot be read (${errorCode(error)})`, expected });
    return undefined;
  }
}
