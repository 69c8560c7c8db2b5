import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import type { Page, Person } from '../support/browser.ts';
import { goesOn, newCitizen, opensProofing, signsIn, type Citizen } from '../support/citizen.ts';
import { identityFields } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** What each answer of an authority is told as; `field`: of the form, where the person can mend it. */
const told = {
  mismatch: { status: 422, code: 'identity.mismatch', mendable: true },
  'no-record': { status: 422, code: 'identity.mismatch', mendable: true },
  invalid: { status: 422, code: 'identity.invalid', mendable: true },
  unavailable: { status: 503, code: 'identity.unavailable', mendable: false },
  'over-quota': { status: 503, code: 'identity.over-quota', mendable: false },
  refused: { status: 422, code: 'identity.refused', mendable: false },
  pending: { status: 202, code: 'identity.pending', mendable: false },
} as const;
type Outcome = keyof typeof told;
const outcomes = Object.keys(told).map((outcome) => outcome as Outcome);

const declines = (person: Person) => person.submits({}, { button: '#step-up-decline' });

describe.each(['demo', 'beijing'])('what an authority answers, %s', (profile) => {
  let product: Product;
  let service: RelyingParty;
  let people: readonly RegisteredPerson[];
  beforeAll(async () => {
    product = await sharedProduct(profile);
    service = await relyingParty(product, 'level-2');
    people = await sandboxOf(product).people<RegisteredPerson>();
  });
  afterEach(async () => {
    await sandboxOf(product).authority('public-security', 'normal');
    await sandboxOf(product).authority('bank-card', 'normal');
  });

  const whoPlays = (outcome: Outcome | 'match'): RegisteredPerson => {
    const found = people.find(
      (person) => person.outcome === outcome && person.document.type === 'resident-id-card' && !('account' in person),
    );
    if (!found) throw new Error(`nobody plays ${outcome}`);
    return found;
  };
  const atTheForm = async (): Promise<{ person: Person; citizen: Citizen }> => {
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    await opensProofing(person, 'real-name', citizen);
    return { person, citizen };
  };
  const isTold = (page: Page, outcome: Outcome) => {
    const { status, code } = told[outcome];
    expect(page.status).toBe(status);
    expect(page.error).toMatchObject({ code, field: undefined });
    expect(page.headers['retry-after'] === undefined).toBe(status !== 503);
  };
  const gainedNothing = async (person: Person) => {
    await person.goes(person.page.url.pathname.replace(/\/real-name.*/, ''));
    expect(person.page.has('#step-up-real-name')).toBe(true);
    await declines(person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'unmet_authentication_requirements' });
  };

  it.each(outcomes)('[AST-13] %s is told as what it is, keeps what was typed and raises no level', async (outcome) => {
    const { person } = await atTheForm();
    const who = whoPlays(outcome);
    const page = await person.submits(identityFields(who));
    isTold(page, outcome);
    expect(page.$('[name=name]').attr('value')).toBe(who.name);
    expect(page.$('[name=documentNumber]').attr('value')).toBe(who.document.number);
    await gainedNothing(person);
  });

  it('[AST-13] no two answers are told with the same words, but for those that would tell whether there is such a person', async () => {
    const { person } = await atTheForm();
    const texts = new Map<string, Outcome[]>();
    for (const outcome of outcomes) {
      const text = (await person.submits(identityFields(whoPlays(outcome)))).error?.text ?? '';
      texts.set(text, [...(texts.get(text) ?? []), outcome]);
    }
    expect([...texts.values()].filter(({ length }) => length > 1)).toEqual([['mismatch', 'no-record']]);
  });

  it('[AST-13] a wrong name of somebody whom the register knows is told like a number that nobody has', async () => {
    const { person, citizen } = await atTheForm();
    isTold(await person.submits({ ...identityFields(citizen.identity), name: '赵无名' }), 'mismatch');
    isTold(await person.submits({ ...identityFields(citizen.identity), documentNumber: '11010519491231002X' }), 'no-record');
  });

  it.each([
    ['down', 'unavailable'],
    ['late', 'unavailable'],
    ['over-quota', 'over-quota'],
  ] as const)(
    '[AST-13] an authority that is %s says nothing about the person, who gets through when it is back',
    async (behaviour, outcome) => {
      const { person, citizen } = await atTheForm();
      await sandboxOf(product).authority('public-security', behaviour);
      isTold(await person.submits(identityFields(citizen.identity)), outcome);
      await sandboxOf(product).authority('public-security', 'normal');
      // A driver that met nothing but failures leaves the authority alone for a while.
      await person.sandbox.waits(60);
      await person.submits(identityFields(citizen.identity));
      await goesOn(person);
      await person.submits({}, { button: '#consent-allow' });
      expect((await service.receives(person)).claims.acr).toBe('L2');
    },
  );

  it('[AST-13] tries while the authority is away are not counted against the person', async () => {
    const { person, citizen } = await atTheForm();
    await sandboxOf(product).authority('public-security', 'over-quota');
    for (let times = 0; times < 12; times += 1) isTold(await person.submits(identityFields(citizen.identity)), 'over-quota');
    await sandboxOf(product).authority('public-security', 'normal');
    await person.submits(identityFields(citizen.identity));
    expect(person.page.outcome).toBe('done');
  });

  it('[AST-13] an authority that is slow is waited for', async () => {
    const { person, citizen } = await atTheForm();
    await sandboxOf(product).authority('public-security', 'slow');
    await person.submits(identityFields(citizen.identity));
    expect(person.page.outcome).toBe('done');
  });
});

describe('what a bank answers', () => {
  it('[AST-13] is told as what it is, and raises no level unless it matches', async () => {
    const product = await sharedProduct();
    const service = await relyingParty(product, 'level-3');
    const holder = (await sandboxOf(product).people<RegisteredPerson & { id: string }>()).find(({ id }) => id === 'zhangwei');
    if (!holder) throw new Error('zhangwei is not there');
    // The day before somebody may have tried his cards.
    await sandboxOf(product).waits(86_401);
    const person = await service.sendsToUs();
    await signsIn(person, { username: 'zhangwei', password: 'Minxin-2026' });
    await opensProofing(person, 'bank-card', holder);
    for (const outcome of outcomes.filter((each) => each !== 'no-record')) {
      const card = holder.bankCards.find((each) => each.outcome === outcome && each.kind === 'debit');
      const page = await person.submits({
        documentType: holder.document.type,
        bankCard: card?.number ?? '',
        reservedMobile: card?.reservedMobile ?? '',
        agreement: 'yes',
      });
      expect({ outcome, status: page.status, code: page.error?.code }).toEqual({
        outcome,
        status: told[outcome].status,
        code: told[outcome].code,
      });
    }
    await person.goes(person.page.url.pathname.replace(/\/bank-card.*/, ''));
    expect(person.page.has('#step-up-bank-card')).toBe(true);
    await declines(person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'unmet_authentication_requirements' });
  });
});
