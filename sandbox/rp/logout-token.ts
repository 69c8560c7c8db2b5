import { errors, jwtVerify } from 'jose';
import type { ClientRecord } from '../../src/domain/client.ts';
import { clockToleranceSeconds, readLogout, type LoggedOut } from './check.ts';
import type { Issuer } from './issuer.ts';

/** How old a logout token may be, in seconds; a platform that tries again signs a new one. */
const maxTokenAgeSeconds = 300;

/**
 * Whom a logout token signs out (OpenID Connect Back-Channel Logout 1.0, section 2.6).
 *
 * @param now - by the product's clock
 * @returns undefined for anything that is not a valid logout token for this client
 * @throws when the keys of the platform cannot be read; the platform will try again
 */
export async function verifyLogoutToken(
  { issuer, platform, client }: { issuer: string; platform: Issuer; client: ClientRecord },
  token: string,
  now: Date,
): Promise<LoggedOut | undefined> {
  const keys = await platform.keys();
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: client.client_id,
      typ: 'logout+jwt',
      algorithms: [client.id_token_signed_response_alg],
      maxTokenAge: maxTokenAgeSeconds,
      clockTolerance: clockToleranceSeconds,
      currentDate: now,
    });
    return readLogout(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError && !keysMissing.has(error.code)) return undefined;
    throw error;
  }
}

/** Of jose: the keys were not answered, or not in time. */
const keysMissing: ReadonlySet<string> = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT']);
