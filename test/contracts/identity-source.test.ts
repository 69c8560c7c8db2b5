import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createPublicSecurity } from '../../adapters/identity-source/public-security.ts';
import { createTencentIdentity } from '../../adapters/identity-source/tencent-identity.ts';
import type { IdentityCheck, IdentitySource, SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import { startPublicSecurity } from '../../sandbox/authorities/public-security.ts';
import type { Simulator } from '../../sandbox/authorities/simulator.ts';
import { startTencentFaceid } from '../../sandbox/authorities/tencent-faceid.ts';
import { generatedPerson } from '../../sandbox/generated-people.ts';
import { createPeople } from '../../sandbox/people.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import { movableClock } from '../support/movable-clock.ts';
import { hostileAnswers, startRawServer } from '../support/raw-server.ts';

const timing = { slowMs: 150, lateMs: 600_000 };
/** Of a driver: what answers does so within the one, what does not is given up after the other. */
const [patientMs, impatientMs] = [120_000, 1500];
const clock = movableClock();
const people = createPeople(clock);

/** A driver with the authority it talks to. */
interface Pair {
  readonly name: string;
  start(): Promise<{ authority: Simulator; sourceAt: (url: string, timeoutMs?: number) => IdentitySource }>;
  /** What the driver can say of a person: not every interface knows every answer. */
  expected(person: RegisteredPerson): SourceOutcome;
  readonly compares: readonly (keyof IdentityCheck)[];
}

const publicSecurity = (algorithm: 'hmac-sha256' | 'hmac-sm3'): Pair => ({
  name: `public-security over ${algorithm}`,
  start: async () => {
    const authority = await startPublicSecurity({ clock, people, timing });
    return {
      authority,
      sourceAt: (url, timeoutMs = patientMs) => createPublicSecurity({ ...authority, url, algorithm, clock, timeoutMs }),
    };
  },
  expected: ({ outcome }) => outcome,
  compares: ['name', 'sex', 'validFrom', 'validUntil'],
});

const tencent: Pair = {
  name: 'tencent-identity',
  start: async () => {
    const authority = await startTencentFaceid({ clock, people, timing });
    return { authority, sourceAt: (url, timeoutMs = patientMs) => createTencentIdentity({ ...authority, url, clock, timeoutMs }) };
  },
  expected: ({ outcome, document }) =>
    document.type !== 'resident-id-card' || outcome === 'refused' || outcome === 'pending' ? 'unavailable' : outcome,
  compares: ['name', 'validFrom', 'validUntil'],
};

function checkOf(person: RegisteredPerson, changes: Partial<IdentityCheck> = {}): IdentityCheck {
  const { type, number, validFrom, validUntil } = person.document;
  return { documentType: type, documentNumber: number, name: person.name, sex: person.sex, validFrom, validUntil, ...changes };
}

function byId(id: string): RegisteredPerson {
  const found = people.scripted.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`nobody is called ${id}`);
  return found;
}

const zhangwei = byId('zhangwei');

describe.each([publicSecurity('hmac-sha256'), publicSecurity('hmac-sm3'), tencent])('the identity source $name', (pair) => {
  let authority: Simulator;
  let sourceAt: (url: string, timeoutMs?: number) => IdentitySource;
  let source: IdentitySource;
  const servers: { close(): void }[] = [];

  beforeAll(async () => {
    ({ authority, sourceAt } = await pair.start());
  });
  beforeEach(() => {
    authority.setBehaviour('normal');
    source = sourceAt(authority.url);
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  afterAll(() => authority.close());

  it.each(people.scripted)('answers for $id what people.json says', async (scripted) => {
    const answer = await source.check(checkOf(scripted), 'our-reference');
    expect(answer.outcome).toBe(pair.expected(scripted));
    expect(answer.reason).toBeTruthy();
    expect(answer.reference).toBeTruthy();
  });

  it('knows everybody who was generated or added', async () => {
    expect(await source.check(checkOf(generatedPerson(4711)), 'r')).toMatchObject({ outcome: 'match' });
    const number = '110199199003150359';
    people.add({ ...zhangwei, name: '新人', document: { ...zhangwei.document, number } });
    expect(await source.check(checkOf(zhangwei, { name: '新人', documentNumber: number }), 'r')).toMatchObject({ outcome: 'match' });
  });

  it('finds no match when a single thing differs', async () => {
    const differing: readonly Partial<IdentityCheck>[] = [
      { name: '张卫' },
      { sex: 'female' },
      { validFrom: '2018-06-07' },
      { validUntil: '2038-06-07' },
      { validUntil: 'long-term' },
    ];
    for (const changes of differing) {
      const compared = pair.compares.some((member) => member in changes);
      const answer = await source.check(checkOf(zhangwei, changes), 'r');
      expect([changes, answer.outcome]).toEqual([changes, compared ? 'mismatch' : 'match']);
    }
    expect(await source.check(checkOf(zhangwei, { documentNumber: '11010519491231002X' }), 'r')).toMatchObject({ outcome: 'no-record' });
  });

  it('compares only what is asked', async () => {
    const check = { sex: 'unknown', validFrom: undefined, validUntil: undefined } as const;
    expect(await source.check(checkOf(zhangwei, check), 'r')).toMatchObject({ outcome: 'match' });
    expect(await source.check(checkOf(zhangwei, { ...check, name: '张卫' }), 'r')).toMatchObject({ outcome: 'mismatch' });
  });

  it('is asked in upper case and with the name in NFC as typed', async () => {
    const withX = people.scripted.find(({ document, outcome }) => document.number.endsWith('X') && outcome === 'match');
    if (!withX) throw new Error('nobody has a number that ends in X');
    const lower = withX.document.number.toLowerCase();
    expect(await source.check(checkOf(withX, { documentNumber: lower }), 'r')).toMatchObject({ outcome: 'match' });
    const accented = { ...zhangwei, name: 'é\u{2F00}', document: { ...zhangwei.document, number: '110199199003150439' } };
    people.add(accented);
    expect(await source.check(checkOf(accented, { name: 'e\u0301\u{2F00}' }), 'r')).toMatchObject({ outcome: 'match' });
    expect(await source.check(checkOf(accented, { name: 'é一' }), 'r')).toMatchObject({ outcome: 'mismatch' });
  });

  it('slow within the limit is still an answer', async () => {
    authority.setBehaviour('slow');
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
  });

  it('late is unavailable at the limit, asked once and never again by itself', async () => {
    authority.setBehaviour('late');
    const before = authority.requests().length;
    const hasty = sourceAt(authority.url, impatientMs);
    expect(await hasty.check(checkOf(zhangwei), 'r')).toEqual({ outcome: 'unavailable', reason: 'timeout', reference: 'r' });
    expect(authority.requests().slice(before)).toMatchObject([{ receivedAt: clock.now(), method: 'POST' }]);
  });

  it('over quota says nothing about the person', async () => {
    authority.setBehaviour('over-quota');
    expect(await source.check(checkOf(byId('sunyue')), 'r')).toMatchObject({ outcome: 'over-quota' });
  });

  it('is left alone after five failures, tried again after five seconds, and believed when it answers', async () => {
    authority.setBehaviour('down');
    const before = authority.requests().length;
    const asked = () => authority.requests().length - before;
    for (let time = 0; time < 5; time += 1) {
      expect(await source.check(checkOf(zhangwei), 'r')).toEqual({ outcome: 'unavailable', reason: 'connection-lost', reference: 'r' });
    }
    expect(await source.check(checkOf(zhangwei), 'r')).toEqual({ outcome: 'unavailable', reason: 'circuit-open', reference: 'r' });
    clock.advance(4999);
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ reason: 'circuit-open' });
    expect(asked()).toBe(5);

    clock.advance(1);
    const both = await Promise.all([source.check(checkOf(zhangwei), 'r'), source.check(checkOf(zhangwei), 'r')]);
    expect(both.map(({ reason }) => reason)).toEqual(['connection-lost', 'circuit-open']);
    expect(asked()).toBe(6);

    clock.advance(5000);
    authority.setBehaviour('normal');
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
    expect(asked()).toBe(8);
  });

  it('an answer about the person, whatever it is, never opens the circuit', async () => {
    for (const id of ['sunyue', 'maguoqiang', 'xiehao', 'shenzhiqiang', 'wangwei', 'sunyue']) await source.check(checkOf(byId(id)), 'r');
    expect(await source.check(checkOf(zhangwei), 'r')).toMatchObject({ outcome: 'match' });
  });

  it.each(hostileAnswers)('%s is unavailable and repeats nothing of the person', async (_, handler) => {
    const server = await startRawServer(handler);
    servers.push(server);
    const answer = await sourceAt(server.url, impatientMs).check(checkOf(zhangwei), 'our-reference');
    expect(answer).toMatchObject({ outcome: 'unavailable', reference: 'our-reference' });
    expect(answer.reason).toMatch(/^[a-z0-9-]+$/);
  });

  it('nobody listening is unavailable', async () => {
    const server = await startRawServer(() => undefined);
    server.close();
    const answer = await sourceAt(server.url).check(checkOf(zhangwei), 'r');
    expect(answer).toEqual({ outcome: 'unavailable', reason: 'not-connected', reference: 'r' });
  });
});

describe('what an authority says of itself', () => {
  it('its own transaction id becomes the reference', async () => {
    const { authority, sourceAt } = await publicSecurity('hmac-sha256').start();
    const first = await sourceAt(authority.url).check(checkOf(zhangwei), 'our-reference');
    const second = await sourceAt(authority.url).check(checkOf(zhangwei), 'our-reference');
    expect(first.reference).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.reference).not.toBe(first.reference);
    await authority.close();
  });

  it('Tencent is never asked about documents it does not know', async () => {
    const { authority, sourceAt } = await tencent.start();
    const answer = await sourceAt(authority.url).check(checkOf(byId('chenjiahao')), 'r');
    expect(answer).toEqual({ outcome: 'unavailable', reason: 'unsupported-document-type', reference: 'r' });
    expect(authority.requests()).toEqual([]);
    await authority.close();
  });
});

/** Contracts 2.1: what each number means, which differs between the two actions. */
describe.each([
  {
    action: 'CheckIdNameDate',
    dates: {},
    outcomes: ['match', 'mismatch', 'invalid', 'invalid', 'invalid', 'invalid', 'unavailable', 'no-record', 'over-quota', 'unavailable'],
  },
  {
    action: 'IdCardVerification',
    dates: { validFrom: undefined },
    outcomes: ['match', 'mismatch', 'invalid', 'invalid', 'unavailable', 'no-record', 'unavailable', 'over-quota', 'unavailable'],
  },
])('Tencent’s answers to $action', ({ action, dates, outcomes }) => {
  async function answerTo(response: object): Promise<unknown> {
    let asked: unknown;
    const server = await startRawServer((incoming, outgoing) => {
      asked = incoming.headers['x-tc-action'];
      outgoing.end(JSON.stringify({ Response: { ...response, RequestId: 'request-1' } }));
    });
    const source = createTencentIdentity({ url: server.url, secretId: 'id', secretKey: 'key', clock });
    const answer = await source.check(checkOf(zhangwei, dates), 'r');
    server.close();
    expect(asked).toBe(action);
    return answer;
  }

  it.each(outcomes.map((outcome, index) => [index === 0 ? '0' : `-${index}`, outcome]))('result %s is %s', async (Result, outcome) => {
    expect(await answerTo({ Result })).toEqual({ outcome, reason: Result, reference: 'request-1' });
  });

  it.each([
    ['RequestLimitExceeded', 'over-quota'],
    ['RequestLimitExceeded.UinLimitExceeded', 'over-quota'],
    ['LimitExceeded', 'over-quota'],
    ['AuthFailure.SignatureFailure', 'unavailable'],
    ['UnauthorizedOperation.Arrears', 'unavailable'],
    ['InvalidParameter', 'unavailable'],
    ['InternalError', 'unavailable'],
  ])('error %s is %s and never about the person', async (Code, outcome) => {
    expect(await answerTo({ Error: { Code, Message: zhangwei.name } })).toEqual({ outcome, reason: Code, reference: 'request-1' });
  });
});
