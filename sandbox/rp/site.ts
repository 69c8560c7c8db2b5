import type { ClientRecord } from '../../src/domain/client.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { OnceStore } from '../../src/domain/short-lived.ts';
import type { Vault } from '../../src/domain/vault.ts';
import type { SandboxContext } from '../context.ts';
import type { SandboxPages } from '../page.ts';
import { createBrowserIds } from './browser-id.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import { createRelyingParty, type RelyingParty } from './relying-party.ts';
import type { DemonstrationService } from './services.ts';
import { createServiceSessions, type ServiceSessions } from './sessions.ts';

export interface ServiceDeps {
  readonly issuer: string;
  /** Where this process reaches the issuer, `http://127.0.0.1:3000`. */
  readonly issuerOrigin: () => string;
  /** Newest first. */
  readonly cookieKeys: readonly string[];
  readonly state: OnceStore;
  readonly vault: Pick<Vault, 'sealFor' | 'openFor'>;
  readonly clock: Clock;
  readonly pages: SandboxPages;
}

/** A demonstration service with everything its routes need. */
export interface Site {
  readonly service: DemonstrationService;
  readonly client: ClientRecord;
  readonly issuer: string;
  /** Path under which it stands, with a slash at the end. */
  readonly base: string;
  readonly platform: Issuer;
  readonly party: RelyingParty;
  readonly sessions: ServiceSessions;
  readonly pages: SandboxPages;
  readonly clock: Clock;
}

export type Route = (ctx: SandboxContext) => Promise<void>;

/** Where a demonstration service stands. */
export function serviceBase(name: string): string {
  return `/sandbox/rp/${name}/`;
}

export function createSite(service: DemonstrationService, client: ClientRecord, deps: ServiceDeps): Site {
  const { issuer, cookieKeys, state, vault, clock, pages } = deps;
  const base = serviceBase(service.name);
  const platform = createIssuer({ ...deps, client });
  const browserIds = createBrowserIds({ keys: cookieKeys, https: issuer.startsWith('https:'), path: base });
  return {
    service,
    client,
    issuer,
    base,
    platform,
    party: createRelyingParty({ issuer, platform, client, clock }),
    sessions: createServiceSessions({ clientId: client.client_id, browserIds, state, vault, clock }),
    pages,
    clock,
  };
}
