import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ScriptedPerson } from '../../sandbox/people.ts';
import { newPerson } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { documentFields, registersVerified, registersWith, untilTimeOfDay } from '../support/city-forms.ts';
import { citizen, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

/** What the sign-in pages of the cities have of their own. */
const wechat =
  'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0 Mobile Safari/537.36 MicroMessenger/8.0.47 Language/zh_CN';

describe('signing in in hubei', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct('hubei');
    await untilTimeOfDay(product, 11);
  });

  it('[LOG-02] takes the mobile, the number of the identity card, or that of another document', async () => {
    const people = await newPerson(product).sandbox.people<ScriptedPerson>();
    const permit = people.findLast(({ document, outcome, account }) => document.type === 'hk-permit' && outcome === 'match' && !account);
    if (!permit) throw new Error('nobody has a permit');
    for (const somebody of [citizen(), permit]) {
      const who = newcomer();
      const person = newPerson(product);
      await person.goes('/register');
      await registersWith(person, documentFields(who, somebody));
      expect(person.page.outcome).toBe('done');
      for (const identifier of [who.mobile, somebody.document.number, somebody.document.number.toLowerCase()]) {
        const back = newPerson(product);
        await back.goes('/login');
        await back.submits({ identifier, password: who.password });
        expect([back.page.error, (await back.goes('/account')).status]).toEqual([undefined, 200]);
      }
    }
    const person = newPerson(product);
    await person.goes('/login');
    expect(person.page.says('label[for=login-identifier]')).toBe('手机号/身份证号/证件号');
  });

  it('[OPS-11] opens with natural persons, beside whom legal persons and agents say that they are coming', async () => {
    const person = newPerson(product);
    await person.goes('/login');
    expect(person.page.says('#subject-person[aria-current=page]')).toBe('个人用户登录');
    const coming = ['#subject-legal-person', '#subject-agent'].map((tab) => [person.page.says(tab), person.page.$(tab).is('a')]);
    expect(coming).toEqual([
      ['法人用户登录（敬请期待）', false],
      ['代理登录（敬请期待）', false],
    ]);
    expect(person.page.has('#login-identifier')).toBe(true);
  });

  it('[LOG-16 RN-40] lands in 用户空间, which shows the level and the ways to a higher one', async () => {
    const person = newPerson(product);
    await person.goes('/login');
    const who = await newCitizen(product, 'L2');
    await signsIn(person, { username: who.mobile, password: who.password });
    expect([person.page.url.pathname, person.page.says('h1')]).toEqual(['/account', '用户空间']);
    expect(person.page.says('.level strong')).toBe('初级认证');
    expect(person.page.html).not.toContain('个人中心');
  });

  it('[RN-39] shows whoever has just registered at 初级, from where they may climb', async () => {
    const service = await relyingParty(product, 'first-party');
    const person = await service.sendsToUs({ prompt: 'create' });
    await registersVerified(person, citizen());
    await person.opens('#next');
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L2' });
    await person.goes('/account');
    expect(person.page.says('.level')).toContain('初级认证');
  });
});

describe.each(['beijing', 'beijing-2019', 'hubei'])('the login card in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('leads to the registration and to the recovery of the password', async () => {
    const person = newPerson(product);
    await person.goes('/login');
    const links = person.page
      .$('.card-end a')
      .toArray()
      .map((link) => person.page.$(link).text());
    expect(links.slice(0, 2)).toEqual([word('login', 'register'), word('login', 'recover')]);
    const registering = person.tab();
    await registering.goes(person.page.$('.card-end a[href$="/register"]').attr('href') ?? '');
    expect(registering.page.title).toContain(word('register', 'account'));
    await person.opens('.card-end a[href$="/recover"]');
    expect(person.page.status).toBe(200);
  });
});

describe.each([
  ['demo', 'desktop', ['密码登录', '短信登录', '通行密钥', '扫码登录']],
  ['beijing', 'desktop', ['账号登录', '短信登录', '扫码登录']],
  ['beijing', 'h5', ['密码登录', '验证码登录']],
  ['beijing-2019', 'desktop', ['账号登录', '短信登录', '扫码登录']],
] as const)('the tabs of the login card in %s on %s', (profile, channel, tabs) => {
  it('[LOG-15] are those that there are today, in the words of its manual, the first one open', async () => {
    const product = await sharedProduct(profile);
    const person = newPerson(product, { channel });
    await person.goes('/login');
    const shown = person.page
      .$('[id^=tab-]')
      .toArray()
      .map((tab) => person.page.$(tab));
    expect(shown.map((tab) => tab.text())).toEqual(tabs);
    expect(shown.map((tab) => tab.attr('aria-current'))).toEqual(tabs.map((_, index) => (index === 0 ? 'page' : undefined)));
  });
});

describe.each(['beijing', 'beijing-2019'])('the login page for apps in %s', (profile) => {
  it.each([
    ['an app, which says so', { display: 'touch' }, {}],
    ['WeChat, which shows it in its own browser', {}, { headers: { 'User-Agent': wechat, 'Sec-CH-UA-Mobile': '' } }],
  ])(
    "[LOG-17 MOB-02 MOB-07] is that of phones for %s: with the platform's name, and inputs that can be cleared",
    async (_, parameters, options) => {
      const product = await sharedProduct(profile);
      const service = await relyingParty(product, 'first-party');
      const person = await service.sendsToUs(parameters, options);
      expect(person.page.$('html').attr('data-channel')).toBe('h5');
      expect(person.page.says('.platform')).toBe('北京市统一身份认证平台');
      expect(person.page.says('h1')).toContain('（自然人用户）');
      for (const id of ['login-identifier']) expect(person.page.has(`button[data-clear=${id}][aria-label]`)).toBe(true);
      await person.opens('a[href$="/register"]');
      expect(person.page.$('html').attr('data-channel')).toBe('h5');
      expect(person.page.has('button[data-clear=mobile]')).toBe(true);
      expect(person.page.$('[name=mobile]').attr('inputmode')).toBe('tel');
    },
  );
});
