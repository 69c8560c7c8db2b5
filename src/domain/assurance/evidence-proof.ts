import type { EvidenceKind } from './evidence.ts';
import type { Acr, AssuranceLevel } from './ladder.ts';
import { compareAcr } from './level.ts';

/**
 * What evidence shows of whoever gives it (docs/adr/0028): that they know data of a person, which relatives, agents and
 * thieves of data know as well; that they hold something of that person's; that the person is there.
 */
export type ShownBy = 'knowledge' | 'possession' | 'presence';

const shown: Readonly<Record<EvidenceKind, ShownBy>> = {
  'real-name': 'knowledge',
  'social-security': 'knowledge',
  'social-security-card': 'knowledge',
  'housing-fund': 'knowledge',
  'driving-licence': 'knowledge',
  alipay: 'possession',
  'bank-card': 'possession',
  face: 'presence',
  'on-site': 'presence',
};

/** Evidence nobody has judged yet shows knowledge, whatever it is called. */
export function shownBy(kind: EvidenceKind): ShownBy {
  return Object.hasOwn(shown, kind) ? (shown[kind] ?? 'knowledge') : 'knowledge';
}

/** The highest level that data alone may give, in any deployment. */
export const highestByKnowledge: Acr = 'L2';

/** Sets of evidence that would give a rung to whoever merely knows the data. */
export function setsByKnowledge({ acr, anyOf }: Pick<AssuranceLevel, 'acr' | 'anyOf'>): AssuranceLevel['anyOf'] {
  if (compareAcr(acr, highestByKnowledge) <= 0) return [];
  return anyOf.filter((set) => set.every((kind) => shownBy(kind) === 'knowledge'));
}
