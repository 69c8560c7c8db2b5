import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createPublicSecurity } from '../../adapters/identity-source/public-security.ts';
import type { SignatureAlgorithm } from '../../adapters/identity-source/signed-json.ts';
import type { IdentityCheck } from '../../src/domain/proofing/identity-source.ts';
import { startPublicSecurity } from '../../sandbox/authorities/public-security.ts';
import type { SignedJsonServer } from '../../sandbox/authorities/signed-json.ts';
import { generatedPerson } from '../../sandbox/generated-people.ts';
import { createPeople } from '../../sandbox/people.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';

const timing = { slowMs: 150, lateMs: 600 };
const timeoutMs = 300;

/** A clock that only the test moves. */
function movableClock(start = '2026-11-22T04:00:00Z') {
  let now = new Date(start);
  return {
    now: () => now,
    advance: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds);
    },
  };
}

function checkOf(person: RegisteredPerson, changes: Partial<IdentityCheck> = {}): IdentityCheck {
  const { type, number, validFrom, validUntil } = person.document;
  return { documentType: type, documentNumber: number, name: person.name, sex: person.sex, validFrom, validUntil, ...changes };
}

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer) => void;

/** A server that answers as the test says: what stands between us and an authority, or in its place. */
async function startServer(handler: Handler): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => handler(incoming, outgoing, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Sends one request as it is; the status and body that came back. */
function sendRaw(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: 'POST', headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe.each<SignatureAlgorithm>(['hmac-sha256', 'hmac-sm3'])('the population register over %s', (algorithm) => {
  const clock = movableClock();
  const people = createPeople(clock);
  let register: SignedJsonServer;
  let source: ReturnType<typeof createPublicSecurity>;

  beforeAll(async () => {
    register = await startPublicSecurity({ clock, people, timing });
  });
  afterAll(() => register.close());
  beforeEach(() => {
    register.setBehaviour('normal');
    source = createPublicSecurity({ ...register, algorithm, clock, timeoutMs });
  });

  const zhangwei = person('zhangwei');

  function person(id: string): RegisteredPerson {
    const found = people.scripted.find((candidate) => candidate.id === id);
    if (!found) throw new Error(`nobody is called ${id}`);
    return found;
  }

  it.each(people.scripted.map((scripted) => [scripted.id, scripted] as const))('answers for %s what people.json says', async (_, scripted) => {
    const answer = await source.check(checkOf(scripted), 'reference-1');
    expect(answer.outcome).toBe(scripted.outcome);
    expect(answer.reason).toMatch(/^\d{4}$/);
    expect(answer.reference).toBeTruthy();
  });

  it('knows everybody who was generated or added', async () => {
    expect(await source.check(checkOf(generatedPerson(4711)), 'r')).toMatchObject({ outcome: 'match' });
    const number = '110199199003150359';
    people.add({ ...zhangwei, name: '新人', document: { ...zhangwei.document, number } });
    expect(await source.check(checkOf(zhangwei, { name: '新人', documentNumber: number }), 'r')).toMatchObject({ outcome: 'match' });
  });

  it('finds no match when a single thing differs', async () => {
    const differing: Partial<IdentityCheck>[] = [
      { name: '张卫' },
      { sex: 'female' },
      { validFrom: '2018-06-07' },
      { validUntil: '2038-06-07' },
      { validUntil: 'long-term' },
    ];
    for (const changes of differing) {
      expect(await source.check(checkOf(zhangwei, changes), 'r')).toMatchObject({ outcome: 'mismatch' });
    }
    expect(await source.check(checkOf(zhangwei, { documentNumber: '11010519491231002X' }), 'r')).toMatchObject({ outcome: 'no-record' });
    expect(await source.check(checkOf(zhangwei, { documentType: 'hk-permit' }), 'r')).toMatchObject({ outcome: 'no-record' });
  });

  it('compares only what is asked', async () => {
    const check = checkOf(zhangwei, { sex: 'unknown', validFrom: undefined, validUntil: undefined });
    expect(await source.check(check, 'r')).toMatchObject({ outcome: 'match' });
  });

  it('is asked in upper case and with the name in NFC as typed', async () => {
    const withX = people.scripted.find(({ document }) => document.number.endsWith('X'));
    if (!withX) throw new Error('nobody has a number that ends in X');
    const lower = checkOf(withX, { documentNumber: withX.document.number.toLowerCase() });
    expect((await source.check(lower, 'r')).outcome).toBe(withX.outcome);
    const aili = person('aili');
    expect(await source.check(checkOf(aili, { name: aili.name.normalize('NFD') }), 'r')).toMatchObject({ outcome: 'match' });
  });

  it('gives its own transaction id, and ours stays the reference when it gives none', async () => {
    const answer = await source.check(checkOf(zhangwei), 'our-reference');
    expect(answer.reference).toMatch(/^[0-9a-f-]{36}$/);
    register.setBehaviour('down');
    expect(await source.check(checkOf(zhangwei), 'our-reference')).toEqual({
      outcome: 'unavailable',
      reason: 'connection-lost',
      reference: 'our-reference',
    });
  });

  it('slow within the limit is still an answer', async () => {
    register.setBehaviour('slow');
    const startedAt = performance.now();
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(timing.slowMs - 5);
  });

  it('late is unavailable at the limit, asked once and never again by itself', async () => {
    register.setBehaviour('late');
    const before = register.requests().length;
    const startedAt = performance.now();
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'unavailable', reason: 'timeout' });
    const took = performance.now() - startedAt;
    expect(took).toBeGreaterThanOrEqual(timeoutMs - 5);
    expect(took).toBeLessThan(timing.lateMs);
    await new Promise((resolve) => {
      setTimeout(resolve, timing.lateMs);
    });
    expect(register.requests().slice(before)).toEqual([{ receivedAt: clock.now(), method: 'POST', path: '/v1/identity-checks' }]);
  });

  it('over quota says nothing about the person', async () => {
    register.setBehaviour('over-quota');
    expect(await source.check(checkOf(person('sunyue')), 'r')).toMatchObject({ outcome: 'over-quota', reason: 'APP_QUOTA' });
  });

  it('is left alone after five failures, tried again after five seconds, and believed when it answers', async () => {
    register.setBehaviour('down');
    const before = register.requests().length;
    const asked = () => register.requests().length - before;
    for (let time = 0; time < 5; time += 1) await source.check(checkOf(zhangwei), 'r');
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'unavailable', reason: 'circuit-open' });
    expect(asked()).toBe(5);

    clock.advance(5000);
    const both = await Promise.all([source.check(checkOf(zhangwei), 'r'), source.check(checkOf(zhangwei), 'r')]);
    expect(both.map(({ reason }) => reason)).toEqual(['connection-lost', 'circuit-open']);
    expect(asked()).toBe(6);

    clock.advance(5000);
    register.setBehaviour('normal');
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
  });

  it('an answer about the person, whatever it is, never opens the circuit', async () => {
    for (const id of ['sunyue', 'maguoqiang', 'xiehao', 'fengxiaodong', 'jianglihua', 'shenzhiqiang']) {
      await source.check(checkOf(person(id)), 'r');
    }
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
  });
});

describe('between us and the register', () => {
  const clock = movableClock();
  const people = createPeople(clock);
  const zhangwei = people.scripted[0];
  if (!zhangwei) throw new Error('people.json is empty');
  let register: SignedJsonServer;
  const servers: { close(): void }[] = [];

  beforeAll(async () => {
    register = await startPublicSecurity({ clock, people, timing });
  });
  afterAll(() => register.close());
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const sourceAt = (url: string, changes: { appId?: string; secret?: string } = {}, at = clock) =>
    createPublicSecurity({ ...register, url, algorithm: 'hmac-sha256', clock: at, timeoutMs, ...changes });

  async function serve(handler: Handler): Promise<string> {
    const server = await startServer(handler);
    servers.push(server);
    return server.url;
  }

  /** Passes questions on to the register and its answers back, both through the hands of the test. */
  async function between(
    tamper: (answer: { status: number; headers: Record<string, string>; body: string }) => void,
    question: (body: string) => string = (body) => body,
  ): Promise<string> {
    return serve((incoming, outgoing, body) => {
      const headers = { ...incoming.headers, host: '', 'content-length': undefined };
      fetch(`${register.url}${incoming.url ?? ''}`, {
        method: 'POST',
        headers: Object.entries(headers).filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[0].startsWith('x-')),
        body: question(body.toString()),
      })
        .then(async (response) => {
          const answer = { status: response.status, headers: { 'x-signature': response.headers.get('x-signature') ?? '' }, body: await response.text() };
          tamper(answer);
          return outgoing.writeHead(answer.status, answer.headers).end(answer.body);
        })
        .catch(() => outgoing.destroy());
    });
  }

  it('an honest middleman changes nothing', async () => {
    const url = await between(() => undefined);
    expect(await sourceAt(url).check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
  });

  it.each<[string, string, Parameters<typeof between>[0]]>([
    ['a match changed to a mismatch', '张伟', (answer) => (answer.body = answer.body.replace('"MATCH"', '"MISMATCH"'))],
    ['a mismatch changed to a match', '张卫', (answer) => (answer.body = answer.body.replace('"MISMATCH"', '"MATCH"'))],
    ['a changed status', '张伟', (answer) => (answer.status = 201)],
    ['a wrong signature', '张伟', (answer) => (answer.headers['x-signature'] = '00'.repeat(32))],
    ['a signature that is no hex', '张伟', (answer) => (answer.headers['x-signature'] = 'signature')],
    ['no signature', '张伟', (answer) => (answer.headers = {})],
  ])('%s makes the answer unavailable, never mismatch and never match', async (_, name, tamper) => {
    const url = await between(tamper);
    expect(await sourceAt(url).check(checkOf(zhangwei, { name }), 'r')).toMatchObject({ outcome: 'unavailable' });
  });

  it('the answer to an earlier question is not taken for this one', async () => {
    let recorded: { status: number; headers: Record<string, string>; body: string } | undefined;
    const url = await between((answer) => {
      recorded ??= { ...answer };
      Object.assign(answer, recorded);
    });
    const source = sourceAt(url);
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
    expect(await source.check(checkOf(zhangwei, { name: '张卫' }), 'r')).toMatchObject({ outcome: 'unavailable' });
  });

  it('the register refuses a question that was changed under way', async () => {
    const url = await between(() => undefined, (body) => body.replace('张伟', '张卫'));
    expect(await sourceAt(url).check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'unavailable', reason: 'unsigned-401' });
  });

  it('the register refuses a wrong application, a wrong secret and a clock that is off', async () => {
    const late = movableClock('2026-11-22T04:05:00.001Z');
    const justInTime = movableClock('2026-11-22T04:05:00.000Z');
    const refused = { outcome: 'unavailable', reason: 'unsigned-401' };
    expect(await sourceAt(register.url, { appId: 'other' }).check(checkOf(zhangwei), 'r')).toMatchObject(refused);
    expect(await sourceAt(register.url, { secret: 'other' }).check(checkOf(zhangwei), 'r')).toMatchObject(refused);
    expect(await sourceAt(register.url, {}, late).check(checkOf(zhangwei), 'r')).toMatchObject(refused);
    expect(await sourceAt(register.url, {}, justInTime).check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
  });

  it('the register answers a recorded question only once, and forgets its nonce when the clock refuses it anyway', async () => {
    let headers: Record<string, string> = {};
    let question = '';
    const url = await serve((incoming, outgoing, body) => {
      headers = Object.fromEntries(Object.entries(incoming.headers).filter((pair): pair is [string, string] => /^x-|content-type/.test(pair[0])));
      question = body.toString();
      outgoing.writeHead(503).end();
    });
    await sourceAt(url).check(checkOf(zhangwei), 'r');
    const path = `${register.url}/v1/identity-checks`;
    expect(await sendRaw(path, headers, question)).toMatchObject({ status: 200 });
    expect(await sendRaw(path, headers, question)).toEqual({ status: 401, body: '{"code":"REPLAYED_NONCE"}' });
    expect(await sendRaw(path, { ...headers, 'x-nonce': 'another-nonce-of-length' }, question)).toEqual({ status: 401, body: '{"code":"BAD_SIGNATURE"}' });
    expect(await sendRaw(`${path}?q=1`, headers, question)).toMatchObject({ status: 401 });
    clock.advance(11 * 60 * 1000);
    expect(await sendRaw(path, headers, question)).toEqual({ status: 401, body: '{"code":"CLOCK_SKEW"}' });
  });

  it('the register takes no question of more than 16 kB', async () => {
    const name = '伟'.repeat(6000);
    expect(await sourceAt(register.url).check(checkOf(zhangwei, { name }), 'r')).toMatchObject({ outcome: 'unavailable', reason: 'unsigned-413' });
  });

  it.each<[string, Handler]>([
    ['an unsigned error page', (_, outgoing) => outgoing.writeHead(502).end('<html>Bad Gateway</html>')],
    ['a redirect', (_, outgoing) => outgoing.writeHead(307, { location: 'https://example.com/' }).end()],
    ['an empty answer', (_, outgoing) => outgoing.writeHead(200).end()],
    ['an answer of a hundred megabytes', (_, outgoing) => void endless(outgoing)],
    ['half an answer', (_, outgoing) => {
      outgoing.writeHead(200, { 'content-length': 100 }).write('{');
      setTimeout(() => outgoing.destroy(), 20);
    }],
    ['an answer that drips', (_, outgoing) => void drip(outgoing)],
    ['no HTTP at all', (incoming) => incoming.socket.end('hello\r\n')],
    ['a reset', (incoming) => incoming.socket.resetAndDestroy()],
  ])('%s is unavailable within the limit', async (_, handler) => {
    const url = await serve(handler);
    const startedAt = performance.now();
    const answer = await sourceAt(url).check(checkOf(zhangwei), 'our-reference');
    expect(answer).toMatchObject({ outcome: 'unavailable', reference: 'our-reference' });
    expect(performance.now() - startedAt).toBeLessThan(timeoutMs + 200);
    expect(JSON.stringify(answer)).not.toContain(zhangwei.document.number);
    expect(JSON.stringify(answer)).not.toContain(zhangwei.name);
  });

  it('nobody listening is unavailable', async () => {
    const server = await startServer(() => undefined);
    server.close();
    expect(await sourceAt(server.url).check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'unavailable', reason: 'not-connected' });
  });
});

async function endless(outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(200);
  const block = Buffer.alloc(64 * 1024, 'x');
  const blocks = Array.from({ length: 1600 }, () => block);
  await pipeline(Readable.from(blocks), outgoing).catch(() => undefined);
}

async function drip(outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(200);
  while (!outgoing.destroyed) {
    outgoing.write(' ');
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
