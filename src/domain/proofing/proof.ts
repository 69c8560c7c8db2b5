import { randomUUID } from 'node:crypto';
import type { EvidenceKind } from '../assurance/evidence.ts';
import { noticeWrites, type Channels } from '../notification/notice.ts';
import type { Person } from '../person/account.ts';
import { endOfDay, todayInShanghai } from '../person/civil-date.ts';
import { Refused, type RefusalCode } from '../refused.ts';
import { Conflict, type Write } from '../unit-of-work.ts';
import type { GuardianPolicy } from '../policy.ts';
import type { EndingWrites } from '../ending-writes.ts';
import { requireUnclaimed, type Asking, type ClaimDeps } from './claim.ts';
import { needsGuardian, type GuardianProof } from './guardian-proof.ts';
import type { SourceAnswer, SourceOutcome } from './identity-source.ts';
import { audited, auditedRefusal, type AuditOrigin } from '../audit/record.ts';

/** What all proofing methods share: the judge of an authority's answer and the writing down of evidence. */

export interface ProofDeps extends ClaimDeps {
  /** Services are told with the `sub` they know (D1). */
  readonly endings: EndingWrites;
  readonly guardian: GuardianPolicy | null;
}

/** What an authority confirmed, for one kind of evidence. */
export interface Proven {
  readonly kind: EvidenceKind;
  readonly source: string;
  readonly reference: string;
  readonly expiresAt: Date | undefined;
  /** Who agreed to it, for a minor. */
  readonly guardian?: GuardianProof | undefined;
}

export interface Applicant {
  readonly accountId: string;
  /** Of the account, where its owner proved it by a code. */
  readonly mobile: string | undefined;
  readonly subjectId: string;
  readonly personId: string | undefined;
  readonly requestId: string;
  readonly clientId: string | undefined;
  /** Network address of the browser. */
  readonly address: string;
  /** The session this happens in; it goes on when the others end. */
  readonly sessionUid: string | undefined;
  /** Of the page, for what the owner is told. */
  readonly locale: string;
}

/**
 * How each outcome is told to the person; only `match` goes on (AST-13). Whether somebody has such a document at all is
 * not told: the audit log knows.
 */
const refusalOf: Readonly<Record<Exclude<SourceOutcome, 'match'>, RefusalCode>> = {
  mismatch: 'identity.mismatch',
  'no-record': 'identity.mismatch',
  invalid: 'identity.invalid',
  unavailable: 'identity.unavailable',
  'over-quota': 'identity.over-quota',
  refused: 'identity.refused',
  pending: 'identity.pending',
};

/** Seconds after which it is worth trying again: an authority that is away, and one whose quota is that of a day. */
const retryAfterSeconds: Partial<Record<SourceOutcome, (now: Date) => number>> = {
  unavailable: () => 60,
  'over-quota': (now) => Math.ceil((endOfDay(todayInShanghai(now)).getTime() - now.getTime()) / 1000),
};

/**
 * Goes on for `match`; records and refuses everything else. No field is marked: that the whole does not fit says nothing
 * of any part of it.
 */
export async function requireMatch(
  deps: Pick<ProofDeps, 'unitOfWork' | 'vault' | 'clock'>,
  applicant: Asking,
  proof: { kind: EvidenceKind; source: string; answer: SourceAnswer; params?: Record<string, string> },
): Promise<void> {
  const { outcome, reference, reason } = proof.answer;
  if (outcome === 'match') return;
  await deps.unitOfWork.commit('proofing-refused', [
    auditedRefusal(deps.vault, 'identity.not-verified', {
      at: deps.clock.now(),
      origin: applicant,
      details: { kind: proof.kind, source: proof.source, reference, reason: reason === undefined ? outcome : `${outcome} ${reason}` },
    }),
  ]);
  throw new Refused(refusalOf[outcome], undefined, proof.params, retryAfterSeconds[outcome]?.(deps.clock.now()));
}

/**
 * Writes verified identity and evidence in one transaction. The first verification of an account makes the
 * person, or gives the account a person whom no account holds; its subject is the account's, unless the
 * person already has one (D1, PRT-08). Every other session of the account ends; a changed subject ends its grants as well.
 *
 * @throws Refused identity.taken when another account holds the person, identity.waiting when they wait for their
 *   activation, identity.differs when this account is verified as somebody else, guardian.required for a minor nobody
 *   has agreed for
 */
export async function recordVerifiedPerson(
  deps: ProofDeps,
  applicant: Applicant,
  verified: Omit<Person, 'id' | 'subjectId'>,
  evidence: Proven,
): Promise<void> {
  const now = deps.clock.now();
  if (needsGuardian(deps.guardian, verified.birthDate, now) && !evidence.guardian) throw new Refused('guardian.required');
  const holder = await requireUnclaimed(deps, verified.document, applicant);
  if (applicant.personId !== undefined && holder?.person.id !== applicant.personId) {
    throw new Refused('identity.differs', 'documentNumber');
  }
  const person: Person = {
    ...verified,
    id: holder?.person.id ?? randomUUID(),
    subjectId: holder?.person.subjectId ?? applicant.subjectId,
  };
  try {
    await deps.unitOfWork.commit('verify-identity', [
      holder ? { write: 'person.update', person, at: now } : { write: 'person.insert', person, at: now },
      ...(await linkWrites(deps, applicant, person, now)),
      ...evidenceWrites(deps, applicant, person.id, evidence, await ownChannels(deps, applicant)),
    ]);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    // Somebody was faster: perhaps this very account, in another tab, with this or another document.
    const winner = await deps.persons.byDocument(verified.document.type, verified.document.key);
    if (!winner || (winner.accountId === undefined && !winner.waits)) throw new Refused('identity.differs', 'documentNumber');
    await recordVerifiedPerson(deps, { ...applicant, personId: winner.person.id }, verified, evidence);
  }
}

/** Evidence beyond the first, for the person the account already holds. */
export async function recordEvidence(deps: ProofDeps, applicant: Applicant & { personId: string }, evidence: Proven): Promise<void> {
  const channels = await ownChannels(deps, applicant);
  await deps.unitOfWork.commit('verify-evidence', evidenceWrites(deps, applicant, applicant.personId, evidence, channels));
}

async function ownChannels({ accounts }: ProofDeps, { accountId, locale }: Applicant): Promise<readonly Told[]> {
  const account = await accounts.byId(accountId);
  return account ? [{ ...account, locale }] : [];
}

/** Who hears that somebody was verified, and in which language. */
export type Told = Channels & { readonly locale: string };

async function linkWrites(deps: ProofDeps, applicant: Applicant, person: Person, at: Date): Promise<readonly Write[]> {
  if (applicant.personId !== undefined) return [];
  const { accountId } = applicant;
  const act = person.subjectId === applicant.subjectId ? 'person.linked' : 'subject.changed';
  return [
    { write: 'account.link-person', accountId, personId: person.id, subjectId: person.subjectId, at },
    ...(await deps.endings(act, { accountId, sessionUid: applicant.sessionUid })),
  ];
}

/**
 * The evidence, the guardian's consent where there is one, the audit record of both, and the notices: whoever is verified
 * anywhere hears of it, so no evidence is written without saying on which channels.
 */
export function evidenceWrites(
  deps: Pick<ProofDeps, 'clock'>,
  applicant: AuditOrigin,
  personId: string,
  { kind, source, reference, expiresAt, guardian }: Proven,
  told: readonly Told[],
): readonly Write[] {
  const now = deps.clock.now();
  return [
    {
      write: 'evidence.insert',
      evidence: { id: randomUUID(), personId, kind, verifiedAt: now, expiresAt, source, reference },
    },
    audited('identity.verified', now, applicant, { kind, source, reference }),
    ...(guardian ? consentWrites(deps, applicant, personId, guardian) : []),
    ...told.flatMap((each) => noticeWrites(each, { name: 'identity-verified', locale: each.locale }, now)),
  ];
}

function consentWrites(
  deps: Pick<ProofDeps, 'clock'>,
  applicant: AuditOrigin,
  personId: string,
  guardian: GuardianProof,
): readonly Write[] {
  const { source, reference, version: agreement } = guardian;
  return [
    { write: 'guardian-consent.put', consent: { ...guardian, personId } },
    audited('guardian.consented', deps.clock.now(), applicant, { source, reference, agreement }),
  ];
}
