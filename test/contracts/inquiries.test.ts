import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createFileVault } from '../../adapters/keys/file-vault.ts';
import { countDocument } from '../../src/domain/authenticator/throttle.ts';
import { askCounted, askersOf, guessedBy, type Inquiry, type OnRecordDeps } from '../../src/domain/proofing/inquiry.ts';
import type { SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { QuotaStore } from '../../src/domain/short-lived.ts';
import { movableClock } from '../support/movable-clock.ts';
import { testSecrets } from '../support/stores.ts';
import { shortLivedBackends } from './short-lived-backends.ts';

const backends = await shortLivedBackends();
afterAll(() => Promise.all(backends.map((backend) => backend.close())));

const vault = createFileVault(testSecrets());

/** Tries about documents that no other test asks about. */
function scene(quotas: QuotaStore) {
  const clock = movableClock();
  const run = randomUUID();
  const document = (name = 'victim') => ({ type: 'resident-id-card', key: `${run}:${name}` }) as const;
  const inquiry = (account: string | undefined, mobile: string, guessed: Inquiry['guessed']) => ({
    askers: askersOf(account && `${run}:${account}`, `${run}:${mobile}`),
    guessed,
  });
  const tries = async (asked: Inquiry, outcome: SourceOutcome = 'mismatch'): Promise<string> => {
    try {
      return (await askCounted({ quotas, vault, clock }, asked, async () => ({ outcome, reference: 'r' }))).outcome;
    } catch (error) {
      if (error instanceof Refused) return [error.code, error.params.reason].filter(Boolean).join(' ');
      throw error;
    }
  };
  const inTurn = async (count: number, asked: Inquiry, outcome?: SourceOutcome) => {
    const told: string[] = [];
    for (let index = 0; index < count; index += 1) told.push(await tries(asked, outcome));
    return told.filter((code) => code === (outcome ?? 'mismatch')).length;
  };
  return { clock, run, document, inquiry, tries, inTurn };
}

const own = 'identity.too-many';
const ofAll = 'identity.too-many document';

describe.each(backends)('wrong data about people, counted in $name', ({ quotas }) => {
  it('one account has three tries about one document and ten about all; the next day again', async () => {
    const { inquiry, document, tries, inTurn, clock } = scene(quotas);
    const about = (name: string) => inquiry('a', 'm', document(name));
    expect([await inTurn(4, about('1')), await inTurn(4, about('2')), await inTurn(4, about('3')), await inTurn(4, about('4'))]).toEqual([
      3, 3, 3, 1,
    ]);
    expect(await tries(about('5'))).toBe(own);
    clock.advance(86_400_000);
    expect(await inTurn(4, about('1'))).toBe(3);
  });

  it('an account and a proven mobile are one asker, by whichever of them somebody comes', async () => {
    const { inquiry, document, tries, inTurn } = scene(quotas);
    expect(await inTurn(2, inquiry('a', 'm', document()))).toBe(2);
    expect(await inTurn(2, inquiry(undefined, 'm', document()))).toBe(1);
    expect(await tries(inquiry('b', 'm', document()))).toBe(own);
    expect(await tries(inquiry('a', 'other', document()))).toBe('mismatch');
    expect(await tries(inquiry('a', 'another', document()))).toBe(own);
  });

  it.each([
    [1, 3, true],
    [2, 6, true],
    [3, 9, true],
    [4, 10, false],
    [40, 10, false],
  ])(
    'a group of %i mobiles has %i tries about one document, and its holder with nothing but data then gets in: %s',
    async (mobiles, taken, open) => {
      const { inquiry, document, tries, inTurn } = scene(quotas);
      const counts: number[] = [];
      for (let index = 0; index < mobiles; index += 1) counts.push(await inTurn(5, inquiry(`a${index}`, `m${index}`, document())));
      expect(counts.reduce((sum, count) => sum + count)).toBe(taken);
      expect(await tries(inquiry('holder', 'theirs', document()), 'match')).toBe(open ? 'match' : ofAll);
      // Who showed what only the holder has is never among them.
      expect(await tries(inquiry('holder', 'theirs', undefined), 'match')).toBe('match');
      expect(await inTurn(12, inquiry('holder', 'theirs', undefined))).toBe(10);
    },
  );

  it('what was right, or told nothing, is given back', async () => {
    const { inquiry, document, inTurn } = scene(quotas);
    for (const outcome of ['match', 'unavailable', 'over-quota', 'pending'] as const) {
      expect(await inTurn(12, inquiry('a', 'm', document()), outcome)).toBe(12);
    }
    expect(await inTurn(12, inquiry('a', 'm', document()), 'no-record')).toBe(3);
  });

  it('who comes at once does not get more, and what one limit stops uses up nothing of another', async () => {
    const { inquiry, document, tries } = scene(quotas);
    const at = (index: number) => inquiry(`a${index % 2}`, `m${index % 2}`, document());
    const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => tries(at(index))));
    expect(answers.filter((code) => code === 'mismatch')).toHaveLength(6);
    // Four of ten are left.
    expect(await Promise.all([2, 3, 4, 5, 6, 7].map((index) => tries(inquiry(`a${index}`, `m${index}`, document()))))).toEqual(
      expect.arrayContaining([...Array<string>(4).fill('mismatch'), ...Array<string>(2).fill(ofAll)]),
    );
  });
});

describe.each(backends)('document numbers of a recovery, counted in $name', ({ quotas }) => {
  const counts = (at: ReturnType<typeof scene>) => {
    const deps = { quotas, vault, clock: at.clock, stopped: () => undefined };
    return async (accountKey: string, times: number, device?: string) => {
      let taken = 0;
      for (let index = 0; index < times; index += 1) {
        const guess = { accountKey: `${at.run}:${accountKey}`, ...at.document() };
        const attempt = { accountId: undefined, address: '192.0.2.1', device, field: 'documentNumber' };
        taken += await countDocument(deps, guess, attempt).then(
          () => 1,
          () => 0,
        );
      }
      return taken;
    };
  };

  it('one account uses up three of the ten of a stranger’s document, however often it tries', async () => {
    const at = scene(quotas);
    const tries = counts(at);
    expect([await tries('attacker', 20), await tries('second', 20), await tries('third', 20)]).toEqual([3, 3, 3]);
    expect(await tries('owner', 1)).toBe(1);
    expect(await tries('fourth', 1)).toBe(0);
  });

  it('a browser that some account knows uses up nothing of other accounts', async () => {
    const at = scene(quotas);
    const tries = counts(at);
    expect([await tries('attacker', 20, 'd1'), await tries('attacker', 20, 'd2'), await tries('attacker', 20, 'd3')]).toEqual([5, 5, 0]);
    expect([await tries('owner', 1, 'of-the-owner'), await tries('owner', 1)]).toEqual([1, 1]);
  });
});

describe('a document is none to guess about', () => {
  const document = { type: 'resident-id-card', key: 'D' } as const;
  const other = { type: 'resident-id-card', key: 'E' } as const;
  /** One verified account at the mobile M, of D; somebody waits under E with the mobile W. */
  const deps = (proven = true): OnRecordDeps =>
    ({
      accounts: {
        byIdentifier: async (_: string, mobile: string) => (mobile === 'M' ? { personId: 'p', mobileProven: proven } : undefined),
      },
      persons: { byId: async () => ({ document }) },
      activations: { byDocument: async (_: string, key: string) => (key === 'E' ? { mobile: 'W' } : undefined) },
    }) as Partial<Record<keyof OnRecordDeps, object>> as OnRecordDeps;

  it.each([
    ['for whoever has the mobile of the account it verified', document, 'M', true, undefined],
    ['for whoever has the mobile that waits for its holder', other, 'W', true, undefined],
    ['but for any other mobile', document, 'X', true, document],
    ['but for a mobile of another document', other, 'M', true, other],
    ['but for a mobile that nobody proved', document, 'M', false, document],
    ['but for nobody’s', document, undefined, true, document],
  ])('%s', async (_, asked, mobile, proven, expected) => {
    expect(await guessedBy(deps(proven), asked, mobile)).toEqual(expected);
  });
});
