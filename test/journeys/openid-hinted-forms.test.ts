import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RequestParameters } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** What of a request a person sees again on our pages: whom the service hints at, in which language. */
let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

async function sends(parameters: RequestParameters, options: Parameters<typeof newPerson>[1] = {}, at = product): Promise<Person> {
  return (await relyingParty(at, 'basic')).sendsToUs(parameters, newPerson(at, options));
}

const valueOf = ({ page }: Person, name: string) => page.$(`[name=${name}]`).attr('value') ?? '';

describe('a service that sends somebody to register', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a mobile', '+86 138-0000-9999', { mobile: '13800009999', username: '' }],
    ['a username', 'newcomer2026', { mobile: '', username: 'newcomer2026' }],
    ['a number of a document', '110101199003077758', { mobile: '', username: '' }],
    ['nothing that the form asks for', 'new@example.cn', { mobile: '', username: '' }],
  ])('hints at them by %s, which stands in its field', async (_, login_hint, expected) => {
    const person = await sends({ prompt: 'create', login_hint });
    expect(person.page.$('[name=newPassword]')).toHaveLength(1);
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, valueOf(person, name)]))).toEqual(expected);
  });

  it('hints at what another city asks for', async () => {
    const [hubei, guangzhou] = [await sharedProduct('hubei'), await sharedProduct('guangzhou')];
    expect(valueOf(await sends({ prompt: 'create', login_hint: '110101199003077758' }, {}, hubei), 'documentNumber')).toBe(
      '110101199003077758',
    );
    const options = await sends({ prompt: 'create', login_hint: 'new@example.cn' }, {}, guangzhou);
    await options.goes(new URL('register/account', `${options.page.url.href.replace(/\/register.*$/, '')}/`));
    expect(valueOf(options, 'email')).toBe('new@example.cn');
  });

  it('hints at whoever takes up an account that waits as well', async () => {
    const person = await sends({ prompt: 'create', journey: 'activate', login_hint: '13800009999' });
    expect(valueOf(person, 'mobile')).toBe('13800009999');
  });

  it('says nothing any more once the person has typed something else', async () => {
    const person = await sends({ prompt: 'create', login_hint: '13800009999' });
    await person.submits({ mobile: '', username: 'another' }, { button: '#next' });
    expect([valueOf(person, 'mobile'), valueOf(person, 'username')]).toEqual(['', 'another']);
  });
});

describe('a hint on the sign-in card', () => {
  it('stands in the field of the way that is open, where it fits', async () => {
    const person = await sends({ login_hint: 'zhangwei' });
    expect(valueOf(person, 'identifier')).toBe('zhangwei');
    await person.opens('#tab-sms-code');
    expect(valueOf(person, 'mobile')).toBe('');
    const known = await sends({ login_hint: '138 0000 0001' });
    await known.opens('#tab-sms-code');
    expect(valueOf(known, 'mobile')).toBe('13800000001');
  });

  it('and on the page where a password is recovered', async () => {
    const person = await sends({ prompt: 'login', journey: 'recover', login_hint: 'zhangwei' });
    expect(person.page.url.pathname).toMatch(/\/recover/);
    expect(person.page.$('input[value=zhangwei]')).toHaveLength(1);
  });

  it('is never cut in the middle of a character', async () => {
    for (const length of [61, 62, 63, 64, 65]) {
      const hint = `${'a'.repeat(length)}😀🇨🇳`;
      const person = await sends({ login_hint: hint });
      expect(valueOf(person, 'identifier')).toBe(
        length > 63 ? 'a'.repeat(64) : `${'a'.repeat(length)}${['😀🇨🇳', '😀🇨🇳', '😀'][length - 61] ?? ''}`,
      );
      expect(person.page.html).not.toContain('\ufffd');
    }
  });
});

describe('the language that a service asks for', () => {
  it.each<[string, 'zh-CN' | 'en', 'zh-CN' | 'en']>([
    ['zh_CN', 'en', 'zh-CN'],
    ['zh_Hans_CN', 'en', 'zh-CN'],
    ['zh-Hant-HK', 'en', 'zh-CN'],
    ['ZH_cn', 'en', 'zh-CN'],
    ['en_US', 'zh-CN', 'en'],
    ['en_US.UTF-8', 'zh-CN', 'en'],
    ['se_NO  en_GB zh_CN', 'zh-CN', 'en'],
    ['de_DE', 'en', 'en'],
    ['_', 'en', 'en'],
  ])('may be written as programs write it: %s, to somebody who reads %s, is %s', async (ui_locales, locale, expected) => {
    const person = await sends({ ui_locales }, { locale });
    expect(person.page.$('html').attr('lang')).toBe(expected);
    const leaving = newPerson(product, { locale });
    await leaving.arrives(`/session/end?${new URLSearchParams({ ui_locales }).toString()}`);
    expect(leaving.page.$('html').attr('lang')).toBe(expected);
  });
});
