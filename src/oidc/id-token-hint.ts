import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';
import { errors, type Client, type KoaContextWithOIDC } from 'oidc-provider';
import type { Jwk } from '../domain/keys/signing-keys.ts';
import type { VerifiedHint } from './library.ts';

/**
 * ID tokens that services show again (`id_token_hint`). They are verified like new ones but for their age, so one that was
 * signed by a key that left the key set since is still a hint (docs/adr/0034); nobody is named by one that is not verified.
 */
export type HintVerifier = (token: string, client: Client) => Promise<VerifiedHint | undefined>;

/**
 * Verifies hints by keys that are not published any more; such keys verify nothing else.
 *
 * @param keys - public parts
 */
export function createHintVerifier(keys: readonly Jwk[], issuer: string): HintVerifier {
  const byKid = new Map(keys.map((key) => [key.kid, key]));
  return async (token, client) => {
    try {
      const key = byKid.get(decodeProtectedHeader(token).kid ?? '');
      if (!key) return undefined;
      const alg = client.idTokenSignedResponseAlg ?? 'ES256';
      const { payload, protectedHeader } = await compactVerify(token, await importJWK({ ...key }, alg), { algorithms: [alg] });
      const claims = JSON.parse(new TextDecoder().decode(payload)) as Readonly<Record<string, unknown>>;
      const ours = claims['iss'] === issuer && claims['aud'] === client.clientId && typeof claims['sub'] === 'string';
      return ours ? { header: { ...protectedHeader }, payload: claims } : undefined;
    } catch {
      // Whatever is wrong with it, the reason the library gave stands.
      return undefined;
    }
  };
}

/**
 * Whom the request hints at, of the service that asks. The library verified the token when the request came in, and forgets it
 * while somebody signs in; it is verified anew there, so that no name is taken from a parameter.
 *
 * @throws InvalidRequest when the hint is not, or no longer, one of ours
 */
export async function hintedSubject({ oidc }: KoaContextWithOIDC): Promise<string | undefined> {
  const { params, client, entities, provider } = oidc;
  const hint = params?.['id_token_hint'];
  if (typeof hint !== 'string' || !client) return undefined;
  const { payload } = entities.IdTokenHint ?? (await provider.IdToken.validate(hint, client).catch(refuse));
  return typeof payload['sub'] === 'string' ? payload['sub'] : undefined;
}

function refuse(cause: unknown): never {
  throw Object.assign(new errors.InvalidRequest('could not validate id_token_hint'), { cause });
}
