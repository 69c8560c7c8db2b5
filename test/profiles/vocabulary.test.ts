import { load } from 'cheerio';
import { describe, expect, it } from '@jest/globals';
import { examples } from '../../interactions/gallery.ts';
import { cityOf, type City } from '../../src/domain/city.ts';
import { profileNames as cities, profileOf } from '../support/profiles.ts';
import { pagesOf } from '../support/rendered.ts';

/** What a page says must be there in the city that says it (or be announced). One row a thing that not every city has. */
interface Term {
  readonly names: readonly string[];
  readonly 'zh-CN': RegExp;
  readonly en: RegExp;
}

const terms: readonly Term[] = [
  { names: ['login.sms-code'], 'zh-CN': /短信(验证码)?登录/, en: /sign in with an SMS code/i },
  { names: ['authenticators.passkey'], 'zh-CN': /通行密钥/, en: /passkey/i },
  { names: ['authenticators.totp'], 'zh-CN': /身份验证器|动态(口令|密码)|恢复码/, en: /authenticator|recovery code/i },
  { names: ['proofing.bank-card'], 'zh-CN': /银行卡/, en: /bank card/i },
  { names: ['activation'], 'zh-CN': /激活/, en: /activat/i },
  { names: ['account.email'], 'zh-CN': /邮箱/, en: /e-?mail/i },
  { names: ['recovery'], 'zh-CN': /找回密码/, en: /recover (your |the )?password/i },
  { names: ['registration.nationalPlatform', 'login.national-platform'], 'zh-CN': /国家政务服务平台/, en: /national .*platform/i },
  { names: ['documents.hk-permit'], 'zh-CN': /港澳居民来往内地通行证/, en: /mainland travel permit for hong kong/i },
  { names: ['documents.taiwan-permit'], 'zh-CN': /台湾居民来往大陆通行证/, en: /mainland travel permit for taiwan/i },
  { names: ['documents.foreign-permanent-resident'], 'zh-CN': /外国人永久居留/, en: /permanent resident/i },
  { names: ['documents.hmt-residence-permit'], 'zh-CN': /港澳台居民居住证/, en: /residence permit/i },
];

/** Pages, with their states, of what only some cities have, and of people who have it from elsewhere. */
const rooms: readonly (readonly [RegExp, string])[] = [
  [/^login\/sms-code|^account\/session|first-step|proof sms-code-(document|code-and)|password-missing|step-up\/levels long-service/, 'login.sms-code'],
  [/passkey|proof password-only|frozen-with-others|security\/security/, 'authenticators.passkey'],
  [/totp|recovery-code|second-factor|recover-done-guarded/, 'authenticators.totp'],
  [/^step-up\/bank-card|bank-card-agreement|level-raised/, 'proofing.bank-card'],
  [/^step-up/, 'proofing.real-name'],
  [/^activate|activate-|identity\.waiting/, 'activation'],
  [/^recover/, 'recovery'],
  [/^register\/account (national-platform|phone)$/, 'registration.nationalPlatform'],
  [/^login\/redirect|^bind\/|^account\/bindings some|^account\/binding /, 'login.national-platform'],
  [/^account\/overview foreigner/, 'documents.foreign-permanent-resident'],
];

const isHere = (city: City, page: string) => rooms.every(([pattern, name]) => !pattern.test(page) || city.has(name));

describe.each(cities)('the pages of %s', (name) => {
  const profile = profileOf(name);
  const city = cityOf(profile);
  const page = pagesOf(profile);
  const unheard = terms.filter(({ names }) => !names.some((term) => city.has(term) || city.awaits(term.split('.').at(-1) ?? '')));
  it.each(['zh-CN', 'en'] as const)('name only what the city has, in %s', (locale) => {
    const said = [];
    for (const example of examples.filter(({ view, state }) => isHere(city, `${view} ${state}`))) {
      const $ = load(page(example, { locale, channel: 'desktop' }));
      $('script, style').remove();
      const text = $('body').text().replaceAll(/\s+/g, ' ');
      for (const { [locale]: term } of unheard) {
        const at = text.search(term);
        if (at >= 0) said.push(`${example.view} ${example.state}: …${text.slice(Math.max(0, at - 20), at + 30)}…`);
      }
    }
    expect(said).toEqual([]);
  });
});
