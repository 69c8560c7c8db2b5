import { describe, expect, it } from '@jest/globals';
import { endings, type Ending, type EndingAct } from '../../src/domain/session-endings.ts';

const actsWhere = (holds: (ending: Ending) => boolean): readonly EndingAct[] =>
  (Object.keys(endings) as EndingAct[]).filter((act) => holds(endings[act]));

describe('what ends with an act', () => {
  it('the trust in browsers with every session that ends because somebody may have got in', () => {
    expect(actsWhere(({ sessions, trust }) => sessions !== 'none' && !trust)).toEqual(['person.linked', 'subject.changed']);
    expect(actsWhere(({ sessions, trust }) => sessions === 'none' && trust)).toEqual([]);
  });

  it('no session, grant or trust by what nobody got in by', () => {
    expect(actsWhere(({ sessions, grants, trust }) => sessions === 'none' && !grants && !trust)).toEqual([
      'email.changed',
      'username.changed',
      'passkey.added',
      'binding.added',
      'passkey.renamed',
      'recovery-codes.made',
    ]);
  });
});
