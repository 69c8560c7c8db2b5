import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Asker } from '../domain/authenticator/otp.ts';
import type { DeliveryResult, OutboxPayload } from '../domain/notification/outbox.ts';
import type { AppContext, Next } from './app-context.ts';
import { whenAnswered } from './route.ts';

/** Figures for Prometheus. Labels are names of our own code, bounded in number, never of persons. */
export interface Metrics {
  /** Counts each request by route and class of status, and measures it. */
  readonly middleware: (ctx: AppContext, next: Next) => Promise<void>;
  /** @param method - name of the login method */
  readonly signIn: (method: string, result: 'succeeded' | 'refused') => void;
  /** @param method - name of the proofing method */
  readonly stepUp: (method: string, result: 'succeeded' | 'refused' | 'declined') => void;
  /** What became of a message of the outbox. */
  readonly delivered: (kind: OutboxPayload['kind'], result: DeliveryResult['result'] | 'dropped' | 'parked') => void;
  /** A text message was refused because those of all people are used up for this hour; of strangers, or of known devices. */
  readonly smsRefused: (asker: Asker) => void;
  readonly committed: (useCase: string, result: 'committed' | 'conflict' | 'failed') => void;
  /** A transaction was run again after a serialization failure or a deadlock. */
  readonly retried: (useCase: string) => void;
  /** Names what is read at each scrape, as soon as there is something to read. */
  readonly watch: (sources: MetricSources) => void;
  /** In the text format of Prometheus. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
}

export interface PoolState {
  readonly total: number;
  readonly idle: number;
  /** Callers in the queue for a connection. */
  readonly waiting: number;
}

export interface MetricSources {
  readonly backlog?: () => Promise<{ readonly due: number; readonly parked: number }>;
  /** Waiting and running password hashes. */
  readonly hashQueueDepth?: () => number;
  /** Connections by name of the store. */
  readonly pools?: Readonly<Record<string, () => PoolState>>;
  /** The connection to Redis, where there is one: whether it can be asked, and how many acts wait for an answer. */
  readonly redis?: () => { readonly ready: boolean; readonly waiting: number };
}

/** Metrics in a registry of their own; event-loop delay, memory and CPU are those of prom-client. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  let sources: MetricSources = {};
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  watchedGauges(registry, () => sources);
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]): Counter<Label> =>
    new Counter({ name, help, labelNames, registers });
  const signIns = counter('sign_ins_total', 'Sign-ins by login method and result.', 'method', 'result');
  const stepUps = counter('step_ups_total', 'Proofings by method and result.', 'method', 'result');
  const sms = counter('sms_total', 'Text messages by what became of them.', 'result');
  const budgets = counter('sms_budget_refusals_total', 'Text messages refused because the budget of the hour is used up.', 'asker');
  const messages = counter('outbox_deliveries_total', 'Messages of the outbox by kind and what became of them.', 'kind', 'result');
  const commits = counter('unit_of_work_commits_total', 'Transactions by use case and result.', 'use_case', 'result');
  const retries = counter('unit_of_work_retries_total', 'Transactions that were run again, by use case.', 'use_case');
  return {
    middleware: requestMetrics(registry),
    signIn: (method, result) => signIns.inc({ method, result }),
    stepUp: (method, result) => stepUps.inc({ method, result }),
    delivered(kind, result) {
      messages.inc({ kind, result });
      if (kind === 'sms') sms.inc({ result });
    },
    smsRefused: (asker) => budgets.inc({ asker }),
    committed: (useCase, result) => commits.inc({ use_case: useCase, result }),
    retried: (useCase) => retries.inc({ use_case: useCase }),
    watch: (more) => (sources = { ...sources, ...more, pools: { ...sources.pools, ...more.pools } }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function requestMetrics(registry: Registry): Metrics['middleware'] {
  const registers = [registry];
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests by route and class of status.',
    registers,
    labelNames: ['route', 'status'],
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    registers,
    labelNames: ['route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  return async (ctx, next) => {
    whenAnswered(ctx, ({ route, status, durationMs }) => {
      requests.inc({ route, status: `${Math.floor(status / 100)}xx` });
      durations.observe({ route }, durationMs / 1000);
    });
    await next();
  };
}

/** Gauges that are read at each scrape. What cannot be read is left out: nought would be a lie. */
function watchedGauges(registry: Registry, sources: () => MetricSources): void {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[], read: (gauge: Gauge) => void | Promise<void>): Gauge =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        this.reset();
        try {
          await read(this);
        } catch {
          // A store that does not answer must not keep the other figures from being read.
        }
      },
    });
  gauge('outbox_messages', 'Messages of the outbox that are due, and that were given up.', ['state'], async (messages) => {
    const backlog = await sources().backlog?.();
    if (!backlog) return;
    messages.set({ state: 'due' }, backlog.due);
    messages.set({ state: 'parked' }, backlog.parked);
  });
  gauge('hash_queue_depth', 'Password hashes waiting and running.', [], (depth) => depth.set(sources().hashQueueDepth?.() ?? 0));
  gauge('pool_connections', 'Connections of a store by state.', ['pool', 'state'], (connections) => {
    for (const [pool, read] of Object.entries(sources().pools ?? {})) {
      const { total, idle } = read();
      connections.set({ pool, state: 'idle' }, idle);
      connections.set({ pool, state: 'busy' }, total - idle);
    }
  });
  gauge('store_ready', '1: the store can be asked.', ['store'], (ready) => {
    const redis = sources().redis?.();
    if (redis) ready.set({ store: 'redis' }, redis.ready ? 1 : 0);
  });
  gauge('store_waiting', 'Acts that wait for an answer of the store.', ['store'], (waiting) => {
    const redis = sources().redis?.();
    if (redis) waiting.set({ store: 'redis' }, redis.waiting);
  });
  gauge('pool_waiting', 'Callers that wait for a connection of a store.', ['pool'], (waiting) => {
    for (const [pool, read] of Object.entries(sources().pools ?? {})) waiting.set({ pool }, read().waiting);
  });
}

/**
 * Answers `GET /metrics` and nothing else, on the loopback interface only.
 *
 * @param port - 0 for any that is free
 * @throws Error when the port is taken
 */
export async function serveMetrics(metrics: Pick<Metrics, 'text' | 'contentType'>, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    if (request.method !== 'GET') return void response.writeHead(405, { Allow: 'GET' }).end();
    metrics.text().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', listening.resolve);
  await listening.promise;
  return server;
}
