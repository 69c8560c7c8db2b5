import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, customFetch, importJWK, jwtVerify, type CryptoKey, type JWTPayload } from 'jose';
import * as openid from 'openid-client';
import { fetchAlone } from './connection.ts';
import { newPerson, type Person, type PersonOptions } from './browser.ts';
import type { Product } from './product.ts';
import { sandboxOf } from './sandbox.ts';

/**
 * Relying parties of tests, on a client library that is not ours (openid-client); ID tokens are verified once more
 * with jose. The clients are those of clients.json and test/support/clients.json.
 */
export interface RelyingParty {
  readonly clientId: string;
  readonly redirectUri: string;
  /** What our endpoints answered to its library, as it came, oldest first. */
  readonly answers: readonly Response[];
  /** Parameters of openid-client, its clock set to the product's. For what the rest of this does not say. */
  configuration(): Promise<openid.Configuration>;
  /** An authorization request, sent by nobody yet; `person` is who will bring the answer. */
  requestFor(person: Person, parameters?: RequestParameters): Promise<URL>;
  /** Sends somebody to sign in: a new person, or one who has a browser already. Ends where they then stand. */
  sendsToUs(parameters?: RequestParameters, who?: Person | PersonOptions): Promise<Person>;
  /** What came back with the person; throws when that was an error. */
  receives(person: Person): Promise<Received>;
  /** The same without userinfo. */
  redeems(person: Person): Promise<Tokens>;
  /** The error that came back with the person; throws when there was none. */
  isRefused(person: Person): Promise<Refusal>;
  refreshes(tokens: Pick<Tokens, 'refresh_token'>): Promise<Tokens>;
  /** Claims of an ID token or a logout token of this client. */
  verifies(token: string): Promise<JWTPayload>;
  /** Sends a signed-in person to sign out. */
  signsOut(person: Person, parameters?: RequestParameters): Promise<Person>;
}

/** Objects travel as JSON (`claims`), numbers as digits (`max_age`); null takes a default out. */
export type RequestParameters = Readonly<Record<string, string | number | object | null>>;

export type Tokens = Awaited<ReturnType<typeof openid.authorizationCodeGrant>>;

export interface Received {
  readonly tokens: Tokens;
  /** Of the ID token, verified by both libraries. */
  readonly claims: JWTPayload;
  readonly userinfo: openid.UserInfoResponse;
}

export interface Refusal {
  readonly error: string;
  readonly error_description: string | undefined;
}

/** One client of a clients file, as far as the relying party's side needs it. */
interface ClientEntry {
  readonly client_id: string;
  readonly client_secret?: string;
  readonly token_endpoint_auth_method?: string;
  readonly id_token_signed_response_alg?: string;
  readonly redirect_uris?: readonly [string, ...string[]];
  readonly require_pushed_authorization_requests?: boolean;
}

/** What must be remembered between request and answer. */
interface Pending {
  readonly redirectUri: string;
  readonly checks: openid.AuthorizationCodeGrantChecks;
}

export async function relyingParty(product: Product, clientId: string): Promise<RelyingParty> {
  const client = clientOf(product, clientId);
  const redirectUri = client.redirect_uris?.[0] ?? '';
  const pending = new WeakMap<Person, Pending>();
  const pendingOf = (person: Person): Pending => {
    const found = pending.get(person);
    if (!found) throw new Error(`${clientId} never sent this person`);
    return found;
  };
  const answers: Response[] = [];
  const configuration = async () => configure(product, client, answers);

  const requestFor: RelyingParty['requestFor'] = async (person, parameters = {}) => {
    const config = await configuration();
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const asked = textual({
      redirect_uri: redirectUri,
      scope: 'openid',
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      ...parameters,
    });
    pending.set(person, { redirectUri: asked['redirect_uri'] ?? redirectUri, checks: checksOf(asked, pkceCodeVerifier) });
    return client.require_pushed_authorization_requests
      ? openid.buildAuthorizationUrlWithPAR(config, asked)
      : openid.buildAuthorizationUrl(config, asked);
  };

  const redeems: RelyingParty['redeems'] = async (person) => {
    const { checks } = pendingOf(person);
    return openid.authorizationCodeGrant(await configuration(), answerOf(person, pendingOf(person)), checks);
  };

  const verifies: RelyingParty['verifies'] = async (token) => {
    const config = await configuration();
    const { issuer, jwks_uri: address = '' } = config.serverMetadata();
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(address), { [customFetch]: fetchAlone }), {
      issuer,
      audience: clientId,
      algorithms: [client.id_token_signed_response_alg ?? 'ES256'],
      currentDate: new Date(Date.now() + (await sandboxOf(product).clockAhead()) * 1000),
    });
    return payload;
  };

  return {
    clientId,
    redirectUri,
    answers,
    configuration,
    requestFor,
    redeems,
    verifies,
    async sendsToUs(parameters, who = {}) {
      const person = 'goes' in who ? who : newPerson(product, who);
      const address = await requestFor(person, parameters);
      person.stops.add(pendingOf(person).redirectUri);
      await person.arrives(address);
      return person;
    },
    async receives(person) {
      const tokens = await redeems(person);
      const claims = await verifies(tokens.id_token ?? '');
      const userinfo = await openid.fetchUserInfo(await configuration(), tokens.access_token, claims.sub ?? '');
      return { tokens, claims, userinfo };
    },
    async isRefused(person) {
      const { checks } = pendingOf(person);
      const answer = person.page.posted ?? Object.fromEntries(answerUrl(person, pendingOf(person)).searchParams);
      if (answer['error'] === undefined) throw new Error(`${clientId} was not refused: ${Object.keys(answer).join(', ')}`);
      if (answer['state'] !== checks.expectedState) throw new Error('the error carries another state');
      if (answer['iss'] !== product.issuer) throw new Error('the error carries another issuer');
      return { error: answer['error'], error_description: answer['error_description'] };
    },
    refreshes: async ({ refresh_token: token = '' }) => openid.refreshTokenGrant(await configuration(), token),
    async signsOut(person, parameters = {}) {
      const address = openid.buildEndSessionUrl(await configuration(), textual(parameters));
      if (typeof parameters['post_logout_redirect_uri'] === 'string') person.stops.add(parameters['post_logout_redirect_uri']);
      await person.arrives(address);
      return person;
    },
  };
}

/** Where a service begins a sign-in, told by whom (OpenID Connect Core 4). */
export function initiates({ issuer }: Product, address: string): string {
  return `${address}?${new URLSearchParams({ iss: issuer }).toString()}`;
}

function clientOf({ folder, issuer }: Product, clientId: string): ClientEntry {
  const clients: readonly ClientEntry[] = JSON.parse(readFileSync(join(folder, 'clients.json'), 'utf8'));
  const client = clients.find(({ client_id: id }) => id === clientId);
  if (!client) throw new Error(`no client ${clientId} in ${folder}/clients.json`);
  const own: ClientEntry = JSON.parse(JSON.stringify(client).replaceAll('{issuer}', issuer));
  return own;
}

/** Made anew for each use: tests move the product's clock, and keys rotate. */
async function configure(product: Product, client: ClientEntry, answers: Response[]): Promise<openid.Configuration> {
  const { id_token_signed_response_alg: alg = 'ES256' } = client;
  const skew = await sandboxOf(product).clockAhead();
  const ask: openid.CustomFetch = (address, options) => fetchAlone(address, { ...options, body: options.body ?? null });
  const config = await openid.discovery(
    new URL(product.issuer),
    client.client_id,
    { id_token_signed_response_alg: alg, [openid.clockSkew]: skew },
    await authenticationOf(client),
    { execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks], [openid.customFetch]: ask },
  );
  config[openid.customFetch] = async (address, options) => {
    const answer = await ask(address, options);
    answers.push(answer.clone());
    return answer;
  };
  return config;
}

/** What an answer must hold: what the request held, and nothing that it did not. */
function checksOf(asked: Readonly<Record<string, string>>, pkceCodeVerifier: string): openid.AuthorizationCodeGrantChecks {
  const { state, nonce, code_challenge: challenge, max_age: maxAge } = asked;
  return {
    ...(state === undefined ? {} : { expectedState: state }),
    ...(nonce === undefined ? {} : { expectedNonce: nonce }),
    ...(challenge === undefined ? {} : { pkceCodeVerifier }),
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
  };
}

async function authenticationOf(client: ClientEntry): Promise<openid.ClientAuth> {
  const { client_secret: secret = '', token_endpoint_auth_method: method = 'client_secret_basic' } = client;
  if (method === 'none') return openid.None();
  if (method === 'client_secret_post') return openid.ClientSecretPost(secret);
  if (method === 'client_secret_basic') return openid.ClientSecretBasic(secret);
  return openid.PrivateKeyJwt(await privateKey());
}

/** Half of the client `key`: the example key of RFC 7515 appendix A.3, known to everybody. */
async function privateKey(): Promise<CryptoKey> {
  const key = await importJWK({
    kty: 'EC',
    crv: 'P-256',
    alg: 'ES256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
  });
  if (key instanceof Uint8Array) throw new Error('not an asymmetric key');
  return key;
}

function textual(parameters: RequestParameters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
      value === null ? [] : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
    ),
  );
}

/** Where the person stands must be our callback. */
function answerUrl({ page }: Person, { redirectUri }: Pending): URL {
  const { url } = page;
  const expected = new URL(redirectUri);
  if (url.origin + url.pathname === expected.origin + expected.pathname && url.protocol === expected.protocol) return url;
  throw new Error(
    `nobody came back: the person is at ${url.origin}${url.pathname} (${page.status}) ${page.title} ${page.error?.code ?? ''}`,
  );
}

function answerOf(person: Person, pending: Pending): URL | Request {
  const url = answerUrl(person, pending);
  const { posted } = person.page;
  return posted === undefined ? url : new Request(url, { method: 'POST', body: new URLSearchParams(posted) });
}
