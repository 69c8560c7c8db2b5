import * as openid from 'openid-client';
import type { ClientRecord } from '../../src/domain/client.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { checkRefresh, checkSignIn, type Claims, type TokenProblem } from './check.ts';
import type { Issuer } from './issuer.ts';
import { wishParameters, type Wish } from './wish.ts';

/** The protocol side of a demonstration service, on openid-client: what a real service would write. */

export interface RelyingPartyDeps {
  readonly issuer: string;
  readonly platform: Issuer;
  readonly client: ClientRecord;
  readonly clock: Clock;
}

/** What must be remembered between the request and its answer. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly maxAgeSeconds: number | undefined;
  /** What was sent, to be shown. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What the platform said about somebody. */
export interface Received {
  readonly idToken: string;
  readonly claims: Claims;
  readonly userinfo: Claims;
  readonly accessToken: string;
  /** Milliseconds since 1970. */
  readonly accessTokenEndsAt: number;
  readonly refreshToken: string | undefined;
  readonly scope: string;
}

export interface RelyingParty {
  /** Address to send the browser to, and what to remember. */
  begin(wish: Wish, uiLocales: string): Promise<{ url: string; pending: PendingSignIn }>;
  /** @throws TokenRefused; errors of openid-client for what the platform or the network answered */
  finish(query: string, pending: PendingSignIn): Promise<Received>;
  /** @throws as `finish` */
  refresh(received: Received): Promise<Received>;
  /** RP-initiated logout. */
  endSessionUrl(idToken: string, state: string, uiLocales: string): Promise<string>;
}

/** The token is genuine and still not what this service asked for. */
export class TokenRefused extends Error {
  readonly problem: TokenProblem;

  constructor(problem: TokenProblem) {
    super(`the ID token is not believed: ${problem}`);
    this.name = 'TokenRefused';
    this.problem = problem;
  }
}

export function createRelyingParty({ issuer, platform, client, clock }: RelyingPartyDeps): RelyingParty {
  const redirectUri = client.redirect_uris[0] ?? '';
  const expected = { issuer, clientId: client.client_id, minimumAcr: client.minimum_acr };

  const received = async (tokens: Tokens, refreshToken: string | undefined): Promise<Received> => {
    const claims = tokens.claims();
    if (!claims || tokens.id_token === undefined) throw new TokenRefused('subject');
    return {
      idToken: tokens.id_token,
      claims,
      userinfo: await openid.fetchUserInfo(await platform.configuration(), tokens.access_token, claims.sub),
      accessToken: tokens.access_token,
      accessTokenEndsAt: clock.now().getTime() + (tokens.expiresIn() ?? 0) * 1000,
      refreshToken: tokens.refresh_token ?? refreshToken,
      scope: tokens.scope ?? client.scope ?? '',
    };
  };

  return {
    async begin(wish, uiLocales) {
      const secrets = { state: openid.randomState(), nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() };
      const url = openid.buildAuthorizationUrl(await platform.configuration(), {
        redirect_uri: redirectUri,
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(secrets.verifier),
        code_challenge_method: 'S256',
        ui_locales: uiLocales,
        ...wishParameters(wish, client.scope ?? 'openid'),
      });
      const parameters = Object.fromEntries(url.searchParams);
      return { url: url.href, pending: { ...secrets, maxAgeSeconds: wish.maxAgeSeconds, parameters } };
    },

    async finish(query, { state, nonce, verifier, maxAgeSeconds }) {
      const tokens = await openid.authorizationCodeGrant(await platform.configuration(), new URL(`?${query}`, redirectUri), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
        ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
      });
      // openid-client has checked most of it; a service that depends on the level checks all it depends on.
      refuse(checkSignIn(tokens.claims() ?? {}, { ...expected, nonce, maxAgeSeconds }, clock.now()));
      return received(tokens, undefined);
    },

    async refresh({ refreshToken = '', claims }) {
      const tokens = await openid.refreshTokenGrant(await platform.configuration(), refreshToken);
      refuse(checkRefresh(claims, tokens.claims() ?? {}, expected, clock.now()));
      return received(tokens, refreshToken);
    },

    async endSessionUrl(idToken, state, uiLocales) {
      const url = openid.buildEndSessionUrl(await platform.configuration(), {
        id_token_hint: idToken,
        post_logout_redirect_uri: client.post_logout_redirect_uris[0] ?? '',
        state,
        ui_locales: uiLocales,
      });
      return url.href;
    },
  };
}

type Tokens = Awaited<ReturnType<typeof openid.refreshTokenGrant>>;

function refuse(problem: TokenProblem | undefined): void {
  if (problem) throw new TokenRefused(problem);
}
