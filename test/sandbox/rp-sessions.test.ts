import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import Koa from 'koa';
import { fetchAlone } from '../support/connection.ts';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import { createMemoryOnce } from '../../adapters/memory/once.ts';
import type { SandboxContext, SandboxState } from '../../sandbox/context.ts';
import { createBrowserIds } from '../../sandbox/rp/browser-id.ts';
import { verifyLogoutToken } from '../../sandbox/rp/logout-token.ts';
import { createServiceSessions, type Pending, type ServiceSession } from '../../sandbox/rp/sessions.ts';
import type { ClientRecord } from '../../src/domain/client.ts';

let now = new Date('2026-11-22T04:00:00Z');
const clock = { now: () => now };
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};

const kept = new Map<string, string>();
const memory = createMemoryOnce(clock);
const sessions = createServiceSessions({
  clientId: 'housing-fund',
  browserIds: createBrowserIds({ keys: ['newest', 'older'], https: false, path: '/' }),
  state: {
    ...memory,
    async put(key, value, expiresAt) {
      kept.set(key, value);
      await memory.put(key, value, expiresAt);
    },
  },
  vault: createFileVault({ keyEncryptionKey: randomBytes(32), indexKey: randomBytes(32), pairwiseKey: randomBytes(32) }),
  clock,
});

const session = (): ServiceSession => ({
  idToken: 'id-token',
  claims: { sub: 'abc', sid: 'platform-session' },
  userinfo: { real_name: '张伟' },
  accessToken: 'access-token',
  accessTokenEndsAt: 0,
  refreshToken: undefined,
  scope: 'openid',
  signedInAt: now.getTime(),
  parameters: {},
});
const pending: Pending = { state: 's', nonce: 'n', verifier: 'v', maxAgeSeconds: undefined, parameters: {}, target: '/', retry: '/login' };

/** What the next request does on the server. */
let act: (ctx: SandboxContext) => Promise<unknown>;
let server: Server;
let origin: string;

beforeAll(async () => {
  const app = new Koa<SandboxState>();
  app.use(async (ctx) => {
    ctx.body = { result: (await act(ctx)) ?? null };
  });
  await new Promise<void>((resolve) => {
    server = app.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});

afterAll(() => {
  server.close();
});

/** A browser with the one cookie there is. */
function browser(cookie = '') {
  const jar = { cookie };
  return {
    jar,
    async does(action: typeof act): Promise<unknown> {
      act = action;
      const answer = await fetchAlone(origin, { headers: { cookie: jar.cookie } });
      jar.cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? jar.cookie;
      const body: unknown = await answer.json();
      return body;
    },
  };
}

const signIn = (ctx: SandboxContext) => sessions.start(ctx, session());
const who = (ctx: SandboxContext) => sessions.current(ctx);
const nobody = { result: null };

describe('the session of a demonstration service', () => {
  beforeEach(() => {
    later(60);
    kept.clear();
  });

  it('is there for the browser that signed in, for an hour, and for nobody else', async () => {
    const mine = browser();
    await mine.does(signIn);
    expect(await mine.does(who)).toMatchObject({ result: { claims: { sub: 'abc' } } });
    expect(await browser().does(who)).toEqual(nobody);
    expect(await browser(mine.jar.cookie.replace(/\..*/, '.forged')).does(who)).toEqual(nobody);
    later(3601);
    expect(await mine.does(who)).toEqual(nobody);
  });

  it('gets a new id with each sign-in, and the old one opens nothing', async () => {
    const mine = browser();
    await mine.does(signIn);
    const before = mine.jar.cookie;
    await mine.does(signIn);
    expect(mine.jar.cookie).not.toBe(before);
    expect(await browser(before).does(who)).toEqual(nobody);
  });

  it('keeps no personal data in the clear', async () => {
    await browser().does(signIn);
    expect(kept.size).toBeGreaterThan(0);
    expect([...kept].join(' ')).not.toMatch(/张伟|access-token|real_name/);
  });

  it('ends when the platform says so from behind, once for each token', async () => {
    const mine = browser();
    await mine.does(signIn);
    expect(await sessions.endFromBehind({ sid: 'else', sub: 'abc', jti: '1' })).toBe(true);
    expect(await mine.does(who)).toMatchObject({ result: { idToken: 'id-token' } });
    expect(await sessions.endFromBehind({ sid: 'platform-session', sub: 'abc', jti: '2' })).toBe(true);
    expect(await sessions.endFromBehind({ sid: 'platform-session', sub: 'abc', jti: '2' })).toBe(false);
    expect(await mine.does(who)).toEqual({ result: 'ended' });
  });

  it('ends with everything of the person when no session is named, and a later sign-in holds', async () => {
    const mine = browser();
    await mine.does(signIn);
    expect(await sessions.endFromBehind({ sid: undefined, sub: 'abc', jti: '3' })).toBe(true);
    expect(await mine.does(who)).toEqual({ result: 'ended' });
    later(1);
    await mine.does(signIn);
    expect(await mine.does(who)).toMatchObject({ result: { idToken: 'id-token' } });
  });
});

describe('an authorization request under way', () => {
  it('is recalled once, in the browser it began in', async () => {
    const mine = browser();
    await mine.does((ctx) => sessions.remember(ctx, pending));
    const recall = (ctx: SandboxContext) => sessions.recall(ctx, 's');
    expect(await browser().does(recall)).toEqual(nobody);
    expect(await mine.does((ctx) => sessions.recall(ctx, 'other'))).toEqual(nobody);
    expect(await mine.does(recall)).toMatchObject({ result: { nonce: 'n', verifier: 'v' } });
    expect(await mine.does(recall)).toEqual(nobody);
  });
});

describe('a logout token', () => {
  const issuer = 'https://id.example';
  const client = { client_id: 'housing-fund', id_token_signed_response_alg: 'ES256' } as ClientRecord;

  async function signer() {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'k' }] });
    const token = (change: { iss?: string; aud?: string; typ?: string; age?: number } = {}) => {
      const issuedAt = Math.floor(now.getTime() / 1000) - (change.age ?? 0);
      return new SignJWT({ sid: 's', events: { 'http://schemas.openid.net/event/backchannel-logout': {} } })
        .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: change.typ ?? 'logout+jwt' })
        .setIssuer(change.iss ?? issuer)
        .setAudience(change.aud ?? 'housing-fund')
        .setJti('j')
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + 120)
        .sign(privateKey);
    };
    const platform = { keys: async () => keys, configuration: async () => Promise.reject(new Error('not asked')) };
    return { token, verify: (text: string) => verifyLogoutToken({ issuer, platform, client }, text, now) };
  }

  it('of the platform for this client is believed', async () => {
    const { token, verify } = await signer();
    expect(await verify(await token())).toEqual({ sid: 's', sub: undefined, jti: 'j' });
  });

  it.each([
    ['of another issuer', { iss: 'https://else.example' }],
    ['for another client', { aud: 'social-insurance' }],
    ['that is an ID token', { typ: 'JWT' }],
    ['that is old', { age: 200 }],
  ])('%s is not', async (_, change) => {
    const { token, verify } = await signer();
    expect(await verify(await token(change))).toBeUndefined();
  });

  it('signed by somebody else is not', async () => {
    const [mine, other] = [await signer(), await signer()];
    expect(await mine.verify(await other.token())).toBeUndefined();
    expect(await mine.verify('nonsense')).toBeUndefined();
  });
});
