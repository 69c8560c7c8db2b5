import { describe, expect, it } from '@jest/globals';
import { hintedFields } from '../../../src/domain/person/login-hint.ts';

describe('whom a service hints at', () => {
  it.each<[unknown, object]>([
    ['13800000001', { identifier: '13800000001', mobile: '13800000001' }],
    ['+86 138 0000 0001', { identifier: '+86 138 0000 0001', mobile: '13800000001' }],
    ['１３８０００００００１', { identifier: '１３８０００００００１', mobile: '13800000001' }],
    ['zhang@example.cn', { identifier: 'zhang@example.cn', email: 'zhang@example.cn' }],
    ['zhang＠example.cn', { identifier: 'zhang＠example.cn', email: 'zhang＠example.cn' }],
    ['11010119900307775X', { identifier: '11010119900307775X', documentNumber: '11010119900307775X' }],
    [' zhangwei ', { identifier: 'zhangwei', username: 'zhangwei' }],
    ['张伟', { identifier: '张伟', username: '张伟' }],
    ['', {}],
    ['   ', {}],
    [undefined, {}],
    [['zhangwei', 'lina'], {}],
    [7, {}],
  ])('%j fills %j', (hint, fields) => {
    expect(hintedFields(hint)).toEqual(fields);
  });

  it('is cut behind a whole character', () => {
    expect(hintedFields(`${'a'.repeat(63)}😀b`)['identifier']).toBe(`${'a'.repeat(63)}😀`);
    expect(hintedFields(`${'a'.repeat(64)}😀`)['identifier']).toBe('a'.repeat(64));
  });
});
