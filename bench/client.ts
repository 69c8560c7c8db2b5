import { createHash, randomBytes } from 'node:crypto';
import { Pool } from 'undici';

/** One browser and relying party in one: as little work as possible, because it runs on the same machine. */
export interface BenchClient {
  readonly pool: Pool;
  readonly issuer: string;
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
  /** Endpoints by discovery. */
  readonly endpoints: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

export type Cookies = Map<string, { value: string; path: string }>;

export async function openClient(issuer: string, client: { id: string; secret: string; redirectUri: string }): Promise<BenchClient> {
  const pool = new Pool(issuer, { connections: 8, pipelining: 1 });
  const { body } = await pool.request({ method: 'GET', path: '/.well-known/openid-configuration' });
  const metadata = (await body.json()) as Record<string, string>;
  const path = (name: string) => new URL(metadata[name] ?? '').pathname;
  const endpoints = Object.fromEntries(
    ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'introspection_endpoint', 'jwks_uri'].map((name) => [
      name,
      path(name),
    ]),
  );
  return { pool, issuer, endpoints, ...client };
}

export async function send(
  { pool }: Pick<BenchClient, 'pool'>,
  method: 'GET' | 'POST',
  path: string,
  {
    cookies,
    form,
    headers = {},
  }: { cookies?: Cookies; form?: Readonly<Record<string, string>>; headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const {
    statusCode,
    headers: received,
    body,
  } = await pool.request({
    method,
    path,
    headers: {
      accept: cookies ? 'text/html' : 'application/json',
      ...headers,
      ...(cookies && cookies.size > 0 ? { cookie: cookieHeader(cookies, path) } : {}),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    body: form ? new URLSearchParams(form).toString() : null,
  });
  if (cookies) keep(cookies, received['set-cookie']);
  return { status: statusCode, location: [received.location ?? []].flat()[0], text: await body.text() };
}

function cookieHeader(cookies: Cookies, path: string): string {
  return [...cookies]
    .filter(([, cookie]) => path.startsWith(cookie.path))
    .map(([name, { value }]) => `${name.split(' ')[0] ?? ''}=${value}`)
    .join('; ');
}

function keep(cookies: Cookies, header: string | string[] | undefined): void {
  for (const line of [header ?? []].flat()) {
    const [pair = '', ...attributes] = line.split('; ');
    const at = pair.indexOf('=');
    const path = attributes.find((attribute) => attribute.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    const key = `${pair.slice(0, at)} ${path}`;
    if (/expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(key);
    else cookies.set(key, { value: pair.slice(at + 1), path });
  }
}

/** Authorization code with PKCE, from the request to the tokens; `signIn` fills the form that comes in between. */
export async function codeFlow(
  client: BenchClient,
  cookies: Cookies,
  scope: string,
  signIn: (page: Answer, path: string) => Promise<Answer>,
): Promise<Record<string, string>> {
  const verifier = randomBytes(32).toString('base64url');
  const parameters = new URLSearchParams({
    client_id: client.id,
    response_type: 'code',
    redirect_uri: client.redirectUri,
    scope,
    state: 's',
    nonce: 'n',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(scope.includes('offline_access') ? { prompt: 'consent' } : {}),
  });
  let path = `${client.endpoints.authorization_endpoint}?${parameters.toString()}`;
  let answer = await send(client, 'GET', path, { cookies });
  for (let hops = 0; hops < 12; hops += 1) {
    if (answer.location?.startsWith(client.redirectUri)) return redeem(client, answer.location, verifier);
    if (answer.status === 200) answer = await signIn(answer, path);
    else {
      path = relative(answer.location, client.issuer);
      answer = await send(client, 'GET', path, { cookies });
    }
  }
  throw new Error(`the flow did not end: ${answer.status} at ${path}`);
}

export function relative(location: string | undefined, issuer: string): string {
  if (location === undefined) throw new Error('neither a page nor a redirect');
  const url = new URL(location, issuer);
  return `${url.pathname}${url.search}`;
}

async function redeem(client: BenchClient, callback: string, verifier: string): Promise<Record<string, string>> {
  const code = new URL(callback).searchParams.get('code');
  if (!code) throw new Error(`no code: ${callback}`);
  return token(client, { grant_type: 'authorization_code', code, redirect_uri: client.redirectUri, code_verifier: verifier });
}

export async function token(client: BenchClient, form: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const answer = await send(client, 'POST', client.endpoints.token_endpoint ?? '', { form, headers: authorization(client) });
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as Record<string, string>;
}

export function authorization({ id, secret }: Pick<BenchClient, 'id' | 'secret'>): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}
