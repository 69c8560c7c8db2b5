import { describe, expect, it } from '@jest/globals';
import { shownBy } from '../../src/domain/assurance/evidence-proof.ts';
import { unmetPasswordRules } from '../../src/domain/authenticator/password-policy.ts';
import { unmetUsernameRules } from '../../src/domain/person/username.ts';
import type { Profile } from '../../src/domain/policy.ts';
import { profileNames as names, profileOf } from '../support/profiles.ts';

/** What a person meets there, short enough to be read as a whole. */
function offer({ brand, ladders, words, ...rest }: Profile): object {
  return {
    ...rest,
    platform: `${brand.platform['zh-CN']} / ${brand.platform.en}`,
    hotline: brand.hotline,
    wordedInItsOwnWay: Object.keys(words),
    portal: `${brand.portal.name['zh-CN']} ${brand.portal.url}`,
    agreements: [brand.agreement, brand.privacy, brand.bankCardAgreement].map(({ title, version }) => `${title['zh-CN']} ${version}`),
    ladder: ladders.person.map(
      ({ acr, label, opens, anyOf, minimumAuthentication, comingSoon }) =>
        `${acr} ${label['zh-CN']} (${opens['zh-CN']}): ${anyOf.map((set) => set.join(' + ') || 'nothing').join(' or ')}` +
        `${minimumAuthentication ? `, signed in by ${minimumAuthentication.anyOf.join(' or ')}` : ''}${comingSoon ? ', coming soon' : ''}`,
    ),
  };
}

describe.each(names)('what %s offers', (name) => {
  it('is known to whoever changes it', () => {
    expect(offer(profileOf(name))).toMatchSnapshot();
  });

  it('lets the scripted people sign in under its own rules', () => {
    const { password, username, sandbox } = profileOf(name);
    expect(unmetPasswordRules(password, sandbox.password)).toEqual([]);
    expect(username === null ? [] : unmetUsernameRules(username, 'zhangwei')).toEqual([]);
  });

  it('opens nothing above L2 to a sign-in by text message alone', () => {
    const open = profileOf(name).ladders.person.filter(
      ({ acr, minimumAuthentication }) => acr > 'L2' && (minimumAuthentication?.anyOf.some((amr) => ['sms', 'otp'].includes(amr)) ?? true),
    );
    expect(open).toEqual([]);
  });
});

it.each(names)('%s says of every level that nothing there leads to where it can be reached, or that it is coming', (name) => {
  const { ladders, proofing } = profileOf(name);
  const silent = ladders.person.filter(
    ({ anyOf, comingSoon, where }) => !comingSoon && !where && !anyOf.some((set) => set.every((kind) => proofing.includes(kind))),
  );
  expect(silent).toEqual([]);
});

it.each(names)('%s gives L3 only to who holds something of the person, and L4 only where the person is there', (name) => {
  const rises = profileOf(name).ladders.person.flatMap(({ acr, anyOf }) => (acr > 'L2' ? anyOf.map((set) => [acr, set.map(shownBy)]) : []));
  const enough = { L3: ['possession', 'presence'], L4: ['presence'] } as const;
  expect(rises.filter(([acr, set]) => !enough[acr as 'L3' | 'L4'].some((how) => set?.includes(how)))).toEqual([]);
});

it('the demonstration city leaves nothing for later', () => {
  expect(profileOf('demo').later).toEqual([]);
});

it('scripted people have the password of the public surface, or one like it where the rule forbids that', () => {
  const passwords = Object.fromEntries(names.map((name) => [name, profileOf(name).sandbox.password]));
  expect(passwords).toEqual({
    beijing: 'Minxin-2026',
    'beijing-2019': 'Minxin2026',
    demo: 'Minxin-2026',
    guangzhou: 'Minxin2026',
    hubei: 'Minxin-2026',
  });
});
