import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { fetchAlone } from '../support/connection.ts';
import type { AppState } from '../../src/http/app-context.ts';
import { health, type HealthOptions } from '../../src/http/health.ts';

let server: Server | undefined;

async function running({ checks = {}, draining = () => false }: Partial<HealthOptions>): Promise<string> {
  const app = new Koa<AppState>();
  app.use(health({ checks, draining }));
  app.use((ctx) => void (ctx.body = 'next'));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port');
  return `http://127.0.0.1:${address.port}`;
}

async function asked(url: string): Promise<{ status: number; body: unknown }> {
  const response = await fetchAlone(url);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return { status: response.status, body: await response.json() };
}

const answers = async () => undefined;
const refuses = async () => Promise.reject(new Error('13800000001'));
const hangs = () => new Promise<void>(() => undefined);

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

describe('health', () => {
  it('is live while the process runs, whatever the stores do and while it stops', async () => {
    const origin = await running({ checks: { database: hangs }, draining: () => true });
    expect(await asked(`${origin}/health/live`)).toEqual({ status: 200, body: { status: 'live', checks: {} } });
  });

  it('is ready when all stores answer', async () => {
    const origin = await running({ checks: { database: answers, redis: async () => new Date(0) } });
    expect(await asked(`${origin}/health/ready`)).toEqual({
      status: 200,
      body: { status: 'ready', checks: { database: 'ok', redis: 'ok' } },
    });
  });

  it('is not ready when a store refuses, and does not say why', async () => {
    const origin = await running({ checks: { database: answers, redis: refuses } });
    expect(await asked(`${origin}/health/ready`)).toEqual({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'ok', redis: 'failed' } },
    });
  });

  it('is not ready when a store does not answer within a second', async () => {
    const origin = await running({ checks: { database: hangs, redis: answers } });
    const start = performance.now();
    expect(await asked(`${origin}/health/ready`)).toEqual({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'timeout', redis: 'ok' } },
    });
    expect(performance.now() - start).toBeLessThan(1400);
  });

  it('is not ready while it stops, and asks nobody', async () => {
    let asks = 0;
    const origin = await running({ checks: { database: async () => (asks += 1) }, draining: () => true });
    expect(await asked(`${origin}/health/ready`)).toEqual({ status: 503, body: { status: 'draining', checks: {} } });
    expect(asks).toBe(0);
  });

  it('asks the stores no more often than every half second, and sees it when they are back', async () => {
    let asks = 0;
    let away = true;
    const database = async () => {
      asks += 1;
      if (away) throw new Error('away');
    };
    const origin = await running({ checks: { database } });
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await asked(`${origin}/health/ready`)).status));
    expect(new Set(statuses)).toEqual(new Set([503]));
    away = false;
    expect((await asked(`${origin}/health/ready`)).status).toBe(503);
    expect(asks).toBe(1);
    await pause(550);
    expect((await asked(`${origin}/health/ready`)).status).toBe(200);
    expect(asks).toBe(2);
  });

  it('does not start another round while a store is silent', async () => {
    let asks = 0;
    const origin = await running({ checks: { database: () => ((asks += 1), hangs()) } });
    const first = asked(`${origin}/health/ready`);
    await pause(700);
    expect((await asked(`${origin}/health/ready`)).status).toBe(503);
    await first;
    expect(asks).toBe(1);
  });

  it('lets every other request pass', async () => {
    const origin = await running({});
    for (const path of ['/', '/health', '/health/', '/health/readyz', '/help']) {
      expect(await (await fetchAlone(origin + path)).text()).toBe('next');
    }
    expect(await (await fetchAlone(`${origin}/health/ready`, { method: 'POST' })).text()).toBe('next');
    expect((await fetchAlone(`${origin}/health/ready`, { method: 'HEAD' })).status).toBe(200);
  });
});
