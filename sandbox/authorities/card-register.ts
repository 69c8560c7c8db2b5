import type { Clock } from '../../src/domain/clock.ts';
import type { DocumentType } from '../../src/domain/person/document-number.ts';
import type { SourceOutcome } from '../../src/domain/proofing/identity-source.ts';
import type { People } from '../people.ts';
import type { BankCard, CardReason } from '../registered-person.ts';
import { createFlowControl } from './flow-control.ts';

/** The four elements. */
export interface CardQuestion {
  readonly name: string;
  readonly documentType: DocumentType;
  readonly documentNumber: string;
  readonly bankCard: string;
  readonly reservedMobile: string;
}

export interface CardFinding {
  readonly outcome: SourceOutcome;
  readonly reason?: CardReason | 'no-such-card' | 'card-quota';
  /** The card with this number, also where holder, document or mobile are not its own. */
  readonly card?: BankCard;
}

export interface CardRegisterOptions {
  readonly clock: Clock;
  readonly people: Pick<People, 'find' | 'findCard'>;
}

/** UnionPay: one card is checked at most five times in 24 hours, whatever the answers. */
const unionPayLimit = { limit: 5, milliseconds: 24 * 60 * 60 * 1000 };

/** What the banks know, in whatever format they are asked. */
export function createCardRegister({ clock, people }: CardRegisterOptions): (question: CardQuestion) => CardFinding {
  const checks = createFlowControl([unionPayLimit]);
  return (question) => {
    const found = people.findCard(question.bankCard);
    if (!found) return { outcome: 'invalid', reason: 'no-such-card' };
    if (checks.take(question.bankCard, clock.now())) return { outcome: 'over-quota', reason: 'card-quota', card: found.card };
    const { person, card } = found;
    const same =
      people.find(question.documentType, question.documentNumber)?.document.number === person.document.number &&
      question.name === person.name &&
      question.reservedMobile === card.reservedMobile;
    if (!same) return { outcome: 'mismatch', card };
    return { outcome: card.outcome, card, ...(card.reason && { reason: card.reason }) };
  };
}
