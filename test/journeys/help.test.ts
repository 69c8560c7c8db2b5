import { beforeAll, describe, expect, it } from '@jest/globals';
import { scriptedPeople } from '../../sandbox/people.ts';
import { todayInShanghai } from '../../src/domain/person/civil-date.ts';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { newCitizen, opensProofing, signsIn } from '../support/citizen.ts';
import { identityFields } from '../support/newcomer.ts';
import { logsOf, type Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

const title = (id: string, locale: 'zh-CN' | 'en' = 'zh-CN'): string => word('help/questions', `${id}.title`, {}, locale);
const hrefs = ({ $ }: Page, selector: string): string[] =>
  $(selector)
    .toArray()
    .map((link) => $(link).attr('href') ?? '');

/** The links of a place, and whether they keep what is being filled in. */
const asked = ({ $ }: Page, place: string): unknown[] =>
  $(`[data-question="${place}"]`)
    .toArray()
    .map((link) => [$(link).attr('href'), $(link).attr('target'), $(link).find('.unseen').text()]);
const inNewWindow = (id: string): unknown[] => [`/help/${id}`, '_blank', word('layout', 'new-window')];

describe.each(['beijing', 'beijing-2019', 'demo', 'guangzhou', 'hubei'])('the help centre of %s', (profile) => {
  let product: Product;
  let person: Person;
  beforeAll(async () => {
    product = await sharedProduct(profile);
    person = newPerson(product);
  });

  it('[OPS-10] lists its questions, each at an address of its own, with related ones and a way back to the centre', async () => {
    const centre = await person.goes('/help');
    const addresses = hrefs(centre, '.found a');
    expect(addresses.length).toBeGreaterThan(8);
    for (const address of addresses) {
      const page = await person.goes(address);
      expect([address, page.status, page.says('h1')]).toEqual([address, 200, title(address.slice('/help/'.length))]);
      expect(page.$('.answer p').length).toBeGreaterThan(1);
      for (const related of hrefs(page, '.found a')) expect(addresses).toContain(related);
      expect(page.$('#centre').attr('href')).toBe('/help');
      expect(page.says('footer')).toContain(centre.says('.footing a[href^="tel:"]'));
    }
    expect((await person.goes('/help/delegation')).status).toBe(404);
  });

  it('[NOT-03] says why no message comes: limits, the provider, the hotline', async () => {
    const { text } = await person.goes('/help/no-sms');
    expect(text).toMatch(/每小时最多获取 5 次验证码，24 小时内最多获取 10 次/);
    expect(text).toMatch(profile.startsWith('beijing') ? /短信供应商为创蓝云智.*微信公众号“创蓝云智”/ : /短信服务单位/);
    expect(text).toMatch(/服务热线 (12345|400-056-0066)/);
  });

  it('[NOT-16] says what to do when no captcha loads', async () => {
    expect((await person.goes('/help/captcha')).text).toMatch(/换一张.*改用自动验证.*更换浏览器.*清除浏览器缓存/);
  });
});

describe.each(['beijing', 'demo'])('answers from the manual, in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it.each([
    [
      "[NOT-02] a number that is cancelled or somebody else's",
      'mobile-taken',
      /以前的机主.*服务热线.*绑定了家人的手机号.*修改手机号.*服务热线/,
    ],
    [
      '[NOT-04] permits that fail',
      'permit-fails',
      /香港特别行政区居民来往内地通行证.*台湾省居民来往大陆通行证.*港澳台居民居住证.*外国人永久居留身份证.*联系证件的签发机关/,
    ],
    ['[NOT-05] rare characters', 'rare-characters', /以符号代替.*窗口办理/],
    ['[NOT-06] questions about business', 'business', /公积金.*只负责账号、登录和身份认证.*咨询办理该业务的网站或者部门/],
    ['[NOT-07] a mobile that is not used any more', 'mobile-lost', /原手机号收到的验证码.*重新注册.*服务热线/],
    [
      '[NOT-08] closing the account: what to do and what follows, not a section to look up',
      'deletion',
      /服务热线.*申请.*账号不能恢复.*实名信息解除关系/,
    ],
  ])('%s', async (_, id, said) => {
    const page = await newPerson(product).goes(`/help/${id}`);
    expect(page.text).toMatch(said);
    expect(page.text).not.toMatch(/章节|\d\.\d/);
  });
});

it.each(['demo', 'hubei'])("[NOT-09] whoever lost password and number alike is shown today's ways, in %s", async (profile) => {
  const { text } = await newPerson(await sharedProduct(profile)).goes('/help/password-and-mobile-lost');
  expect(text).toMatch(/激活账号.*换成现在使用的手机号.*服务热线 12345/);
  expect(/电子社保卡.*正在建设中.*账号申诉.*正在建设中/.test(text)).toBe(profile === 'hubei');
});

describe.each([
  ['demo', '“退出全部设备”', '#end-sessions'],
  ['hubei', '“安全中心”点击“退出其他全部设备”', '#tab-security'],
  ['guangzhou', '“安全中心”点击“退出其他全部设备”', '#tab-security'],
])('whoever did not do it, in %s', (profile, said, button) => {
  it('is sent to what stands in the account centre there', async () => {
    const product = await sharedProduct(profile);
    const person = newPerson(product);
    expect((await person.goes('/help/not-me')).text).toContain(said);
    await person.goes('/login');
    const { mobile, password } = await newCitizen(product);
    await signsIn(person, { username: mobile, password });
    await person.goes('/account');
    expect(person.page.has(button)).toBe(true);
  });
});

describe('where the identity comes with the account', () => {
  it('nobody is told that it may be left out, and no document is named that is not taken, in hubei', async () => {
    const person = newPerson(await sharedProduct('hubei'));
    const children = (await person.goes('/help/children')).text;
    expect(children).toContain('注册孩子的账号时');
    expect(children).not.toMatch(/在孩子的账号中|没有完成实名认证的账号/);
    expect((await person.goes('/help/permit-fails')).text).not.toContain('永久居留');
    expect((await person.goes('/help/agreement')).text).toMatch(/注册账号时须完成实名认证.*更高级别的认证由您自愿决定/);
    expect((await person.goes('/help/privacy')).text).toMatch(/以上信息在注册时收集.*不提供的，不能注册/);
  });

  it('the privacy statement says that the form asks for it unverified, and speaks of no bank cards, in guangzhou', async () => {
    const person = newPerson(await sharedProduct('guangzhou'));
    const privacy = (await person.goes('/help/privacy')).text;
    expect(privacy).toMatch(/注册时填写的姓名、证件类型和证件号码：按您所填保存，未经核验/);
    expect(privacy).not.toMatch(/银行卡/);
    expect(privacy).toContain('为发送验证码和账号通知');
    expect(hrefs(await person.goes('/help'), 'a')).not.toContain('/help/bank-card-agreement');
  });

  it('verification stays free where it is a step that may be left out, in beijing', async () => {
    const person = newPerson(await sharedProduct('beijing'));
    expect((await person.goes('/help/privacy')).text).toMatch(/仅在您办理实名认证时收集.*核验后不保存卡号.*您可以不提供实名认证所需的信息/);
    expect((await person.goes('/help/agreement')).text).toContain('是否进行实名认证由您自愿决定');
    expect((await person.goes('/help/permit-fails')).text).toContain('外国人永久居留身份证');
  });
});

describe('the search', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[OPS-10] finds a part of a question in Chinese, and marks it', async () => {
    const person = newPerson(product);
    await person.goes('/help');
    await person.submits({ q: '收不到验证码' }, { button: '#help-find' });
    const { page } = person;
    expect([page.url.pathname, page.url.searchParams.get('q'), page.status]).toEqual(['/help', '收不到验证码', 200]);
    expect(page.$('#help-search').attr('value')).toBe('收不到验证码');
    const first = page.$('.found').first();
    expect(first.find('li > a').first().attr('href')).toBe('/help/no-sms');
    expect(first.find('li > a').first().text()).toBe(title('no-sms'));
    expect(
      first
        .find('li > a')
        .first()
        .find('mark')
        .toArray()
        .map((mark) => page.$(mark).text()),
    ).toEqual(['收不到', '验证码']);
    expect(page.says('[role=status]')).toMatch(/找到 \d+ 个/);
  });

  it('[OPS-10] finds words in English', async () => {
    const { text } = await newPerson(product, { locale: 'en' }).goes('/help?q=rare+character');
    expect(text).toContain(title('rare-characters', 'en'));
  });

  it('[OPS-10] says when there is nothing, what else to do, and still lists every question', async () => {
    const all = hrefs(await newPerson(product).goes('/help'), '.found a');
    const page = await newPerson(product).goes(`/help?q=${encodeURIComponent('<script>alert(1)</script>鼎鼐')}`);
    expect(page.says('[role=status]')).toBe(word('help', 'nothing', { query: '<script>alert(1)</script>鼎鼐', hotline: '12345' }));
    expect(hrefs(page, '.found a')).toEqual(all);
    expect(page.html).not.toContain('<script>alert');
  });

  it.each(['q=', 'q=%20', 'q=a&q=b', 'q[]=a', `q=${'%E7%9F%AD'.repeat(300)}`, 'q=%ff', 'from=//evil.example'])(
    'answers whatever is typed: %s',
    async (query) => {
      expect((await newPerson(product).goes(`/help?${query}`)).status).toBe(200);
    },
  );

  it('[PRV-04] writes nothing of what was looked for into the log', async () => {
    const searched = '13912345678 张三丰的身份证';
    await newPerson(product).goes(`/help?q=${encodeURIComponent(searched)}&from=${encodeURIComponent('/interaction/geheimnis')}`);
    const logs = logsOf(product);
    expect(logs).toContain('"route":"/help"');
    for (const trace of ['13912345678', '张三丰', encodeURIComponent('张三丰'), 'geheimnis']) expect(logs).not.toContain(trace);
  });
});

describe('where a question arises', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[NOT-03 NOT-16 NOT-07] the sign-in links to it, in a window of its own, so that nothing typed is lost', async () => {
    const service = await relyingParty(product, 'basic');
    const person = await service.sendsToUs();
    expect(asked(person.page, 'login')).toEqual([inNewWindow('mobile-lost')]);
    await person.opens('#tab-sms-code');
    expect([asked(person.page, 'code'), asked(person.page, 'captcha')]).toEqual([[inNewWindow('no-sms')], [inNewWindow('captcha')]]);
    expect(person.page.$('.tools a[target=_blank]').attr('href')).toBe('/help');
    expect(
      person.page
        .$('a[target=_blank]')
        .toArray()
        .every((link) => person.page.$(link).attr('rel') === 'noopener'),
    ).toBe(true);
  });

  it('[NOT-13] the registration links to the help centre', async () => {
    const { page } = await (async () => {
      const person = newPerson(product);
      await person.goes('/register');
      return person;
    })();
    const link = page.$('.aside a').last();
    expect([link.attr('href'), link.attr('target'), link.find('.unseen').text()]).toEqual([
      '/help',
      '_blank',
      word('layout', 'new-window'),
    ]);
    expect(page.says('.aside')).toContain(word('register', 'trouble'));
  });

  it('[NOT-04 NOT-05] a real name that does not match links to rare characters and permits', async () => {
    const citizen = await newCitizen(product);
    const person = await (await relyingParty(product, 'level-2')).sendsToUs();
    await signsIn(person, citizen);
    await opensProofing(person, 'real-name', citizen);
    const rare = scriptedPeople(todayInShanghai(new Date())).find(({ document }) => document.number !== citizen.identity.document.number);
    await person.submits({ ...identityFields(citizen.identity), name: rare?.name ?? '' });
    expect(person.page.error?.code).toBe('identity.mismatch');
    expect(asked(person.page, 'identity.mismatch')).toEqual([inNewWindow('rare-characters'), inNewWindow('permit-fails')]);
    // A name of letters has no such characters.
    await person.submits({ ...identityFields(citizen.identity), name: 'Emily Rose Carter' });
    expect(person.page.error?.text).toContain(refusal('identity.mismatch.letters'));
    expect(asked(person.page, 'identity.mismatch')).toEqual([inNewWindow('permit-fails')]);
  });

  it('[NOT-06] every page links to whom to ask about business, and the answer leads back to the waiting service', async () => {
    const citizen = await newCitizen(product);
    const person = await (await relyingParty(product, 'level-2')).sendsToUs();
    await signsIn(person, citizen);
    const waiting = person.page.url.pathname;
    expect(asked(person.page, 'footing')).toEqual([[`/help/business?from=${encodeURIComponent(waiting)}`, undefined, '']]);
    await person.opens('[data-question=footing]');
    expect(person.page.says('h1')).toBe(title('business'));
    // From answer to answer, through the centre and its search: the way back stays.
    await person.opens('.found a');
    await person.opens('#centre');
    await person.submits({ q: '密码' }, { button: '#help-find' });
    await person.opens('.found a');
    await person.opens('#back');
    expect([person.page.url.pathname, person.page.has('#step-up-real-name')]).toEqual([waiting, true]);
  });

  it.each(['//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)', '/\t/evil.example'])(
    'a way back to another site is none: %j',
    async (from) => {
      for (const path of ['/help', '/help/business']) {
        const page = await newPerson(product).goes(`${path}?from=${encodeURIComponent(from)}`);
        expect([page.status, page.has('#back')]).toEqual([200, false]);
        expect(hrefs(page, 'main a').filter((href) => href.includes('evil'))).toEqual([]);
      }
    },
  );
});
