import { once } from 'node:events';
import type { Server } from 'node:http';
import { Router } from '@koa/router';
import { afterEach, describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { fetchAlone } from '../support/connection.ts';
import { eventually } from '../support/eventually.ts';
import type { AppState } from '../../src/http/app-context.ts';
import { createMetrics, serveMetrics, type Metrics } from '../../src/http/metrics.ts';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

function origin(server: Server): string {
  servers.push(server);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port');
  expect(address.address).toBe('127.0.0.1');
  return `http://127.0.0.1:${address.port}`;
}

/** The value of a line `name{labels}`; undefined when there is none. */
async function value(metrics: Metrics, line: string): Promise<number | undefined> {
  const found = (await metrics.text()).split('\n').find((text) => text.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

describe('createMetrics', () => {
  it('counts what its recorders are told, each in a registry of its own', async () => {
    const metrics = createMetrics();
    const { signIn, stepUp, delivered, committed, retried } = metrics;
    signIn('password', 'succeeded');
    signIn('password', 'succeeded');
    signIn('sms-code', 'refused');
    stepUp('bank-card', 'refused');
    delivered('sms', 'sent');
    delivered('backchannel-logout', 'unavailable');
    committed('register', 'conflict');
    retried('register');
    expect(await value(metrics, 'sign_ins_total{method="password",result="succeeded"}')).toBe(2);
    expect(await value(metrics, 'sign_ins_total{method="sms-code",result="refused"}')).toBe(1);
    expect(await value(metrics, 'step_ups_total{method="bank-card",result="refused"}')).toBe(1);
    expect(await value(metrics, 'sms_total{result="sent"}')).toBe(1);
    expect(await value(metrics, 'sms_total{result="unavailable"}')).toBeUndefined();
    expect(await value(metrics, 'outbox_deliveries_total{kind="backchannel-logout",result="unavailable"}')).toBe(1);
    expect(await value(metrics, 'unit_of_work_commits_total{use_case="register",result="conflict"}')).toBe(1);
    expect(await value(metrics, 'unit_of_work_retries_total{use_case="register"}')).toBe(1);
    expect(await value(createMetrics(), 'sign_ins_total{method="password",result="succeeded"}')).toBeUndefined();
  });

  it('tells the delay of the event loop and the memory of the process', async () => {
    const metrics = createMetrics();
    await eventually('a delay', async () => Number(await value(metrics, 'nodejs_eventloop_lag_p99_seconds')) > 0);
    expect(await value(metrics, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('reads queues and pools at each scrape', async () => {
    const metrics = createMetrics();
    let depth = 3;
    metrics.watch({ backlog: async () => ({ due: 5, parked: 1 }), pools: { database: () => ({ total: 10, idle: 4, waiting: 2 }) } });
    metrics.watch({ hashQueueDepth: () => depth, pools: { redis: () => ({ total: 1, idle: 1, waiting: 0 }) } });
    expect(await value(metrics, 'outbox_messages{state="due"}')).toBe(5);
    expect(await value(metrics, 'outbox_messages{state="parked"}')).toBe(1);
    expect(await value(metrics, 'hash_queue_depth')).toBe(3);
    depth = 0;
    expect(await value(metrics, 'hash_queue_depth')).toBe(0);
    expect(await value(metrics, 'pool_connections{pool="database",state="busy"}')).toBe(6);
    expect(await value(metrics, 'pool_connections{pool="database",state="idle"}')).toBe(4);
    expect(await value(metrics, 'pool_waiting{pool="database"}')).toBe(2);
    expect(await value(metrics, 'pool_waiting{pool="redis"}')).toBe(0);
  });

  it('tells whether Redis can be asked and how much it owes an answer to, where there is one', async () => {
    const metrics = createMetrics();
    expect(await value(metrics, 'store_ready{store="redis"}')).toBeUndefined();
    expect(await value(metrics, 'store_waiting{store="redis"}')).toBeUndefined();
    let state = { ready: true, waiting: 7 };
    metrics.watch({ redis: () => state });
    expect([await value(metrics, 'store_ready{store="redis"}'), await value(metrics, 'store_waiting{store="redis"}')]).toEqual([1, 7]);
    state = { ready: false, waiting: 0 };
    expect([await value(metrics, 'store_ready{store="redis"}'), await value(metrics, 'store_waiting{store="redis"}')]).toEqual([0, 0]);
  });

  it('leaves out what cannot be read instead of saying nought', async () => {
    const metrics = createMetrics();
    let away = false;
    metrics.watch({
      backlog: async () => (away ? Promise.reject(new Error('away')) : { due: 5, parked: 1 }),
      pools: {
        database: () => {
          throw new Error('closed');
        },
      },
    });
    metrics.signIn('password', 'succeeded');
    expect(await value(metrics, 'outbox_messages{state="due"}')).toBe(5);
    away = true;
    expect(await value(metrics, 'outbox_messages{state="due"}')).toBeUndefined();
    expect(await value(metrics, 'pool_waiting{pool="database"}')).toBeUndefined();
    expect(await value(metrics, 'sign_ins_total{method="password",result="succeeded"}')).toBe(1);
  });
});

describe('the middleware of metrics', () => {
  it('counts and measures requests by route and class of status, never by address', async () => {
    const metrics = createMetrics();
    const app = new Koa<AppState>();
    const router = new Router<AppState>();
    router.get('/interaction/:uid/login', (ctx) => void (ctx.body = 'page'));
    app.use(metrics.middleware);
    app.use(router.routes() as Koa.Middleware<AppState>);
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const site = origin(server);
    for (const path of ['/interaction/a/login', '/interaction/13800000001/login?b=1', '/13800000001', '/zhangwei']) {
      await (await fetchAlone(site + path)).text();
    }
    await eventually('the count', async () => (await value(metrics, 'http_requests_total{route="*",status="4xx"}')) === 2);
    expect(await value(metrics, 'http_requests_total{route="/interaction/:uid/login",status="2xx"}')).toBe(2);
    expect(await value(metrics, 'http_request_duration_seconds_count{route="/interaction/:uid/login"}')).toBe(2);
    expect(await value(metrics, 'http_request_duration_seconds_sum{route="/interaction/:uid/login"}')).toBeGreaterThan(0);
    expect(await metrics.text()).not.toMatch(/13800000001|zhangwei/);
  });
});

describe('serveMetrics', () => {
  it('answers GET /metrics on the loopback interface and nothing else', async () => {
    const metrics = createMetrics();
    metrics.signIn('password', 'succeeded');
    const site = origin(await serveMetrics(metrics, 0));
    const scraped = await fetchAlone(`${site}/metrics`);
    expect(scraped.status).toBe(200);
    expect(scraped.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await scraped.text()).toContain('sign_ins_total{method="password",result="succeeded"} 1\n');
    expect((await fetchAlone(`${site}/metrics`, { method: 'POST', body: 'a' })).status).toBe(405);
    for (const path of ['/', '/metrics/', '/metrics?a=1', '/health/live']) expect((await fetchAlone(site + path)).status).toBe(404);
  });

  it('says nothing of why when the figures cannot be read', async () => {
    const site = origin(await serveMetrics({ text: async () => Promise.reject(new Error('13800000001')), contentType: 'text/plain' }, 0));
    const response = await fetchAlone(`${site}/metrics`);
    expect([response.status, await response.text()]).toEqual([500, '']);
  });

  it('does not start on a port that is taken', async () => {
    const server = await serveMetrics(createMetrics(), 0);
    const port = Number(new URL(origin(server)).port);
    await expect(serveMetrics(createMetrics(), port)).rejects.toThrow('EADDRINUSE');
  });
});
