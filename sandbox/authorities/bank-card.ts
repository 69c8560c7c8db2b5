import type { Clock } from '../../src/domain/clock.ts';
import { isDocumentType } from '../../src/domain/person/document-number.ts';
import type { SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import type { People } from '../people.ts';
import { createCardRegister } from './card-register.ts';
import type { CardFinding, CardQuestion } from './card-register.ts';
import { startSignedJson } from './signed-json.ts';
import type { Decision, SignedJsonServer } from './signed-json.ts';
import type { SimulatorTiming } from './simulator.ts';

export interface BankCardOptions {
  readonly clock: Clock;
  readonly people: Pick<People, 'find' | 'findCard'>;
  readonly timing?: SimulatorTiming;
}

/** Bank card check that also says kind and class: `POST /v1/bank-card-checks` in signed JSON. */
export function startBankCard({ people, ...rest }: BankCardOptions): Promise<SignedJsonServer> {
  const check = createCardRegister({ clock: rest.clock, people });
  return startSignedJson({ ...rest, path: '/v1/bank-card-checks', read, decide: (question) => decide(check(question)) });
}

/** The numbers that Aliyun's `BankMetaVerify` gives to the same reasons (contracts 2.2). */
const outcomeCodes: Readonly<Record<SourceOutcome, string>> = {
  match: '101',
  mismatch: '201',
  'no-record': '301',
  invalid: '213',
  refused: '212',
  pending: 'PENDING',
  'over-quota': 'QUOTA',
  unavailable: 'BANK_DOWN',
};

const reasonCodes: Readonly<Record<NonNullable<CardFinding['reason']>, string>> = {
  'no-online-banking': '202',
  expired: '203',
  'no-such-card': '206',
  dormant: '208',
  risk: '209',
  lost: '210',
  'too-many-wrong-pins': '211',
  'card-quota': 'CARD_QUOTA',
};

const accountClasses = { I: 1, II: 2, III: 3 } as const;

/** The kind stands in public tables of card numbers; the class is told only to whom the card belongs. */
function decide({ outcome, reason, card }: CardFinding): Decision {
  const code = reason ? reasonCodes[reason] : outcomeCodes[outcome];
  const accountClass = outcome === 'match' && card?.class ? accountClasses[card.class] : undefined;
  return { outcome, code, details: { cardKind: card?.kind.toUpperCase(), accountClass } };
}

function read(members: Readonly<Record<string, unknown>>): CardQuestion | undefined {
  const { reference, name, documentType, documentNumber, bankCard, reservedMobile } = members;
  if (typeof reference !== 'string' || typeof name !== 'string') return undefined;
  if (typeof documentType !== 'string' || !isDocumentType(documentType)) return undefined;
  if (typeof documentNumber !== 'string' || documentNumber !== documentNumber.toUpperCase()) return undefined;
  if (typeof bankCard !== 'string' || !/^\d{13,19}$/.test(bankCard)) return undefined;
  if (typeof reservedMobile !== 'string' || !/^\d{11}$/.test(reservedMobile)) return undefined;
  return { name, documentType, documentNumber, bankCard, reservedMobile };
}
