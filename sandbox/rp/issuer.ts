import { createRemoteJWKSet, customFetch as jwksFetch, type JWTVerifyGetKey } from 'jose';
import * as openid from 'openid-client';
import type { ClientRecord } from '../../src/domain/client.ts';
import { clockToleranceSeconds } from './check.ts';

export interface IssuerDeps {
  readonly issuer: string;
  /** Where this process reaches the issuer, `http://127.0.0.1:3000`: its public name may not lead back here. */
  readonly issuerOrigin: () => string;
  readonly client: ClientRecord;
}

/** The platform as a service knows it: found by discovery at the first use, because the same process serves it. */
export interface Issuer {
  configuration(): Promise<openid.Configuration>;
  /** Its public keys, read again when an unknown one is named. */
  keys(): Promise<JWTVerifyGetKey>;
}

export function createIssuer(deps: IssuerDeps): Issuer {
  const reach = reachIssuer(deps);
  const configuration = onceSucceeded(() => discover(deps, reach));
  const keys = onceSucceeded(async () => {
    const { jwks_uri: address = '' } = (await configuration()).serverMetadata();
    return createRemoteJWKSet(new URL(address), { [jwksFetch]: reach });
  });
  return { configuration, keys };
}

type Reach = (url: string, options: RequestInit) => Promise<Response>;

/** Calls to the issuer stay on this machine, whatever name it has outside. */
export function reachIssuer({ issuer, issuerOrigin }: Pick<IssuerDeps, 'issuer' | 'issuerOrigin'>): Reach {
  const { origin } = new URL(issuer);
  return (url, options) => fetch(url.startsWith(`${origin}/`) ? `${issuerOrigin()}${url.slice(origin.length)}` : url, options);
}

/** Seconds the platform may take to answer a call from behind. */
const timeoutSeconds = 10;

function discover({ issuer, client }: IssuerDeps, reach: Reach): Promise<openid.Configuration> {
  const metadata = {
    id_token_signed_response_alg: client.id_token_signed_response_alg,
    [openid.clockTolerance]: clockToleranceSeconds,
  };
  const insecure = issuer.startsWith('http:') ? [openid.allowInsecureRequests] : [];
  const authentication = client.token_endpoint_auth_method === 'none' ? openid.None() : openid.ClientSecretBasic(client.client_secret);
  return openid.discovery(new URL(issuer), client.client_id, metadata, authentication, {
    [openid.customFetch]: (url, options) => reach(url, { ...options, body: options.body ?? null }),
    timeout: timeoutSeconds,
    // Over plain http the signature of the ID token is all there is.
    execute: [...insecure, openid.enableNonRepudiationChecks],
  });
}

/** Keeps the first success; a failure is forgotten, so that the next caller tries again. */
function onceSucceeded<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
