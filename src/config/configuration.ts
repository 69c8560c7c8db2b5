import type { ClientRecord } from '../domain/client.ts';
import type { Profile } from '../domain/policy.ts';
import { loadClients } from './clients.ts';
import { loadEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { didYouMean } from './problems.ts';
import type { Problem } from './problems.ts';
import type { KnownMethods } from './profile-rules.ts';
import { loadProfile } from './profile.ts';
import { variables } from './variables.ts';
import type { ProcessVariables } from './variables.ts';

/** Everything a process is told from outside, checked. */
export interface Configuration {
  readonly environment: Environment;
  readonly profile: Profile;
  readonly clients: readonly ClientRecord[];
}

/** Names that only the registries know; whoever starts the process passes them. */
export interface KnownNames extends KnownMethods {
  /** adapters/registry.ts. */
  readonly smsGateways: readonly string[];
  readonly mailGateways: readonly string[];
}

/**
 * Reads environment, profile and clients in one run.
 *
 * @param env - usually `process.env`
 * @returns every problem of all three at once; the configuration is there only when there is none
 */
export function loadConfiguration(
  env: ProcessVariables,
  { profilesDir, known }: { profilesDir: string; known: KnownNames },
): { configuration: Configuration | undefined; problems: readonly Problem[] } {
  const { environment, problems: ofEnvironment } = loadEnvironment(env);
  const { profile, problems: ofProfile } = loadProfile(environment.profile, { profilesDir, known });
  const { clients, problems: ofClients } = loadClients(environment.clients, environment);
  const problems = [
    ...ofEnvironment,
    ...unknownGateway('SMS_GATEWAY', environment.sms, known.smsGateways),
    ...unknownGateway('MAIL_GATEWAY', environment.mail, known.mailGateways),
    ...(profile === undefined ? [] : missingAuthorities(env, environment, profile)),
    ...ofProfile,
    ...ofClients,
  ];
  const complete = profile !== undefined && problems.length === 0;
  return { configuration: complete ? { environment, profile, clients } : undefined, problems };
}

function unknownGateway(path: string, access: { readonly gateway: string } | undefined, gateways: readonly string[]): readonly Problem[] {
  if (access === undefined || gateways.includes(access.gateway)) return [];
  const hint = didYouMean(access.gateway, gateways);
  return [{ path, problem: `is "${access.gateway}", which is not known${hint}`, expected: `one of ${gateways.join(', ')}` }];
}

/** Without the sandbox nobody answers for an authority that has no address. */
function missingAuthorities(
  env: ProcessVariables,
  { sandbox }: Environment,
  { login, proofing, registration }: Profile,
): readonly Problem[] {
  if (sandbox) return [];
  const signIns = [...login.desktop, ...login.h5].map((name) => `login:${name}`);
  const offered = [...proofing, ...signIns, ...(registration.nationalPlatform ? ['national-platform'] : [])];
  return Object.entries(variables).flatMap(([path, { 'x-needed-by': method, 'x-expected': expected }]) =>
    method !== undefined && offered.includes(method) && !env[path]
      ? [{ path, problem: `is missing, but the profile offers ${method}`, expected: expected ?? 'an address' }]
      : [],
  );
}
