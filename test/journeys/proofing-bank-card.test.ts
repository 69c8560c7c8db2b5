import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scriptedPeople, type ScriptedPerson } from '../../sandbox/people.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import { todayInShanghai } from '../../src/domain/person/civil-date.ts';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { sendsCode } from '../support/account-changes.ts';
import { allows, newCitizen, opensProofing, provesRealName, signsIn, type Citizen } from '../support/citizen.ts';
import { problemsOf } from '../support/form-problems.ts';
import { citizen } from '../support/newcomer.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { refusal, word, wordsOf } from '../support/words.ts';

const people = scriptedPeople(todayInShanghai(new Date()));
const zhangwei = scripted('zhangwei');

function scripted(id: string): ScriptedPerson {
  const person = people.find((each) => each.id === id);
  if (!person) throw new Error(`${id} is gone`);
  return person;
}

/** A card of 张伟 that plays something. */
function card(wanted: Readonly<Record<string, string>>): string {
  const full = Object.entries({ kind: 'debit', outcome: 'match', reservedMobile: zhangwei.mobile, ...wanted });
  const found = zhangwei.bankCards.find((each) => full.every(([name, value]) => Reflect.get(each, name) === value));
  if (!found) throw new Error(`张伟 has no such card: ${JSON.stringify(wanted)}`);
  return found.number;
}

/** What everybody with a card types of it. */
const cardOf = ({ bankCards: [own] }: RegisteredPerson): Record<string, string> => ({
  bankCard: own?.number ?? '',
  reservedMobile: own?.reservedMobile ?? '',
});

/** Only the manual of Hubei has an agreement, which demo takes over; and a type of document. */
const agreed: Readonly<Record<string, Readonly<Record<string, string>>>> = { demo: { agreement: 'yes' } };
/** A password that the rule of the city allows. */
const seeded: Readonly<Record<string, string>> = { 'beijing-2019': 'Minxin2026' };

describe.each(['demo', 'beijing', 'beijing-2019'])('proving a bank card in %s', (profile) => {
  let product: OwnProduct;
  let service: RelyingParty;
  beforeAll(async () => {
    product = await startProduct({ profile });
    service = await relyingParty(product, 'level-3');
  });
  afterAll(async () => product?.remove());

  const atTheForm = async (): Promise<Person> => {
    const person = await service.sendsToUs({ scope: 'openid assurance' });
    await person.sandbox.waits(61);
    await signsIn(person, { username: 'zhangwei', password: seeded[profile] ?? 'Minxin-2026' });
    await opensProofing(person, 'bank-card', zhangwei);
    return person;
  };
  const tries = (person: Person, bankCard: string, more: Record<string, string> = {}): Promise<Page> =>
    person.submits({ bankCard, reservedMobile: zhangwei.mobile, ...agreed[profile], ...more });

  it('[RN-21] asks for card and reserved mobile, and shows the verified name and number masked', async () => {
    const { page } = await atTheForm();
    const names = page
      .$('form.form [name]:not(button)')
      .toArray()
      .map((field) => page.$(field).attr('name'));
    expect(names).toEqual([
      '_form',
      ...(profile === 'demo' ? ['documentType'] : []),
      'bankCard',
      'reservedMobile',
      'captchaId',
      'captchaProof',
      'captcha',
      'code',
      ...(profile === 'demo' ? ['agreement'] : []),
    ]);
    expect(
      page
        .$('.facts [aria-hidden=true]')
        .toArray()
        .map((each) => page.$(each).text()),
    ).toEqual(['*伟', '1101**********13']);
    expect(page.html).not.toContain(zhangwei.document.number);
    expect(page.html).not.toContain(zhangwei.mobile);
  });

  it('[RN-22 RN-24 RN-26] says before anything is typed which cards will do and what the reserved mobile is', async () => {
    const { page } = await atTheForm();
    expect(page.says('.notice')).toContain('仅支持借记卡认证，暂不支持信用卡');
    expect(page.says('.notice')).toContain(word('step-up/bank-card', 'notice.reserved-mobile'));
    expect(word('step-up/bank-card', 'notice.reserved-mobile')).toMatch(/预留的手机号.*网上银行/);
    expect(page.says('details summary')).toBe(word('step-up/bank-card', 'explain-title'));
    expect(page.says('details p')).toMatch(
      /首次在银行网点柜台办理账户开户时.*网银预留手机号码、短信通知绑定手机号码、手机银行绑定手机号码等是相互独立.*银行柜台咨询确认/,
    );
  });

  it('[RN-21 NOT-14] tells what is wrong with the form at once', async () => {
    const person = await atTheForm();
    const consent: Record<string, string> = profile === 'demo' ? { agreement: refusal('agreement.required') } : {};
    await person.submits({ bankCard: '', reservedMobile: '' });
    expect(problemsOf(person.page)).toEqual({
      bankCard: refusal('field.required.bankCard'),
      reservedMobile: refusal('field.required.reservedMobile'),
      ...consent,
    });
    await person.submits({ bankCard: '6299', reservedMobile: '1380000' });
    expect(problemsOf(person.page)).toEqual({
      bankCard: refusal('bank-card.invalid.length'),
      reservedMobile: refusal('mobile.invalid.length'),
      ...consent,
    });
    await person.submits({ bankCard: '6299 0000 0000 000x', reservedMobile: zhangwei.mobile });
    expect(problemsOf(person.page)).toEqual({ bankCard: refusal('bank-card.invalid.characters'), ...consent });
    expect(person.page.$('[name=bankCard]').attr('value')).toBe('6299 0000 0000 000x');
  });

  it('[RN-21] asks to look again where the check digit does not fit, and leaves it to the bank the second time', async () => {
    await sandboxOf(product).waits(3600);
    const person = await atTheForm();
    const looksAgain = { bankCard: refusal('bank-card.invalid.check-digit') };
    await tries(person, '6299000000000000011');
    expect(problemsOf(person.page)).toEqual(looksAgain);
    await tries(person, '6299000000000000012');
    expect(problemsOf(person.page)).toEqual(looksAgain);
    await tries(person, '6299 0000 0000 0000 012');
    expect(person.page.error?.code).toBe('identity.invalid');
  });

  it('[RN-27] asks for the type of document where the manual does, compares with the verified one only, and says so to whoever chooses another', async () => {
    const person = await atTheForm();
    expect(person.page.has('#documentType')).toBe(profile === 'demo');
    if (profile !== 'demo') return;
    expect(person.page.$('[name=documentType] option[selected]').attr('value')).toBe('resident-id-card');
    expect(person.page.says('label[for=documentType]')).toContain('开户时使用的证件类型');
    await tries(person, card({ class: 'I' }), { documentType: 'hk-permit' });
    expect(problemsOf(person.page)).toEqual({ documentType: refusal('document.invalid.not-verified') });
  });

  it('[RN-22 RN-24 AST-13] refuses cards that cannot prove anything, each with its reason', async () => {
    const person = await atTheForm();
    const expected: [string, string][] = [
      [card({ kind: 'credit' }), 'bank-card.not-debit'],
      // The bank knows another mobile.
      [card({ reservedMobile: '13900000001' }), 'identity.mismatch'],
      [card({ outcome: 'invalid', reason: 'no-online-banking' }), 'identity.invalid'],
      [card({ outcome: 'invalid', reason: 'lost' }), 'identity.invalid'],
      [card({ outcome: 'invalid', reason: 'expired' }), 'identity.invalid'],
      [card({ outcome: 'invalid', reason: 'dormant' }), 'identity.invalid'],
      [card({ outcome: 'refused', reason: 'risk' }), 'identity.refused'],
      [card({ outcome: 'refused', reason: 'too-many-wrong-pins' }), 'identity.refused'],
      // No bank has it.
      ['6299000000009999998', 'identity.invalid'],
    ];
    expect(await outcomes(person, expected)).toEqual(expected);
    expect(person.page.error).toMatchObject({ field: undefined, text: refusal('identity.invalid.bank-card') });
  });

  it('[RN-21 RN-41 AST-13] tells a bank that denies from one that does not answer, and raises the level for a match only', async () => {
    await newPerson(product).sandbox.waits(86_400);
    const person = await atTheForm();
    const expected: [string, string][] = [
      [card({ outcome: 'mismatch' }), 'identity.mismatch'],
      [card({ outcome: 'unavailable' }), 'identity.unavailable'],
      [card({ outcome: 'over-quota' }), 'identity.over-quota'],
      [card({ outcome: 'pending' }), 'identity.pending'],
    ];
    expect(await outcomes(person, expected)).toEqual(expected);
    await tries(person, card({ class: 'I' }));
    expect([person.page.outcome, person.page.says('h1')]).toEqual(['done', '认证成功']);
    await person.opens('#next');
    await allows(person);
    const { claims, userinfo } = await service.receives(person);
    expect(claims).toMatchObject({ acr: 'L3', amr: ['mfa', 'pwd', 'sms'] });
    expect(userinfo).toMatchObject({ assurance: { level: 'L3', evidence: [{ kind: 'real-name' }, { kind: 'bank-card' }] } });
  });

  describe('with a reserved mobile that is not the one of the account', () => {
    const somebody = citizen();
    const other = somebody.mobile;
    const fields: Record<string, string> = { ...cardOf(somebody), ...agreed[profile] };
    let person: Person;
    beforeAll(async () => {
      const who = await newCitizen(product);
      person = await service.sendsToUs();
      await signsIn(person, who);
      await provesRealName(person, who, somebody);
      await opensProofing(person, 'bank-card', who);
    });

    it('[RN-29] wants a code of its own before the bank is asked', async () => {
      await sandboxOf(product).authority('bank-card', 'down');
      await person.submits(fields);
      expect(problemsOf(person.page)).toEqual({ code: refusal('field.required.code') });
      await person.submits({ ...fields, code: '123456' });
      expect(problemsOf(person.page)).toEqual({ code: refusal('otp.expired') });
    });

    it('[RN-29] sends one behind a captcha, and keeps what was typed', async () => {
      await person.asksForCode({ ...fields, captcha: '' });
      expect(problemsOf(person.page)).toEqual({ captcha: refusal('captcha.required') });
      const code = await sendsCode(person, other, fields);
      const [message] = await person.sandbox.messagesTo(other);
      expect(message).toMatchObject({ template: 'code.bank-card', code });
      expect(['bankCard', 'reservedMobile'].map((name) => person.page.$(`[name=${name}]`).attr('value'))).toEqual([
        fields['bankCard'],
        other,
      ]);
      await person.submits({ ...fields, code: code === '111111' ? '222222' : '111111' });
      expect(problemsOf(person.page)).toEqual({ code: refusal('otp.wrong') });
      await person.submits({ ...fields, code });
      expect(person.page.error?.code).toBe('identity.unavailable');
      await sandboxOf(product).authority('bank-card', 'normal');
    });

    it('[RN-29] asks for no other code when something behind it was refused, and for another one for another number', async () => {
      expect(person.page.has('[name=code]')).toBe(false);
      expect(person.page.says('#code-why')).toBe(word('step-up/bank-card', 'mobile-proven'));
      await person.submits({ ...fields, reservedMobile: '13900000002' });
      expect(problemsOf(person.page)).toEqual({ code: refusal('field.required.code') });
      await person.submits(fields);
      expect(person.page.outcome).toBe('done');
    });
  });

  it('[RN-11 RN-29] needs no second code for the mobile of the account within ten minutes, and one after them', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await service.sendsToUs();
    await signsIn(person, who);
    await opensProofing(person, 'bank-card', who);
    const own = { ...cardOf(who.identity), ...agreed[profile] };
    expect(person.page.says('#code-why')).toBe(word('step-up/bank-card', 'code-unless-proven'));
    await person.asksForCode(own);
    expect([person.page.error, person.page.has('[name=code]')]).toEqual([undefined, false]);
    expect((await person.sandbox.messagesTo(who.mobile)).map(({ template }) => template)).not.toContain('code.bank-card');

    await person.sandbox.waits(601);
    await person.goes(person.page.url.pathname.replace(/\/send-code$/, ''));
    expect(person.page.says('#code-why')).toBe(word('step-up/bank-card', 'code-why'));
    await person.submits(own);
    expect(problemsOf(person.page)).toEqual({ code: refusal('field.required.code') });
    const code = await sendsCode(person, who.mobile, own);
    await person.submits({ ...own, code });
    expect(person.page.outcome).toBe('done');
  });

  it('[AST-13] meets a source that is down or over its quota, and takes no card of somebody else', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await service.sendsToUs();
    await signsIn(person, who);
    await opensProofing(person, 'bank-card', who);
    const code = await sendsCode(person, zhangwei.mobile, { reservedMobile: zhangwei.mobile });
    const found: [number, string | undefined][] = [];
    for (const behaviour of ['down', 'over-quota', 'normal'] as const) {
      await person.sandbox.authority('bank-card', behaviour);
      // Typed once: what is refused behind it does not ask for another.
      await tries(person, card({ class: 'I' }), behaviour === 'down' ? { code } : {});
      found.push([person.page.status, person.page.error?.code]);
    }
    expect(found).toEqual([
      [503, 'identity.unavailable'],
      [503, 'identity.over-quota'],
      [422, 'identity.mismatch'],
    ]);
    expect(person.page.error?.text).toBe(refusal('identity.mismatch.bank-card'));
  });

  const outcomes = async (person: Person, cards: readonly [string, string][]): Promise<[string, string | undefined][]> => {
    const found: [string, string | undefined][] = [];
    for (const [number] of cards) {
      await tries(person, number);
      found.push([number, person.page.error?.code]);
    }
    return found;
  };
});

describe('proving a bank card in hubei', () => {
  let product: OwnProduct;
  beforeAll(async () => {
    product = await startProduct({ profile: 'hubei' });
  });
  afterAll(async () => product?.remove());

  const said = wordsOf('hubei');
  /** There are no usernames: people sign in with the mobile. */
  const signedIn = async (who: Pick<Citizen, 'mobile' | 'password'>, service: RelyingParty): Promise<Person> => {
    const person = await service.sendsToUs({ scope: 'openid assurance' });
    await signsIn(person, { username: who.mobile, password: who.password });
    return person;
  };
  const atTheForm = async (service?: RelyingParty): Promise<Person> => {
    await sandboxOf(product).waits(61);
    const asks = service ?? (await relyingParty(product, 'level-3'));
    const person = await signedIn({ mobile: zhangwei.mobile, password: 'Minxin-2026' }, asks);
    await opensProofing(person, 'bank-card', zhangwei);
    return person;
  };
  const fieldsOf = ({ page }: Person) =>
    page
      .$('form.form [name]:not(button)')
      .toArray()
      .map((field) => page.$(field).attr('name'));

  it('[RN-21 RN-23 RN-25 RN-26 RN-27] asks for the type of the document, card and reserved mobile, and says before what will do', async () => {
    const person = await atTheForm();
    const { page } = person;
    expect(fieldsOf(person)).toEqual([
      '_form',
      'documentType',
      'bankCard',
      'reservedMobile',
      'captchaId',
      'captchaProof',
      'captcha',
      'code',
      'agreement',
    ]);
    expect(page.says('label[for=documentType]')).toContain('开户时使用的证件类型');
    expect(
      page
        .$('[name=documentType] option')
        .toArray()
        .map((option) => page.$(option).attr('value')),
    ).toEqual(['resident-id-card', 'hk-permit', 'macao-permit', 'taiwan-permit']);
    expect(
      page
        .$('.facts [aria-hidden=true]')
        .toArray()
        .map((each) => page.$(each).text()),
    ).toEqual(['张*', '***********0113']);
    for (const notice of ['仅支持一类账户的银行卡，二类、三类账户不能通过认证', '银行预留手机号须与账号绑定的手机号一致'])
      expect(page.says('.notice')).toContain(notice);
    expect(page.says('details p')).toMatch(
      /首次在银行网点柜台办理账户开户时.*网银预留手机号码、短信通知绑定手机号码、手机银行绑定手机号码等是相互独立.*银行柜台咨询确认/,
    );
    expect(page.says('#next')).toBe('下一步');
  });

  it('[RN-28] links the agreement that must be ticked', async () => {
    const person = await atTheForm();
    await person.submits({ bankCard: card({ class: 'I' }), reservedMobile: zhangwei.mobile });
    expect(problemsOf(person.page)).toEqual({ agreement: said('layout/refused', 'agreement.required') });
    expect(person.page.says('label[for=agreement] a')).toContain('《银行卡实名验证服务协议》');
    const text = await person.tab().goes(person.page.$('label[for=agreement] a').attr('href') ?? '');
    expect([text.status, text.says('h1')]).toEqual([200, '银行卡实名验证服务协议']);
  });

  it('[RN-25 DIS-07] takes no reserved mobile but that of the account, even where the bank would, and sends no code to another', async () => {
    const person = await atTheForm();
    const typed = { bankCard: card({ reservedMobile: '13900000001' }), reservedMobile: '13900000001', agreement: 'yes' };
    const differs = { reservedMobile: said('layout/refused', 'bank-card.mobile-differs') };
    await person.submits(typed);
    expect(problemsOf(person.page)).toEqual(differs);
    await person.asksForCode(typed);
    expect(problemsOf(person.page)).toEqual(differs);
    expect(await person.sandbox.messagesTo('13900000001')).toEqual([]);
  });

  it('[RN-27] compares with the verified document only, and says so to whoever chooses another', async () => {
    const person = await atTheForm();
    const typed = { bankCard: card({ class: 'I' }), reservedMobile: zhangwei.mobile, agreement: 'yes' };
    await person.submits({ ...typed, documentType: '' });
    expect(person.page.error?.field).toBe('documentType');
    await person.submits({ ...typed, documentType: 'hk-permit' });
    expect(problemsOf(person.page)).toEqual({ documentType: said('layout/refused', 'document.invalid.not-verified') });
  });

  it('[RN-21 RN-23] takes no card of class II or III, and gives 中级 for one of class I', async () => {
    const service = await relyingParty(product, 'level-3');
    const person = await atTheForm(service);
    const tries = (bankCard: string) => person.submits({ bankCard, reservedMobile: zhangwei.mobile, agreement: 'yes' });
    for (const kind of ['II', 'III']) {
      await tries(card({ class: kind }));
      expect(problemsOf(person.page)).toEqual({ bankCard: said('layout/refused', 'bank-card.class') });
    }
    await tries(card({ class: 'I' }));
    expect([person.page.outcome, person.page.says('h1')]).toEqual(['done', '认证成功']);
    expect(person.page.text).toContain('您的认证级别为“中级认证”');
    await person.opens('#next');
    await allows(person);
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L3' });
  });

  it('[RN-29] wants a code of its own to the reserved mobile when the one of the account was proved more than ten minutes ago', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await signedIn(who, await relyingParty(product, 'level-3'));
    await opensProofing(person, 'bank-card', who);
    await person.sandbox.waits(601);
    const own = { ...cardOf(who.identity), agreement: 'yes' };
    await person.goes(person.page.url.pathname);
    await person.submits(own);
    expect(problemsOf(person.page)).toEqual({ code: said('layout/refused', 'field.required.code') });
    const code = await sendsCode(person, who.mobile, own);
    expect((await person.sandbox.messagesTo(who.mobile)).map(({ template }) => template)).toContain('code.bank-card');
    await person.submits({ ...own, code: code === '111111' ? '222222' : '111111' });
    expect(problemsOf(person.page)).toEqual({ code: said('layout/refused', 'otp.wrong') });
    await person.submits({ ...own, code });
    expect(person.page.outcome).toBe('done');
  });
});
