import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Router from '@koa/router';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../../adapters/database/migrate.ts';
import { loadConfiguration } from '../../src/config/configuration.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { AppState } from '../../src/http/app-context.ts';
import { endpointAt, endpoints } from '../../src/http/endpoints.ts';
import { createLog } from '../../src/http/log.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { ensureSigningKeys } from '../../src/oidc/key-ring.ts';
import { pageRouter } from '../../src/process/app.ts';
import { assemble } from '../../src/process/assembly.ts';
import { knownNames } from '../../src/process/commands/commands.ts';
import { openStores } from '../../src/process/commands/open.ts';
import { environmentOf, root } from '../support/product.ts';
import { profileNames } from '../support/profiles.ts';
import { embeddedFolder } from '../support/stores.ts';

const log = createLog({ level: 'error' });
let folder: string;
let opened: Awaited<ReturnType<typeof openStores>>;

function configured(profile: string) {
  const env = { ...environmentOf({ folder }, { profile }), PORT: '8080', ISSUER: 'http://localhost:8080' };
  const { configuration, problems } = loadConfiguration(env, { profilesDir: join(root, 'profiles'), known: knownNames });
  if (!configuration) throw new Error(JSON.stringify(problems));
  return configuration;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'minxin-routes-'));
  renameSync(await embeddedFolder(), join(folder, 'data'));
  writeFileSync(join(folder, 'clients.json'), '[]');
  opened = await openStores(configured('demo'), { clock: systemClock, log });
  await migrate(opened.adapters.database.db);
  await ensureSigningKeys({ store: opened.adapters.signingKeys, unitOfWork: opened.adapters.unitOfWork, clock: systemClock });
});
afterAll(async () => {
  await opened?.adapters.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every address that the product of a city answers by itself, as its router has them. */
async function routerOf(profile: string): Promise<Router<AppState>> {
  const { environment, ...rest } = configured(profile);
  const nobody = { name: 'nobody', check: () => Promise.reject(new Error('no register is asked here')) };
  return pageRouter(
    await assemble({
      ...rest,
      environment,
      cookieKeys: opened.secrets.cookieKeys,
      adapters: opened.adapters,
      sources: { identity: nobody, bankCard: nobody, upstreams: {} },
      clock: systemClock,
      metrics: createMetrics(),
      log,
      isClosing: () => false,
    }),
  );
}

function pathsOf({ stack }: Router<AppState>, method: string): ReadonlySet<string> {
  return new Set(stack.filter(({ methods }) => methods.includes(method)).flatMap(({ path }) => spelt(String(path))));
}

/** With an optional last segment, and without: `/a{/:b}` is `/a` and `/a/:b`. */
function spelt(path: string): readonly string[] {
  return path.includes('{') ? [path.replace(/\{.*\}/, ''), path.replaceAll(/[{}]/g, '')] : [path];
}

describe('an address that a form is sent to', () => {
  it.each(profileNames)('can be opened too, so that a reload or a switch of language leads back to the form: %s', async (profile) => {
    const router = await routerOf(profile);
    const opens = pathsOf(router, 'GET');
    const posted = [...pathsOf(router, 'POST')];
    expect(posted.length).toBeGreaterThan(15);
    expect(posted.filter((path) => !opens.has(path) && !endpointAt(path)?.methods.includes('GET'))).toEqual([]);
  });
  it('of the library too, where people are sent', () => {
    const posted = Object.values(endpoints).filter(({ askedBy, methods }) => askedBy === 'person' && methods.includes('POST'));
    expect(posted.length).toBeGreaterThan(2);
    expect(posted.filter(({ methods, formAt }) => !methods.includes('GET') && formAt === undefined)).toEqual([]);
  });
});
