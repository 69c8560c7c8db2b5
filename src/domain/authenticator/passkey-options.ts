import type { Vault } from '../vault.ts';
import { challengeSeconds, issueChallenge, userHandle, type ChallengeScope, type PasskeyDeps } from './passkey.ts';
import type { Passkey } from './passkey-store.ts';

/** What the browser is handed (Web Authentication Level 3, 5.1.8 and 5.1.10), as JSON; the script of the page decodes it. */

/** Who asks: the host of our public address, and what browsers call us. */
export interface PasskeySite {
  readonly id: string;
  readonly name: string;
}

type Deps = Pick<PasskeyDeps, 'once' | 'clock'> & { readonly site: PasskeySite };

/**
 * For a signature. Any passkey of this site will do unless `passkeys` are named: nobody has to say first who they are.
 */
export async function requestOptions(deps: Deps, where: ChallengeScope, passkeys: readonly Passkey[] = []): Promise<object> {
  return {
    challenge: await issueChallenge(deps, where),
    rpId: deps.site.id,
    timeout: challengeSeconds * 1000,
    userVerification: 'required',
    allowCredentials: passkeys.map(descriptor),
  };
}

/** For a new passkey: discoverable, with the person verified; attestation is not asked for (PIPL: as little as possible). */
export async function creationOptions(
  deps: Deps & { readonly vault: Vault },
  where: ChallengeScope,
  { accountId, label, passkeys }: { accountId: string; label: string; passkeys: readonly Passkey[] },
): Promise<object> {
  return {
    challenge: await issueChallenge(deps, where),
    rp: deps.site,
    user: { id: userHandle(deps.vault, accountId), name: label, displayName: label },
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
    timeout: challengeSeconds * 1000,
    excludeCredentials: passkeys.map(descriptor),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
  };
}

function descriptor({ credentialId, transports }: Passkey): object {
  return { type: 'public-key', id: credentialId, ...(transports.length > 0 ? { transports } : {}) };
}
