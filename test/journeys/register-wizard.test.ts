import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { problemsOf } from '../support/form-problems.ts';
import { accountFields, citizen, identityFields, newcomer, registers, registersUnverified, skipsIdentity } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { initiates, relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

/** What the one wizard engine promises, seen through the registration: nobody gets lost, nothing is done twice. */
describe('the registration as a wizard', () => {
  let product: Product;
  let person: Person;
  beforeAll(async () => {
    product = await sharedProduct();
  });
  beforeEach(async () => {
    person = newPerson(product);
    await person.goes('/register');
  });

  const base = (): string => person.page.url.pathname.replace(/\/register\/.*$/, '/register');
  const step = (page: Page = person.page): string => page.url.pathname.replace(/^.*\/register\//, '');

  describe('submitted twice', () => {
    it('[REG-06] by a double click opens one account, and both clicks end at the next step', async () => {
      const who = newcomer();
      await person.asksForCode(accountFields(who));
      const form = { ...accountFields(who), code: await person.readsCode(who.mobile), _form: tokenOf(person) };
      const clicks = await Promise.all([person, person.tab(), person.tab()].map((tab) => tab.posts(`${base()}/account`, form)));
      expect(clicks.map((page) => [page.status, step(page), page.error])).toEqual([1, 2, 3].map(() => [200, 'identity', undefined]));
      await skipsIdentity(person);
      await person.opens('#next');
      expect(person.page.url.pathname).toBe('/account');
    });

    it('[REG-37] by a double click verifies one person, and both clicks end at the last step', async () => {
      await registers(person);
      const form = { ...identityFields(citizen()), _form: tokenOf(person) };
      const clicks = await Promise.all([person, person.tab()].map((tab) => tab.posts(`${base()}/identity`, form)));
      expect(clicks.map((page) => [step(page), page.outcome])).toEqual([
        ['done', 'done'],
        ['done', 'done'],
      ]);
      expect(person.page.says('h1')).toBe(word('register', 'result.verified-title'));
    });

    it.each(['mobile', 'username'] as const)('[REG-48] by two people with one %s at the same moment opens one account', async (shared) => {
      const who = newcomer();
      const forms: [Person, Record<string, string>][] = [];
      for (const visitor of [person, newPerson(product)]) {
        const own = newcomer({ [shared]: who[shared] });
        await visitor.goes('/register');
        await visitor.sandbox.waits(61);
        await visitor.asksForCode(accountFields(own));
        forms.push([visitor, { ...accountFields(own), code: await visitor.readsCode(own.mobile) }]);
      }
      const pages = await Promise.all(forms.map(([visitor, fields]) => visitor.submits(fields)));
      expect(pages.map((page) => page.error?.code ?? step(page))).toEqual(expect.arrayContaining(['identity', `${shared}.taken`]));
    });

    it('with a mistake in it says the mistake twice', async () => {
      const form = { ...accountFields(newcomer()), newPassword: 'short', code: '123456', _form: tokenOf(person) };
      const clicks = await Promise.all([person, person.tab()].map((tab) => tab.posts(`${base()}/account`, form)));
      expect(clicks.map((page) => [page.status, page.error?.code])).toEqual([
        [422, 'password.weak'],
        [422, 'password.weak'],
      ]);
    });

    it('later, after "back" in the browser, follows to where the person is', async () => {
      const who = newcomer();
      await person.asksForCode(accountFields(who));
      const form = { ...accountFields(who), code: await person.readsCode(who.mobile), _form: tokenOf(person) };
      await person.posts(`${base()}/account`, form);
      await person.posts(`${base()}/account`, form);
      expect([person.page.status, step()]).toEqual([200, 'identity']);
      await skipsIdentity(person);
      await person.posts(`${base()}/account`, form);
      expect([person.page.status, step()]).toEqual([200, 'done']);
    });
  });

  describe('reached by address', () => {
    it('leads from a step that is not open yet to the one that is', async () => {
      for (const path of ['identity', 'done', 'finish', 'nowhere', '']) {
        await person.goes(`${base()}/${path}`);
        expect([path, person.page.status, step()]).toEqual([path, 200, 'account']);
      }
      await registers(person);
      for (const path of ['account', 'done']) {
        await person.goes(`${base()}/${path}`);
        expect([path, person.page.status, step()]).toEqual([path, 200, 'identity']);
      }
    });

    it('shows a step again as often as it is reloaded', async () => {
      await registers(person);
      for (let times = 0; times < 2; times += 1) {
        await person.goes(person.page.url);
        expect(step()).toBe('identity');
      }
      await skipsIdentity(person);
      await person.goes(person.page.url);
      expect(person.page.outcome).toBe('done');
    });

    it('takes nothing that is sent to a step that is not open', async () => {
      const token = tokenOf(person);
      for (const path of ['identity', 'done', 'nowhere']) {
        await person.posts(`${base()}/${path}`, { ...identityFields(citizen()), _form: token });
        // The token is that of another page.
        expect(person.page.error?.code).toBe(path === 'nowhere' ? 'page.not-found' : 'form.forged');
      }
      await person.goes(base());
      await registers(person);
      const identity = tokenOf(person);
      await skipsIdentity(person);
      await person.posts(`${base()}/identity`, { ...identityFields(citizen()), _form: identity });
      expect([step(), person.page.says('h1')]).toEqual(['done', word('register', 'result.title')]);
    });

    it('is of no use in another browser', async () => {
      const thief = newPerson(product);
      await thief.goes(base());
      expect([thief.page.status, thief.page.error?.code]).toEqual([410, 'interaction.expired']);
    });
  });

  describe('in two tabs', () => {
    it('of one registration goes on in either', async () => {
      const tab = person.tab();
      await tab.goes(`${base()}/account`);
      await registers(person);
      // What the second tab wanted was not done, and nobody may think so.
      await tab.submits({ ...accountFields(newcomer()), captcha: '' });
      expect([tab.page.status, tab.page.error?.code]).toEqual([409, 'form.stale']);
      await tab.goes(base());
      expect(step(tab.page)).toBe('identity');
      await skipsIdentity(tab);
      await person.goes(person.page.url);
      expect(person.page.outcome).toBe('done');
    });

    it('asks for a code in the first after the second has finished, and is led to where it stands', async () => {
      const tab = person.tab();
      await tab.goes(`${base()}/account`);
      await registers(person);
      await tab.asksForCode(accountFields(newcomer()));
      expect([tab.page.status, step(tab.page)]).toEqual([200, 'identity']);
    });

    it('of two registrations opens two accounts, and the last one to finish is signed in', async () => {
      const [one, two] = [newcomer(), newcomer()];
      const service = await relyingParty(product, 'first-party');
      const other = person.tab();
      await service.sendsToUs({ prompt: 'create', scope: 'openid profile' }, other);
      await registers(person, one);
      await registers(other, two);
      await skipsIdentity(person);
      await skipsIdentity(other);
      await person.opens('#next');
      await other.opens('#next');
      if (other.page.has('#continue')) await other.submits({}, { button: '#continue' });
      expect((await service.receives(other)).userinfo).toMatchObject({ preferred_username: two.username });
    });
  });

  describe('left lying', () => {
    it('is over after an hour, says so and leads back to the service', async () => {
      const service = await relyingParty(product, 'basic');
      await service.sendsToUs({ prompt: 'create' }, person);
      await registers(person);
      const address = person.page.url;
      await person.sandbox.waits(3601);
      await person.submits(identityFields(citizen()));
      expect([person.page.status, person.page.error?.code]).toEqual([410, 'interaction.expired']);
      expect(person.page.$('#back').attr('href')).toBe(initiates(product, 'https://basic.example/login'));
      await person.goes(address);
      expect(person.page.status).toBe(410);
    });

    it('begins anew for whoever comes back, and the account opened before can sign in', async () => {
      const who = newcomer();
      await registers(person, who);
      await person.sandbox.waits(3601);
      await person.goes(person.page.url);
      await person.opens('#back');
      await person.submits({ identifier: who.mobile, password: who.password });
      expect(person.page.url.pathname).toBe('/account');
    });
  });

  describe('without scripts', () => {
    it('[UXP-01] comes back to the step when the language is switched or another captcha is wanted', async () => {
      const who = newcomer();
      await person.asksForCode({ ...accountFields(who), captcha: '0' });
      expect(person.page.error?.code).toBe('captcha.wrong');
      await person.submits({ captcha: '' }, { button: '.another' });
      expect([person.page.status, step()]).toEqual([200, 'account']);
      await person.asksForCode(accountFields(who));
      await person.submits({}, { button: 'button[name=locale]' });
      expect([person.page.status, step()]).toEqual([200, 'account']);
      expect(person.page.says('h1')).toBe(word('register', 'account', {}, 'en'));
    });
  });

  describe('forged', () => {
    it('takes no form without its token, with that of another page or another browser, or from elsewhere', async () => {
      const other = newPerson(product);
      await other.goes('/register');
      const fields = accountFields(newcomer());
      const action = `${base()}/account`;
      const token = tokenOf(person);
      const refused = async (body: Record<string, string>, headers = {}) => {
        await person.posts(action, body, headers);
        return [person.page.status, person.page.error?.code];
      };
      const forged = [403, 'form.forged'];
      expect(await refused(fields)).toEqual(forged);
      expect(await refused({ ...fields, _form: tokenOf(other) })).toEqual(forged);
      expect(await refused({ ...fields, _form: `1${token.slice(1)}` })).toEqual(forged);
      expect(await refused({ ...fields, _form: token }, { Origin: 'https://elsewhere.example' })).toEqual(forged);
      expect(await refused({ ...fields, _form: token }, { 'Sec-Fetch-Site': 'cross-site' })).toEqual(forged);
      await person.arrives(action, { ...fields, _form: token });
      expect([person.page.status, person.page.error?.code]).toEqual([410, 'interaction.expired']);
    });

    it('takes no repeated, oversized or foreign body', async () => {
      const action = `${base()}/account`;
      const token = tokenOf(person);
      await person.posts(action, `_form=${token}&mobile=13800000001&mobile=13800000002`);
      expect([person.page.status, person.page.error?.code]).toEqual([400, 'form.malformed']);
      await person.posts(action, { _form: token, username: 'a'.repeat(70_000) });
      expect([person.page.status, person.page.error?.code]).toEqual([413, 'form.too-large']);
      await person.posts(action, JSON.stringify({ _form: token }), { 'Content-Type': 'application/json' });
      expect([person.page.status, person.page.error?.code]).toEqual([400, 'form.malformed']);
      await person.posts(action, { _form: token, ...accountFields(newcomer()), username: 'a'.repeat(129), admin: 'yes' });
      expect(problemsOf(person.page)).toMatchObject({ username: refusal('field.invalid') });
    });
  });

  it('answers a script in JSON, with the reason and a new captcha', async () => {
    const who = newcomer();
    const send = (fields: Record<string, string>) =>
      person
        .tab()
        .posts(`${base()}/account/send-code`, { ...accountFields(who), ...fields, _form: tokenOf(person) }, { Accept: 'application/json' });
    const refused = await send({ captchaId: captcha(person), captcha: 'nope' });
    expect(refused.status).toBe(422);
    const answer = refused.json();
    expect(answer).toMatchObject({
      ok: false,
      problems: [{ code: 'captcha.wrong', field: 'captcha' }],
      captcha: { id: expect.any(String) },
    });
    await person.goes(person.page.url);
    const sent = await send({ captchaId: captcha(person), captcha: await person.sandbox.captchaAnswer(captcha(person)) });
    expect([sent.status, sent.json()]).toEqual([
      200,
      {
        ok: true,
        cooldownSeconds: 60,
        sentTo: { text: `${who.mobile.slice(0, 3)}****${who.mobile.slice(-4)}`, spoken: `尾号为 ${who.mobile.slice(-4)} 的手机号` },
      },
    ]);
  });

  it('[REG-41] lets whoever is signed in already register somebody else, and says nothing of the first', async () => {
    await registersUnverified(person);
    const who = newcomer();
    await person.goes('/register');
    await registersUnverified(person, who);
    if (person.page.has('#continue')) await person.submits({}, { button: '#continue' });
    expect(person.page.url.pathname).toBe('/account');
    expect(person.page.text).toContain(`${who.mobile.slice(0, 3)}****${who.mobile.slice(-4)}`);
  });
});

function tokenOf(person: Person): string {
  return person.page.$('form.form input[name=_form]').attr('value') ?? '';
}

function captcha(person: Person): string {
  return person.page.$('[data-captcha-id]').attr('data-captcha-id') ?? '';
}
