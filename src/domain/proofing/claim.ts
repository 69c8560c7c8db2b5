import type { AuditEvent } from '../audit/events.ts';
import type { Clock } from '../clock.ts';
import { noticeWrites } from '../notification/notice.ts';
import { channelsOfPerson, type PersonChannelsDeps } from '../notification/person-channels.ts';
import type { Holder, IdentityDocument, PersonStore } from '../person/account.ts';
import { Refused, type RefusalCode } from '../refused.ts';
import type { QuotaStore } from '../short-lived.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import { auditedRefusal } from '../audit/record.ts';

/**
 * Somebody proves the data of a person of whom we know already, because an account holds them or because they wait for
 * their activation. Data give neither away (docs/adr/0028): it is refused, and the person hears of it on every channel
 * we have of them.
 */
export interface ClaimDeps extends PersonChannelsDeps {
  readonly persons: PersonStore;
  readonly quotas: QuotaStore;
  readonly unitOfWork: UnitOfWork;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** Who asks; somebody without an account, in an activation or a registration. */
export interface Asking extends Pick<AuditEvent, 'accountId' | 'clientId' | 'requestId'> {
  /** Network address of the browser. */
  readonly address: string;
}

type Document = Pick<IdentityDocument, 'type' | 'key'>;

/** How a claim ends, and what the person is told of it. */
const claims = {
  taken: { code: 'identity.taken', notice: 'identity-claimed' },
  waiting: { code: 'identity.waiting', notice: 'identity-claimed-waiting' },
} as const satisfies Readonly<Record<string, { code: RefusalCode; notice: string }>>;

/**
 * The person of a document, where the asking account may have them: theirs, or nobody's.
 *
 * @throws Refused identity.taken, identity.waiting
 */
export async function requireUnclaimed(deps: ClaimDeps, document: Document, asking: Asking): Promise<Holder | undefined> {
  const holder = await deps.persons.byDocument(document.type, document.key);
  const claim = holder && claimOn(holder, asking.accountId);
  if (!holder || !claim) return holder;
  await tell(deps, holder, asking, claim);
  throw new Refused(claims[claim].code, 'documentNumber');
}

/** The same where the page must not say so: whoever holds the document hears of it. */
export async function tellOfClaim(deps: ClaimDeps, document: Document, asking: Asking): Promise<void> {
  const holder = await deps.persons.byDocument(document.type, document.key);
  const claim = holder && claimOn(holder, asking.accountId);
  if (holder && claim) await tell(deps, holder, asking, claim);
}

function claimOn({ accountId, waits }: Holder, asking: string | undefined): keyof typeof claims | undefined {
  if (accountId !== undefined && accountId !== asking) return 'taken';
  return waits ? 'waiting' : undefined;
}

/** Somebody with the data of a person could else send them messages all day. */
const noticesPerDay = 3;

/** One more notice of a kind about a person, unless they had enough of them today. */
export async function mayTell({ quotas, clock }: Pick<ClaimDeps, 'quotas' | 'clock'>, kind: string, personId: string): Promise<boolean> {
  const rules = [{ key: `told:${kind}:${personId}`, limit: noticesPerDay, windowSeconds: 86_400 }];
  return (await quotas.take(rules, clock.now())).ok;
}

async function tell(
  deps: ClaimDeps,
  holder: Holder,
  { clientId, requestId, accountId, address }: Asking,
  claim: keyof typeof claims,
): Promise<void> {
  const at = deps.clock.now();
  const channels = (await mayTell(deps, 'claim', holder.person.id)) ? await channelsOfPerson(deps, holder) : [];
  await deps.unitOfWork.commit('identity-claimed', [
    // Of the account whose person it is, where they have one: there one looks for it.
    auditedRefusal(deps.vault, 'identity.claimed', {
      at,
      origin: { accountId: holder.accountId ?? accountId, clientId, requestId, address },
      details: { reason: claim },
    }),
    ...channels.flatMap((each) => noticeWrites(each, { name: claims[claim].notice, locale: 'zh-CN' }, at)),
  ]);
}
