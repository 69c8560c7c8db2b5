import { describe, expect, it } from '@jest/globals';
import { checkImported, type ImportPolicies, type ImportRecord } from '../../../src/domain/person/import-record.ts';
import { Refused } from '../../../src/domain/refused.ts';

const now = new Date('2026-03-01T08:00:00Z');

const policies: ImportPolicies = {
  documents: ['resident-id-card', 'hk-permit'],
  personName: { minWidth: 1, maxWidth: 100, digits: false },
  username: { minLength: 4, maxLength: 20, firstLetter: true, allow: ['letters', 'digits'], notDigitsOnly: true },
  guardian: { under: 14, version: '2026-01' },
  acceptsHash: (hash) => hash === 'good',
  sealHash: (hash) => `sealed ${hash}`,
};

const zhangwei: ImportRecord = {
  name: ' 张 伟 ',
  documentNumber: '11019919900315011３',
  validFrom: '2018-06-06',
  validUntil: '20380606',
  mobile: '+86 138 0000 0001',
};
const account: ImportRecord = { ...zhangwei, passwordHash: 'good' };
const check = (record: ImportRecord, other: Partial<ImportPolicies> = {}) => checkImported(record, { ...policies, ...other }, now);

const identity = {
  name: '张伟',
  document: {
    type: 'resident-id-card',
    number: '110199199003150113',
    key: '110199199003150113',
    validFrom: '2018-06-06',
    validUntil: '2038-06-06',
  },
  sex: 'male',
  birthDate: '1990-03-15',
};

describe('a record of an import', () => {
  it('without a password hash is somebody who waits for their activation', () => {
    expect(check(zhangwei)).toEqual({ kind: 'person', identity, mobile: '13800000001' });
  });

  it('needs no mobile then', () => {
    expect(check({ name: '张伟', documentNumber: identity.document.number })).toMatchObject({ kind: 'person', mobile: undefined });
  });

  it('with a hash is an account; its identity is taken over only where it was verified', () => {
    expect(check(account)).toEqual({
      kind: 'account',
      mobile: '13800000001',
      username: undefined,
      passwordHash: 'sealed good',
      verified: undefined,
    });
    expect(check({ ...account, username: 'ZhangWei', verifiedAt: '2021-06-01' })).toEqual({
      kind: 'account',
      mobile: '13800000001',
      username: 'ZhangWei',
      passwordHash: 'sealed good',
      verified: { identity, at: new Date('2021-05-31T16:00:00Z'), expiresAt: new Date('2038-06-06T15:59:59.999Z') },
    });
  });

  it('proves nothing any more once the document has ended', () => {
    expect(check({ ...account, validUntil: '2020-01-01', verifiedAt: '2019-06-01T08:00:00Z' })).toMatchObject({
      verified: { at: new Date('2019-06-01T08:00:00Z'), expiresAt: new Date('2020-01-01T15:59:59.999Z') },
    });
  });

  it('[PRV-05] of a child waits for their guardian, also with a hash', () => {
    const permit = {
      ...account,
      name: '陈小豪',
      documentType: 'hk-permit',
      documentNumber: 'H09900001',
      sex: '男',
      verifiedAt: '2021-06-01',
    };
    expect(check({ ...permit, birthDate: '2012-03-02' })).toMatchObject({
      kind: 'person',
      mobile: '13800000001',
      identity: { birthDate: '2012-03-02' },
    });
    expect(check({ ...permit, birthDate: '2012-03-01' })).toMatchObject({ kind: 'account' });
    expect(check({ ...permit, birthDate: '2012-03-02' }, { guardian: null })).toMatchObject({ kind: 'account' });
  });

  it('of a permit takes sex and birth date from its columns', () => {
    const permit = { name: '陈家豪', documentType: 'hk-permit', documentNumber: 'H09900001', sex: '男', birthDate: '1988-01-02' };
    expect(check(permit)).toMatchObject({ identity: { sex: 'male', birthDate: '1988-01-02', document: { key: 'H09900001' } } });
  });

  it.each<[string, ImportRecord, string, string | undefined, string | undefined]>([
    ['an account without a mobile', { passwordHash: 'good' }, 'field.required', 'mobile', undefined],
    ['a mobile that is none', { ...zhangwei, mobile: '1380000' }, 'mobile.invalid', 'mobile', 'length'],
    ['a hash nobody can verify', { ...account, passwordHash: 'md5' }, 'field.invalid', 'passwordHash', 'form'],
    ['nobody', {}, 'document.invalid', 'documentNumber', 'empty'],
    [
      'a number with a wrong check character',
      { ...zhangwei, documentNumber: '110199199003150114' },
      'document.invalid',
      'documentNumber',
      'check-character',
    ],
    ['a type that the deployment has not', { ...zhangwei, documentType: 'taiwan-permit' }, 'document.invalid', 'documentType', 'type'],
    ['a type that nobody has', { ...zhangwei, documentType: 'passport' }, 'document.invalid', 'documentType', 'type'],
    ['a name with digits', { ...zhangwei, name: '张伟1' }, 'name.invalid', 'name', 'digits'],
    ['no name', { documentNumber: '110199199003150113' }, 'name.invalid', 'name', 'empty'],
    ['a day that does not exist', { ...zhangwei, validFrom: '2023-02-29' }, 'date.invalid', 'validFrom', undefined],
    ['a document of tomorrow', { ...zhangwei, validFrom: '2026-03-02' }, 'date.invalid', 'validFrom', 'future'],
    ['a proof of tomorrow', { ...account, verifiedAt: '2026-03-02' }, 'date.invalid', 'verifiedAt', 'future'],
    ['a proof at no moment', { ...account, verifiedAt: 'yes' }, 'date.invalid', 'verifiedAt', undefined],
    [
      'a proof of nobody',
      { mobile: '13800000001', passwordHash: 'good', verifiedAt: '2021-06-01' },
      'document.invalid',
      'documentNumber',
      'empty',
    ],
    ['a username like a mobile', { ...account, username: '13900000001' }, 'username.invalid', 'username', 'first-letter'],
    ['a sex nobody has', { ...zhangwei, documentType: 'hk-permit', documentNumber: 'H09900001', sex: '3' }, 'field.invalid', 'sex', 'form'],
  ])('is refused with %s', (_, record, code, field, reason) => {
    const refused = refusalOf(() => check(record));
    expect([refused.code, refused.field, refused.params.reason]).toEqual([code, field, reason]);
  });

  it('brings no username where accounts have none', () => {
    expect(refusalOf(() => check({ ...account, username: 'zhangwei' }, { username: null })).params.reason).toBe('not-used');
  });
});

function refusalOf(act: () => unknown): Refused {
  try {
    act();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
