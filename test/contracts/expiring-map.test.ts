import { describe, expect, it } from '@jest/globals';
import { ExpiringMap } from '../../adapters/memory/expiring-map.ts';
import { createMemoryState } from '../../adapters/memory/state.ts';
import { at, now } from './short-lived-backends.ts';
import { stateRow } from './state-contract.ts';

describe('memory of what has expired', () => {
  it('is given back while others come, so that it never outgrows the living by much', () => {
    let seconds = 0;
    const map = new ExpiringMap<number>({ now: () => at(seconds) });
    let largest = 0;
    for (let index = 0; index < 100_000; index += 1) {
      seconds = index / 100;
      map.set(String(index), index, at(seconds + 30));
      largest = Math.max(largest, map.size);
    }
    expect(largest).toBeLessThan(3000 * 1.5);
    expect(map.get('99999', at(seconds))).toBe(99_999);
  });

  it('never takes a living entry away', () => {
    const map = new ExpiringMap<number>({ now: () => now });
    for (let index = 0; index < 5000; index += 1) map.set(String(index), index, at(index % 2 === 0 ? 60 : -60));
    const living = Array.from({ length: 5000 }, (_, index) => map.get(String(index), now)).filter((value) => value !== undefined);
    expect(living).toHaveLength(2500);
  });

  it('takes indexes and grants along', async () => {
    const state = createMemoryState({ now: () => at(120) });
    for (let index = 0; index < 3000; index += 1) {
      await state.put('AccessToken', String(index), stateRow({ uid: `u${index}`, grantId: 'grant' }));
    }
    expect(await state.findByUid('AccessToken', 'u0', now)).toBeUndefined();
    expect(await state.findByUid('AccessToken', 'u2999', now)).toBeDefined();
    await state.revokeByGrantId('grant');
    expect(await state.findByUid('AccessToken', 'u2999', now)).toBeUndefined();
  });
});
