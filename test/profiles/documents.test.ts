import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { answersOf } from '../../interactions/help/answers.ts';
import { helpTexts, textModel } from '../../interactions/help/help.ts';
import { checkDocumentNumber } from '../../src/domain/authenticator/recovery-search.ts';
import { documentTypes, type DocumentType } from '../../src/domain/person/document-number.ts';
import { checkedNumber } from '../../src/domain/proofing/real-name.ts';
import { loadWords, speakerOf } from '../../src/http/words.ts';
import { root } from '../support/product.ts';
import { profileNames, profileOf } from '../support/profiles.ts';

const types = Object.keys(documentTypes) as DocumentType[];
const now = new Date('2026-11-22T04:00:00Z');

/** A document that is none of an identity card, however it is called. */
const foreign = /通行证|居住证|永久居留|护照|travel permit|residence permit|permanent resident|passport/i;

describe('documents', () => {
  it.each(['demo', 'beijing', 'beijing-2019'])('[RN-13] of residents from Hong Kong, Macao and Taiwan are taken in %s, the residence permit too', (name) => {
    expect(profileOf(name).documents).toEqual(
      expect.arrayContaining(['hk-permit', 'macao-permit', 'taiwan-permit', 'hmt-residence-permit']),
    );
  });

  it('are named by their own words alone, which pages show where the city takes them, and by texts about permits', () => {
    const naming = globSync('interactions/**/{zh-CN,en}.json', { cwd: root }).flatMap((file) => {
      const words: Record<string, string> = JSON.parse(readFileSync(join(root, file), 'utf8'));
      return Object.entries(words).flatMap(([key, text]) => (foreign.test(text) && !key.startsWith('document.type.') ? [`${file} ${key}`] : []));
    });
    const aboutPermits = /help\/questions\/.* permit-fails\.(?:ask|title)$|register\/.* (?:hours|closed)$/;
    expect(naming.filter((place) => !aboutPermits.test(place))).toEqual([]);
  });

  it.each(profileNames)('that %s does not take are named nowhere in its help, and its texts about permits have a reason', (name) => {
    const profile = profileOf(name);
    const words = loadWords('interactions', speakerOf(profile));
    for (const locale of ['zh-CN', 'en'] as const) {
      const scene = { locale, words, profile };
      const texts = JSON.stringify([answersOf(scene), helpTexts.map((text) => textModel(scene, text))]);
      for (const type of types.filter((each) => each !== 'other' && !profile.documents.includes(each)))
        expect([type, texts.includes(words.text(locale, `layout.document.type.${type}`))]).toEqual([type, false]);
      for (const type of profile.documents.filter((each) => each !== 'resident-id-card' && profile.help.questions.includes('permit-fails')))
        expect([type, texts.includes(words.text(locale, `layout.document.type.${type}`))]).toEqual([type, true]);
    }
    const permits = profile.documents.some((type) => type.endsWith('-permit'));
    expect([permits, profile.help.questions.includes('permit-fails') || profile.registration.hours !== null]).toEqual([permits, permits]);
  });
});

describe('the number of another document than was chosen', () => {
  const residencePermit = '810000199306059024';
  const reasonOf = (offered: readonly DocumentType[]) => {
    const number = checkedNumber('resident-id-card', residencePermit, now, offered);
    return 'params' in number ? number.params['reason'] : undefined;
  };

  it('is to be chosen as what it is, where the city takes that', () => {
    expect(reasonOf(profileOf('demo').documents)).toBe('other-document-type');
  });

  it('is said not to be taken, where it does not: nobody looks for it in a list that has it not', () => {
    expect(reasonOf(profileOf('hubei').documents)).toBe('not-taken');
    expect(() => checkDocumentNumber(residencePermit, profileOf('hubei').documents, now)).toThrow(
      expect.objectContaining({ params: { reason: 'not-taken' } }),
    );
    expect(checkDocumentNumber(residencePermit, profileOf('demo').documents, now)).toBe(residencePermit);
  });
});
