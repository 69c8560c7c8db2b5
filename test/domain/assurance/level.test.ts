import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../../src/domain/assurance/evidence.ts';
import { compareAcr, countingKinds, isAcr } from '../../../src/domain/assurance/level.ts';

const now = new Date('2026-11-22T04:00:00Z');
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const held = (kind: string, verifiedAt: Date, expiresAt?: Date): Evidence => ({
  id: kind,
  personId: 'p',
  kind,
  verifiedAt,
  expiresAt,
  source: 's',
  reference: 'r',
});

describe('evidence counts', () => {
  it.each<[string, Evidence, number | undefined, boolean]>([
    ['while it has no end', held('face', at(-1000)), undefined, true],
    ['until the moment it ends', held('face', at(-1000), at(1)), undefined, true],
    ['not at that moment any more', held('face', at(-1000), at(0)), undefined, false],
    ['while it is no older than the client accepts', held('face', at(-3600)), 3600, true],
    ['not a second longer', held('face', at(-3601)), 3600, false],
    ['not when it is young and has ended', held('face', at(-10), at(-1)), 3600, false],
  ])('%s', (_, evidence, maxAge, counts) => {
    expect(countingKinds([evidence], now, maxAge).has('face')).toBe(counts);
  });
});

describe('the scale', () => {
  it('is ordered, and knows its own values only', () => {
    expect((['L3', 'L1', 'L4', 'L2'] as const).toSorted(compareAcr)).toEqual(['L1', 'L2', 'L3', 'L4']);
    expect(['L1', 'L5', 'l2', '', undefined, 2].map(isAcr)).toEqual([true, false, false, false, false, false]);
  });
});
