import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadClients } from '../../src/config/clients.ts';
import type { ClientRecord } from '../../src/domain/client.ts';
import type { Problem } from '../../src/config/problems.ts';

const folder = mkdtempSync(join(tmpdir(), 'minxin-clients-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'clients.json');

type Surroundings = Parameters<typeof loadClients>[1];

const development: Surroundings = { issuer: 'http://localhost:4000', production: false, sandbox: true, outboundAllow: { origins: [] } };
const production: Surroundings = {
  issuer: 'https://id.example.gov.cn',
  production: true,
  sandbox: false,
  outboundAllow: { origins: ['http://10.0.0.5:8080'] },
};

function load(list: unknown, surroundings = development): { clients: readonly ClientRecord[]; problems: readonly Problem[] } {
  writeFileSync(file, typeof list === 'string' ? list : JSON.stringify(list));
  return loadClients(file, surroundings);
}

/** What is wrong with a client that is right but for `members`. */
function problemsWith(members: object, surroundings = development): readonly string[] {
  const right = {
    client_id: 'tax',
    client_secret_sha256: Buffer.alloc(32, 1).toString('base64url'),
    redirect_uris: ['https://tax.example.gov.cn/cb'],
  };
  return load([{ ...right, ...members }], surroundings).problems.map(({ path, problem }) => `${path.replace(`${file}: `, '')} ${problem}`);
}

const rsaKey = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });
const ecKey = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
const soundEcKey = ecKey('P-256');

describe('the clients that are shipped', () => {
  it('are the demonstration services, under the issuer of the process', () => {
    const { clients, problems } = loadClients('clients.json', development);
    expect(problems).toEqual([]);
    expect(clients.map(({ client_id, minimum_acr, redirect_uris }) => [client_id, minimum_acr, redirect_uris])).toEqual([
      ['social-insurance', 'L2', ['http://localhost:4000/sandbox/rp/social-insurance/callback']],
      ['housing-fund', 'L3', ['http://localhost:4000/sandbox/rp/housing-fund/callback']],
      ['citizen-app', undefined, ['http://127.0.0.1/callback', 'cn.minxin.citizen:/callback']],
    ]);
    expect(JSON.stringify(clients)).not.toContain('{issuer}');
  });

  it('exist only where the sandbox runs, because their secrets are public', () => {
    const { clients, problems } = loadClients('clients.json', development);
    expect(problems).toEqual([]);
    expect(clients.every(({ sandbox_only }) => sandbox_only)).toBe(true);
    expect(loadClients('clients.json', production)).toEqual({ clients: [], problems: [] });
  });
});

describe('a client', () => {
  it('is confidential, asks for PKCE, consent and ES256, and has no entitlement unless it says otherwise', () => {
    const { clients, problems } = load([{ client_id: 'tax', client_secret: 'x'.repeat(32), redirect_uris: ['http://127.0.0.1:5000/cb'] }]);
    expect(problems).toEqual([]);
    expect(clients).toEqual([
      {
        client_id: 'tax',
        client_name: 'tax',
        client_secret: 'x'.repeat(32),
        token_endpoint_auth_method: 'client_secret_basic',
        application_type: 'web',
        redirect_uris: ['http://127.0.0.1:5000/cb'],
        post_logout_redirect_uris: [],
        backchannel_logout_session_required: false,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        require_auth_time: false,
        require_pushed_authorization_requests: false,
        id_token_signed_response_alg: 'ES256',
        first_party: false,
        principal: 'person',
        pkce_required: true,
        entitlements: [],
        subject_type: 'pairwise',
        assertion_audience: 'issuer',
        sandbox_only: false,
      },
    ]);
  });

  it('without people has no response type and needs no redirect URI', () => {
    const { clients, problems } = load([{ client_id: 'robot', client_secret: 'x'.repeat(32), grant_types: ['client_credentials'] }]);
    expect(problems).toEqual([]);
    expect(clients[0]).toMatchObject({ response_types: [], redirect_uris: [] });
  });

  it.each<[string, object, string]>([
    ['an unknown level', { minimum_acr: 'L9' }, '[0] (tax).minimum_acr is "L9"'],
    ['an unknown member', { minimum_acl: 'L2' }, '[0] (tax).minimum_acl is not known (did you mean minimum_acr?)'],
    ['evidence without age', { max_evidence_age: -1 }, '[0] (tax).max_evidence_age is -1'],
    ['an unknown grant', { grant_types: ['authorization_code', 'implicit'] }, '[0] (tax).grant_types[1] is "implicit"'],
    ['no redirect URI', { redirect_uris: [] }, '[0] (tax).redirect_uris is empty with the grant authorization_code'],
    [
      'http to another machine',
      { redirect_uris: ['http://tax.example.gov.cn/cb'] },
      '[0] (tax).redirect_uris[0] is "http://tax.example.gov.cn/cb"',
    ],
    [
      'a redirect URI with a fragment',
      { redirect_uris: ['https://tax.example.gov.cn/#cb'] },
      '[0] (tax).redirect_uris[0] is "https://tax.example.gov.cn/#cb"',
    ],
    ['a relative redirect URI', { redirect_uris: ['/cb'] }, '[0] (tax).redirect_uris[0] is "/cb"'],
    ['a private scheme for a web client', { redirect_uris: ['cn.gov.tax:/cb'] }, '[0] (tax).redirect_uris[0] is "cn.gov.tax:/cb"'],
    [
      'a script for a native client',
      { application_type: 'native', redirect_uris: ['javascript:alert(1)'] },
      '[0] (tax).redirect_uris[0] is "javascript:alert(1)"',
    ],
    [
      'an unsafe way out',
      { post_logout_redirect_uris: ['http://tax.example.gov.cn/'] },
      '[0] (tax).post_logout_redirect_uris[0] is "http://tax.example.gov.cn/"',
    ],
    [
      'logout tokens in clear',
      { backchannel_logout_uri: 'http://tax.example.gov.cn/out' },
      '[0] (tax).backchannel_logout_uri is "http://tax.example.gov.cn/out"',
    ],
    ['two secrets', { client_secret: 'x'.repeat(32) }, '[0] (tax).client_secret_sha256 is given and so is client_secret'],
    ['no secret', { client_secret_sha256: undefined }, '[0] (tax).client_secret_sha256 is missing for client_secret_basic'],
    ['a secret that is none', { client_secret_sha256: 'abc' }, '[0] (tax).client_secret_sha256 is not valid'],
    [
      'a public client with a secret',
      { token_endpoint_auth_method: 'none' },
      '[0] (tax).client_secret is given, but token_endpoint_auth_method is none',
    ],
    [
      'a public client without PKCE',
      { token_endpoint_auth_method: 'none', client_secret_sha256: undefined, pkce_required: false },
      '[0] (tax).pkce_required is false for a public client',
    ],
    [
      'a key client without keys',
      { token_endpoint_auth_method: 'private_key_jwt', client_secret_sha256: undefined },
      '[0] (tax).jwks is missing for private_key_jwt',
    ],
    ['a private key', { jwks: { keys: [{ kty: 'EC', d: 'abc' }] } }, '[0] (tax).jwks.keys[0] holds a private key'],
    ['a short RSA key', { jwks: { keys: [rsaKey(1024)] } }, '[0] (tax).jwks.keys[0] is an RSA key of 1024 bits'],
    ['a key on another curve', { jwks: { keys: [soundEcKey, ecKey('P-384')] } }, '[0] (tax).jwks.keys[1] is a key on the curve P-384'],
    [
      'a key that is none',
      { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'abc', y: 'abc' }] } },
      '[0] (tax).jwks.keys[0] is no public key',
    ],
    [
      'a key for an agreement',
      { jwks: { keys: [generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' })] } },
      '[0] (tax).jwks.keys[0] is a key of the type X25519',
    ],
    ['a public subject that nobody granted', { subject_type: 'public' }, '[0] (tax).subject_type is public'],
    [
      'a public subject with another entitlement alone',
      { subject_type: 'public', entitlements: ['identity_document'] },
      '[0] (tax).subject_type is public',
    ],
    [
      'a public subject and a sector',
      { subject_type: 'public', entitlements: ['public_subject'], sector: 'tax' },
      '[0] (tax).sector is given and subject_type is public',
    ],
    [
      'an audience of assertions that it does not make',
      { assertion_audience: 'token-endpoint' },
      '[0] (tax).assertion_audience is token-endpoint, but token_endpoint_auth_method is client_secret_basic',
    ],
    [
      'an audience of its own choice',
      { assertion_audience: 'https://tax.example.gov.cn' },
      '[0] (tax).assertion_audience is "https://tax.example.gov.cn"',
    ],
    ['a scope without its entitlement', { scope: 'openid identity_document' }, '[0] (tax).scope has identity_document'],
    ['a refresh token for nobody', { grant_types: ['refresh_token'] }, '[0] (tax).grant_types has refresh_token alone'],
    ['a response type that does not fit', { response_types: ['none'] }, '[0] (tax).response_types does not fit grant_types'],
    ['a sector that is no name', { sector: 'Tax Office' }, '[0] (tax).sector is "Tax Office"'],
  ])('is refused with %s', (_, members, problem) => {
    expect(problemsWith(members)).toEqual([problem]);
  });

  it('that is held to FAPI 2.0 addresses its assertions to the issuer: the two members never go together', () => {
    const members = { profile: 'high', token_endpoint_auth_method: 'private_key_jwt', client_secret_sha256: undefined };
    expect(problemsWith({ ...members, jwks: { keys: [soundEcKey] }, assertion_audience: 'token-endpoint' })).not.toEqual([]);
  });

  it('is not the platform itself, whose pages are a client too', () => {
    expect(
      load([{ client_id: 'minxin', client_secret: 'x'.repeat(32), redirect_uris: ['https://tax.example.gov.cn/cb'] }]).problems,
    ).toMatchObject([{ path: expect.stringContaining('[0] (minxin).client_id'), problem: 'is that of the platform itself' }]);
  });

  it('has keys on P-256, Ed25519 keys or RSA keys of 2048 bits', () => {
    const keys = [soundEcKey, rsaKey(2048), generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })];
    expect(problemsWith({ jwks: { keys } })).toEqual([]);
  });

  it('on the loopback interface is for development, and for native clients', () => {
    const loopback = { redirect_uris: ['http://localhost:5000/cb'] };
    expect(problemsWith(loopback)).toEqual([]);
    expect(problemsWith(loopback, production)).toEqual(['[0] (tax).redirect_uris[0] is "http://localhost:5000/cb"']);
    expect(problemsWith({ ...loopback, application_type: 'native' }, production)).toEqual([]);
  });

  it('in production may take logout tokens in clear only at an origin of OUTBOUND_ALLOW', () => {
    expect(problemsWith({ backchannel_logout_uri: 'http://10.0.0.5:8080/out' }, production)).toEqual([]);
    expect(problemsWith({ backchannel_logout_uri: 'http://localhost:8080/out' }, production)).toHaveLength(1);
  });

  it.each(['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri'])(
    'in production leads people to https only, whatever OUTBOUND_ALLOW says: %s',
    (name) => {
      const address = 'http://10.0.0.5:8080/page';
      expect(problemsWith({ [name]: address }, production)).toEqual([`[0] (tax).${name} is "${address}"`]);
      expect(problemsWith({ jwks_uri: address }, production)).toEqual([]);
    },
  );

  it('has a secret of at least 32 characters in production', () => {
    const short = { client_secret_sha256: undefined, client_secret: 'only-sixteen-chr' };
    expect(problemsWith(short)).toEqual([]);
    expect(problemsWith(short, production)).toEqual(['[0] (tax).client_secret is shorter than 32 characters in production']);
  });
});

describe('a broken clients file', () => {
  it('has the problems of all its clients reported at once, and gives none', () => {
    const { clients, problems } = load([
      { client_id: 'tax', client_secret: 'short', redirect_uris: ['http://tax.example.gov.cn/cb'], minimum_acr: 'high' },
      'not a client',
      { client_id: 'tax', client_secret: 'x'.repeat(32), redirect_uris: ['https://b.example.gov.cn/cb'] },
      { redirect_uris: [], principal: 'nobody' },
    ]);
    expect(clients).toEqual([]);
    expect(problems.map(({ path, problem }) => `${path.replace(file, '')} ${problem}`)).toEqual([
      ': [0] (tax).client_secret is not valid',
      ': [0] (tax).minimum_acr is "high"',
      ': [0] (tax).redirect_uris[0] is "http://tax.example.gov.cn/cb"',
      ': [1] is "not a client"',
      ': [2] (tax).client_id is also that of [0]',
      ': [3].client_id is missing',
      ': [3].principal is "nobody"',
      ': [3].client_secret_sha256 is missing for client_secret_basic',
      ': [3].redirect_uris is empty with the grant authorization_code',
    ]);
  });

  it('never has a secret in a message, not even where it is no JSON', () => {
    const secret = 'hunter2hunter2hunter2hunter2hunter2';
    expect(JSON.stringify(load(`[{"client_secret": "${secret}" "client_id"}]`).problems)).not.toContain('hunter2');
    expect(JSON.stringify(load(`[{"client_secret": ${secret}}]`).problems)).not.toContain('hunter2');
    expect(JSON.stringify(load([{ client_secret: [secret], client_secret_sha256: secret }]).problems)).not.toContain('hunter2');
  });

  it('that is missing or no list is reported as a whole', () => {
    expect(loadClients(join(folder, 'nowhere.json'), development).problems[0]).toMatchObject({ path: 'CLIENTS' });
    expect(load({}).problems).toEqual([{ path: file, problem: 'holds no list', expected: 'a list of clients' }]);
    expect(load('[1 2]').problems[0]?.problem).toBe('is not JSON (line 1 column 4)');
  });

  it('may begin with a byte-order mark, as some editors write it', () => {
    expect(load('\uFEFF[]').problems).toEqual([]);
  });
});
