import { once } from 'node:events';
import { request as httpRequest, type Server } from 'node:http';
import { Router } from '@koa/router';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { fetchAlone } from '../support/connection.ts';
import { eventually } from '../support/eventually.ts';
import { FormRefused, Refused, Unavailable } from '../../src/domain/refused.ts';
import { Conflict } from '../../src/domain/unit-of-work.ts';
import type { AppState } from '../../src/http/app-context.ts';
import { createLog, requestLog, type Log } from '../../src/http/log.ts';
import { requestContext } from '../../src/http/request.ts';

type Line = Readonly<Record<string, unknown>>;

let written: string[];
let log: Log;

beforeEach(() => {
  written = [];
  log = createLog({ level: 'info', destination: { write: (line) => void written.push(line) } });
});

function lines(): Line[] {
  return written.map((line): Line => JSON.parse(line));
}

/** What must never stand in a log, in any spelling a mistake could give it. */
const canaries = [
  '13800000001',
  '110101199003071234',
  '11010119900307123X',
  '张伟',
  'zhangwei@example.cn',
  'Minxin-2026',
  '6222021234567890123',
  'Zhang Wei',
  'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  '203.0.113.77',
];

function expectNoCanary(): void {
  for (const canary of canaries) expect(written.join('')).not.toContain(canary);
}

describe('fields', () => {
  it('writes the fields of the list, the time, the level and the event', () => {
    const accountId = '0190e9a2-6d3c-7c11-8f00-0123456789ab';
    log.info('request.answered', { requestId: 'aB3_-6789xyz', method: 'GET', route: '/help', status: 200, durationMs: 1.5, accountId });
    log.warn('clock.skew', { durationMs: 6000 });
    log.error('job.failed', new Unavailable('redis'), { job: 'audit-sealer', reason: 'status 400', attempts: 3 });
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'info',
        event: 'request.answered',
        requestId: 'aB3_-6789xyz',
        method: 'GET',
        route: '/help',
        status: 200,
        durationMs: 1.5,
        accountId,
      }),
      expect.objectContaining({ level: 'warn', event: 'clock.skew', durationMs: 6000 }),
      expect.objectContaining({ level: 'error', event: 'job.failed', job: 'audit-sealer', reason: 'status 400', attempts: 3 }),
    ]);
    expect(lines()[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('drops every field that is not on the list', () => {
    const fields = {
      job: 'outbox',
      mobile: '13800000001',
      url: '/login?a=1',
      address: '203.0.113.77',
      level: 'x',
      toString: 'y',
      __proto__: { a: 1 },
    };
    log.info('process.started', fields);
    expect(Object.keys(lines()[0] ?? {}).toSorted()).toEqual(['event', 'hostname', 'job', 'level', 'pid', 'time']);
    expectNoCanary();
  });

  it.each(canaries)('drops %s from whatever field it is put into', (canary) => {
    const names = [
      'requestId',
      'method',
      'route',
      'status',
      'durationMs',
      'accountId',
      'messageId',
      'keyId',
      'job',
      'useCase',
      'store',
      'source',
      'template',
      'reason',
      'outcome',
      'attempts',
      'count',
      'port',
    ];
    const asText = (name: string) => [name, name === 'route' ? `/${canary}` : canary];
    const inKeyId = /[^\w-]|^\d+$/.test(canary); // ids of keys and clients may look like anything without these
    log.info('process.started', Object.fromEntries(names.filter((name) => name !== 'keyId' || inKeyId).map(asText)));
    log.info('process.started', { reason: `refused ${canary}`, outcome: canary.toLowerCase().slice(0, 11) });
    expect(written.join('')).not.toContain(canary);
    expect(Object.keys(lines()[0] ?? {}).toSorted()).toEqual(['event', 'hostname', 'level', 'pid', 'time']);
  });

  it('drops numbers where a number makes no sense', () => {
    log.info('process.started', { status: 13_800_000_001, attempts: 13_800_000_001, port: -1, durationMs: Number.NaN, count: 1.5 });
    expect(Object.keys(lines()[0] ?? {}).toSorted()).toEqual(['event', 'hostname', 'level', 'pid', 'time']);
  });

  it('writes nothing below its level', () => {
    const quiet = createLog({ level: 'error', destination: { write: (line) => void written.push(line) } });
    quiet.info('process.started', {});
    quiet.warn('clock.skew', {});
    expect(written).toEqual([]);
  });
});

describe('errors', () => {
  function logged(error: unknown): Line {
    log.error('request.failed', error, {});
    const line = lines().at(-1);
    return line?.['error'] as Line;
  }

  it.each([
    ['Refused', 'mobile.taken', new Refused('mobile.taken', 'mobile', { when: '13800000001' })],
    ['FormRefused', 'mobile:mobile.invalid', new FormRefused([new Refused('mobile.invalid', 'mobile')])],
    ['Unavailable', 'redis is unavailable', new Unavailable('redis')],
    ['Conflict', 'account.insert: mobile', new Conflict('account.insert', 'mobile')],
    ['Error', 'Connection terminated unexpectedly', new Error('Connection terminated unexpectedly')],
  ])('tells the message of a %s "%s", made of constants only', (name, message, error) => {
    expect(logged(error)).toMatchObject({ name, message });
    expectNoCanary();
  });

  it.each(canaries)('keeps %s in messages, names, codes, details and causes to itself', (canary) => {
    const sql = Object.assign(new Error(`duplicate key value (mobile)=(${canary})`), { code: '23505', detail: canary, where: canary });
    const named = Object.assign(new TypeError(canary), { name: canary, code: canary });
    const outer = new Error(`cannot register ${canary}`, { cause: new Unavailable('the database', { cause: sql }) });
    expect(logged(outer)).toMatchObject({
      name: 'Error',
      cause: { name: 'Unavailable', message: 'the database is unavailable', cause: { name: 'Error', code: '23505' } },
    });
    expect(logged(named)).toMatchObject({ name: 'Error' });
    logged(canary);
    logged({ message: canary, stack: canary });
    logged(new SyntaxError(`Unexpected token in JSON "${canary}"\n    at ${canary} (/srv/${canary}:1:1)\n`));
    expect(written.join('')).not.toContain(canary);
  });

  it('does not believe a message that was changed after the stack was written', () => {
    const error = new Error('first 13800000001');
    error.message = 'second';
    logged(error);
    expectNoCanary();
  });

  it('tells where it happened', () => {
    const { stack } = logged(new RangeError('secret')) as { stack: string[] };
    expect(stack[0]).toMatch(/log\.test\.ts:\d+:\d+/);
    expect(stack.length).toBeGreaterThan(1);
  });

  it.each([
    ['ECONNREFUSED', Object.assign(new Error('x'), { code: 'ECONNREFUSED' })],
    ['ERR_INVALID_ARG_TYPE', Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' })],
    ['invalid_request', Object.assign(new Error('x'), { error: 'invalid_request' })],
    ['otp.wrong', new Refused('otp.wrong')],
  ])('tells the code %s', (code, error) => expect(logged(error)).toMatchObject({ code }));

  it('survives what is no error and causes that go in circles', () => {
    const circle = new Error('a');
    circle.cause = circle;
    expect(logged(circle)).toMatchObject({ name: 'Error' });
    expect(logged(null)).toEqual({ name: 'thrown null', stack: [] });
    expect(logged(undefined)).toEqual({ name: 'thrown undefined', stack: [] });
  });
});

describe('requestLog', () => {
  let server: Server;

  beforeEach(async () => {
    const app = new Koa<AppState>();
    app.silent = true;
    const router = new Router<AppState>();
    router.get('/interaction/:uid/login/:method', (ctx) => void (ctx.body = 'page'));
    router.get('/broken', () => {
      throw new Error('13800000001');
    });
    router.get('/slow', () => new Promise(() => undefined));
    app.use(requestContext({ issuer: 'http://localhost:3000', proxyHops: 0 }));
    app.use(requestLog(log));
    app.use(router.routes() as Koa.Middleware<AppState>);
    app.use(async (ctx, next) => {
      if (!ctx.path.startsWith('/token')) return next();
      ctx.respond = false;
      ctx.res.writeHead(400).end('{}');
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function port(): number {
    const address = server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  async function lineOf(path: string): Promise<Line | undefined> {
    const response = await fetchAlone(`http://127.0.0.1:${port()}${path}`);
    await response.text();
    await eventually('a line', () => written.length > 0);
    return lines()[0];
  }

  it.each([
    ['/interaction/Zhang Wei/login/13800000001?mobile=13800000001', '/interaction/:uid/login/:method', 200],
    ['/token', '/token', 400],
    ['/token/13800000001', '*', 400],
    ['/auth/zhangwei@example.cn', '/auth/:uid', 404],
    ['/13800000001', '*', 404],
    ['/张伟/a', '*', 404],
    ['/broken', '/broken', 500],
  ])('tells %s by its route %s', async (path, route, status) => {
    expect(await lineOf(path)).toMatchObject({
      level: 'info',
      event: 'request.answered',
      method: 'GET',
      route,
      status,
      durationMs: expect.any(Number),
    });
    expectNoCanary();
  });

  it('tells the request id that the answer carries', async () => {
    const response = await fetchAlone(`http://127.0.0.1:${port()}/interaction/a/login/b`);
    await response.text();
    await eventually('a line', () => written.length > 0);
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]{12}$/);
    expect(lines()[0]?.['requestId']).toBe(response.headers.get('x-request-id'));
  });

  it('tells of a request whose browser went away before there was an answer', async () => {
    const request = httpRequest(`http://127.0.0.1:${port()}/slow`).end();
    request.on('error', () => undefined);
    await once(server, 'request');
    request.destroy();
    await eventually('a line', () => written.length > 0);
    expect(lines()[0]).toMatchObject({ route: '/slow', status: 499 });
  });
});
