import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Provider, type Adapter, type Client, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { fetchAlone } from '../support/connection.ts';
import {
  createLibraryProvider,
  isMarked,
  policyToFill,
  setLevel,
  withhold,
  writtenFor,
  type Replacements,
} from '../../src/oidc/library.ts';
import { root } from '../support/product.ts';

/**
 * What src/oidc/library.ts leans on is no promise of the library. A new version is installed on purpose: read the files
 * named here again, see whether what is said of each still holds, then write down version and fingerprints.
 */
const library = dirname(dirname(fileURLToPath(import.meta.resolve('oidc-provider'))));

/** SHA-256 of each file that was read, and what for. */
const read: Readonly<Record<string, readonly [fingerprint: string, why: string]>> = {
  'lib/provider.js': [
    '94a64ce834032c4d',
    'the constructor registers response modes by a method that a subclass may override; the models are getters',
  ],
  'lib/models/client.js': ['37841c70b72be692', 'compareClientSecret is asked for every secret; backchannelLogout is told account and sid'],
  'lib/models/session.js': [
    '305aff9ef7c9c3c0',
    'Session.get makes an empty session of an identifier that nobody knows, without exp and without new',
  ],
  'lib/helpers/oidc_context.js': ['4a7a5e09bf3377f6', 'acr, amr and requestParamScopes are getters of the prototype'],
  'lib/helpers/process_response_types.js': ['d01c0eae8065fd28', 'codes and tokens take acr, amr, scopes and claims from there'],
  'lib/helpers/interaction_policy/prompts/login.js': ['8cb13f60956796b0', 'names and order of its checks'],
  'lib/helpers/interaction_policy/prompts/consent.js': ['26bb342117ff2b05', 'names and order of its checks'],
  'lib/response_modes/form_post.js': ['e9d9ce601497df84', 'the title of the self-submitting page'],
  'lib/shared/jwt_client_auth.js': [
    'bbbacb807684e04e',
    'the audience of an assertion is compared with clientJwtAuthExpectedAudience(), and before its signature',
  ],
  'lib/models/id_token.js': ['809a238a6d68b391', 'validate verifies everything but the age; its answer is the hint'],
  'lib/actions/authorization/claims.js': [
    '32b526c767ceddc0',
    'a hint is verified at the authorization endpoint and at the one of pushed requests, and not when a request goes on',
  ],
  'lib/shared/xsrf.js': ['d98ed2207acfa165', 'the secret of the forms that end a session is session.state.secret'],
  'lib/actions/end_session.js': ['259ee7afaade26de', 'who tells services, when, and with which page'],
  'lib/actions/authorization/resume.js': [
    'a0eaff78325ca491',
    'the interaction is found by its cookie alone; params are set when it is used up, and not before',
  ],
  'lib/models/base_model.js': ['77623c1d7d76d840', 'Interaction.find is inherited'],
  'lib/actions/grants/refresh_token.js': [
    'd3bcebb1e448545e',
    'findAccount is asked before the token is rotated; the words of a second use',
  ],
  'lib/helpers/grant_source.js': ['4309a85ac090d6c7', 'the words of a code that comes again'],
};

const textOf = (file: string): string => readFileSync(join(library, file), 'utf8');

describe('the version', () => {
  it('is pinned, installed and written for: one and the same', () => {
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { version }: { version: string } = JSON.parse(textOf('package.json'));
    expect({ pinned: dependencies['oidc-provider'], installed: version }).toEqual({ pinned: writtenFor, installed: writtenFor });
  });

  it.each(Object.entries(read))('%s is the file that was read: %j', (file, [fingerprint]) => {
    expect(createHash('sha256').update(textOf(file)).digest('hex').slice(0, 16)).toBe(fingerprint);
  });
});

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const setup: Configuration = {
  adapter: () => ({ find: async () => undefined }) as unknown as Adapter,
  jwks: { keys: [privateKey.export({ format: 'jwk' })] },
  cookies: { keys: ['library-of-a-test'] },
  features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
  clients: [
    {
      client_id: 'service',
      client_secret: 'kept',
      redirect_uris: ['https://service.example/callback'],
      backchannel_logout_uri: 'https://service.example/out',
      id_token_signed_response_alg: 'ES256',
    },
  ],
};
const silent: Replacements = {
  formPost: async () => undefined,
  sameSecret: () => false,
  expectedAudiences: () => new Set(),
  hintByRetiredKey: async () => undefined,
  leaves: async () => undefined,
  mayResume: async () => true,
};

function methodOf(owner: object, name: string): unknown {
  return Reflect.get(owner, name);
}

describe('what is replaced is there, and is what the library asks', () => {
  it('the page of form_post: the library registers it by that name, once, while it is made', () => {
    const registered: string[] = [];
    class Watched extends Provider {
      override registerResponseMode(name: string, handler: Parameters<Provider['registerResponseMode']>[1]): void {
        registered.push(name);
        super.registerResponseMode(name, handler);
      }
    }
    expect(new Watched('https://id.example', setup).issuer).toBe('https://id.example');
    expect(registered.filter((name) => name === 'form_post')).toEqual(['form_post']);
  });

  it('two providers have each its own page, in whichever order they are made', async () => {
    const [first, second] = ['first', 'second'].map((name) =>
      createLibraryProvider('https://id.example', setup, {
        ...silent,
        formPost: async (ctx) => {
          ctx.body = name;
        },
      }),
    );
    if (!first || !second) throw new Error('nothing was made');
    expect([await postedAnswer(first), await postedAnswer(second)]).toEqual(['first', 'second']);
  });

  it('the comparison of a secret, on each client', async () => {
    const asked: unknown[] = [];
    const original = new Provider('https://id.example', setup);
    expect(typeof methodOf(prototypeOf(original), 'compareClientSecret')).toBe('function');
    const provider = createLibraryProvider('https://id.example', setup, {
      ...silent,
      sameSecret: (kept, offered) => asked.push([kept, offered]) > 0,
    });
    expect(await (await provider.Client.find('service'))?.compareClientSecret('offered')).toBe(true);
    expect(asked).toEqual([['kept', 'offered']]);
  });

  it('the call to a service when somebody leaves', () => {
    expect(typeof methodOf(prototypeOf(new Provider('https://id.example', setup)), 'backchannelLogout')).toBe('function');
    expect(textOf('lib/actions/end_session.js')).toContain('client.backchannelLogout(accountId, sid)');
  });

  it('the audiences that an assertion may name, asked in front of every other look at it', async () => {
    const { OIDCContext } = createLibraryProvider('https://id.example', setup, {
      ...silent,
      expectedAudiences: ({ clientId }, assertion) => new Set([clientId, assertion]),
    });
    const context: object = Object.create(OIDCContext.prototype, {
      params: { value: { client_assertion: 'a.b.c' } },
      client: { value: { clientId: 'service' } },
    });
    expect((context as InstanceType<typeof OIDCContext>).clientJwtAuthExpectedAudience()).toEqual(new Set(['service', 'a.b.c']));
    expect(textOf('lib/shared/jwt_client_auth.js')).toContain('const acceptedAud = ctx.oidc.clientJwtAuthExpectedAudience();');
  });

  it('the look for the interaction that goes on: what may not be had is not found, and is left as it is', async () => {
    const done: string[] = [];
    const stored = { jti: 'known', kind: 'Interaction', exp: 2 ** 40, returnTo: '/', prompt: { name: 'login' }, params: {} };
    const adapter = {
      find: async (id: string) => (id === 'known' ? { ...stored } : undefined),
      destroy: async (id: string) => done.push(`destroyed ${id}`),
    };
    const provider = createLibraryProvider(
      'https://id.example',
      { ...setup, adapter: () => adapter as unknown as Adapter },
      { ...silent, mayResume: async (_, { uid }) => done.push(`asked for ${uid}`) === 0 },
    );
    expect((await provider.Interaction.find('known'))?.uid).toBe('known');
    expect(done).toEqual([]);
    const handle = provider.callback();
    const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const cookies = createHmac('sha1', 'library-of-a-test').update('_interaction_resume=known').digest('base64url');
    const headers = { Cookie: `_interaction_resume=known; _interaction_resume.sig=${cookies}` };
    try {
      expect((await fetchAlone(`http://127.0.0.1:${port}/auth/known`, { headers })).status).toBe(400);
    } finally {
      server.close();
    }
    expect(done).toEqual(['asked for known']);
    expect(textOf('lib/actions/authorization/resume.js')).toContain('provider.Interaction.find(cookieId)');
  });

  it('the verification of a hint, of which the library reads header and payload', async () => {
    const provider = createLibraryProvider('https://id.example', setup, {
      ...silent,
      hintByRetiredKey: async (token, { clientId }) => (token === 'retired' ? { header: {}, payload: { sub: clientId } } : undefined),
    });
    const client = await provider.Client.find('service');
    if (!client) throw new Error('the service is not there');
    expect(await provider.IdToken.validate('retired', client)).toEqual({ header: {}, payload: { sub: 'service' } });
    await expect(provider.IdToken.validate('nothing', client)).rejects.toThrow('Invalid Token or Protected Header formatting');
    for (const file of ['lib/actions/end_session.js', 'lib/actions/authorization/claims.js'])
      expect(textOf(file)).toContain('IdToken.validate(');
  });

  it('level and factors of the tokens, which it reads as properties of its context', () => {
    const { OIDCContext } = new Provider('https://id.example', setup);
    const context = Object.create(OIDCContext.prototype, { session: { value: { acr: 'of the session' } } });
    expect(context.acr).toBe('of the session');
    setLevel({ oidc: context } as KoaContextWithOIDC, { acr: 'L3', amr: ['pwd'] });
    expect([context.acr, context.amr]).toEqual(['L3', ['pwd']]);
  });

  it('scopes that were asked for, which it reads in the same way, and claims, which it has parsed', () => {
    const { OIDCContext } = new Provider('https://id.example', setup);
    const claims = { userinfo: { name: null, mobile: null }, id_token: { name: { essential: true } }, rejected: undefined };
    const context = Object.create(OIDCContext.prototype, { params: { value: { scope: 'openid name mobile' } }, claims: { value: claims } });
    withhold({ oidc: context } as KoaContextWithOIDC, (name) => name === 'name', 'mark');
    expect([isMarked(context, 'mark'), isMarked(context, 'other'), isMarked(undefined, 'mark')]).toEqual([true, false, false]);
    expect([[...context.requestParamScopes], context.claims]).toEqual([
      ['openid', 'mobile'],
      { userinfo: { mobile: null, mark: null }, id_token: {}, rejected: undefined },
    ]);
    expect(textOf('lib/helpers/process_response_types.js')).toContain('grant.getOIDCScopeFiltered(ctx.oidc.requestParamScopes)');
  });

  it('the checks of its policy: all others stay, in their order', () => {
    const { policy, login, consent } = policyToFill();
    expect(policy.map(({ name }) => name)).toEqual(['login', 'consent']);
    expect(login.checks.map(({ reason }) => reason)).toEqual(['login_prompt', 'no_session', 'max_age']);
    expect(consent.checks.map(({ reason }) => reason)).toEqual([
      'op_scopes_missing',
      'op_claims_missing',
      'rs_scopes_missing',
      'rar_prompt',
    ]);
  });

  it('and where a method is gone, no provider is made that would do without', () => {
    const { prototype } = Provider;
    const client = Object.getOwnPropertyDescriptor(prototype, 'Client');
    if (!client?.get) throw new Error('the library has no models');
    Object.defineProperty(prototype, 'Client', { configurable: true, get: () => ({ prototype: {} }) });
    try {
      expect(() => createLibraryProvider('https://id.example', { ...setup, clients: [] }, silent)).toThrow('no compareClientSecret');
    } finally {
      Object.defineProperty(prototype, 'Client', client);
    }
  });
});

function prototypeOf(provider: Provider): object {
  return (provider.Client as unknown as { prototype: Client }).prototype;
}

/** A request that is wrong, answered by form_post. */
async function postedAnswer(provider: Provider): Promise<string> {
  const handle = provider.callback();
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const query = new URLSearchParams({
    client_id: 'service',
    redirect_uri: 'https://service.example/callback',
    response_type: 'none-of-ours',
    response_mode: 'form_post',
  });
  try {
    return await (await fetchAlone(`http://127.0.0.1:${port}/auth?${query.toString()}`)).text();
  } finally {
    server.close();
  }
}
