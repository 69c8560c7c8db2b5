import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scriptedPeople, type ScriptedPerson } from '../../sandbox/people.ts';
import { addYears, todayInShanghai } from '../../src/domain/person/civil-date.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { problemsOf } from '../support/form-problems.ts';
import { citizen, identityFields, registers, skipsIdentity } from '../support/newcomer.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { word, wordsOf } from '../support/words.ts';

const people = scriptedPeople(todayInShanghai(new Date()));

/** What a page says when the register answers so: status, reason, and whether something typed is to be checked. */
const refusals: Readonly<Record<string, { readonly status: number; readonly code: string; readonly field: string | undefined }>> = {
  mismatch: { status: 422, code: 'identity.mismatch', field: undefined },
  // Whether there is such a person at all is not told to whoever types a number.
  'no-record': { status: 422, code: 'identity.mismatch', field: undefined },
  invalid: { status: 422, code: 'identity.invalid', field: undefined },
  unavailable: { status: 503, code: 'identity.unavailable', field: undefined },
  'over-quota': { status: 503, code: 'identity.over-quota', field: undefined },
  refused: { status: 422, code: 'identity.refused', field: undefined },
};

const isChild = ({ birthDate }: ScriptedPerson): boolean => addYears(birthDate, 14) > todayInShanghai(new Date());
const formToken = ({ page }: Person): string => page.$('form.form input[name=_form]').attr('value') ?? '';
const held = (person: ScriptedPerson): boolean => person.account !== undefined && person.account.level !== 'L1';
const byStory = (...stories: readonly string[]): [string, ScriptedPerson][] =>
  people
    .filter((person) => stories.includes(held(person) ? 'taken' : person.outcome))
    .map((person) => [`${person.name} (${person.document.type})`, person]);

describe.each(['demo', 'beijing'])('the people of the sandbox in %s', (profile) => {
  const refusal = (key: string) => wordsOf(profile)('layout/refused', key);
  let product: OwnProduct;
  beforeAll(async () => {
    product = await startProduct({ profile });
  });
  afterAll(async () => product?.remove());

  /** Somebody who has just registered, with the identity still to prove. */
  const atTheStep = async (): Promise<Person> => {
    const person = newPerson(product);
    await person.goes('/register');
    await registers(person);
    return person;
  };

  const level = async (person: Person): Promise<string> => {
    await person.goes('/account');
    return person.page.says('.level strong');
  };

  it('[RN-16] are those whom the simulated authority knows', async () => {
    expect(await newPerson(product).sandbox.people<ScriptedPerson>()).toEqual(JSON.parse(JSON.stringify(people)));
    expect(word('step-up/real-name', 'description')).toContain('公安部门');
  });

  /** Imported, where the city has an activation. */
  const waits = ({ imported }: ScriptedPerson): boolean => profile === 'demo' && imported !== undefined;

  for (const [title, somebody] of byStory('match').filter((each) => waits(each[1])))
    it(`[ACT-01] ${title} is led to the activation`, async () => {
      const person = await atTheStep();
      await person.submits(identityFields(somebody));
      expect([person.page.status, problemsOf(person.page)]).toEqual([409, { documentNumber: refusal('identity.waiting') }]);
      await person.opens('#activate');
      expect(person.page.url.pathname).toMatch(/\/activate\/mobile$/);
    });

  it.each(byStory('match').filter(([, somebody]) => !waits(somebody)))(
    '[RN-12 RN-13 RN-16 AST-13] %s is verified by the register',
    async (_, somebody) => {
      const person = await atTheStep();
      await person.submits(identityFields(somebody));
      // A child is known to the register as well, and a guardian is asked first (PRV-05).
      const told = isChild(somebody) ? [undefined, word('layout', 'guardian.title')] : ['done', word('register', 'result.verified-title')];
      expect([person.page.outcome, person.page.says('h1')]).toEqual(told);
    },
  );

  it('[RN-13] whose document the city does not take are told so', async () => {
    const person = await atTheStep();
    const [somebody] = people;
    if (!somebody) throw new Error('nobody is here');
    await person.posts(person.page.url, {
      ...identityFields(somebody),
      documentType: 'foreign-passport',
      documentNumber: 'E12345678',
      _form: formToken(person),
    });
    expect(problemsOf(person.page)).toEqual({ documentType: refusal('document.invalid.type') });
  });

  it('[RN-13] who chose another type than the number belongs to are told so', async () => {
    const person = await atTheStep();
    const permit = people.find(({ document }) => document.type === 'hmt-residence-permit');
    if (!permit) throw new Error('nobody has a residence permit');
    await person.submits({ ...identityFields(permit), documentType: 'resident-id-card' });
    expect(problemsOf(person.page)).toEqual({ documentNumber: refusal('document.invalid.other-document-type') });
  });

  it.each(byStory(...Object.keys(refusals)))(
    '[RN-17 REG-37 AST-13] %s is refused with the reason, and the level stays',
    async (_, somebody) => {
      const person = await atTheStep();
      await person.submits(identityFields(somebody));
      const { status, code, field } = refusals[somebody.outcome] ?? { status: 0, code: '', field: undefined };
      expect(person.page.status).toBe(status);
      const text =
        somebody.scenario === 'rare-character' && code === 'identity.mismatch' ? refusal(`${code}.rare-character`) : refusal(code);
      expect(person.page.error).toEqual({ code, field, text });
      expect(person.page.headers['retry-after'] === undefined).toBe(status !== 503);
      expect(person.page.$('[name=documentNumber]').attr('value')).toBe(somebody.document.number);
      await skipsIdentity(person);
      await person.opens('#next');
      expect(await level(person)).toBe('未认证');
    },
  );

  it('[AST-13] say different things for what the register denies and for what it did not answer', () => {
    const codes = new Set([...Object.values(refusals).map(({ code }) => code), 'identity.pending']);
    expect(codes.size).toBeGreaterThan(4);
    expect(new Set([...codes].map(refusal)).size).toBe(codes.size);
    for (const code of ['identity.unavailable', 'identity.over-quota']) expect(refusal(code)).toContain('您填写的信息没有问题');
  });

  it.each(byStory('pending'))('[AST-13] %s goes on unverified while the register takes its time', async (_, somebody) => {
    const person = await atTheStep();
    await person.submits(identityFields(somebody));
    expect(person.page.says('h1')).toBe(word('register', 'result.pending-title'));
    await person.opens('#next');
    expect(await level(person)).toBe('未认证');
  });

  it.each(byStory('taken'))('[REG-37] %s is told to be taken, because an account holds the document', async (_, somebody) => {
    const person = await atTheStep();
    await person.submits(identityFields(somebody));
    expect(person.page.status).toBe(409);
    expect(problemsOf(person.page)).toEqual({ documentNumber: refusal('identity.taken') });
  });

  it.each([
    ['name', { name: '李四' }],
    ['date', { validFrom: '2018-06-07' }],
    ['end', { longTerm: 'yes', validUntil: '' }],
  ])('[RN-12 RN-17] whose %s is not that of the register are not verified', async (_, wrong) => {
    const person = await atTheStep();
    const zhangwei = people.find(({ id }) => id === 'zhangwei');
    if (!zhangwei) throw new Error('zhangwei is gone');
    await person.submits({ ...identityFields(zhangwei), ...wrong });
    expect(person.page.error?.code).toBe('identity.mismatch');
  });

  it('[RN-14] whose document does not tell the sex are asked for it', async () => {
    const person = await atTheStep();
    const permit = people.find(({ document, outcome }) => document.type === 'taiwan-permit' && outcome === 'match');
    if (!permit) throw new Error('nobody has a permit');
    // Somebody of the table above.
    await person.sandbox.restores(permit.id);
    const fields = identityFields(permit);
    // What is not stated would not be compared either.
    for (const sex of ['', 'unknown']) {
      await person.posts(person.page.url, { ...fields, sex, _form: formToken(person) });
      expect([person.page.status, problemsOf(person.page)]).toEqual([422, { sex: refusal('field.required.sex') }]);
    }
    await person.submits({ ...fields, sex: permit.sex === 'male' ? 'female' : 'male' });
    expect(person.page.error?.code).toBe('identity.mismatch');
    await person.submits(fields);
    expect(person.page.outcome).toBe('done');
  });

  it('[RN-14] whose number tells the sex need not tick it', async () => {
    const person = await atTheStep();
    const { sex: _, ...fields } = identityFields(citizen());
    await person.submits(fields);
    expect(person.page.outcome).toBe('done');
  });

  it('[RN-16 AST-13] meet an authority that is down, over its quota or late, and are asked to come back', async () => {
    const person = await atTheStep();
    const somebody = people.find(({ id }) => id === 'sunyue');
    if (!somebody) throw new Error('sunyue is gone');
    const outcomes: [string, number, string | undefined][] = [];
    const retryAfter: number[] = [];
    for (const behaviour of ['down', 'over-quota', 'late'] as const) {
      await person.sandbox.authority('public-security', behaviour);
      await person.submits(identityFields(somebody));
      outcomes.push([behaviour, person.page.status, person.page.error?.code]);
      retryAfter.push(Number(person.page.headers['retry-after']));
    }
    expect(outcomes).toEqual([
      ['down', 503, 'identity.unavailable'],
      ['over-quota', 503, 'identity.over-quota'],
      ['late', 503, 'identity.unavailable'],
    ]);
    // A quota is that of a day: it is said until midnight in China.
    const inChina = new Date(Date.now() + (await person.sandbox.clockAhead()) * 1000 + 8 * 3_600_000);
    const untilMidnight = 86_400 - ((inChina.getTime() / 1000) % 86_400);
    expect([retryAfter[0], retryAfter[2]]).toEqual([60, 60]);
    expect(Math.abs((retryAfter[1] ?? 0) - untilMidnight)).toBeLessThan(60);
    await person.sandbox.authority('public-security', 'slow');
    await person.submits(identityFields(somebody));
    expect(person.page.error?.code).toBe('identity.mismatch');
    await person.sandbox.authority('public-security', 'normal');
  });
});
