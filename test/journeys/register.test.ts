import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { registersWith } from '../support/city-forms.ts';
import { problemsOf } from '../support/form-problems.ts';
import { accountFields, citizen, identityFields, newcomer, registers, registersUnverified, skipsIdentity } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

interface Rules {
  /** Lengths of usernames and passwords, as the texts give them. */
  readonly username: { readonly min: number; readonly max: number };
  readonly password: { readonly min: number; readonly max: number };
  /** Who registers without a waiting service lands here. */
  readonly landing: string;
}

const cities: Readonly<Record<string, Rules>> = {
  demo: { username: { min: 4, max: 20 }, password: { min: 8, max: 64 }, landing: '/account' },
  beijing: { username: { min: 6, max: 20 }, password: { min: 8, max: 20 }, landing: 'http://www.beijing.gov.cn/' },
  'beijing-2019': { username: { min: 6, max: 20 }, password: { min: 6, max: 20 }, landing: 'http://www.beijing.gov.cn/' },
};

describe.each(Object.entries(cities))('registration in %s', (profile, rules) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  const atTheForm = async (): Promise<Person> => {
    const person = newPerson(product);
    await person.goes('/register');
    return person;
  };

  describe('the way there and back', () => {
    it('[REG-01 REG-41] leads from a service through the wizard back to it, signed in', async () => {
      const service = await relyingParty(product, 'basic');
      const who = newcomer();
      const person = await service.sendsToUs({ scope: 'openid profile' });
      await person.opens('a[href$="/register"]');
      expect(person.page.title).toContain(word('register', 'account'));
      await registersUnverified(person, who);
      await person.submits({}, { button: '#consent-allow' });
      const { claims, userinfo } = await service.receives(person);
      expect(claims).toMatchObject({ acr: 'L1', amr: ['mfa', 'pwd', 'sms'] });
      expect(userinfo).toMatchObject({ preferred_username: who.username });
      expect((await person.goes('/account')).status).toBe(200);
    });

    it('[REG-01] is where a service that asks for it sends people at once', async () => {
      const service = await relyingParty(product, 'first-party');
      const person = await service.sendsToUs({ prompt: 'create' });
      expect(person.page.url.pathname).toMatch(/\/register\/account$/);
      await registersUnverified(person);
      expect((await service.receives(person)).claims).toMatchObject({ acr: 'L1' });
    });

    it('[REG-02 REG-41] opens one account, whichever of two services it begins at', async () => {
      const who = newcomer();
      const insurance = await relyingParty(product, 'sector-clinic');
      const fund = await relyingParty(product, 'sector-pharmacy');
      const person = await insurance.sendsToUs({ prompt: 'create' });
      await registersUnverified(person, who);
      await person.submits({}, { button: '#consent-allow' });
      const first = await insurance.receives(person);
      await fund.sendsToUs({}, person);
      await person.submits({}, { button: '#consent-allow' });
      expect((await fund.receives(person)).claims.sub).toBe(first.claims.sub);

      await person.sandbox.waits(61);
      const other = await fund.sendsToUs({ prompt: 'create' });
      await registers(other, who);
      expect(other.page.error).toMatchObject({ code: 'mobile.taken', field: 'mobile' });
    });

    it.each([
      ['social-insurance', '社会保险', '#consent-allow'],
      // It wants a bank card besides.
      ['housing-fund', '住房公积金', '#step-up-bank-card'],
    ])('[REG-02] is offered by the demonstration service %s, which names itself all the way', async (id, name, next) => {
      const service = await relyingParty(product, id);
      const person = await service.sendsToUs();
      await person.opens('a[href$="/register"]');
      await registers(person);
      await person.submits(identityFields(citizen()));
      expect(person.page.outcome).toBe('done');
      expect(person.page.says('#next')).toBe(word('register', 'result.to-service', { service: name }));
      await person.opens('#next');
      expect(person.page.has(next)).toBe(true);
    });

    it('[REG-41] without a waiting service leads to where the city wants people, signed in', async () => {
      const person = await atTheForm();
      await registersUnverified(person);
      expect(person.page.url.href).toBe(new URL(rules.landing, product.issuer).href);
      expect((await person.goes('/')).url.pathname).toBe('/account');
    });

    it('[REG-06 UXP-01] goes the same way on a phone', async () => {
      const service = await relyingParty(product, 'first-party');
      const person = await service.sendsToUs({ prompt: 'create' }, { channel: 'h5' });
      expect(person.page.$('html').attr('data-channel')).toBe('h5');
      // Phones may be asked for less.
      const asked = Object.entries(accountFields(newcomer())).filter(([name]) => person.page.has(`[name=${name}]`));
      await registersWith(person, Object.fromEntries(asked));
      await person.submits(identityFields(citizen()));
      await person.opens('#next');
      expect((await service.receives(person)).claims).toMatchObject({ acr: 'L2' });
    });

    it('[REG-41] ends with a page that signs in by its button, and says no earlier that it did', async () => {
      const person = await atTheForm();
      await registers(person);
      await skipsIdentity(person);
      expect(person.page.says('.result')).not.toContain('已登录');
      expect(person.page.says('#next')).toMatch(/^登录并进入/);
      expect((await person.tab().goes('/account')).has('#login-submit')).toBe(true);
      await person.opens('#next');
      expect((await person.goes('/')).url.pathname).toBe('/account');
    });

    it('[REG-41] without a waiting service leads to the account centre for whoever wants that', async () => {
      const person = await atTheForm();
      await registers(person);
      await skipsIdentity(person);
      // Where the city wants everybody there, one button says so.
      await person.opens(rules.landing === '/account' ? '#next' : 'a[href$="/finish?to=account"]');
      expect(person.page.url.pathname).toBe('/account');
      expect(person.page.status).toBe(200);
    });
  });

  describe('the account step', () => {
    it('[REG-06] is the first of three, which the progress bar shows', async () => {
      const person = await atTheForm();
      const steps = () =>
        person.page
          .$('.progress li')
          .toArray()
          .map((step) => {
            const item = person.page.$(step);
            return [item.find('.step').text(), item.attr('class')];
          });
      const names = [word('register', 'account'), word('register', 'real-name'), word('register', 'done')];
      expect(steps()).toEqual([
        [names[0], 'current'],
        [names[1], 'ahead'],
        [names[2], 'ahead'],
      ]);
      await registers(person);
      expect(steps()).toEqual([
        [names[0], 'done'],
        [names[1], 'current'],
        [names[2], 'ahead'],
      ]);
      await person.submits(identityFields(citizen()));
      expect(steps()).toEqual([
        [names[0], 'done'],
        [names[1], 'done'],
        [names[2], 'current'],
      ]);
    });

    it('[REG-06 REG-36] does not call a step done that was skipped', async () => {
      const person = await atTheForm();
      await registers(person);
      await skipsIdentity(person);
      const states = person.page
        .$('.progress li')
        .toArray()
        .map((step) => person.page.$(step).attr('class'));
      expect(states).toEqual(['done', 'ahead', 'current']);
    });

    it('[REG-08] links the agreement and opens no account until it is accepted', async () => {
      const person = await atTheForm();
      const who = newcomer();
      const links = person.page
        .$('label[for=agreement] a')
        .toArray()
        .map((link) => person.page.$(link).attr('href'));
      expect(links).toEqual(['/help/agreement', '/help/privacy']);
      for (const href of links) {
        const text = await person.tab().goes(href ?? '');
        expect(text.status).toBe(200);
        expect(text.text.length).toBeGreaterThan(500);
      }
      await person.asksForCode(accountFields(who));
      const code = await person.readsCode(who.mobile);
      await person.submits({ ...accountFields(who), agreement: '', code });
      expect(person.page.status).toBe(422);
      expect(problemsOf(person.page)).toEqual({ agreement: refusal('agreement.required') });
      // The code was not used up by it.
      await person.submits({ ...accountFields(who), code });
      expect(person.page.url.pathname).toMatch(/\/register\/identity$/);
    });

    it('[REG-09] marks what must be filled with a star, for eyes and for ears', async () => {
      const { page } = await atTheForm();
      expect(page.text).toContain(word('layout', 'required'));
      for (const name of ['username', 'mobile', 'captcha', 'code', 'newPassword', 'confirmPassword', 'agreement']) {
        const input = page.$(`[name=${name}]`);
        expect([name, input.attr('aria-required')]).toEqual([name, 'true']);
        expect([name, page.$(`label[for="${input.attr('id')}"] .star`).length]).toEqual([name, 1]);
      }
    });

    it('[REG-20] has an eye beside both passwords, which scripts bring to life', async () => {
      const { page } = await atTheForm();
      for (const name of ['newPassword', 'confirmPassword']) {
        const input = page.$(`[name=${name}]`);
        expect(input.attr('type')).toBe('password');
        const eye = input.parent().find(`button[data-reveal="${input.attr('id')}"]`);
        expect(eye.attr('type')).toBe('button');
        expect(eye.attr('aria-label')).toBeTruthy();
        expect(eye.attr('hidden')).toBeDefined();
      }
    });

    it('[NOT-14] tells everything that is wrong at once, beside each field and in a summary', async () => {
      const person = await atTheForm();
      await person.submits({ username: '', mobile: '', code: '', newPassword: '', confirmPassword: '', captcha: '' });
      expect(person.page.status).toBe(422);
      expect(problemsOf(person.page)).toEqual({
        username: refusal('field.required.username'),
        mobile: refusal('field.required.mobile'),
        captcha: refusal('captcha.required'),
        code: refusal('field.required.code'),
        newPassword: refusal('field.required.newPassword'),
        confirmPassword: refusal('field.required.confirmPassword'),
        agreement: refusal('agreement.required'),
      });
      expect(person.page.title).toMatch(new RegExp(`^${word('layout', 'title-error')}`));
    });

    it('[NOT-14] keeps what was typed but for secrets', async () => {
      const person = await atTheForm();
      const who = newcomer({ username: '1st' });
      await person.submits({ ...accountFields(who), code: '123456', captcha: '' });
      const value = (name: string) => person.page.$(`[name=${name}]`).attr('value') ?? '';
      expect([value('username'), value('mobile')]).toEqual(['1st', who.mobile]);
      expect(person.page.$('[name=agreement]').attr('checked')).toBeDefined();
      expect([value('newPassword'), value('confirmPassword'), value('code')]).toEqual(['', '', '123456']);
      expect(person.page.html).not.toContain(who.password);
      expect(person.page.$('[autofocus]').first().attr('name')).toBe('username');
    });
  });
});
