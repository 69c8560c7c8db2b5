import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { newCitizen, opensProofing, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { listen } from '../support/listener.ts';
import { identityFields, newcomer, registersUnverified } from '../support/newcomer.ts';
import { profileOf } from '../support/profiles.ts';
import { startProduct, type OwnProduct, type Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

/** Somebody in the account centre. */
async function inAccount(product: Product, who: Pick<Citizen, 'username' | 'password'>, locale: 'zh-CN' | 'en' = 'zh-CN'): Promise<Person> {
  const person = newPerson(product, { locale });
  await person.goes('/login');
  await signsIn(person, who);
  await person.goes('/account');
  return person;
}

/** What stands under a term of the page, as an eye sees it. */
function shown({ $ }: Page, term: string): string {
  const row = $('.facts .row')
    .toArray()
    .map((each) => $(each))
    .find((each) => each.find('dt').text() === term);
  if (!row) throw new Error(`the page says nothing of ${term}`);
  const value = row.find('dd').clone();
  value.find('.unseen, .change').remove();
  return value.text().trim();
}

const maskedMobile = (mobile: string): string => `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;

/** Levels as the page groups them: label, state of the group, and each tile with its state. */
function groups({ $ }: Page): unknown[] {
  return $('.group')
    .toArray()
    .map((each) => {
      const group = $(each);
      const tiles = group
        .find('.tile')
        .toArray()
        .map((tile) => [$(tile).find('.tile-name').text(), $(tile).find('.tile-state').text(), $(tile).is('a')]);
      return [group.find('h3').text(), group.attr('class')?.replace('group ', ''), tiles];
    });
}

describe.each(['demo', 'beijing', 'beijing-2019'])('the account centre in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[ACC-02] shows the account of somebody who has proved nothing, and says what is missing', async () => {
    const who = newcomer();
    const person = newPerson(product);
    await person.goes('/register');
    await registersUnverified(person, who);
    const { page } = person;
    await person.goes('/account');
    expect(shown(person.page, '用户名')).toBe(`u****${who.username.slice(-1)}`);
    expect(shown(person.page, '密码')).toBe('***');
    expect(shown(person.page, '手机号')).toBe(maskedMobile(who.mobile));
    expect(shown(person.page, '邮箱')).toBe('未绑定');
    expect(shown(person.page, '性别')).toBe('暂无信息');
    expect(shown(person.page, '民族')).toBe('请选择民族');
    expect(page.html).not.toContain(who.mobile);
  });

  it('[ACC-02 ACC-15] shows a verified person masked, for eyes and for ears, and nothing of it in full anywhere on the page', async () => {
    const who = await newCitizen(product, 'L2');
    const { page } = await inAccount(product, who);
    const { name, sex, document } = who.identity;
    expect(shown(page, '性别')).toBe(sex === 'male' ? '男' : '女');
    expect(shown(page, '证件类型')).toBe('中国居民身份证');
    expect(shown(page, '证件号码')).toBe(`${document.number.slice(0, 4)}**********${document.number.slice(-2)}`);
    expect(page.says('.account-head .masked [aria-hidden]')).toBe(`${'*'.repeat([...name].length - 1)}${name.slice(-1)}`);
    expect(page.says('.masthead .account')).toContain(page.says('.account-head .masked [aria-hidden]'));
    const spoken = page
      .$('.unseen')
      .toArray()
      .map((each) => page.$(each).text());
    expect(spoken).toEqual(
      expect.arrayContaining([`尾号为 ${who.mobile.slice(-4)} 的手机号`, `尾号为 ${document.number.slice(-2)} 的证件号码`]),
    );
    for (const secret of [name, document.number, who.mobile, who.username]) expect(page.html).not.toContain(secret);
  });

  it('[ACC-05] greets a verified person by name on every page of theirs, not just the first', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await inAccount(product, who);
    const name = person.page.says('.account-head .masked [aria-hidden]');
    for (const path of ['/account', '/account/level', '/account/settings', '/account/password']) {
      await person.goes(path);
      expect([path, person.page.status, person.page.says('.masthead .account').includes(name)]).toEqual([path, 200, true]);
    }
  });

  it('[RN-10] groups the ways to prove oneself by level, each open or done', async () => {
    const open = (name: string) => [name, '立即认证', true];
    const done = (name: string) => [name, '已认证', false];
    const soon = ['高级认证', 'coming-soon', [['实证核验认证', '敬请期待', false]]];
    const unverified = await inAccount(product, await newCitizen(product, 'L1'));
    expect(unverified.page.says('.level strong')).toBe('未认证');
    const card = [open('银行卡认证'), ...(profile === 'demo' ? [] : [['人脸识别认证', '敬请期待', false]])];
    expect(groups(unverified.page)).toEqual([['初级认证', 'open', [open('实名认证')]], ['中级认证', 'open', card], soon]);
    const basic = await inAccount(product, await newCitizen(product, 'L2'));
    expect(basic.page.says('.level strong')).toBe('初级认证');
    expect(groups(basic.page)).toEqual([['初级认证', 'held', [done('实名认证')]], ['中级认证', 'open', card], soon]);
    const medium = await inAccount(product, await newCitizen(product, 'L3'));
    expect(groups(medium.page)).toEqual([['初级认证', 'held', [done('实名认证')]], ['中级认证', 'held', [done('银行卡认证')]], soon]);
  });

  it('[RN-05 RN-06 RN-07] says what each level opens besides, and takes nothing away that a lower one opened', async () => {
    const { page } = await inAccount(product, await newCitizen(product, 'L3'));
    const opens = page
      .$('.level .opens li')
      .toArray()
      .map((each) => page.$(each).text());
    expect(opens).toEqual(['可享受政务信息查询服务', '额外享受重要业务办理服务（App 中：额外享受线上支付服务）']);
    expect(page.$('.group').last().text()).toContain('额外享受涉金类业务办理服务（App 中：额外享受大额资金交易服务）');
  });

  it('[RN-10] opens the method of a tile itself, after what comes first, which the tile says', async () => {
    const who = await newCitizen(product, 'L1');
    const person = await inAccount(product, who);
    expect(person.page.says('#tile-bank-card .tile-first')).toContain('实名认证');
    await person.opens('#tile-bank-card');
    expect(person.page.url.pathname).toMatch(/\/step-up\/real-name\/verify$/);
    await opensProofing(person, 'real-name', who);
    await person.submits(identityFields(who.identity));
    await person.opens('#next');
    expect(person.page.url.pathname).toMatch(/\/step-up\/bank-card\/evidence$/);

    const basic = await inAccount(product, await newCitizen(product, 'L2'));
    expect(basic.page.has('#tile-bank-card .tile-first')).toBe(false);
    await basic.opens('#tile-bank-card');
    expect(basic.page.url.pathname).toMatch(/\/step-up\/bank-card\/verify$/);
    await basic.opens('#back');
    expect(basic.page.has('#step-up-bank-card')).toBe(true);
  });

  it('[RN-10 AST-06] asks whoever proved everything and signed in by SMS for the password alone', async () => {
    const who = await newCitizen(product, 'L3');
    const person = newPerson(product);
    await person.goes('/login');
    await signsInBySms(person, who);
    await person.goes('/login?acr=L3&method=bank-card');
    expect(person.page.url.pathname).toMatch(/\/step-up(\/password)?$/);
    expect(person.page.has('[name=bankCard]')).toBe(false);
  });

  it('[RN-36] shows the highest level as one that is not there yet, and nothing to press', async () => {
    const { page } = await inAccount(product, await newCitizen(product, 'L2'));
    const tile = page.$('.tile.coming-soon').last();
    expect(tile.text()).toContain('敬请期待');
    expect(tile.is('a')).toBe(false);
    expect(tile.find('a, button').length).toBe(0);
    expect(page.html).not.toContain('acr=L4');
    // Nor is anybody left with that: who wants the level knows whom to ask.
    const { brand, ladders } = profileOf(profile);
    expect(page.$('.group').last().text()).toContain(ladders.person.at(-1)?.where?.['zh-CN'] ?? brand.hotline);
  });

  it('[UXP-01] speaks English', async () => {
    const { page } = await inAccount(product, await newCitizen(product, 'L2'), 'en');
    expect(page.says('h1')).toBe(word('account', 'title', {}, 'en'));
    expect(shown(page, 'Email')).toBe(word('account', 'unbound', {}, 'en'));
    // But for the last character of the name.
    page.$('.account-head .masked, .facts .masked').remove();
    expect(page.text).not.toMatch(/\p{Script=Han}/u);
  });
});

describe('the sessions of an account', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('are listed with how and when they began, the present one marked', async () => {
    const who = await newCitizen(product, 'L2');
    await inAccount(product, who);
    const { page } = await inAccount(product, who);
    const sessions = page
      .$('.sessions li')
      .toArray()
      .map((each) => page.$(each).text());
    expect(sessions).toHaveLength(2);
    expect(sessions.filter((text) => text.includes('当前设备'))).toHaveLength(1);
    for (const text of sessions) expect(text).toMatch(/密码.*登录于 \d{4}年\d{1,2}月\d{1,2}日 \d{2}:\d{2}/);
  });

  it('[LOG-21] end all at once, here and elsewhere, and the services are told', async () => {
    const who = await newCitizen(product, 'L2');
    const listener = await listen(product);
    const service = await relyingParty(product, 'basic');
    const elsewhere = await service.sendsToUs();
    await signsIn(elsewhere, who);
    const { claims } = await service.receives(elsewhere);
    const here = await inAccount(product, who);
    await here.submits({}, { button: '#end-sessions' });
    expect([here.page.outcome, here.page.says('h1')]).toEqual(['done', word('account', 'ended.title')]);
    for (const person of [here, elsewhere]) expect((await person.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
    const token = await listener.takesLogout('basic', claims.sub);
    expect(await service.verifies(token)).toMatchObject({ sub: claims.sub, sid: claims['sid'] });
    await listener.close();
  });

  it('are ended by nobody from outside', async () => {
    const person = await inAccount(product, await newCitizen(product, 'L2'));
    await person.arrives('/account/sessions/end', {
      _form: person.page.$('#end-sessions').closest('form').find('[name=_form]').attr('value') ?? '',
    });
    expect(person.page.status).toBe(401);
    await person.goes('/account');
    await person.posts('/account/sessions/end', { _form: '0.forged' });
    expect(person.page.error?.code).toBe('form.forged');
    expect((await person.goes('/account')).url.pathname).toBe('/account');
  });

  it('are needed to see the account centre, and lead back to it', async () => {
    const who = await newCitizen(product, 'L2');
    const person = newPerson(product);
    await person.goes('/account');
    expect(person.page.url.pathname).toMatch(/\/login\/password$/);
    await signsIn(person, who);
    expect(person.page.url.pathname).toBe('/account');
    expect(person.page.headers['cache-control']).toBe('no-store');
  });

  it('end by themselves after half an hour without a request, however often pages are only shown before', async () => {
    const person = await inAccount(product, await newCitizen(product, 'L2'));
    for (let visits = 0; visits < 3; visits += 1) {
      await person.sandbox.waits(1500);
      expect((await person.goes('/account')).url.pathname).toBe('/account');
    }
    await person.sandbox.waits(1801);
    expect((await person.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
  });
});

describe('brand and help', () => {
  let demo: Product;
  let beijing: Product;
  let own: OwnProduct;
  beforeAll(async () => {
    [demo, beijing] = [await sharedProduct('demo'), await sharedProduct('beijing')];
    own = await startProduct({
      profile: {
        extends: 'demo',
        brand: {
          platform: { 'zh-CN': '福州市统一身份认证平台', en: 'Fuzhou Identity' },
          city: { 'zh-CN': '福州市', en: 'Fuzhou' },
          palette: 'green',
          hotline: '0591-12345',
          helpCentre: 'https://help.fuzhou.example/',
          footer: {
            organiser: { 'zh-CN': '福州市数据局', en: 'Fuzhou Data Bureau' },
            icp: '闽ICP备12345678号',
            publicSecurity: '闽公网安备 35010000000000号',
            siteCode: '3501000000',
          },
        },
        masking: { name: 'keep-first', document: { head: 0, tail: 4, stars: 11 } },
      },
    });
  });
  afterAll(async () => own?.remove());

  const brandOf = async (product: Product, path = '/') => {
    const page = await newPerson(product).goes(path);
    return {
      platform: page.says('.masthead .platform'),
      title: page.title,
      palette: page.$('html').attr('data-palette'),
      hotline: page.says('.footing a[href^="tel:"]'),
      facts: page
        .$('.footing-facts li')
        .toArray()
        .map((each) => page.$(each).text()),
      help: page.$('.tools .help').attr('href'),
    };
  };

  it('[OPS-09 UXP-08] come from the profile: names, colours, hotline and footer', async () => {
    expect(await brandOf(demo)).toEqual({
      platform: '示范市统一身份认证平台',
      title: expect.stringContaining('示范市统一身份认证平台'),
      palette: 'blue',
      hotline: '12345',
      facts: [
        '主办单位：示范市政务服务和数据管理局',
        '服务热线：12345',
        '网站标识码：0000000000',
        '示ICP备00000000号-1',
        '示公网安备 00000000000000号',
      ],
      help: '/help',
    });
    expect(await brandOf(beijing)).toMatchObject({
      platform: '北京市统一身份认证平台',
      title: expect.stringContaining('北京市统一身份认证平台'),
      palette: 'red',
      hotline: '400-056-0066',
      help: '/help',
    });
    expect(await brandOf(own)).toEqual({
      platform: '福州市统一身份认证平台',
      title: expect.stringContaining('福州市统一身份认证平台'),
      palette: 'green',
      hotline: '0591-12345',
      facts: [
        '主办单位：福州市数据局',
        '服务热线：0591-12345',
        '网站标识码：3501000000',
        '闽ICP备12345678号',
        '闽公网安备 35010000000000号',
      ],
      help: 'https://help.fuzhou.example/',
    });
  });

  it("[OPS-09] leave no other city's name on any page", async () => {
    for (const [product, others] of [
      [beijing, /示范市|福州/],
      [own, /示范市(?!政务服务网)|北京/],
    ] as const) {
      for (const path of ['/', '/login', '/register', '/help', '/help/agreement', '/help/privacy', '/help/accessibility', '/nowhere']) {
        const page = await newPerson(product).goes(path);
        page.$('.tools .portal').remove();
        expect([path, page.$('body').text().match(others)?.[0]]).toEqual([path, undefined]);
      }
    }
  });

  it('[OPS-10] give the hotline and the help centre wherever somebody is stuck', async () => {
    const person = newPerson(own);
    await person.goes('/register');
    expect(person.page.$('.aside a').attr('href')).toBe('https://help.fuzhou.example/');
    await person.goes('/nowhere');
    expect(person.page.text).toContain('0591-12345');
    for (const [product, hotline] of [
      [demo, '12345'],
      [beijing, '400-056-0066'],
      [own, '0591-12345'],
    ] as const) {
      const help = await newPerson(product).goes('/help');
      expect(help.text).toContain(word('help', 'lead', { hotline }));
    }
  });

  it('[ACC-15] mask as the profile says', async () => {
    const who = await newCitizen(own, 'L2');
    const { page } = await inAccount(own, who);
    const { name, document } = who.identity;
    expect(page.says('.account-head .masked [aria-hidden]')).toBe(`${name.slice(0, 1)}${'*'.repeat([...name].length - 1)}`);
    expect(shown(page, '证件号码')).toBe(`***********${document.number.slice(-4)}`);
  });

  it.each(['zh-CN', 'en'] as const)('[OPS-10 UXP-01] answer in %s, on pages that fill every blank', async (locale) => {
    const person = newPerson(demo, { locale });
    await person.goes('/help');
    expect(person.page.$('.found a').length).toBeGreaterThan(5);
    const links = person.page
      .$('.links a')
      .toArray()
      .map((link) => person.page.$(link).attr('href') ?? '');
    expect(links).toEqual(['/help/agreement', '/help/privacy', '/help/bank-card-agreement', '/help/accessibility']);
    for (const href of links) {
      const page = await person.goes(href);
      expect([href, page.status, page.$('section h2').length > 2]).toEqual([href, 200, true]);
      expect(page.text).not.toMatch(/\{\w+\}|undefined/);
      expect(page.$('html').attr('lang')).toBe(locale);
    }
    expect((await person.goes('/help/nothing')).status).toBe(404);
  });
});
