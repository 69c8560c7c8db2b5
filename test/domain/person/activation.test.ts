import { describe, expect, it } from '@jest/globals';
import { createMemoryOnce } from '../../../adapters/memory/once.ts';
import { createFileVault } from '../../../adapters/keys/file-vault.ts';
import { checkPossession, type PossessionForm } from '../../../src/domain/person/activation.ts';
import { createActivationPass } from '../../../src/domain/person/activation-pass.ts';
import { endOfValidity } from '../../../src/domain/person/document-validity.ts';
import { FormRefused } from '../../../src/domain/refused.ts';
import { movableClock } from '../../support/movable-clock.ts';

const policy = { minWidth: 1, maxWidth: 100, digits: false };
const now = new Date('2026-03-01T08:00:00Z');

describe('the last day of a document', () => {
  it.each([
    ['resident-id-card', '2018-06-06', '20', '2038-06-06'],
    ['resident-id-card', '2024-02-29', '5', '2029-02-28'],
    ['hmt-residence-permit', '2019-05-05', '5', '2024-05-05'],
    ['hk-permit', '2021-03-22', '10', '2031-03-21'],
    ['taiwan-permit', '2021-01-01', '5', '2025-12-31'],
    ['resident-id-card', '2016-10-09', 'long-term', 'long-term'],
  ] as const)('of a %s from %s for %s is %s', (type, from, validity, last) => {
    expect(endOfValidity(type, from, validity)).toBe(last);
  });
});

describe('what is read off a document', () => {
  const check = (form: Partial<PossessionForm>) =>
    checkPossession({ name: undefined, validFrom: '2018-06-06', validity: '20', ...form }, 'resident-id-card', policy, now);

  it('is a first and a last day, and the name where it is asked', () => {
    expect(check({})).toEqual({ name: undefined, validFrom: '2018-06-06', validUntil: '2038-06-06' });
    expect(check({ name: ' 张 伟 ' })).toMatchObject({ name: '张伟' });
  });

  it('may have ended today', () => {
    expect(check({ validFrom: '2021-03-01', validity: '5' })).toMatchObject({ validUntil: '2026-03-01' });
  });

  it.each([
    [{ validFrom: '2021-02-28', validity: '5' }, ['validity document.expired ']],
    [{ validFrom: '2026-03-02' }, ['validFrom date.invalid future']],
    [
      { validFrom: '2023-02-29', validity: '7', name: '1' },
      ['name name.invalid characters', 'validFrom date.invalid ', 'validity field.required validity'],
    ],
    [{ name: '' }, ['name name.invalid empty']],
  ])('is refused as a whole: %j', (form, problems) => {
    expect(refusalsOf(() => check(form))).toEqual(problems);
  });
});

describe('the pass from registration', () => {
  it('is read in its own interaction for an hour, and holds nothing in the clear', async () => {
    const clock = movableClock();
    const once = createMemoryOnce(clock);
    const keys = { keyEncryptionKey: Buffer.alloc(32, 1), indexKey: Buffer.alloc(32, 2), pairwiseKey: Buffer.alloc(32, 3) };
    const pass = createActivationPass({ once, vault: createFileVault(keys), clock });
    const sought = { type: 'resident-id-card', number: '110199199003150113', key: '110199199003150113', mobile: '13800000001' } as const;
    await pass.give('uid', { sought });
    const given = await pass.read('uid');
    expect(given).toEqual({ id: expect.any(String), sought });
    await pass.give('uid', { sought });
    expect((await pass.read('uid'))?.id).not.toBe(given?.id);
    expect(await pass.read('another')).toBeUndefined();
    expect(await once.get('activation:uid', clock.now())).not.toMatch(/1101991990|13800000001/);
    clock.advance(3_601_000);
    expect(await pass.read('uid')).toBeUndefined();
  });
});

function refusalsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof FormRefused) return error.refusals.map(({ field, code, params }) => `${field} ${code} ${params.reason ?? ''}`);
    throw error;
  }
  throw new Error('nothing was refused');
}
