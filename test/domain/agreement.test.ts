import { expect, it } from '@jest/globals';
import { isAgreed } from '../../src/domain/agreement.ts';

it.each([
  ['yes', true],
  ['on', true],
  ['no', false],
  ['', false],
  [undefined, false],
])('an agreement that the form gives as %p is %p', (typed, agreed) => expect(isAgreed(typed)).toBe(agreed));
