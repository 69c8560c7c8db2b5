import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSignedJsonBankCard } from '../../adapters/identity-source/signed-json-bank-card.ts';
import { createTencentBankCard } from '../../adapters/identity-source/tencent-bank-card.ts';
import type { BankCardCheck, BankCardSource, SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import { startBankCard } from '../../sandbox/authorities/bank-card.ts';
import type { Simulator } from '../../sandbox/authorities/simulator.ts';
import { startTencentFaceid } from '../../sandbox/authorities/tencent-faceid.ts';
import { generatedPerson } from '../../sandbox/generated-people.ts';
import { createPeople } from '../../sandbox/people.ts';
import type { BankCard, RegisteredPerson } from '../../sandbox/registered-person.ts';
import { movableClock } from '../support/movable-clock.ts';
import { hostileAnswers, startRawServer } from '../support/raw-server.ts';

const timing = { slowMs: 150, lateMs: 600_000 };
/** Of a driver: what answers does so within the one, what does not is given up after the other. */
const [patientMs, impatientMs] = [120_000, 1500];
const clock = movableClock();
const people = createPeople(clock);
const everyCard = people.scripted.flatMap((person) =>
  person.bankCards.map((card) => ({ id: person.id, last: card.number.slice(-4), person, card })),
);

/** A driver with the source it talks to. */
interface Pair {
  readonly name: string;
  start(): Promise<{ authority: Simulator; sourceAt: (url: string, timeoutMs?: number) => BankCardSource }>;
  /** What the driver can say of a card: not every interface knows every answer and every document. */
  expected(person: RegisteredPerson, card: BankCard): SourceOutcome;
  /** Whether it tells kind and class of a card. */
  readonly tellsClass: boolean;
  /** The codes of the source by which an operator can tell reasons apart. */
  readonly reasons: Readonly<Record<'none' | 'differs' | 'lost' | 'risk' | 'no-online-banking' | 'quota', string>>;
}

const signedJson: Pair = {
  name: 'signed-json-bank-card',
  start: async () => {
    const authority = await startBankCard({ clock, people, timing });
    return {
      authority,
      sourceAt: (url, timeoutMs = patientMs) => createSignedJsonBankCard({ ...authority, url, algorithm: 'hmac-sm3', clock, timeoutMs }),
    };
  },
  expected: (_, { outcome }) => outcome,
  tellsClass: true,
  reasons: { none: '206', differs: '201', lost: '210', risk: '209', 'no-online-banking': '202', quota: 'CARD_QUOTA' },
};

const tencent: Pair = {
  name: 'tencent-bank-card',
  start: async () => {
    const authority = await startTencentFaceid({ clock, people, timing });
    return { authority, sourceAt: (url, timeoutMs = patientMs) => createTencentBankCard({ ...authority, url, clock, timeoutMs }) };
  },
  expected: ({ document }, { outcome }) => (document.type !== 'resident-id-card' || outcome === 'pending' ? 'unavailable' : outcome),
  tellsClass: false,
  reasons: { none: '-9', differs: '-6', lost: '-13', risk: '-12', 'no-online-banking': '-7', quota: '-19' },
};

function checkOf(person: RegisteredPerson, card: BankCard, changes: Partial<BankCardCheck> = {}): BankCardCheck {
  const { type, number } = person.document;
  return {
    name: person.name,
    documentType: type,
    documentNumber: number,
    bankCard: card.number,
    reservedMobile: card.reservedMobile,
    ...changes,
  };
}

/** 张伟 with his card that plays this. */
function zhangweiWith(wanted: (card: BankCard) => boolean): [RegisteredPerson, BankCard] {
  const found = everyCard.find(({ id, card }) => id === 'zhangwei' && wanted(card));
  if (!found) throw new Error('zhangwei has no such card');
  return [found.person, found.card];
}

describe.each([signedJson, tencent])('the bank card source $name', (pair) => {
  let authority: Simulator;
  let sourceAt: (url: string, timeoutMs?: number) => BankCardSource;
  let source: BankCardSource;
  const servers: { close(): void }[] = [];
  const good = zhangweiWith(({ outcome, kind }) => outcome === 'match' && kind === 'debit');

  beforeAll(async () => {
    ({ authority, sourceAt } = await pair.start());
  });
  beforeEach(() => {
    // No test spends the quota of another.
    clock.advance(24 * 60 * 60 * 1000);
    authority.setBehaviour('normal');
    source = sourceAt(authority.url);
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  afterAll(() => authority.close());

  it.each(everyCard)('answers for the card $last of $id what people.json says', async ({ person, card }) => {
    const answer = await source.check(checkOf(person, card), 'our-reference');
    expect(answer.outcome).toBe(pair.expected(person, card));
    expect(answer.reference).toBeTruthy();
    expect(JSON.stringify(answer)).not.toContain(card.number);
  });

  it('knows the card of everybody who was generated, and whose it is not', async () => {
    const [holder, other] = [generatedPerson(4711), generatedPerson(4712)];
    const [card] = holder.bankCards;
    if (!card) throw new Error('generated people have a card');
    expect(await source.check(checkOf(holder, card), 'r')).toMatchObject({ outcome: 'match' });
    expect(await source.check(checkOf({ ...other, name: holder.name }, card), 'r')).toMatchObject({ outcome: 'mismatch' });
  });

  it('finds no match when one of the four elements differs', async () => {
    const differs = { outcome: 'mismatch', reason: pair.reasons.differs };
    expect(await source.check(checkOf(...good, { name: '张卫' }), 'r')).toMatchObject(differs);
    expect(await source.check(checkOf(...good, { documentNumber: '11010519491231002X' }), 'r')).toMatchObject(differs);
    expect(await source.check(checkOf(...good, { reservedMobile: '13900000009' }), 'r')).toMatchObject(differs);
    expect(await source.check(checkOf(...good, { bankCard: '6228480402564890018' }), 'r')).toMatchObject({
      outcome: 'invalid',
      reason: pair.reasons.none,
    });
  });

  it('tells apart why a bank does not confirm a card', async () => {
    for (const reason of ['lost', 'risk', 'no-online-banking'] as const) {
      const answer = await source.check(checkOf(...zhangweiWith((card) => card.reason === reason)), 'r');
      expect([reason, answer.reason]).toEqual([reason, pair.reasons[reason]]);
    }
  });

  it('tells kind and class where it knows them, the class only to whom the card belongs', async () => {
    const told = (kind: string, accountClass?: string) => (pair.tellsClass ? [kind, accountClass] : [undefined, undefined]);
    const ask = async ([person, card]: [RegisteredPerson, BankCard], changes = {}) => {
      const { cardKind, accountClass } = await source.check(checkOf(person, card, changes), 'r');
      return [cardKind, accountClass];
    };
    expect(await ask(good)).toEqual(told('debit', 'I'));
    expect(await ask(zhangweiWith((card) => card.class === 'II'))).toEqual(told('debit', 'II'));
    expect(await ask(zhangweiWith((card) => card.class === 'III'))).toEqual(told('debit', 'III'));
    expect(await ask(zhangweiWith(({ kind }) => kind === 'credit'))).toEqual(told('credit'));
    expect(
      await ask(
        zhangweiWith(({ kind }) => kind === 'credit'),
        { name: '张卫' },
      ),
    ).toEqual(told('credit'));
    expect(await ask(good, { name: '张卫' })).toEqual(told('debit'));
  });

  it('one card is checked five times in 24 hours, whatever the answers', async () => {
    for (const name of ['张卫', '张伟', '张微', '张伟', '张薇']) {
      expect(await source.check(checkOf(...good, { name }), 'r')).toMatchObject({ outcome: name === '张伟' ? 'match' : 'mismatch' });
      clock.advance(60_000);
    }
    const spent = { outcome: 'over-quota', reason: pair.reasons.quota };
    expect(await source.check(checkOf(...good), 'r')).toMatchObject(spent);
    const other = zhangweiWith((card) => card.class === 'I' && card.outcome === 'match' && card.number !== good[1].number);
    expect(await source.check(checkOf(...other), 'r')).toMatchObject({ outcome: 'match' });

    // The first check was five minutes ago.
    clock.advance(24 * 60 * 60 * 1000 - 5 * 60_000 - 1);
    expect(await source.check(checkOf(...good), 'r')).toMatchObject(spent);
    clock.advance(1);
    expect(await source.check(checkOf(...good), 'r')).toMatchObject({ outcome: 'match' });
    expect(await source.check(checkOf(...good), 'r')).toMatchObject(spent);
  });

  it('slow is an answer, late and down are unavailable, and over quota says nothing about the card', async () => {
    const lost = zhangweiWith((card) => card.reason === 'lost');
    authority.setBehaviour('slow');
    expect(await source.check(checkOf(...good), 'r')).toMatchObject({ outcome: 'match' });
    authority.setBehaviour('late');
    expect(await sourceAt(authority.url, impatientMs).check(checkOf(...good), 'r')).toEqual({
      outcome: 'unavailable',
      reason: 'timeout',
      reference: 'r',
    });
    authority.setBehaviour('down');
    expect(await source.check(checkOf(...good), 'r')).toEqual({ outcome: 'unavailable', reason: 'connection-lost', reference: 'r' });
    authority.setBehaviour('over-quota');
    expect(await source.check(checkOf(...lost), 'r')).toMatchObject({ outcome: 'over-quota' });
  });

  it('each question is asked once, and after five failures nobody asks for five seconds', async () => {
    authority.setBehaviour('down');
    const before = authority.requests().length;
    for (let time = 0; time < 6; time += 1) await source.check(checkOf(...good), 'r');
    expect(await source.check(checkOf(...good), 'r')).toEqual({ outcome: 'unavailable', reason: 'circuit-open', reference: 'r' });
    expect(authority.requests().length - before).toBe(5);
    authority.setBehaviour('normal');
    clock.advance(5000);
    expect(await source.check(checkOf(...good), 'r')).toMatchObject({ outcome: 'match' });
  });

  it.each(hostileAnswers)('%s is unavailable and repeats nothing of the person', async (_, handler) => {
    const server = await startRawServer(handler);
    servers.push(server);
    const answer = await sourceAt(server.url, impatientMs).check(checkOf(...good), 'our-reference');
    expect(answer).toMatchObject({ outcome: 'unavailable', reference: 'our-reference' });
    expect(answer.reason).toMatch(/^[a-z0-9-]+$/);
  });
});

/** Contracts 2.2. */
describe('Tencent’s answers to BankCard4EVerification', () => {
  const invalid = ['-2', '-3', '-4', '-5', '-7', '-8', '-9', '-10', '-11', '-13', '-14', '-15', '-21'];
  it.each<[string, SourceOutcome]>([
    ['0', 'match'],
    ['-1', 'mismatch'],
    ['-6', 'mismatch'],
    ...invalid.map((code) => [code, 'invalid'] as [string, SourceOutcome]),
    ['-12', 'refused'],
    ['-16', 'refused'],
    ['-17', 'refused'],
    ['-18', 'unavailable'],
    ['-19', 'over-quota'],
    ['-20', 'unavailable'],
    ['-22', 'unavailable'],
  ])('result %s is %s', async (Result, outcome) => {
    const server = await startRawServer((_, outgoing) => outgoing.end(JSON.stringify({ Response: { Result, RequestId: 'request-1' } })));
    const source = createTencentBankCard({ url: server.url, secretId: 'id', secretKey: 'key', clock });
    const check = checkOf(...zhangweiWith(({ kind }) => kind === 'debit'));
    expect(await source.check(check, 'r')).toEqual({ outcome, reason: Result, reference: 'request-1' });
    server.close();
  });
});
