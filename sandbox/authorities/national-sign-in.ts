import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Clock } from '../../src/domain/clock.ts';
import type { People, ScriptedPerson } from '../people.ts';
import { choicePage, messagePage } from './choice-page.ts';
import { startSimulator, type Simulator, type SimulatorAnswer, type SimulatorRequest, type SimulatorTiming } from './simulator.ts';

/**
 * The national platform as an OpenID provider (contracts 1.5, 1.8: its own wire is not public, so the generic one stands for it).
 * It checks what a real one checks: the client, its one redirect address, PKCE, that codes are good once and for a minute.
 */
export interface NationalSignInOptions {
  readonly clock: Clock;
  readonly people: Pick<People, 'scripted'>;
  /** The one address to which people go back. */
  readonly callback: string;
  readonly timing?: SimulatorTiming;
}

export interface NationalSignInServer extends Simulator {
  readonly appId: string;
  readonly secret: string;
}

interface Asked {
  readonly state: string;
  readonly nonce: string;
  readonly challenge: string;
  readonly locale: 'zh-CN' | 'en';
  readonly at: number;
}

interface Issued extends Asked {
  readonly person: ScriptedPerson;
}

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

interface Platform extends NationalSignInOptions {
  readonly appId: string;
  readonly secret: string;
  readonly issuer: () => string;
  readonly keys: Keys;
  /** Of another platform: what it signs is not ours. */
  readonly strangeKeys: Keys;
  readonly asked: Map<string, Asked>;
  readonly issued: Map<string, Issued>;
}

const keyId = 'platform-1';
const pageMs = 600_000;
const codeMs = 60_000;
const kept = 1000;

export async function startNationalSignIn(options: NationalSignInOptions): Promise<NationalSignInServer> {
  const appId = `minxin-${random(4)}`;
  const secret = random(24);
  let simulator: Simulator | undefined;
  const platform: Platform = {
    ...options,
    appId,
    secret,
    issuer: () => simulator?.url ?? '',
    keys: await generateKeyPair('RS256'),
    strangeKeys: await generateKeyPair('RS256'),
    asked: new Map(),
    issued: new Map(),
  };
  simulator = await startSimulator({
    clock: options.clock,
    ...(options.timing && { timing: options.timing }),
    isPage: ({ pathname }) => pathname === '/authorize' || pathname === '/decide',
    answer: (request) => answer(platform, request),
  });
  return { ...simulator, appId, secret };
}

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');

async function answer(platform: Platform, request: SimulatorRequest): Promise<SimulatorAnswer> {
  const { method, url } = request;
  switch (`${method} ${url.pathname}`) {
    case 'GET /.well-known/openid-configuration':
      return json(200, metadata(platform.issuer()));
    case 'GET /jwks':
      return json(200, { keys: [{ ...(await exportJWK(platform.keys.publicKey)), kid: keyId, alg: 'RS256', use: 'sig' }] });
    case 'GET /authorize':
      return authorize(platform, url.searchParams);
    case 'POST /decide':
      return decide(platform, new URLSearchParams(request.body.toString()));
    case 'POST /token':
      return token(platform, request);
    default:
      return json(404, { error: 'not_found' });
  }
}

const json = (status: number, body: object): SimulatorAnswer => ({
  status,
  headers: { 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

function metadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
}

/** Whoever asks wrongly is not sent back: the address might be anybody's. */
function authorize({ appId, callback, people, asked, clock }: Platform, params: URLSearchParams): SimulatorAnswer {
  const of = (name: string) => params.get(name) ?? '';
  const locale = of('ui_locales').startsWith('en') ? 'en' : 'zh-CN';
  const wrong = [
    of('client_id') !== appId && 'client_id',
    of('redirect_uri') !== callback && 'redirect_uri',
    of('response_type') !== 'code' && 'response_type',
    !of('scope').split(' ').includes('openid') && 'scope',
    of('code_challenge_method') !== 'S256' && 'code_challenge_method',
    ...['state', 'nonce', 'code_challenge'].map((name) => of(name) === '' && name),
  ].filter((name) => name !== false);
  if (wrong.length > 0) return messagePage(400, locale, wrong.join(', '));
  const id = random(16);
  remember(asked, id, { state: of('state'), nonce: of('nonce'), challenge: of('code_challenge'), locale, at: clock.now().getTime() });
  return choicePage({ locale, request: id, people: people.scripted });
}

function decide({ asked, issued, callback, people, clock, issuer }: Platform, form: URLSearchParams): SimulatorAnswer {
  const request = take(asked, form.get('request') ?? '');
  const now = clock.now().getTime();
  if (!request || now - request.at > pageMs) return messagePage(400, 'zh-CN', 'request');
  const back = new URL(callback);
  back.searchParams.set('state', request.state);
  back.searchParams.set('iss', issuer());
  const person = people.scripted.find(({ id }) => id === form.get('person'));
  if (form.get('decision') === 'allow' && person) {
    const code = random(16);
    remember(issued, code, { ...request, person, at: now });
    back.searchParams.set('code', code);
  } else {
    back.searchParams.set('error', 'access_denied');
  }
  return { status: 303, headers: { location: back.href, 'cache-control': 'no-store' }, body: '' };
}

async function token(platform: Platform, { headers, body, overQuota, behaviour }: SimulatorRequest): Promise<SimulatorAnswer> {
  const { appId, secret, issued, callback, clock } = platform;
  if (overQuota) return json(429, { error: 'slow_down' });
  const [id, given] = Buffer.from((headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':')
    .map(decodeURIComponent);
  if (id !== appId || !same(given ?? '', secret)) return json(401, { error: 'invalid_client' });
  const form = new URLSearchParams(body.toString());
  const code = take(issued, form.get('code') ?? '');
  const now = clock.now().getTime();
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  const fits =
    form.get('grant_type') === 'authorization_code' &&
    form.get('redirect_uri') === callback &&
    code?.challenge === challenge &&
    now - code.at <= codeMs;
  if (!fits) return json(400, { error: 'invalid_grant' });
  const idToken = await signed(
    platform,
    code,
    behaviour === 'wrong-signature' ? platform.strangeKeys : platform.keys,
    behaviour === 'clock-off' ? now - 900_000 : now,
  );
  return json(200, { access_token: random(16), token_type: 'Bearer', expires_in: 60, id_token: idToken });
}

/** Codes of GA/T 517 for the documents the platform verifies. */
const documentCodes: Readonly<Partial<Record<string, string>>> = { 'resident-id-card': '111' };

function signed({ issuer, appId }: Platform, { person, nonce }: Issued, { privateKey }: Keys, now: number): Promise<string> {
  const code = documentCodes[person.document.type];
  const claims = code === undefined ? {} : { name: person.name, cert_type: code, cert_no: person.document.number };
  return new SignJWT({ nonce, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: keyId })
    .setIssuer(issuer())
    .setAudience(appId)
    .setSubject(`u-${createHash('sha256').update(`national:${person.id}`).digest('hex').slice(0, 24)}`)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(Math.floor(now / 1000) + 300)
    .sign(privateKey);
}

function same(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function remember<Value>(map: Map<string, Value>, id: string, value: Value): void {
  map.set(id, value);
  const [oldest] = map.keys();
  if (map.size > kept && oldest !== undefined) map.delete(oldest);
}

function take<Value>(map: Map<string, Value>, id: string): Value | undefined {
  const value = map.get(id);
  map.delete(id);
  return value;
}
