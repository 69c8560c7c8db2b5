import { openAdapters, type Adapters } from '../../../adapters/registry.ts';
import type { WriteHook } from '../../../adapters/database/unit-of-work.ts';
import type { Configuration } from '../../config/configuration.ts';
import { completeSecrets, type Secrets } from '../../config/secrets.ts';
import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../http/log.ts';

/** What every command opens first. */
export async function openStores(
  { environment }: Configuration,
  { clock, log, onRetry }: { clock: Clock; log: Log; onRetry?: (useCase: string) => void },
): Promise<{ adapters: Adapters; secrets: Secrets }> {
  const secrets = completeSecrets(environment.secrets, environment.dataDir);
  const adapters = await openAdapters({
    issuer: environment.issuer,
    clock,
    databaseUrl: environment.databaseUrl,
    dataDir: environment.dataDir,
    redisUrls: environment.redisUrls,
    secrets,
    suite: environment.cryptoSuite,
    outbound: environment.outboundAllow,
    threadPoolSize: environment.threadPoolSize,
    onWrite: environment.faultAt === undefined ? undefined : killAt(environment.faultAt),
    onRetry,
    report: (error) => log.error('redis.failed', error, {}),
  });
  if (environment.sandbox) await (await import('./clock.ts')).readClock(adapters.settings).catch(noTableYet);
  return { adapters, secrets };
}

/** Before the first migration there is no clock to read. */
function noTableYet(): void {}

/** `write` or `use-case/write`, optionally `:after`: the process dies there as if the power had gone (D17). */
function killAt(point: string): WriteHook {
  const [path = '', phase = 'before'] = point.split(':');
  return (useCase, write, at) => {
    if (at === phase && (path === write || path === `${useCase}/${write}`)) process.kill(process.pid, 'SIGKILL');
  };
}
