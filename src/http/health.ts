import { setTimeout as sleep } from 'node:timers/promises';
import type { AppContext, Next } from './app-context.ts';

/** What must answer before requests are sent here, by name; a rejection means it does not. */
export type HealthChecks = Readonly<Record<string, () => Promise<unknown>>>;

type CheckResult = 'ok' | 'failed' | 'timeout';
type Round = Readonly<Record<string, CheckResult>>;

export interface HealthOptions {
  readonly checks: HealthChecks;
  /** True once the process has been told to stop: no new requests, please. */
  readonly draining: () => boolean;
  /** Of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

const answerWithinMs = 1000;
/** Anybody may ask as often as they like; the stores are asked no more often than this. */
const pauseMs = 500;

/**
 * `/health/live`: the process runs. `/health/ready`: send requests here; 503 while it stops or a store does
 * not answer. JSON `{ status, checks }`, without a word on why: that stands in the log.
 */
export function health({ checks, draining, headers = {} }: HealthOptions) {
  const ask = createRounds(checks);
  return async (ctx: AppContext, next: Next): Promise<unknown> => {
    if (!['GET', 'HEAD'].includes(ctx.method)) return next();
    if (ctx.path !== '/health/live' && ctx.path !== '/health/ready') return next();
    ctx.set(headers);
    if (ctx.path === '/health/live') return answer(ctx, 'live', {});
    if (draining()) return answer(ctx, 'draining', {});
    const round = await ask();
    return answer(ctx, Object.values(round).every((result) => result === 'ok') ? 'ready' : 'unavailable', round);
  };
}

function answer(ctx: AppContext, status: 'live' | 'ready' | 'draining' | 'unavailable', checks: Round): void {
  ctx.status = status === 'live' || status === 'ready' ? 200 : 503;
  ctx.set('Cache-Control', 'no-store');
  if (ctx.status === 503) ctx.set('Retry-After', '1');
  ctx.body = { status, checks };
}

/** One round of checks at a time, shared by all who ask meanwhile. */
export function createRounds(checks: HealthChecks): () => Promise<Round> {
  let current: Promise<Round> | undefined;
  const begin = (): Promise<Round> => {
    const round = runRound(checks);
    void Promise.all([round, sleep(pauseMs, undefined, { ref: false })]).then(() => (current = undefined));
    return round;
  };
  return () => (current ??= begin());
}

async function runRound(checks: HealthChecks): Promise<Round> {
  const results = Object.entries(checks).map(async ([name, check]) => [name, await resultOf(check)] as const);
  return Object.fromEntries(await Promise.all(results));
}

async function resultOf(check: HealthChecks[string]): Promise<CheckResult> {
  const answered = new AbortController();
  const late = sleep(answerWithinMs, 'timeout' as const, { signal: answered.signal });
  try {
    return await Promise.race([check().then(() => 'ok' as const), late]);
  } catch {
    return 'failed';
  } finally {
    answered.abort();
  }
}
