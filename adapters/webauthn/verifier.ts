import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { PasskeyVerifier } from '../../src/domain/authenticator/passkey.ts';

/** ES256, EdDSA, RS256: what authenticators have. The page asks for the same (`pubKeyCredParams`). */
const algorithms = [-7, -8, -257];

/** Large, and used by few requests: loaded with the first of them. */
const library = () => import('@simplewebauthn/server');

/** What the library says of an answer that does not fit. */
const refused = () => ({ verified: false }) as const;

/**
 * Checks answers of authenticators with @simplewebauthn/server. No attestation is asked for and none is looked at.
 * The library throws whatever does not fit, and what it throws quotes the answer: nothing of it goes any further.
 *
 * @param issuer - our public base URL: its origin is the only one, its host is the site (RP ID)
 */
export function createPasskeyVerifier(issuer: string): PasskeyVerifier {
  const { origin, hostname } = new URL(issuer);
  const expected = { expectedOrigin: origin, expectedRPID: hostname, requireUserVerification: true };
  return {
    async created(response, challenge) {
      const { verifyRegistrationResponse } = await library();
      const options = { ...expected, response: response as RegistrationResponseJSON, expectedChallenge: challenge };
      const result = await verifyRegistrationResponse({ ...options, supportedAlgorithmIDs: algorithms }).catch(refused);
      if (!result.verified) return undefined;
      const { credential, credentialDeviceType } = result.registrationInfo;
      return {
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey),
        counter: credential.counter,
        synced: credentialDeviceType === 'multiDevice',
      };
    },

    async signed(response, challenge, { credentialId, publicKey }) {
      const { verifyAuthenticationResponse } = await library();
      const result = await verifyAuthenticationResponse({
        ...expected,
        response: response as AuthenticationResponseJSON,
        expectedChallenge: challenge,
        // The library would judge the counter before the signature, and say that of a forgery.
        credential: { id: credentialId, publicKey: new Uint8Array(publicKey), counter: 0 },
      }).catch(refused);
      return result.verified && 'authenticationInfo' in result ? { counter: result.authenticationInfo.newCounter } : undefined;
    },
  };
}
