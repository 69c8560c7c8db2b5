import type { ProtectionDeps } from '../../../src/domain/authenticator/protection.ts';
import type { RecoveryCodeStore } from '../../../src/domain/authenticator/recovery-codes.ts';
import type { AuthenticatorPolicy } from '../../../src/domain/policy.ts';
import type { OnceStore } from '../../../src/domain/short-lived.ts';
import type { PresenceDeps } from '../presence.ts';

/** What the pages of the sign-in protection have in common. */
export interface SecurityDeps extends PresenceDeps, ProtectionDeps {
  readonly authenticators: AuthenticatorPolicy;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly once: OnceStore;
}

export const securityPath = '/account/security';

/** Back to the list, which says what was done. */
export function leaveWith(change: Change): string {
  return `${securityPath}?done=${change}`;
}

/** What a change ends with; an address that somebody else made says nothing. */
const changes = ['passkey-added', 'passkey-renamed', 'passkey-removed', 'totp-removed'] as const;
export type Change = (typeof changes)[number];

export function changeOf(wanted: unknown): Change | undefined {
  return changes.find((change) => change === wanted);
}
