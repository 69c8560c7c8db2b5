import { secondsAfter, type Clock } from '../clock.ts';
import { noticeWrites } from '../notification/notice.ts';
import { platformLocale, type AccountStore } from '../person/account.ts';
import { todayInShanghai } from '../person/civil-date.ts';
import { Conflict, type UnitOfWork } from '../unit-of-work.ts';
import type { EndingEvidence, Evidence, EvidenceStore } from './evidence.ts';
import { audited } from '../audit/record.ts';

/**
 * Evidence of a document ends with the document (DIS-17): its owner hears of it once, thirty days before. What it was
 * worth is gone at that moment without anybody doing anything (`countingKinds`).
 */
export interface DocumentEndDeps {
  readonly evidence: EvidenceStore;
  readonly accounts: AccountStore;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

const noticeSeconds = 30 * 86_400;
const batch = 50;

/** Documents end at midnight, and nobody wants to hear of it then: hours of the day in China. */
const tellingHours = { from: 9, to: 20 };
const hourInShanghai = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Shanghai', hour: 'numeric', hourCycle: 'h23' });

/** How the document behind evidence stands; undefined: it does not end soon. */
export function documentEnd({ expiresAt }: Pick<Evidence, 'expiresAt'>, now: Date): 'ending' | 'ended' | undefined {
  if (!expiresAt || expiresAt > secondsAfter(now, noticeSeconds)) return undefined;
  return expiresAt > now ? 'ending' : 'ended';
}

/**
 * Tells the owners of what ends soon and was not told yet, by day; one transaction each.
 *
 * @returns whether there may be more
 */
export async function tellDocumentEnds(deps: DocumentEndDeps): Promise<boolean> {
  const now = deps.clock.now();
  const hour = Number(hourInShanghai.format(now));
  if (hour < tellingHours.from || hour >= tellingHours.to) return false;
  const ending = await deps.evidence.endingUntold({ after: now, until: secondsAfter(now, noticeSeconds), limit: batch });
  for (const each of ending) await tell(deps, each, now);
  return ending.length === batch;
}

async function tell(
  { accounts, unitOfWork }: DocumentEndDeps,
  { evidenceId, accountId, expiresAt }: EndingEvidence,
  at: Date,
): Promise<void> {
  const account = await accounts.byId(accountId);
  if (!account) return;
  const notice = { name: 'document-ending', locale: account.locale ?? platformLocale, params: { ends: todayInShanghai(expiresAt) } };
  try {
    await unitOfWork.commit('document-ending', [
      { write: 'evidence.end-told', evidenceId, at },
      audited('document.ending', at, { accountId }, { actor: 'system' }),
      ...noticeWrites(account, notice, at),
    ]);
  } catch (error) {
    // Another process told them at the same moment.
    if (!(error instanceof Conflict)) throw error;
  }
}
