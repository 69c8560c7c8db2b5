import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Provider, type Adapter } from 'oidc-provider';
import {
  endpointAt,
  endpoints,
  interactionAt,
  interactionPath,
  isProtocolPath,
  mayEndAtService,
  resumedAt,
  resumePath,
  type EndpointName,
} from '../../src/http/endpoints.ts';
import { libraryRoutes } from '../../src/oidc/provider.ts';
import { root } from '../support/product.ts';

describe('the table of endpoints', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const provider = new Provider('https://id.example', {
    adapter: () => ({}) as Adapter,
    routes: libraryRoutes,
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    cookies: { keys: ['endpoints-of-a-test'] },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      revocation: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
    },
  });
  const pathFor = (route: string): string =>
    (provider as unknown as { pathFor(route: string, options: object): string }).pathFor(route, { uid: 'UID' });

  it.each((Object.keys(endpoints) as EndpointName[]).filter((name) => name !== 'openid_discovery'))(
    '%s is where the library has it',
    (name) => {
      expect(pathFor(name)).toBe(endpoints[name].path.replace(':uid', 'UID'));
    },
  );

  it('has every other address of the library turned off', () => {
    const names = ['registration', 'device_authorization', 'code_verification', 'backchannel_authentication', 'challenge', 'interaction'];
    for (const name of names) {
      expect(() => pathFor(name)).toThrow(name);
    }
  });
});

describe('an address', () => {
  it.each<[string, EndpointName | undefined]>([
    ['/auth', 'authorization'],
    ['/auth/Qh3v', 'resume'],
    ['/auth/', undefined],
    ['/auth/a/b', undefined],
    ['/Auth', undefined],
    ['/token/', undefined],
    ['/token/introspection', 'introspection'],
    ['/constructor', undefined],
  ])('%s is that of %s, to the letter', (path, name) => {
    expect(endpointAt(path)).toBe(name === undefined ? undefined : endpoints[name]);
  });

  it.each([
    ['/token/nothing', true],
    ['/session', true],
    ['/.well-known/nothing', true],
    ['/tokens', false],
    ['/account', false],
    ['/', false],
  ])('%s is the provider’s to answer: %s', (path, expected) => {
    expect(isProtocolPath(path)).toBe(expected);
  });

  it.each([
    ['/interaction/Qh3v/login/password', true],
    ['/auth', true],
    ['/session/end', true],
    ['/account/password', false],
    ['/authors', false],
  ])('%s may lead on to a service: %s', (path, expected) => {
    expect(mayEndAtService(path)).toBe(expected);
  });

  it('of an interaction, and where it is resumed, name the interaction', () => {
    expect([resumedAt(resumePath('Qh3v')), resumedAt('/auth'), resumedAt('/session/end')]).toEqual(['Qh3v', undefined, undefined]);
    expect([interactionAt(`${interactionPath('Qh3v')}/consent`), interactionAt('/interaction/'), interactionAt('/auth/Qh3v')]).toEqual([
      'Qh3v',
      undefined,
      undefined,
    ]);
  });
});

it('no other file of the product spells an address of the provider', () => {
  const spelled = new RegExp(
    `['"\`](${Object.values(endpoints)
      .map(({ path }) => path.replaceAll(/[.]/g, '\\.').replace(/:uid$/, ''))
      .join('|')})(?=['"\`/?$])`,
  );
  const files = ['src', 'interactions'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const guilty = files
    .filter((file) => /\.(ts|pug|js)$/.test(file) && file !== 'src/http/endpoints.ts')
    .filter((file) => spelled.test(readFileSync(join(root, file), 'utf8')));
  expect(guilty).toEqual([]);
});
