import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { goesOn, newCitizen, opensProofing, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { problemsOf } from '../support/form-problems.ts';
import { citizen, datesOf, identityFields } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, wordsOf } from '../support/words.ts';

const day = 86_400;

const starred = ({ $ }: Page): string[] =>
  $('form.form .label:has(.star)')
    .toArray()
    .map((label) => $(label).text());

describe.each(['demo', 'beijing', 'beijing-2019'])('proving a real name in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  /** Signed in with a password, at the step-up page of a service that wants more. */
  const atStepUp = async (who: Citizen, service = 'level-2'): Promise<Person> => {
    const person = await (await relyingParty(product, service)).sendsToUs();
    await signsIn(person, who);
    return person;
  };
  const step = (person: Person): string => person.page.url.pathname.split('/step-up/')[1] ?? person.page.url.pathname;
  const steps = (person: Person): [string, string | undefined][] =>
    person.page
      .$('.progress li')
      .toArray()
      .map((each) => [person.page.$(each).find('.step').text(), person.page.$(each).attr('class')]);

  it('[RN-11] begins with captcha and SMS to the mobile of the account, which is shown masked', async () => {
    const who = await newCitizen(product);
    const person = await atStepUp(who);
    await person.opens('#step-up-real-name');
    expect(step(person)).toBe('real-name/verify');
    expect(steps(person)).toEqual([
      ['验证身份', 'current'],
      ['实名认证', 'ahead'],
      ['完成', 'ahead'],
    ]);
    expect(person.page.says('.facts dd span[aria-hidden=true]')).toBe(`${who.mobile.slice(0, 3)}****${who.mobile.slice(-4)}`);
    expect(person.page.html).not.toContain(who.mobile);
    expect(starred(person.page)).toEqual(['图形验证码 *', '短信验证码 *']);
    await person.submits({ captcha: '' });
    expect(problemsOf(person.page)).toEqual({ captcha: refusal('captcha.required'), code: refusal('field.required.code') });
    await person.asksForCode({ captcha: '' });
    expect(problemsOf(person.page)).toEqual({ captcha: refusal('captcha.required') });
    await person.asksForCode();
    const code = await person.readsCode(who.mobile);
    await person.submits({ code: code === '111111' ? '222222' : '111111' });
    expect(problemsOf(person.page)).toEqual({ code: refusal('otp.wrong') });
    await person.submits({ code });
    expect(step(person)).toBe('real-name/evidence');
    expect(steps(person)).toEqual([
      ['验证身份', 'done'],
      ['实名认证', 'current'],
      ['完成', 'ahead'],
    ]);
    await person.submits(identityFields(who.identity));
    expect(steps(person)).toEqual([
      ['验证身份', 'done'],
      ['实名认证', 'done'],
      ['完成', 'current'],
    ]);
    const codes = (await person.sandbox.messagesTo(who.mobile)).filter((message) => message.code !== undefined);
    expect(codes).toMatchObject([{ template: 'code.step-up' }]);
  });

  it('[RN-11] lets nobody past that step by its address or a form of their own', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await atStepUp(who, 'level-3');
    const base = person.page.url.pathname;
    for (const path of ['real-name/evidence', 'real-name/done', 'real-name/finish', 'bank-card', 'bank-card/evidence']) {
      await person.goes(`${base}/${path}`);
      expect([path, step(person).split('/').at(-1)]).toEqual([path, path.endsWith('finish') ? 'step-up' : 'verify']);
    }
    await person.goes(`${base}/real-name`);
    const _form = person.page.$('form.form input[name=_form]').attr('value') ?? '';
    await person.posts(`${base}/real-name/evidence`, { ...identityFields(who.identity), _form });
    expect(person.page.error?.code).toBe('form.forged');
  });

  it('[RN-11] asks for no second code within ten minutes of one, and for one after them', async () => {
    const service = await relyingParty(product, 'level-2');
    const who = await newCitizen(product);
    const person = await service.sendsToUs();
    await signsInBySms(person, who);
    await person.sandbox.waits(590);
    await person.opens('#step-up-real-name');
    expect(step(person)).toBe('real-name/evidence');
    await person.sandbox.waits(20);
    await person.goes(person.page.url.pathname.replace(/\/evidence$/, ''));
    expect(step(person)).toBe('real-name/verify');
  });

  it('[RN-11] takes a code of one session for that session only', async () => {
    const who = await newCitizen(product);
    const first = await atStepUp(who);
    await opensProofing(first, 'real-name', who);
    expect(step(first)).toBe('real-name/evidence');
    const second = await atStepUp(who);
    await second.opens('#step-up-real-name');
    expect(step(second)).toBe('real-name/verify');
  });

  it('[RN-12 RN-41] ends with 认证成功 and leads back to the service, which gets the level', async () => {
    const service = await relyingParty(product, 'level-2');
    const who = await newCitizen(product);
    const person = await service.sendsToUs({ scope: 'openid assurance' });
    await signsIn(person, who);
    await opensProofing(person, 'real-name', who);
    await person.submits(identityFields(who.identity));
    expect(person.page.says('h1')).toBe('认证成功');
    expect(person.page.text).toContain('恭喜您认证成功！您的认证级别为“初级认证”。');
    await goesOn(person);
    await person.submits({}, { button: '#consent-allow' });
    const { claims, userinfo } = await service.receives(person);
    expect(claims).toMatchObject({ acr: 'L2', amr: ['mfa', 'pwd', 'sms'] });
    expect(userinfo).toMatchObject({ assurance: { level: 'L2', evidence: [{ kind: 'real-name' }] } });
  });

  it('[RN-10 RN-41] begins at a tile of the account centre and ends with the ways to it and to the portal', async () => {
    const who = await newCitizen(product);
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, who);
    await person.goes('/account');
    expect(person.page.says('#tile-real-name .tile-state')).toBe('立即认证');
    await person.opens('#tile-real-name');
    await opensProofing(person, 'real-name', who);
    await person.submits(identityFields(who.identity));
    expect(person.page.text).toContain('恭喜您认证成功！您的认证级别为“初级认证”。您可以点击前往个人中心。');
    expect(person.page.says('#next')).toBe('进入个人中心');
    const portal = person.page.$('.actions a').not('#next');
    expect(portal.attr('href')).toBe(person.page.$('.tool.portal').attr('href'));
    await goesOn(person);
    expect(person.page.url.pathname).toBe('/account');
    expect(person.page.says('.tile.verified .tile-name')).toBe('实名认证');
    expect(person.page.says('.tile.verified .tile-state')).toBe('已认证');
    expect(person.page.says('.level strong')).toBe('初级认证');
  });

  it('[RN-12] an account that is verified takes no other identity, and its own again when it is too old', async () => {
    const service = await relyingParty(product, 'fresh-evidence');
    const who = await newCitizen(product, 'L2');
    await newPerson(product).sandbox.waits(day + 1);
    const person = await service.sendsToUs();
    await signsIn(person, who);
    await opensProofing(person, 'real-name', who);
    expect(person.page.text).toContain('近期核验过的身份');
    expect(['name', 'documentType', 'documentNumber'].filter((field) => person.page.has(`[name=${field}]`))).toEqual([]);
    // Whatever a form says besides the dates is not read.
    await person.posts(person.page.url.pathname, {
      ...identityFields(citizen()),
      _form: person.page.$('[name=_form]').first().val()?.toString() ?? '',
    });
    expect(person.page.outcome).not.toBe('done');
    await person.goes(person.page.url.pathname);
    await person.submits(datesOf(who.identity));
    await goesOn(person);
    await person.submits({}, { button: '#consent-allow' });
    expect((await service.receives(person)).claims['acr']).toBe('L2');
  });

  it('[AST-13] asks the authority three times a day about one document for one account, and again the next day', async () => {
    const who = await newCitizen(product);
    const person = await atStepUp(who);
    await opensProofing(person, 'real-name', who);
    const wrong = { ...identityFields(who.identity), name: '错名字' };
    for (let times = 0; times < 3; times += 1) {
      await person.submits(wrong);
      expect(person.page.error?.code).toBe('identity.mismatch');
    }
    await person.submits(identityFields(who.identity));
    expect([person.page.status, person.page.error]).toEqual([
      429,
      { code: 'identity.too-many', field: undefined, text: wordsOf(profile)('layout/refused', 'identity.too-many') },
    ]);
    expect(Number(person.page.headers['retry-after'])).toBeGreaterThan(3600);
    // What is wrong with the form itself costs nothing.
    await person.submits({ ...wrong, documentNumber: '1' });
    expect(person.page.status).toBe(422);
    await person.sandbox.waits(day);
    const later = await atStepUp(who);
    await opensProofing(later, 'real-name', who);
    await later.submits(identityFields(who.identity));
    expect(later.page.outcome).toBe('done');
  });

  it('[RN-12] of one account in two tabs at once makes one verified person', async () => {
    const who = await newCitizen(product);
    const one = await atStepUp(who);
    const two = one.tab();
    const service = await relyingParty(product, 'default-level-2');
    await service.sendsToUs({}, two);
    await opensProofing(one, 'real-name', who);
    await two.opens('#step-up-real-name');
    const clicks = await Promise.all([one, two].map((tab) => tab.submits(identityFields(who.identity))));
    expect(clicks.map((page) => [page.outcome, page.error])).toEqual([
      ['done', undefined],
      ['done', undefined],
    ]);
  });

  it('[REG-37] of two accounts at once verifies one of them', async () => {
    const somebody = citizen();
    const both = await Promise.all(
      [1, 2].map(async () => {
        const who = await newCitizen(product);
        const person = await atStepUp(who);
        await opensProofing(person, 'real-name', who);
        return person;
      }),
    );
    const pages = await Promise.all(both.map((person) => person.submits(identityFields(somebody))));
    expect(pages.map((page) => page.error?.code ?? page.outcome)).toEqual(expect.arrayContaining(['done', 'identity.taken']));
  });

  it('[PRV-04] keeps name and number out of addresses, and out of pages but those where they were typed', async () => {
    const who = await newCitizen(product);
    const person = await atStepUp(who);
    await opensProofing(person, 'real-name', who);
    await person.submits(identityFields(who.identity));
    expect(person.trail.map((hop) => hop.url.href).join(' ')).not.toContain(who.identity.document.number);
    await goesOn(person);
    await person.goes('/account');
    expect(person.page.html).not.toContain(who.identity.document.number);
    expect(person.page.html).not.toContain(who.identity.name);
    expect(person.page.html).not.toContain(who.mobile);
  });
});
