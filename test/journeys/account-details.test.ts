import { beforeAll, describe, expect, it } from '@jest/globals';
import { provesMobile, shown } from '../support/account-changes.ts';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { allows, newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { assertedFields, registersWith } from '../support/city-forms.ts';
import { citizen, newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

async function inAccount(product: Product, who: Pick<Citizen, 'username' | 'password'>): Promise<Person> {
  const person = newPerson(product);
  await person.goes('/login');
  await signsIn(person, who);
  await person.goes('/account');
  return person;
}

const tabs = ({ $ }: Page) =>
  $('.tabs a')
    .toArray()
    .map((each) => $(each).text());
/** Headings, each with the terms below it. */
const blocks = ({ $ }: Page) =>
  $('.sheet:has(.facts)')
    .toArray()
    .map((sheet) => [
      $(sheet).find('h2').text(),
      $(sheet)
        .find('dt')
        .toArray()
        .map((term) => $(term).text()),
    ]);
const current = ({ $ }: Page) => $('.tabs [aria-current]').text();

describe.each(['demo', 'beijing', 'beijing-2019'])('ethnicity in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[ACC-12 NOT-15] is chosen from the 56 of the standard and two more, by 修改 and 保存', async () => {
    const person = await inAccount(product, await newCitizen(product));
    expect(shown(person.page, '民族')).toBe('请选择民族');
    await person.opens('#change-ethnicity');
    const options = person.page
      .$('#ethnicity option')
      .toArray()
      .map((each) => person.page.$(each).text());
    expect([options.length, options[0], options[1], options.at(-3), options.at(-1)]).toEqual([
      59,
      '请选择民族',
      '汉族',
      '基诺族',
      '外国血统中国籍人士',
    ]);
    await person.submits({ ethnicity: '05' });
    expect(person.page.says('[data-outcome=done]')).toBe('修改成功');
    expect(shown(person.page, '民族')).toBe('维吾尔族');
    await person.opens('#change-ethnicity');
    expect(person.page.$('#ethnicity option[selected]').attr('value')).toBe('05');
    await person.submits({ ethnicity: '' });
    expect(shown(person.page, '民族')).toBe('请选择民族');
  });

  it('[ACC-13] is to be changed, and sex is not: it follows the document', async () => {
    const who = await newCitizen(product, 'L2');
    const { page } = await inAccount(product, who);
    expect(shown(page, '性别')).toBe(who.identity.sex === 'male' ? '男' : '女');
    const row = page
      .$('.facts .row')
      .toArray()
      .find((each) => page.$(each).find('dt').text() === '性别');
    expect(page.$(row).find('a, button, input, select').length).toBe(0);
  });
});

describe('details', () => {
  it('[ACC-04] reach the services that ask for them, with the time of the last change', async () => {
    const product = await sharedProduct();
    const who = await newCitizen(product);
    const service = await relyingParty(product, 'entitled');
    const asks = async (by: Person) => {
      await service.sendsToUs({ scope: 'openid profile address' }, by);
      if (by.page.has('#login-submit')) await signsIn(by, who);
      else if (by.page.has('#consent-allow')) await by.submits({}, { button: '#consent-allow' });
      return (await service.receives(by)).userinfo;
    };
    const person = newPerson(product);
    const before = await asks(person);
    expect(before).not.toHaveProperty('address');
    await person.sandbox.waits(60);
    await person.goes('/account');
    await person.opens('#change-address');
    await person.submits({ address: '广州市越秀区府前路1号' });
    const after = await asks(person);
    expect(after.address).toEqual({ formatted: '广州市越秀区府前路1号' });
    expect(Number(after.updated_at) - Number(before.updated_at)).toBeGreaterThanOrEqual(60);
  });

  it('[ACC-12] that nobody offers are refused, and what was typed stays', async () => {
    const product = await sharedProduct();
    const person = await inAccount(product, await newCitizen(product));
    await person.opens('#change-ethnicity');
    const token = person.page.$('#ethnicity').closest('form').find('[name=_form]').attr('value') ?? '';
    for (const ethnicity of ['99', '<b', '5']) {
      await person.posts('/account/ethnicity', { _form: token, ethnicity });
      expect([ethnicity, person.page.status, person.page.error?.code, person.page.error?.field]).toEqual([
        ethnicity,
        422,
        'ethnicity.invalid',
        'ethnicity',
      ]);
    }
    await person.posts('/account/ethnicity', { _form: '0.forged', ethnicity: '01' });
    expect(person.page.error?.code).toBe('form.forged');
    await person.goes('/account?edit=social-history');
    await person.submits({ socialHistory: '很'.repeat(501) });
    expect([person.page.error?.code, person.page.error?.field]).toEqual(['social-history.invalid', 'socialHistory']);
    expect(person.page.$('#socialHistory').text()).toHaveLength(501);
  });

  it('[ACC-17] show the twelve digits of the platform where the city has them', async () => {
    for (const [profile, shows] of [
      ['demo', /^[1-9]\d{11}$/],
      ['beijing-2019', /^[1-9]\d{11}$/],
      ['beijing', /^$/],
    ] as const) {
      const product = await sharedProduct(profile);
      const { page } = await inAccount(product, await newCitizen(product));
      expect([profile, page.$('#account-number').text()]).toEqual([profile, expect.stringMatching(shows)]);
      expect(page.text.includes('北京通号')).toBe(profile === 'beijing-2019');
    }
  });

  it('[DIS-19] hold a social history that is kept as typed and released to nobody', async () => {
    for (const profile of ['guangzhou', 'demo']) {
      const product = await sharedProduct(profile);
      const person = await inAccount(product, await newCitizen(product));
      expect(shown(person.page, '社会经历信息')).toBe('暂无信息');
      await person.opens('#change-social-history');
      expect(person.page.text).toContain('不会提供给任何网站');
      await person.submits({ socialHistory: '2003 年参军\n<b>𠮷林</b>' });
      expect(shown(person.page, '社会经历信息')).toBe('2003 年参军\n<b>𠮷林</b>');
    }
  });

  it('[DIS-19] hold a social history that no service is told of, whatever it asks for', async () => {
    const product = await sharedProduct();
    const who = await newCitizen(product, 'L2');
    const person = await inAccount(product, who);
    const history = '2003 年参军';
    await person.opens('#change-social-history');
    await person.submits({ socialHistory: history });
    const service = await relyingParty(product, 'entitled');
    const { scopes_supported: scopes = [], claims_supported: claims = [] } = (await service.configuration()).serverMetadata();
    expect([...scopes, ...claims].join(' ')).not.toMatch(/social/i);
    const asked = ['social_history', 'socialHistory', 'social-history', ...claims.filter((claim) => claim !== 'acr')];
    const wanted = Object.fromEntries(asked.map((claim) => [claim, null]));
    await service.sendsToUs({ scope: scopes.join(' '), claims: { userinfo: wanted, id_token: wanted } }, person);
    await allows(person);
    const received = await service.receives(person);
    // Of everything else it was told.
    expect(received.userinfo).toMatchObject({ identity_document: { number: who.identity.document.number }, real_name: who.identity.name });
    expect(JSON.stringify([received.userinfo, received.claims])).not.toMatch(new RegExp(`${history}|social`, 'i'));
  });
});

describe('the account centre of Guangzhou', () => {
  let product: Product;
  let person: Person;
  const who = newcomer({ password: 'Tianhe2026' });
  const identity = citizen();
  beforeAll(async () => {
    product = await sharedProduct('guangzhou');
    person = newPerson(product);
    await person.goes('/register');
    await person.opens('#option-register');
    await registersWith(person, assertedFields(who, identity));
    await person.opens('#next');
  });

  /** As the page masks what was said at the registration and nobody has verified. */
  const maskedName = `${'*'.repeat([...identity.name].length - 1)}${[...identity.name].at(-1)}`;
  const maskedNumber = identity.document.number.replace(/^(.{4}).*(.{4})$/, '$1*****$2');

  it('[ACC-03 ACC-20] has five tabs, each of which leads somewhere', async () => {
    await person.goes('/account');
    expect(tabs(person.page)).toEqual(['基本资料', '绑定查询', '重置密码', '安全中心', '账号升级']);
    const places = [
      ['bindings', '您还没有绑定任何第三方账号', '绑定查询'],
      ['password', '验证身份', '重置密码'],
      ['security', '当前设备', '安全中心'],
      ['level', '认证时间', '账号升级'],
    ] as const;
    for (const [tab, says, label] of places) {
      await person.goes('/account');
      await person.opens(`#tab-${tab}`);
      expect([tab, person.page.status, person.page.text.includes(says), current(person.page)]).toEqual([tab, 200, true, label]);
      // 退出 and 使用帮助 beside each other at the top of each of them (ACC-05).
      expect([tab, person.page.has('#logout'), person.page.has('.switches .help')]).toEqual([tab, true, true]);
    }
  });

  it('[LOG-21] has 退出 on every page, and it leads out', async () => {
    for (const path of ['/account', '/account?edit=address', '/account/mobile', '/account/email', '/account/sessions/others']) {
      await person.goes(path);
      expect([path, person.page.status, person.page.$('#logout').length, person.page.says('#logout')]).toEqual([path, 200, 1, '退出']);
    }
    const tab = person.tab();
    await tab.goes('/account');
    await tab.opens('#logout');
    expect(tab.page.has('#logout-yes')).toBe(true);
  });

  it('[ACC-20] resets the password behind its tab, which stays marked all the way', async () => {
    const owner = await newCitizen(product);
    const other = await inAccount(product, owner);
    await other.opens('#tab-password');
    expect([current(other.page), other.page.says('h1')]).toEqual(['重置密码', '验证身份']);
    await provesMobile(other, owner.mobile);
    expect([current(other.page), other.page.says('h1'), other.page.has('[name=newPassword]')]).toEqual(['重置密码', '重置密码', true]);
  });

  it('[ACC-04 ACC-15] shows account, identity and social history in blocks, masked as its manual masks', async () => {
    await person.goes('/account');
    expect(blocks(person.page)).toEqual([
      ['帐号信息', ['用户名', '手机号码']],
      ['身份信息', ['姓名', '证件类型', '证件号码', '联系地址', '邮箱地址']],
      ['社会经历信息', ['社会经历信息']],
    ]);
    expect(shown(person.page, '手机号码')).toBe(`${who.mobile.slice(0, 3)}****${who.mobile.slice(-4)}`);
    expect(person.page.says('#change-mobile')).toMatch(/^修改/);
    expect([shown(person.page, '姓名'), shown(person.page, '证件号码')]).toEqual([`${maskedName}尚未认证`, maskedNumber]);
    await person.opens('#edit-profile');
    expect(person.page.has('#address')).toBe(true);
  });

  it('[ACC-04] shows an address and an e-mail address that are not there as such, never as -1, and lets them be edited', async () => {
    const other = await inAccount(product, await newCitizen(product));
    expect([shown(other.page, '邮箱地址'), shown(other.page, '联系地址')]).toEqual(['未绑定', '暂无信息']);
    expect(other.page.text).not.toContain('-1');
    await person.goes('/account');
    await person.opens('#change-address');
    await person.submits({ address: '短' });
    expect([person.page.error?.code, person.page.error?.field]).toEqual(['address.invalid', 'address']);
    await person.submits({ address: '广州市越秀区府前路１号' });
    expect(shown(person.page, '联系地址')).toBe('广州市越秀区府前路1号');
  });

  it('[ACC-05] greets by name and has 退出 and 使用帮助 at hand', async () => {
    await person.goes('/account');
    expect(person.page.says('.masthead .account')).toMatch(/^欢迎：/);
    expect([person.page.says('#logout'), person.page.says('.switches a')]).toEqual(['退出', '使用帮助']);
  });

  it('[RN-08 RN-09 RN-38] tells the level, its time, what it permits, and how to raise it', async () => {
    await person.goes('/account');
    await person.opens('#tab-level');
    expect([shown(person.page, '姓名'), shown(person.page, '证件号码')]).toEqual([`${maskedName}尚未认证`, maskedNumber]);
    expect(shown(person.page, '认证等级')).toBe('V0 非实名');
    expect(shown(person.page, '认证时间')).toBe('尚未认证');
    // The whole of it, as the manual prints it.
    expect(shown(person.page, '权限描述')).toBe(
      '该等级用户不具有身份信息，未经过办理认证手续，未通过管理方审查，该权限用户可以在网上办理不需要身份信息的政务事项，只能使用市民网页部分服务，建议用户尽快提升等级权限，方便使用。',
    );
    expect(person.page.says('#raise-level')).toBe('我要提升账号等级');
    expect(
      person.page
        .$('#levels h3')
        .toArray()
        .map((each) => person.page.$(each).text()),
    ).toEqual(['V1 实名登记', 'V2 实名认证']);
    expect(person.page.$('.group .tile').length).toBe(0);
    expect(person.page.$('#levels .group').last().text()).toContain('到广州市信息化公共服务大厅 10 号窗进行现场实名认证');
  });

  it.each([
    ['L2', 'V1 实名登记', '可以在网上办理需要实名登记的政务事项。'],
    ['L4', 'V2 实名认证', '可以在网上办理需要现场实名认证的政务事项。'],
  ] as const)('[RN-09] tells a person of %s the name and number as verified, and since when they are %s', async (level, label, permits) => {
    const verified = await newCitizen(product, level);
    const inChina = new Date(Date.now() + (await person.sandbox.clockAhead()) * 1000 + 8 * 3_600_000);
    const of = await inAccount(product, verified);
    await of.opens('#tab-level');
    const { name, document } = verified.identity;
    expect([shown(of.page, '姓名'), shown(of.page, '证件号码'), shown(of.page, '认证等级'), shown(of.page, '权限描述')]).toEqual([
      `${'*'.repeat([...name].length - 1)}${[...name].at(-1)}`,
      `${document.number.slice(0, 4)}*****${document.number.slice(-4)}`,
      label,
      permits,
    ]);
    expect(shown(of.page, '认证时间')).toBe(`${inChina.getUTCFullYear()}年${inChina.getUTCMonth() + 1}月${inChina.getUTCDate()}日`);
  });
});

describe('the account centre of Hubei', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct('hubei');
  });

  it('[RN-40] shows level and data of the person right after the sign-in', async () => {
    const who = await newCitizen(product, 'L2');
    const { page } = await inAccount(product, { ...who, username: who.mobile });
    expect(page.says('.level strong')).toBe('初级认证');
    expect(shown(page, '证件号码')).toBe(`***********${who.identity.document.number.slice(-4)}`);
    expect(tabs(page)).toEqual(['基本资料', '账户设置', '安全中心']);
    expect([page.says('h1'), page.title]).toEqual(['用户空间', expect.stringContaining('用户空间')]);
  });

  it('[ACC-16] has settings with the levels, the state of the bank card and what deletion takes', async () => {
    const who = await newCitizen(product, 'L2');
    const person = await inAccount(product, { ...who, username: who.mobile });
    await person.opens('#tab-settings');
    expect(current(person.page)).toBe('账户设置');
    const { $ } = person.page;
    const tiles = $('.tile')
      .toArray()
      .map((each) => [$(each).find('.tile-name').text(), $(each).find('.tile-state').text()]);
    expect(tiles).toEqual([
      ['实名认证', '已认证'],
      ['银行卡认证', '点击认证'],
    ]);
    expect(person.page.text).toMatch(/账号注销.*正在建设中.*12345/);
  });
});

describe.each(['beijing', 'beijing-2019'])('the account centre in %s', (profile) => {
  it('[ACC-01] is reached from a service by the button beside the name and the level, and shows the ways to a higher one', async () => {
    const product = await sharedProduct(profile);
    const who = await newCitizen(product, 'L2');
    const person = newPerson(product);
    await person.goes('/sandbox/rp/social-insurance/');
    expect(person.page.has('#to-account')).toBe(false);
    await person.opens('#sign-in');
    await signsIn(person, who);
    expect(person.page.url.pathname).toBe('/sandbox/rp/social-insurance/');
    expect([person.page.says('.greeting'), person.page.$('.level-held').attr('data-level')]).toEqual([
      expect.stringContaining(who.identity.name),
      'L2',
    ]);
    await person.opens('#to-account');
    expect([person.page.url.pathname, person.page.says('.level strong')]).toEqual(['/account', '初级认证']);
    await person.opens('#tile-bank-card');
    expect(person.page.url.pathname).toMatch(/\/step-up\/bank-card\/verify$/);
  });
});
