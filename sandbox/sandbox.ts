import Router from '@koa/router';
import { cityOf, type CityProfile } from '../src/domain/city.ts';
import { citizenAppId, type ClientRecord } from '../src/domain/client.ts';
import type { PasswordHasher } from '../src/domain/authenticator/password-hasher.ts';
import type { AccountStore } from '../src/domain/person/account.ts';
import { usernameKey } from '../src/domain/person/username.ts';
import type { Profile } from '../src/domain/policy.ts';
import type { OnceStore } from '../src/domain/short-lived.ts';
import type { UnitOfWork } from '../src/domain/unit-of-work.ts';
import type { Vault } from '../src/domain/vault.ts';
import { createAccounts, type AccountsDeps } from './accounts.ts';
import { apiRoutes, type AuthorityControls, type MovableClock } from './api.ts';
import { assetRoutes } from './assets.ts';
import type { Locale, SandboxState } from './context.ts';
import { galleryRoutes, type Gallery } from './gallery.ts';
import { createImports, seedImports } from './imports.ts';
import type { SandboxMessages } from './outbox-gateway.ts';
import { createPages } from './page.ts';
import type { ReceivedUser } from './authorities/national-platform.ts';
import type { People, ScriptedPerson } from './people.ts';
import { serviceRoutes } from './rp/routes.ts';
import { demonstrationServices } from './rp/services.ts';
import { serviceBase } from './rp/site.ts';
import { createPhoneApp } from './phone/app.ts';
import { phoneRoutes, type ShownTicket } from './phone/routes.ts';
import { ownNames } from './own-names.ts';
import { restore, type RestoreDeps } from './restore.ts';
import { seed } from './seed.ts';
import { startPageRoutes } from './start-page.ts';

/** Everything the sandbox is made from; it reaches the product through nothing else. */
export interface SandboxDeps {
  readonly issuer: string;
  /** Whether it answers under any name of this machine, or under those alone that no other site can have (own-names.ts). */
  readonly forOthers: boolean;
  /** Where this process answers, `http://127.0.0.1:3000`; asked for when a demonstration service calls the platform. */
  readonly issuerOrigin: () => string;
  /** The slice of the profile that the sandbox shows and seeds by. */
  readonly profile: Pick<Profile, 'brand' | 'ladders' | 'sandbox'> & CityProfile;
  /** Of the deployment; the demonstration services are those of them that the sandbox knows by `client_id`. */
  readonly clients: readonly ClientRecord[];
  /** Newest first. */
  readonly cookieKeys: readonly string[];
  readonly clock: MovableClock;
  readonly people: Pick<People, 'scripted' | 'find'>;
  readonly authorities: AuthorityControls;
  /** Whom the simulated national platform took over. */
  readonly nationalUsers: () => readonly ReceivedUser[];
  readonly messages: Pick<SandboxMessages, 'list'>;
  /** The answer of a captcha that is still unused. */
  readonly captchaAnswer: (id: string) => Promise<string | undefined>;
  readonly gallery: Gallery;
  readonly accounts: Pick<AccountStore, 'byIdentifier' | 'byId'>;
  readonly persons: RestoreDeps['persons'];
  readonly forget: RestoreDeps['forget'];
  readonly hasher: Pick<PasswordHasher, 'hash'>;
  readonly unitOfWork: UnitOfWork;
  /** Short-lived state that all processes share: sessions of the demonstration services. */
  readonly state: OnceStore;
  readonly vault: Pick<Vault, 'sealFor' | 'openFor'>;
  /** Codes that are shown now. */
  readonly tickets: () => Promise<readonly ShownTicket[]>;
}

export interface Sandbox {
  /**
   * Answers `/sandbox` and everything below it. Expects `ctx.state.nonce` and `ctx.state.locale`, and bodies that
   * nobody has read.
   */
  readonly routes: ReturnType<Router<SandboxState>['routes']>;
  /** Makes the accounts of the scripted people where they are missing; answers how many. */
  seed(): Promise<number>;
}

/** The sandbox: what people and scripts try the product with. Never in production. */
export function createSandbox(deps: SandboxDeps): Sandbox {
  const { issuer, profile, people } = deps;
  const { brand, ladders, sandbox } = profile;
  const router = new Router<SandboxState>();
  if (!deps.forOthers) router.use(ownNames);
  const asset = assetRoutes(router, new URL('assets/', import.meta.url));
  const pages = createPages({ asset, platform: brand.platform, city: cityOf(profile), https: issuer.startsWith('https:') });
  const accountsDeps: AccountsDeps = { ...deps, ladder: ladders.person, agreementVersion: brand.agreement.version };

  const seedPeople = async (): Promise<number> => {
    if (profile.activation) await seedImports(deps, people.scripted);
    return seed({ ...accountsDeps, accounts: deps.accounts, people, password: sandbox.password });
  };
  const restorePerson = async (person: ScriptedPerson): Promise<number> => {
    const gone = await restore(deps, person, deps.clock.now());
    await seedPeople();
    return gone;
  };

  apiRoutes(router, {
    ...deps,
    restore: restorePerson,
    createAccounts: (request) => createAccounts(accountsDeps, request),
    createImports: (request) => createImports(deps, request),
  });

  const services = demonstrationServices.flatMap((service) => {
    const client = deps.clients.find(({ client_id: id }) => id === service.name);
    return client ? [{ service, client, href: serviceBase(service.name) }] : [];
  });
  for (const { service, client } of services) serviceRoutes(router, service, client, { ...deps, pages });

  const app = deps.clients.find(({ client_id: id }) => id === citizenAppId);
  const identifierOf = async (username: string): Promise<string> => {
    const account = await deps.accounts.byIdentifier('username', usernameKey(username));
    return (account && (await deps.accounts.byId(account.id))?.mobile) ?? username;
  };
  const phone = app && ((locale: Locale) => createPhoneApp({ ...deps, client: app, identifierOf, locale }));
  phoneRoutes(router, { ...deps, pages, phone, password: sandbox.password });

  startPageRoutes(router, {
    ...deps,
    restore: restorePerson,
    pages,
    services,
    password: sandbox.password,
    phone: phone !== undefined && cityOf(profile).has('login.qr-code'),
    trial: trialService(profile),
    climbs: profile.proofing.includes('bank-card'),
    activation: profile.activation,
    documents: profile.documents,
  });
  galleryRoutes(router, { gallery: deps.gallery, pages });

  return {
    routes: router.routes(),
    seed: seedPeople,
  };
}

/** The service to begin with: the one that asks a seeded account for more, where the profile can give more. */
function trialService({ proofing }: SandboxDeps['profile']): string {
  return proofing.includes('bank-card') ? 'housing-fund' : 'social-insurance';
}
