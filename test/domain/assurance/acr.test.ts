import { describe, expect, it } from '@jest/globals';
import { decideLevel, reachedLevel, refreshedAcr, waysTo, type LevelFacts, type LevelRequest } from '../../../src/domain/assurance/acr.ts';
import type { AssuranceLevel } from '../../../src/domain/assurance/ladder.ts';

const text = { 'zh-CN': '', en: '' };
const rung = (acr: AssuranceLevel['acr'], anyOf: string[][], more: Partial<AssuranceLevel> = {}): AssuranceLevel => ({
  acr,
  label: text,
  opens: text,
  anyOf,
  ...more,
});
const strong = { minimumAuthentication: { anyOf: ['pwd', 'hwk'] } };
const ladder = [
  rung('L1', [[]]),
  rung('L2', [['real-name'], ['social-security-card']]),
  rung('L3', [['bank-card'], ['face', 'real-name']], strong),
  rung('L4', [['on-site']], { ...strong, comingSoon: true }),
];
const facts = (evidence: string[], amr: string[] = ['pwd'], methods = ['real-name', 'bank-card', 'face']): LevelFacts => ({
  ladder,
  evidence: new Set(evidence),
  amr: new Set(amr),
  methods: new Set(methods),
});
const asks = (request: Partial<LevelRequest>): LevelRequest => ({
  essential: undefined,
  voluntary: [],
  minimum: undefined,
  declined: false,
  ...request,
});

describe('the level that evidence and session reach together', () => {
  it.each([
    ['nothing is proved', [], ['pwd'], 'L1'],
    ['one of the alternatives is held', ['social-security-card'], ['pwd'], 'L2'],
    ['a rung is met without the one below it', ['bank-card'], ['pwd'], 'L3'],
    ['one of two pieces is held', ['face'], ['pwd'], 'L1'],
    ['both are', ['face', 'real-name'], ['pwd'], 'L3'],
    ['the session is too weak for the identity', ['real-name', 'bank-card'], ['sms'], 'L2'],
    ['it is, and what the rung below asks for has ended', ['bank-card'], ['sms'], 'L2'],
    ['the rung is not there yet', ['on-site'], ['pwd'], 'L1'],
    ['this deployment does not know the evidence', ['palm'], ['pwd'], 'L1'],
  ])('when %s', (_, evidence, amr, acr) => {
    expect(reachedLevel(facts(evidence, amr)).acr).toBe(acr);
  });
});

describe('what is missing for a level', () => {
  it('is every way, the shortest first, and of each only what is not held', () => {
    expect(waysTo(rung('L2', []), facts([]))).toEqual([
      { evidence: ['real-name'], authentication: false },
      { evidence: ['bank-card'], authentication: false },
      { evidence: ['face', 'real-name'], authentication: false },
    ]);
    expect(waysTo(rung('L3', []), facts(['real-name'], ['sms']))).toEqual([
      { evidence: ['bank-card'], authentication: true },
      { evidence: ['face'], authentication: true },
    ]);
  });

  it('is nothing where no method is offered', () => {
    expect(waysTo(rung('L2', []), facts([], ['pwd'], []))).toEqual([]);
  });
});

describe('the decision about one request', () => {
  it.each<[string, Partial<LevelRequest>, LevelFacts, object]>([
    ['nothing is asked', {}, facts(['real-name']), { verdict: 'satisfied', acr: 'L2' }],
    ['less is asked than held', { voluntary: ['L2'] }, facts(['bank-card']), { verdict: 'satisfied', acr: 'L2' }],
    ['a wish can be met', { voluntary: ['L3'] }, facts(['real-name']), { verdict: 'step-up', acr: 'L2', hard: false }],
    ['it was declined', { voluntary: ['L3'], declined: true }, facts(['real-name']), { verdict: 'satisfied', acr: 'L2' }],
    ['a wish cannot be met here', { voluntary: ['L4'] }, facts(['real-name']), { verdict: 'satisfied', acr: 'L2' }],
    ['a wish is for what nobody knows', { voluntary: ['gold'] }, facts([]), { verdict: 'satisfied', acr: 'L1' }],
    ['a demand can be met', { essential: ['L2'] }, facts([]), { verdict: 'step-up', acr: 'L1', hard: true }],
    ['declining does not help', { essential: ['L2'], declined: true }, facts([]), { verdict: 'step-up', acr: 'L1', hard: true }],
    ['a demand cannot be met here', { essential: ['L4'] }, facts(['bank-card']), { verdict: 'unmet', acr: 'L3' }],
    ['a demand is for what nobody knows', { essential: ['gold'] }, facts(['bank-card']), { verdict: 'unmet', acr: 'L3' }],
    ['one of several demands is met', { essential: ['L3', 'L2'] }, facts(['real-name']), { verdict: 'satisfied', acr: 'L2' }],
    ['a wish stands beside a demand', { essential: ['L2'], voluntary: ['L1'] }, facts(['real-name']), { verdict: 'satisfied', acr: 'L2' }],
    ['a demand is below the minimum', { essential: ['L1'], minimum: 'L2' }, facts([]), { verdict: 'step-up', acr: 'L1', hard: true }],
    ['a wish is below the minimum', { voluntary: ['L1'], minimum: 'L2' }, facts(['bank-card']), { verdict: 'satisfied', acr: 'L2' }],
    ['the minimum comes before a wish', { voluntary: ['L3'], minimum: 'L2' }, facts([]), { verdict: 'step-up', acr: 'L1', hard: true }],
    ['only the password is missing', { minimum: 'L3' }, facts(['bank-card'], ['sms']), { verdict: 'step-up', acr: 'L2', hard: true }],
  ])('when %s', (_, request, known, expected) => {
    expect(decideLevel(asks(request), known)).toMatchObject(expected);
  });

  it('aims at the next rung there is', () => {
    const sparse = { ...facts([]), ladder: [rung('L1', [[]]), rung('L4', [['bank-card']])] };
    expect(decideLevel(asks({ essential: ['L2'] }), sparse)).toMatchObject({ verdict: 'step-up', target: { acr: 'L4' } });
  });
});

describe('the level of a token that is refreshed', () => {
  it.each([
    ['still holds', 'L2', ['real-name'], 'L2'],
    ['does not rise with what was proved meanwhile', 'L2', ['bank-card'], 'L2'],
    ['falls to what holds', 'L3', ['real-name'], 'L2'],
    ['is what holds where none was granted', undefined, ['real-name'], 'L2'],
  ])('%s', (_, granted, evidence, acr) => {
    expect(refreshedAcr(granted, facts(evidence))).toBe(acr);
  });
});
