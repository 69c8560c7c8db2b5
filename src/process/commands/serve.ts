import type Koa from 'koa';
import { type Adapters } from '../../../adapters/registry.ts';
import {
  bankCardSources,
  identitySources,
  mailGateways,
  nationalPlatforms,
  smsGateways,
  upstreams,
  type AuthorityAccess,
} from '../../../adapters/drivers.ts';
import { migrate, pending } from '../../../adapters/database/migrate.ts';
import { createApp } from '../app.ts';
import { assemble, type Assembly, type AssemblyOptions } from '../assembly.ts';
import { startBackground, type BackgroundOptions } from '../background.ts';
import type { Configuration } from '../../config/configuration.ts';
import { inEveryOrder } from '../../domain/proofing/name-orders.ts';
import { systemClock } from '../../domain/clock.ts';
import type { Profile } from '../../domain/policy.ts';
import type { Upstream, UpstreamPreset } from '../../domain/upstream/upstream.ts';
import { countedUnitOfWork } from '../../domain/counted-unit-of-work.ts';
import type { UnitOfWork } from '../../domain/unit-of-work.ts';
import type { AppState } from '../../http/app-context.ts';
import { createLog, type Log } from '../../http/log.ts';
import type { HealthChecks } from '../../http/health.ts';
import { createMetrics, serveMetrics, type Metrics } from '../../http/metrics.ts';
import { ensureSigningKeys } from '../../oidc/key-ring.ts';
import type { Loops } from '../loops.ts';
import { drain, listen } from './listener.ts';
import { openStores } from './open.ts';

/** What the sandbox gives in place of authorities and gateways; handed in, so that production never loads it. */
export interface SandboxParts {
  readonly authorities: { readonly [Name in keyof Configuration['environment']['authorities']]: AuthorityAccess };
  readonly gateways: BackgroundOptions['gateways'];
  /** Pages and API, once the product is put together. */
  readonly mount: (product: MountedOn) => Promise<Koa.Middleware<AppState>>;
  close(): Promise<void>;
}

export interface MountedOn {
  readonly assembly: Assembly;
  readonly cookieKeys: readonly string[];
  /** Until background jobs have done what they owed by now. */
  readonly caughtUp: () => Promise<void>;
}

export type OpenSandbox = (configuration: Configuration, adapters: Adapters) => Promise<SandboxParts>;

export interface Running {
  /** Stores that did not answer at the start; the process says 503 until they do. */
  readonly awaited: readonly string[];
  /** Readiness off, drain, close; no request that was accepted fails. */
  stop(): Promise<void>;
}

/** `npm start`. */
export async function serve(configuration: Configuration, openSandbox: OpenSandbox | undefined): Promise<Running> {
  const { environment, profile, clients } = configuration;
  const log = createLog({ level: environment.logLevel });
  const metrics = createMetrics();
  const { adapters: opened, secrets } = await openStores(configuration, { clock: systemClock, log, onRetry: metrics.retried });
  let background: Loops | undefined;
  const adapters: Adapters = { ...opened, unitOfWork: heardOf(opened.unitOfWork, metrics, () => background) };
  await prepareDatabase(configuration, adapters);
  await ensureSigningKeys({ store: adapters.signingKeys, unitOfWork: adapters.unitOfWork, clock: systemClock });
  const sandbox = await openSandbox?.(configuration, adapters);
  const access = { ...environment.authorities, ...sandbox?.authorities };
  let draining = false;
  const assembly = await assemble({
    environment,
    cookieKeys: secrets.cookieKeys,
    profile,
    clients,
    adapters,
    sources: sources(access, profile),
    clock: systemClock,
    metrics,
    log,
    isClosing: () => draining,
  });
  await tryClients(assembly, clients);
  background = startBackground({
    assembly,
    gateways: sandbox?.gateways ?? gateways(configuration, log),
    // Where the profile asks for it, its address was asked for at the start; jobs of an earlier profile are given up.
    nationalPlatform: access.nationalPlatform && source(nationalPlatforms, access.nationalPlatform, 'NATIONAL_PLATFORM_URL'),
    log,
    metrics,
  });
  metrics.watch(watched(adapters));
  const app = createApp({
    assembly,
    log,
    metrics,
    checks: healthChecks(adapters),
    draining: () => draining,
    sandbox: await sandbox?.mount({ assembly, cookieKeys: secrets.cookieKeys, caughtUp: background.caughtUp }),
  });
  const server = await listen(app, environment);
  const metricsServer = environment.metricsPort > 0 ? await serveMetrics(metrics, environment.metricsPort) : undefined;
  log.info('process.started', { port: environment.port });
  return {
    awaited: await silent(healthChecks(adapters)),
    async stop() {
      draining = true;
      log.info('process.stopping', {});
      await drain(server);
      await background?.stop();
      metricsServer?.close();
      await sandbox?.close();
      await adapters.close();
      log.info('process.stopped', {});
    },
  };
}

function sources(
  access: Readonly<Record<'publicSecurity' | 'bankCard' | 'nationalSignIn', AuthorityAccess | undefined>>,
  profile: Pick<Profile, 'upstreams'>,
): AssemblyOptions['sources'] {
  const platform = access.nationalSignIn && upstream(access.nationalSignIn, profile.upstreams['national-platform']);
  return {
    identity: inEveryOrder(source(identitySources, access.publicSecurity, 'PUBLIC_SECURITY_URL')),
    bankCard: source(bankCardSources, access.bankCard, 'BANK_CARD_URL'),
    upstreams: platform ? { 'national-platform': platform } : {},
  };
}

/** What it says of somebody's identity counts where the profile says how it says so. */
function upstream(access: AuthorityAccess, preset: UpstreamPreset = { scopes: [], identity: null }): Upstream | undefined {
  return upstreams[access.driver]?.(access, { clock: systemClock, preset });
}

/** Metrics count commits, and background jobs learn of the work that they made. */
function heardOf(inner: UnitOfWork, metrics: Metrics, loops: () => Loops | undefined): UnitOfWork {
  return countedUnitOfWork(inner, (useCase, result, writes) => {
    metrics.committed(useCase, result);
    if (result === 'committed') loops()?.committed(writes.map(({ write }) => write));
  });
}

/** What the metrics ask whenever they are read. */
function watched(adapters: Adapters): Parameters<Metrics['watch']>[0] {
  return {
    backlog: () => adapters.outbox.backlog(systemClock.now()),
    hashQueueDepth: () => adapters.hasher.depth(),
    pools: { database: () => adapters.database.stats() },
    ...(adapters.redis ? { redis: adapters.redis.stats } : {}),
  };
}

/** Migrations run by themselves in development; in production by command, so that nobody is surprised. */
async function prepareDatabase({ environment }: Configuration, { database }: Adapters): Promise<void> {
  if (!environment.production) return void (await migrate(database.db));
  const waiting = await pending(database.db);
  if (waiting.length > 0) throw new Error(`run "npm run migrate" first; waiting: ${waiting.join(', ')}`);
}

function source<Source>(
  table: Readonly<Record<string, (access: AuthorityAccess, clock: typeof systemClock) => Source>>,
  access: AuthorityAccess | undefined,
  variable: string,
): Source {
  const create = table[access?.driver ?? ''];
  if (!access || !create) throw new Error(`${variable} is missing`);
  return create(access, systemClock);
}

/** The library checks static clients at first use; we want to know at start. */
async function tryClients({ ring }: Assembly, clients: Configuration['clients']): Promise<void> {
  for (const { client_id: id } of clients) {
    try {
      await ring.current().Client.find(id);
    } catch (error) {
      throw new Error(`client ${id} is refused: ${(error as { error_description?: string }).error_description ?? String(error)}`, {
        cause: error,
      });
    }
  }
}

function gateways({ environment, profile }: Configuration, log: Log): BackgroundOptions['gateways'] {
  const { production } = environment;
  const [smsAccess, mailAccess] = [environment.sms ?? noSmsGateway, environment.mail ?? noMailGateway];
  const [sms, mail] = [smsGateways[smsAccess.gateway], mailGateways[mailAccess.gateway]];
  if (!sms || !mail) throw new Error(`gateway ${sms ? mailAccess.gateway : smsAccess.gateway} is not known`);
  const logged = (event: 'sms.sent' | 'mail.sent', fields: Readonly<Record<string, string>>) => log.info(event, fields);
  return {
    sms: sms(smsAccess, { log: logged, clock: systemClock }),
    mail: mail(mailAccess, { log: logged, senderName: profile.brand.platform['zh-CN'], requireTls: production }),
  };
}

/** Development without the sandbox: texts and e-mails are logged, masked, and go nowhere. */
const noSmsGateway = {
  gateway: 'log',
  url: undefined,
  account: undefined,
  secret: undefined,
  signature: undefined,
  appId: undefined,
  region: '',
  templates: {},
};
const noMailGateway = { gateway: 'log', from: undefined, url: undefined, user: undefined, password: undefined };

function healthChecks({ database, redis }: Adapters) {
  return {
    async database() {
      await database.ping();
    },
    ...(redis ? { redis: () => redis.ping() } : {}),
  };
}

/** Names of the checks that fail. */
async function silent(checks: HealthChecks): Promise<readonly string[]> {
  const failed = Object.entries(checks).map(([name, check]) =>
    check().then(
      () => [],
      () => [name],
    ),
  );
  return (await Promise.all(failed)).flat();
}
