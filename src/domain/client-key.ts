import { createPublicKey, type KeyObject } from 'node:crypto';

/** A JSON Web Key (RFC 7517), as somebody else made it. */
export type ForeignJwk = Readonly<Record<string, unknown>>;

const leastRsaBits = 2048;

/**
 * Why a public key of a client is not to be trusted, as a half sentence; undefined when nothing is wrong with it. The
 * keys are those of the algorithms that clients may use: ES256, RS256, PS256 (RFC 7518 section 3.3) and EdDSA.
 */
export function weaknessOf(jwk: ForeignJwk): string | undefined {
  const key = keyOf(jwk);
  if (!key) return 'is no public key';
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return modulusLength < leastRsaBits ? `is an RSA key of ${modulusLength} bits` : undefined;
    case 'ec':
      return namedCurve === 'prime256v1' ? undefined : `is a key on the curve ${String(jwk.crv)}`;
    case 'ed25519':
      return undefined;
    default:
      return `is a key of the type ${String(jwk.crv ?? jwk.kty)}`;
  }
}

/** What is expected instead, for messages. */
export const soundKey = `EC on P-256, Ed25519, or RSA of at least ${leastRsaBits} bits`;

function keyOf(jwk: ForeignJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
