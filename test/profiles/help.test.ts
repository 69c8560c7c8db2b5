import { describe, expect, it } from '@jest/globals';
import { helpModel, helpTexts, textModel } from '../../interactions/help/help.ts';
import { loginMethodNames, proofingMethodNames } from '../../interactions/registry.ts';
import { loadProfile } from '../../src/config/profile.ts';
import type { Profile } from '../../src/domain/policy.ts';
import { loadWords } from '../../src/http/words.ts';

const words = loadWords('interactions');
const known = { loginMethods: loginMethodNames, proofingMethods: proofingMethodNames };

function profileOf(name: string): Profile {
  const { profile, problems } = loadProfile(name, { profilesDir: 'profiles', known });
  if (!profile) throw new Error(JSON.stringify(problems, null, 2));
  return profile;
}

function answers(profile: Profile): string {
  return helpModel({ locale: 'zh-CN', words, profile }).sections.map(({ text }) => text).join('\n');
}

describe('the help of a city', () => {
  it.each([
    ['demo', true],
    ['hubei', false],
  ])('names the SMS code as a way to sign in only where it is one: %s', (name, offered) => {
    expect(answers(profileOf(name)).includes('短信登录')).toBe(offered);
  });

  it('gives the limits that hold there', () => {
    const profile = profileOf('demo');
    const strict = { ...profile, sms: { ...profile.sms, perHour: 3, perDay: 7, cooldownSeconds: 90, ttlSeconds: 120 } };
    expect(answers(strict)).toContain('每小时最多获取 3 次、24 小时内最多获取 7 次，两次之间至少间隔 90 秒');
    const privacy = helpTexts.filter(({ name }) => name === 'privacy').map((text) => textModel({ locale: 'zh-CN', words, profile: strict }, text));
    expect(JSON.stringify(privacy)).toContain('短信验证码在 2 分钟后失效');
  });
});
