import type { Adapters } from '../../adapters/registry.ts';
import type { Environment } from '../config/environment.ts';
import type { StoppedAttempts } from '../domain/audit/stopped-attempts.ts';
import type { Clock } from '../domain/clock.ts';
import type { Profile } from '../domain/policy.ts';

interface Parts {
  readonly adapters: Adapters;
  readonly environment: Pick<Environment, 'issuer'>;
  readonly profile: Profile;
  readonly clock: Clock;
}

/** Ways to prove who sits there, each with how long a new one settles. */
export function authenticatorDeps(
  { adapters, environment, profile, clock }: Parts,
  { stopped }: { readonly stopped: StoppedAttempts['note'] },
) {
  const { accounts, hasher, unitOfWork, vault, totps, recoveryCodes, passkeys, passkeyVerifier: verifier } = adapters;
  const { quotas, once } = adapters.shortLived;
  const { settlingSeconds } = profile.presence;
  return {
    authenticators: profile.authenticators,
    presence: profile.presence,
    changes: adapters.accountChanges,
    passwords: { accounts, hasher, unitOfWork, quotas, vault, clock, stopped, settlingSeconds },
    passkeys: { passkeys, verifier, accounts, once, unitOfWork, vault, clock, settlingSeconds },
    // Passkeys are made for the host of our public address: another port or a look-alike has none of them.
    site: { id: new URL(environment.issuer).hostname, name: profile.brand.platform['zh-CN'] },
    secondFactor: { totps, recoveryCodes, unitOfWork, quotas, vault, clock, stopped, settlingSeconds },
    totps,
    recoveryCodes,
  };
}
