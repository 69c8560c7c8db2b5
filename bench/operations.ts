import { authorization, codeFlow, relative, send, token, type Answer, type BenchClient, type Cookies } from './client.ts';

/** One kind of work. `prepare` makes what each of the concurrent users needs; its cost is not measured. */
export interface Operation {
  readonly name: string;
  /** At most so many times the CPU of the bare library, or a limit of its own. */
  readonly target: { readonly ratio: number } | 'argon2id + 12 ms';
  /** Operations in one round, all users together. */
  readonly count: number;
  readonly prepare: (client: BenchClient, user: number) => Promise<() => Promise<void>>;
}

/** How the sign-in form is filled: ours and the bare one differ in nothing but the fields. */
export interface Credentials {
  readonly username: (user: number, attempt: number) => string;
  readonly password: string;
}

type Login = (client: BenchClient, cookies: Cookies, username: string, scope?: string) => Promise<Record<string, string>>;
type SignedIn = (client: BenchClient, user: number, scope?: string) => Promise<{ cookies: Cookies; tokens: Record<string, string> }>;

export function operations(credentials: Credentials): readonly Operation[] {
  const login: Login = (client, cookies, username, scope = 'openid') =>
    codeFlow(client, cookies, scope, async (page, path) => {
      // A refresh token is asked for with prompt=consent.
      if (page.text.includes('consent-allow')) {
        const form = { _form: hidden(page, 'consent-allow'), decision: 'allow' };
        return send(client, 'POST', path, { cookies, form });
      }
      const form = { _form: hidden(page, 'login-submit'), identifier: username, password: credentials.password };
      return send(client, 'POST', action(page) ?? path, { cookies, form });
    });
  const signedIn: SignedIn = async (client, user, scope) => {
    const cookies: Cookies = new Map();
    return { cookies, tokens: await login(client, cookies, credentials.username(user, 0), scope) };
  };
  return [...documents, ...tokenWork(signedIn), ...signIns(credentials, login, signedIn)];
}

const documents: readonly Operation[] = [
  { name: 'discovery', target: { ratio: 1 }, count: 3000, prepare: async (client) => get(client, '/.well-known/openid-configuration') },
  { name: 'JWKS', target: { ratio: 1 }, count: 3000, prepare: async (client) => get(client, client.endpoints.jwks_uri ?? '') },
];

function tokenWork(signedIn: SignedIn): readonly Operation[] {
  return [
    {
      name: 'client credentials',
      target: { ratio: 3 },
      count: 1500,
      prepare: async (client) => async () => void (await token(client, { grant_type: 'client_credentials' })),
    },
    {
      name: 'userinfo',
      target: { ratio: 3 },
      count: 1500,
      async prepare(client, user) {
        const { tokens } = await signedIn(client, user);
        const headers = { authorization: `Bearer ${tokens.access_token}` };
        return () => expect200(client, 'GET', client.endpoints.userinfo_endpoint ?? '', { headers });
      },
    },
    {
      name: 'introspection',
      target: { ratio: 3 },
      count: 1500,
      async prepare(client, user) {
        const { tokens } = await signedIn(client, user);
        const form = { token: tokens.access_token ?? '' };
        return () => expect200(client, 'POST', client.endpoints.introspection_endpoint ?? '', { form, headers: authorization(client) });
      },
    },
    {
      name: 'refresh',
      target: { ratio: 4 },
      count: 600,
      async prepare(client, user) {
        let { tokens } = await signedIn(client, user, 'openid offline_access');
        return async () => void (tokens = await token(client, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }));
      },
    },
  ];
}

function signIns(credentials: Credentials, login: Login, signedIn: SignedIn): readonly Operation[] {
  return [
    {
      name: 'login with an existing session',
      target: { ratio: 4 },
      count: 400,
      async prepare(client, user) {
        const { cookies } = await signedIn(client, user);
        return async () => void (await codeFlow(client, cookies, 'openid', never));
      },
    },
    {
      name: 'password login',
      target: 'argon2id + 12 ms',
      count: 160,
      async prepare(client, user) {
        const { cookies } = await signedIn(client, user);
        // A browser that signed in before and whose session is over: that of nearly every sign-in.
        const kept = [...cookies].filter(([name]) => /^mx_(?:device|seed|service) /.test(name));
        return async () => void (await login(client, new Map(kept), credentials.username(user, 0)));
      },
    },
  ];
}

function get(client: BenchClient, path: string): () => Promise<void> {
  return () => expect200(client, 'GET', path);
}

async function expect200(
  client: BenchClient,
  ...[method, path, options]: [method: 'GET' | 'POST', path: string, options?: Parameters<typeof send>[3]]
): Promise<void> {
  const answer = await send(client, method, path, options);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
}

async function never(page: Answer, path: string): Promise<Answer> {
  throw new Error(`a session should be enough, but there is a page at ${path}: ${page.text.slice(0, 100)}`);
}

/** The anti-forgery value of the form that holds this button. */
function hidden({ text }: Answer, button: string): string {
  return /name="_form" value="([^"]*)"/.exec(formWith(text, button))?.[1] ?? '';
}

/** Address of the form that holds the sign-in button. */
function action({ text }: Answer): string | undefined {
  const found = /action="([^"]*)"/.exec(formWith(text, 'login-submit'))?.[1];
  return found === undefined ? undefined : relative(found, 'http://localhost');
}

function formWith(text: string, button: string): string {
  return text.slice(text.lastIndexOf('<form', text.indexOf(`id="${button}"`)));
}
