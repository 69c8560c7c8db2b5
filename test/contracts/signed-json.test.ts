import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { fetchAlone } from '../support/connection.ts';
import { createPublicSecurity } from '../../adapters/identity-source/public-security.ts';
import type { SignatureAlgorithm } from '../../adapters/signed-exchange.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { IdentityCheck } from '../../src/domain/proofing/identity-source.ts';
import { startPublicSecurity } from '../../sandbox/authorities/public-security.ts';
import type { SignedJsonServer } from '../../sandbox/authorities/signed-json.ts';
import { createPeople } from '../../sandbox/people.ts';
import { movableClock } from '../support/movable-clock.ts';
import { post, startRawServer } from '../support/raw-server.ts';
import type { RawHandler } from '../support/raw-server.ts';

const check: IdentityCheck = {
  documentType: 'resident-id-card',
  documentNumber: '110199199003150113',
  name: '张伟',
  sex: 'male',
  validFrom: '2018-06-06',
  validUntil: '2038-06-06',
};

interface Answer {
  status: number;
  signature: string;
  body: string;
}

describe.each<SignatureAlgorithm>(['hmac-sha256', 'hmac-sm3'])('signed JSON over %s', (algorithm) => {
  const clock = movableClock();
  let register: SignedJsonServer;
  const servers: { close(): void }[] = [];

  beforeAll(async () => {
    register = await startPublicSecurity({ clock, people: createPeople(clock) });
  });
  afterAll(() => register.close());
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const sourceAt = (url: string, changes: { appId?: string; secret?: string; clock?: Clock } = {}) =>
    createPublicSecurity({ ...register, url, algorithm, clock, timeoutMs: 120_000, ...changes });

  async function serve(handler: RawHandler): Promise<string> {
    const server = await startRawServer(handler);
    servers.push(server);
    return server.url;
  }

  /** What only the authority can compute. */
  function signed(lines: readonly string[], text: string): string {
    const hash = algorithm === 'hmac-sm3' ? 'sm3' : 'sha256';
    const digest = createHash(hash).update(text).digest('hex');
    return createHmac(hash, register.secret)
      .update([...lines, digest].join('\n'))
      .digest('hex');
  }

  /** Passes questions to the register and its answers back, both through the hands of the test. */
  function between(tamper: (answer: Answer) => void, question = (body: string) => body): Promise<string> {
    const pass = async (path: string, headers: IncomingHttpHeaders, body: string): Promise<Answer> => {
      const response = await fetchAlone(`${register.url}${path}`, { method: 'POST', headers: own(headers), body: question(body) });
      const answer = { status: response.status, signature: response.headers.get('x-signature') ?? '', body: await response.text() };
      tamper(answer);
      return answer;
    };
    return serve((incoming, outgoing, body) => {
      pass(incoming.url ?? '', incoming.headers, body).then(
        ({ status, signature, body: text }) => outgoing.writeHead(status, { 'x-signature': signature }).end(text),
        () => outgoing.destroy(),
      );
    });
  }

  it('an honest middleman changes nothing', async () => {
    const url = await between(() => undefined);
    expect(await sourceAt(url).check(check, 'r')).toMatchObject({ outcome: 'match', reason: '0000' });
  });

  it.each<[string, string, (answer: Answer) => void]>([
    ['a match changed to a mismatch', '张伟', (answer) => (answer.body = answer.body.replace('"MATCH"', '"MISMATCH"'))],
    ['a mismatch changed to a match', '张卫', (answer) => (answer.body = answer.body.replace('"MISMATCH"', '"MATCH"'))],
    ['a changed status', '张伟', (answer) => (answer.status = 201)],
    ['a wrong signature', '张伟', (answer) => (answer.signature = '00'.repeat(32))],
    ['a shortened signature', '张伟', (answer) => (answer.signature = answer.signature.slice(0, 32))],
    ['a signature that is no hex', '张伟', (answer) => (answer.signature = 'signature')],
    ['no signature', '张伟', (answer) => (answer.signature = '')],
  ])('%s makes the answer unavailable, never mismatch and never match', async (_, name, tamper) => {
    const url = await between(tamper);
    expect(await sourceAt(url).check({ ...check, name }, 'r')).toMatchObject({ outcome: 'unavailable' });
  });

  it('the answer to an earlier question is not taken for this one', async () => {
    let recorded: Answer | undefined;
    const url = await between((answer) => Object.assign(answer, (recorded ??= { ...answer })));
    const source = sourceAt(url);
    expect(await source.check(check, 'r')).toMatchObject({ outcome: 'match' });
    expect(await source.check({ ...check, name: '张卫' }, 'r')).toMatchObject({ outcome: 'unavailable', reason: 'unsigned-200' });
  });

  it.each<[string, number, string, string]>([
    ['a match with a status of failure', 503, '{"result":"MATCH","code":"0000"}', '0000'],
    ['a result that nobody defined', 200, '{"result":"PERHAPS","code":"7"}', '7'],
    ['a failure of the authority', 500, '{"code":"9001"}', '9001'],
    ['no JSON', 200, 'MATCH', 'malformed-200'],
    ['words instead of a code', 200, '{"code":"张伟 is unknown"}', 'malformed-200'],
  ])('%s is unavailable although the authority signed it', async (_, status, text, reason) => {
    const url = await serve((incoming, outgoing) => {
      const signature = signed([algorithm, String(incoming.headers['x-nonce']), String(status)], text);
      outgoing.writeHead(status, { 'x-signature': signature }).end(text);
    });
    expect(await sourceAt(url).check(check, 'r')).toEqual({ outcome: 'unavailable', reason, reference: 'r' });
  });

  it('the reference is ours where the authority gives none', async () => {
    const text = '{"result":"MATCH","code":"0000"}';
    const url = await serve((incoming, outgoing) => {
      outgoing.writeHead(200, { 'x-signature': signed([algorithm, String(incoming.headers['x-nonce']), '200'], text) }).end(text);
    });
    expect(await sourceAt(url).check(check, 'r')).toEqual({ outcome: 'match', reason: '0000', reference: 'r' });
  });

  it('a redirect is not followed: the question goes to one place only', async () => {
    let elsewhere = 0;
    const other = await serve((_, outgoing) => {
      elsewhere += 1;
      outgoing.end();
    });
    const url = await serve((_, outgoing) => outgoing.writeHead(307, { location: other }).end());
    expect(await sourceAt(url).check(check, 'r')).toMatchObject({ outcome: 'unavailable', reason: 'unsigned-307' });
    expect(elsewhere).toBe(0);
  });

  it('the authority refuses a question that was changed under way', async () => {
    const url = await between(
      () => undefined,
      (body) => body.replace('张伟', '张卫'),
    );
    expect(await sourceAt(url).check(check, 'r')).toMatchObject({ outcome: 'unavailable', reason: 'unsigned-401' });
  });

  it('the authority refuses another application, a wrong secret and a clock that is off by more than five minutes', async () => {
    const refused = { outcome: 'unavailable', reason: 'unsigned-401' };
    expect(await sourceAt(register.url, { appId: 'other' }).check(check, 'r')).toMatchObject(refused);
    expect(await sourceAt(register.url, { secret: 'other' }).check(check, 'r')).toMatchObject(refused);
    for (const [milliseconds, outcome] of [
      [300_001, 'unavailable'],
      [300_000, 'match'],
      [-300_000, 'match'],
      [-300_001, 'unavailable'],
    ] as const) {
      const off = movableClock(clock.now().toISOString());
      off.advance(milliseconds);
      expect(await sourceAt(register.url, { clock: off }).check(check, 'r')).toMatchObject({ outcome });
    }
  });

  it('the authority answers a recorded question once', async () => {
    let headers: Record<string, string> = {};
    let question = '';
    const recorder = await serve((incoming, outgoing, body) => {
      headers = own(incoming.headers);
      question = body;
      outgoing.writeHead(503).end();
    });
    await sourceAt(recorder).check(check, 'our-reference');
    expect(JSON.parse(question)).toMatchObject({ reference: 'our-reference', name: '张伟', documentNumber: check.documentNumber });

    const path = `${register.url}/v1/identity-checks`;
    expect(await post(path, { ...headers, 'x-nonce': 'another-nonce-of-length' }, question)).toEqual(refusal('BAD_SIGNATURE'));
    expect(await post(path, { ...headers, 'x-timestamp': String(clock.now().getTime() + 1) }, question)).toEqual(refusal('BAD_SIGNATURE'));
    expect(await post(`${register.url}/v1/other`, headers, question)).toEqual(refusal('BAD_SIGNATURE'));
    expect(await post(path, { ...headers, 'x-signature-algorithm': 'none' }, question)).toEqual(refusal('UNKNOWN_ALGORITHM'));
    expect(await post(path, headers, question)).toMatchObject({ status: 200 });
    expect(await post(path, headers, question)).toEqual(refusal('REPLAYED_NONCE'));
    clock.advance(11 * 60 * 1000);
    expect(await post(path, headers, question)).toEqual(refusal('CLOCK_SKEW'));
  });

  it('the authority takes no question of more than 16 kB', async () => {
    const long = await sourceAt(register.url).check({ ...check, name: '伟'.repeat(6000) }, 'r');
    expect(long).toMatchObject({ outcome: 'unavailable', reason: 'unsigned-413' });
  });
});

function refusal(code: string) {
  return { status: 401, body: JSON.stringify({ code }) };
}

/** The headers of the protocol, without those of the connection. */
function own(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (name.startsWith('x-') && typeof value === 'string' ? [[name, value]] : [])),
  );
}
