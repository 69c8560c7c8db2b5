import { commaList } from './formats.ts';
import type { Problem } from './problems.ts';
import { expectation } from './schema.ts';
import { isSandbox, outboundAllow, secretNames, variables } from './variables.ts';
import type { CheckedVariables, ProcessVariables } from './variables.ts';
import { isLoopback } from '../domain/loopback.ts';

/**
 * What one variable means for another, which a schema cannot say.
 *
 * @param checked - valid one by one
 * @param env - as given, to tell a default from a decision
 */
export function relations(checked: CheckedVariables, env: ProcessVariables): readonly Problem[] {
  return [
    ...(checked.NODE_ENV === 'production' ? productionRules(checked, env) : []),
    ...(isSandbox(checked) ? [] : withoutSandbox(checked)),
    ...distinctSecrets(checked),
    ...completeAuthorities(checked),
    ...completeGateway('SMS_GATEWAY', checked),
    ...completeGateway('MAIL_GATEWAY', checked),
    ...(checked.SMTP_USER !== undefined && checked.SMTP_PASSWORD === undefined
      ? [{ path: 'SMTP_PASSWORD', problem: 'is missing although SMTP_USER is set', expected: 'its password, or no SMTP_USER' }]
      : []),
    ...(checked.METRICS_PORT === checked.PORT
      ? [{ path: 'METRICS_PORT', problem: 'is the same as PORT', expected: 'another port, or 0' }]
      : []),
  ];
}

function productionRules(checked: CheckedVariables, env: ProcessVariables): readonly Problem[] {
  const problems: Problem[] = [];
  if (checked.ISSUER === undefined) {
    problems.push({ path: 'ISSUER', problem: 'is missing in production', expected: expectation(variables['ISSUER']) });
  } else if (!checked.ISSUER.startsWith('https:')) {
    problems.push({ path: 'ISSUER', problem: `is "${checked.ISSUER}" in production`, expected: 'an https origin' });
  }
  if (checked.SANDBOX === 'on') {
    problems.push({ path: 'SANDBOX', problem: 'is "on" in production', expected: 'off' });
  }
  if (checked.DATABASE_URL === undefined && !env['DATA_DIR']) {
    problems.push({
      path: 'DATABASE_URL',
      problem: 'is missing in production',
      expected: `${expectation(variables['DATABASE_URL'])}, or DATA_DIR set to use the embedded store`,
    });
  }
  const { loopback, origins } = outboundAllow(checked);
  if (loopback || origins.some((origin) => isLoopback(new URL(origin).hostname))) {
    problems.push({ path: 'OUTBOUND_ALLOW', problem: 'names the loopback interface in production', expected: 'origins of other machines' });
  }
  return [...problems, ...missingSecrets(checked, env)];
}

function missingSecrets(checked: CheckedVariables, env: ProcessVariables): readonly Problem[] {
  const fileIsNamed = (name: string): boolean => Boolean(env[variables[name]?.['x-file'] ?? '']);
  return secretNames
    .filter((name) => !(name in checked) && !fileIsNamed(name)) // a file that failed was reported already
    .map((path) => ({
      path,
      problem: 'is missing in production',
      expected: `${expectation(variables[path])}, here or in the file that ${variables[path]?.['x-file']} names`,
    }));
}

function withoutSandbox(checked: CheckedVariables): readonly Problem[] {
  const problems: Problem[] = [];
  // Nobody decided against it: HOST or ISSUER is not of this machine alone.
  const orSandbox = checked.NODE_ENV !== 'production' && checked.SANDBOX === undefined ? '; SANDBOX=on to let others in as well' : '';
  if (checked.FAULT_AT !== undefined) {
    problems.push({ path: 'FAULT_AT', problem: 'is set without the sandbox', expected: 'no value' });
  }
  if (checked.SANDBOX_QUOTAS === 'off') {
    problems.push({ path: 'SANDBOX_QUOTAS', problem: 'is "off" without the sandbox', expected: 'on' });
  }
  if (checked.SMS_GATEWAY === undefined) {
    problems.push({
      path: 'SMS_GATEWAY',
      problem: 'is missing without the sandbox',
      expected: `a gateway, or log to send nothing${orSandbox}`,
    });
  }
  if (checked.MAIL_GATEWAY === undefined) {
    problems.push({
      path: 'MAIL_GATEWAY',
      problem: 'is missing without the sandbox',
      expected: `a gateway, or log to send nothing${orSandbox}`,
    });
  }
  return problems;
}

/** One key for two purposes would let a leak of one break the other. */
function distinctSecrets(checked: CheckedVariables): readonly Problem[] {
  const owners = new Map<string, string>();
  const problems: Problem[] = [];
  for (const name of secretNames) {
    const value = valueOf(checked, name);
    const keys = value === undefined ? [] : commaList(value);
    const twin = keys.map((key) => owners.get(key)).find((owner) => owner !== undefined);
    if (twin !== undefined) problems.push({ path: name, problem: `repeats a key of ${twin}`, expected: 'a key of its own' });
    for (const key of keys) owners.set(key, name);
  }
  return problems;
}

/** An address of an authority is worth nothing without the account that may ask it. */
function completeAuthorities(checked: CheckedVariables): readonly Problem[] {
  return Object.keys(variables)
    .filter((name) => variables[name]?.['x-needed-by'] !== undefined && valueOf(checked, name) !== undefined)
    .flatMap((url) => [url.replace(/URL$/, 'APP_ID'), url.replace(/URL$/, 'SECRET')].map((name) => ({ url, name })))
    .filter(({ name }) => valueOf(checked, name) === undefined)
    .map(({ url, name }) => ({ path: name, problem: `is missing although ${url} is set`, expected: variables[name]?.description ?? '' }));
}

function completeGateway(variable: 'SMS_GATEWAY' | 'MAIL_GATEWAY', checked: CheckedVariables): readonly Problem[] {
  const gateway = checked[variable];
  if (gateway === undefined) return [];
  return Object.entries(variables)
    .filter(([name, { 'x-gateways': gateways }]) => gateways?.includes(gateway) && valueOf(checked, name) === undefined)
    .map(([path, needed]) => ({ path, problem: `is missing for ${variable}=${gateway}`, expected: expectation(needed) }));
}

function valueOf(checked: CheckedVariables, name: string): string | undefined {
  const value: unknown = Object.entries(checked).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}
