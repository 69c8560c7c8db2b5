import * as openid from 'openid-client';
import type { ClientRecord } from '../../src/domain/client.ts';
import { secondsAfter, type Clock } from '../../src/domain/clock.ts';
import type { OnceStore } from '../../src/domain/short-lived.ts';
import type { Vault } from '../../src/domain/vault.ts';
import { BadRequest } from '../body.ts';
import type { Locale } from '../context.ts';
import { createIssuer, reachIssuer } from '../rp/issuer.ts';
import { NotSignedIn, signsIn, type PhoneBrowserDeps } from './browser.ts';

/** The city's own app on the phone of the sandbox: what docs/app.md tells people to write, and nothing that only we could do. */
export interface PhoneAppDeps {
  readonly issuer: string;
  readonly issuerOrigin: () => string;
  /** `citizen-app`. */
  readonly client: ClientRecord;
  /** What somebody with this username types to sign in: not every page takes usernames. */
  readonly identifierOf: (username: string) => Promise<string>;
  readonly captchaAnswer: PhoneBrowserDeps['captchaAnswer'];
  readonly state: OnceStore;
  readonly vault: Pick<Vault, 'sealFor' | 'openFor'>;
  readonly clock: Clock;
  /** Of whoever holds the phone. */
  readonly locale: Locale;
}

export interface PhoneApp {
  /** Signs in where nobody is, or where somebody has to again. @throws BadRequest with the code of the problem */
  scan(url: string, whom: Whom): Promise<Handover>;
  look(ticket: string, as: string): Promise<Handover>;
  confirm(ticket: string, as: string, number: number): Promise<Handover>;
  deny(ticket: string, as: string): Promise<Handover>;
}

export interface Whom {
  readonly as: string;
  readonly password: string;
}

/** As the API describes it. */
export interface Handover {
  readonly ticket: string;
  readonly state: 'waiting' | 'scanned' | 'confirmed' | 'denied';
  readonly service: string | null;
  readonly place: string;
  readonly browser: string | null;
  readonly since: string;
  readonly numbers?: readonly number[];
}

interface Tokens {
  readonly access: string;
  readonly refresh: string | undefined;
}

/** How an app keeps people signed in: a phone is not put away for longer. */
const keptSeconds = 12 * 3600;

export function createPhoneApp(deps: PhoneAppDeps): PhoneApp {
  const { issuer } = deps;
  const act = async (path: string, as: string, body?: object): Promise<Handover> => {
    const kept = await tokensOf(deps, as);
    if (!kept) throw new BadRequest(409, 'not-scanned', `${as} has scanned nothing with this phone`);
    return called(deps, path, await refreshedFor(deps, path, as, kept), body);
  };
  return {
    async scan(url, { as, password }) {
      const ticket = url.startsWith(`${issuer}/h/`) ? url.slice(`${issuer}/h/`.length) : '';
      if (!/^[\w-]{1,64}$/.test(ticket)) throw new BadRequest(400, 'not-a-code', `a code of this platform is ${issuer}/h/<ticket>`);
      const path = `${ticket}/scan`;
      const kept = await tokensOf(deps, as);
      try {
        if (kept) return await called(deps, path, await refreshedFor(deps, ticket, as, kept), {});
      } catch (error) {
        if (!(error instanceof BadRequest && error.status === 401)) throw error;
      }
      return called(deps, path, await signedIn(deps, as, password), {});
    },
    look: (ticket, as) => act(ticket, as),
    confirm: (ticket, as, number) => act(`${ticket}/confirm`, as, { number }),
    deny: (ticket, as) => act(`${ticket}/deny`, as, {}),
  };
}

/** @throws BadRequest with status and code of the problem */
async function called(deps: PhoneAppDeps, path: string, { access }: Tokens, body?: object): Promise<Handover> {
  const answer = await reachIssuer(deps)(`${deps.issuer}/app/handovers/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${access}`, 'Accept-Language': deps.locale, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const said: unknown = await answer.json();
  if (answer.ok) return said as Handover;
  const { code, title } = said as { readonly code: string; readonly title: string };
  throw new BadRequest(answer.status, code, title);
}

/** An access token lives for a quarter of an hour; looking at the ticket says whether it still does. */
async function refreshedFor(deps: PhoneAppDeps, path: string, as: string, tokens: Tokens): Promise<Tokens> {
  const ticket = path.split('/')[0] ?? '';
  try {
    await called(deps, ticket, tokens);
  } catch (error) {
    if (error instanceof BadRequest && error.error === 'invalid_token') return refreshed(deps, as, tokens);
  }
  return tokens;
}

async function refreshed(deps: PhoneAppDeps, as: string, { refresh = '' }: Tokens): Promise<Tokens> {
  const configuration = await createIssuer(deps).configuration();
  try {
    return await keep(deps, as, await openid.refreshTokenGrant(configuration, refresh));
  } catch {
    throw new BadRequest(401, 'invalid_token', 'the phone is signed out; scan again');
  }
}

/** Authorization code with PKCE, in the browser of the phone. */
async function signedIn(deps: PhoneAppDeps, as: string, password: string): Promise<Tokens> {
  const configuration = await createIssuer(deps).configuration();
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const expectedNonce = openid.randomNonce();
  const request = openid.buildAuthorizationUrl(configuration, {
    redirect_uri: deps.client.redirect_uris[0] ?? '',
    scope: 'openid offline_access',
    prompt: 'consent',
    display: 'touch',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const browser = { issuer: deps.issuer, reach: reachIssuer(deps), captchaAnswer: deps.captchaAnswer };
  const identifier = await deps.identifierOf(as);
  const answer = await signsIn(browser, request, { identifier, password }).catch((error: unknown) => {
    if (error instanceof NotSignedIn) throw new BadRequest(422, error.code, `${as} could not be signed in to the app`);
    throw error;
  });
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return keep(deps, as, await openid.authorizationCodeGrant(configuration, answer, checks));
}

const purpose = 'sandbox-phone';

async function tokensOf({ state, vault, clock }: PhoneAppDeps, as: string): Promise<Tokens | undefined> {
  const sealed = await state.get(`${purpose}:${as}`, clock.now());
  return sealed === undefined ? undefined : (JSON.parse(vault.openFor(purpose, Buffer.from(sealed, 'base64'))) as Tokens);
}

async function keep(
  { state, vault, clock }: PhoneAppDeps,
  as: string,
  { access_token: access, refresh_token: refresh }: { readonly access_token: string; readonly refresh_token?: string },
): Promise<Tokens> {
  const tokens: Tokens = { access, refresh };
  const sealed = vault.sealFor(purpose, JSON.stringify(tokens)).toString('base64');
  await state.put(`${purpose}:${as}`, sealed, secondsAfter(clock.now(), keptSeconds));
  return tokens;
}
