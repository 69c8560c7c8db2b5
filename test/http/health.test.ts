import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { fetchAlone } from '../support/connection.ts';
import { eventually } from '../support/eventually.ts';
import type { AppState } from '../../src/http/app-context.ts';
import { createRounds, health, type HealthOptions } from '../../src/http/health.ts';

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

  it('is not ready when a store does not answer in time', async () => {
    const origin = await running({ checks: { database: hangs, redis: answers } });
    expect(await asked(`${origin}/health/ready`)).toEqual({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'timeout', redis: 'ok' } },
    });
  });

  it('is not ready while it stops, and asks nobody', async () => {
    let asks = 0;
    const origin = await running({ checks: { database: async () => (asks += 1) }, draining: () => true });
    expect(await asked(`${origin}/health/ready`)).toEqual({ status: 503, body: { status: 'draining', checks: {} } });
    expect(asks).toBe(0);
  });

  it('asks the stores once for all who ask at once and a moment later, and sees it when they are back', async () => {
    let asks = 0;
    let away = true;
    const database = async () => {
      asks += 1;
      if (away) throw new Error('away');
    };
    const ask = createRounds({ database });
    const rounds = await Promise.all(Array.from({ length: 10 }, ask));
    expect(new Set(rounds.map((round) => round['database']))).toEqual(new Set(['failed']));
    away = false;
    expect(await ask()).toEqual({ database: 'failed' });
    expect(asks).toBe(1);
    await eventually('another round', async () => (await ask())['database'] === 'ok');
    expect(asks).toBe(2);
  });

  it('does not start another round while a store is silent', async () => {
    let asks = 0;
    const ask = createRounds({ database: () => ((asks += 1), hangs()) });
    const over = new AbortController();
    const first = ask().finally(() => over.abort());
    // Again and again, for longer than the pause between two rounds.
    for (; !over.signal.aborted; await sleep(20)) void ask();
    expect(await first).toEqual({ database: 'timeout' });
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
