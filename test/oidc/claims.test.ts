import { describe, expect, it } from '@jest/globals';
import type { Account, Person } from '../../src/domain/person/account.ts';
import { claimRows, claimsByScope, claimsOf, wantedClaims, type ClaimFacts, type Granted } from '../../src/oidc/claims.ts';

const account: Account = {
  id: 'a',
  subjectId: 's',
  personId: undefined,
  status: 'active',
  frozen: false,
  locale: undefined,
  mobileProven: true,
  username: 'zhangwei',
  mobile: '13800000001',
  email: undefined,
  address: undefined,
  asserted: { name: '张伟', documentType: 'resident-id-card', documentNumber: '110101199003077758' },
  ethnicity: undefined,
  socialHistory: undefined,
  number: undefined,
  updatedAt: new Date('2026-03-01T08:00:00.500Z'),
};
const person: Person = {
  id: 'p',
  subjectId: 's',
  name: '张伟',
  document: { type: 'resident-id-card', number: '110101199003077758', key: 'k', validFrom: undefined, validUntil: undefined },
  sex: 'male',
  birthDate: '1990-03-07',
};

/** What a service is told that was granted these scopes, and claims one by one. */
function told(granted: Partial<Granted>, facts: Partial<ClaimFacts> = {}): Readonly<Record<string, unknown>> {
  const rows = wantedClaims({ scope: 'openid', named: {}, rejected: [], ...granted });
  return claimsOf(rows, {
    account,
    person,
    evidence: [],
    ladder: [{ acr: 'L1', anyOf: [[]] }] as unknown as ClaimFacts['ladder'],
    now: new Date('2026-03-02T08:00:00Z'),
    entitlements: [],
    mayHaveMobile: false,
    told: new Set(rows.map(({ claim }) => claim)),
    nameMask: 'keep-last',
    ...facts,
  });
}

describe('the name that a service may show', () => {
  it.each<[string, Partial<Granted>, unknown]>([
    ['what pages show of it', { scope: 'openid profile' }, '*伟'],
    ['the same where it is asked for by itself', { named: { name: { essential: true } } }, '*伟'],
    ['the name as verified where that is granted', { scope: 'openid profile real_name' }, '张伟'],
    ['the same where it is granted by itself', { scope: 'openid profile', named: { real_name: null } }, '张伟'],
    ['what pages show of it where the verified one was refused', { scope: 'openid profile real_name', rejected: ['real_name'] }, '*伟'],
    ['nothing where nobody asked', { scope: 'openid phone' }, undefined],
    ['nothing where it was refused', { scope: 'openid profile', rejected: ['name'] }, undefined],
  ])('is %s', (_, granted, name) => {
    expect(told(granted)['name']).toBe(name);
  });

  it.each<[string, Partial<Account>, unknown]>([
    ['the username', {}, 'zhangwei'],
    ['nothing, where there is none', { username: undefined }, undefined],
    ['the ends of a username that holds the mobile', { username: 'bjt_13800000001' }, 'b****1'],
  ])('is, of somebody nobody verified, %s; never what they said of themselves', (_, changes, name) => {
    expect(told({ scope: 'openid profile real_name' }, { person: undefined, account: { ...account, ...changes } })['name']).toBe(name);
  });

  it.each([
    ['keep-last', 'Emily Rose Carter', '****r'],
    ['keep-first', '欧阳娜娜', '欧***'],
    ['keep-last', '一', '*'],
  ] as const)('is masked in the way of the city: %s of %s', (nameMask, name, shown) => {
    expect(told({ scope: 'openid profile' }, { nameMask, person: { ...person, name } })['name']).toBe(shown);
  });
});

describe('what a scope tells', () => {
  it.each<[string, object]>([
    [
      'profile',
      {
        name: '*伟',
        preferred_username: 'zhangwei',
        nickname: 'zhangwei',
        gender: 'male',
        birthdate: '1990-03-07',
        zoneinfo: 'Asia/Shanghai',
        locale: 'zh-CN',
        updated_at: 1_772_352_000,
      },
    ],
    ['phone', { phone_number: '+8613800000001', phone_number_verified: true }],
    ['email', {}],
    ['address', {}],
    ['real_name', { real_name: '张伟' }],
    ['identity_document', {}],
    ['assurance', { assurance: { level: 'L1', evidence: [] } }],
  ])('%s', (scope, claims) => {
    expect(told({ scope: `openid ${scope}` })).toEqual(claims);
  });

  it('is what the account has', () => {
    const full = { ...account, locale: 'en', email: 'zhang@example.cn', address: '府前路1号' };
    expect(told({ scope: 'openid profile email address' }, { account: full })).toMatchObject({
      locale: 'en',
      email: 'zhang@example.cn',
      email_verified: true,
      address: { formatted: '府前路1号' },
    });
  });

  it('says of a mobile that nobody has redeemed a code at that it is not verified', () => {
    expect(told({ scope: 'openid phone' }, { account: { ...account, mobileProven: false } })).toEqual({
      phone_number: '+8613800000001',
      phone_number_verified: false,
    });
  });

  it.each([
    ['bjt_13800000001', 'profile', undefined],
    ['bjt_13800000001042', 'profile', undefined],
    ['bjt_13800000001', 'profile phone', 'bjt_13800000001'],
    // Made of a number that is another one's by now.
    ['bjt_13900000009', 'profile phone', undefined],
    ['zhang-1380000', 'profile', 'zhang-1380000'],
  ])('has the user name %s for the scope "%s" as %j', (username, scope, name) => {
    const { preferred_username: preferred, nickname } = told({ scope: `openid ${scope}` }, { account: { ...account, username } });
    expect([preferred, nickname]).toEqual([name, name]);
  });

  it('has the document for entitled services alone', () => {
    expect(told({ scope: 'openid identity_document' }, { entitlements: ['identity_document'] })).toEqual({
      identity_document: { type: 'resident-id-card', number: '110101199003077758' },
    });
  });

  it('is one row for each claim, and every row has what it reads', () => {
    expect(new Set(claimRows.map(({ claim }) => claim)).size).toBe(claimRows.length);
    const nothing = { account: undefined, person: undefined };
    expect(told({ scope: Object.keys(claimsByScope()).join(' ') }, nothing)).toEqual({
      zoneinfo: 'Asia/Shanghai',
      assurance: { level: 'L1', evidence: [] },
    });
  });
});
