import type { Clock } from '../clock.ts';
import { noticeWrites } from '../notification/notice.ts';
import { platformLocale, type Account } from '../person/account.ts';
import type { QuotaStore } from '../short-lived.ts';
import type { Write } from '../unit-of-work.ts';

/** The account that somebody gave a wrong document number for. */
export type WronglyNamed = Pick<Account, 'id' | 'mobile' | 'email' | 'locale'>;

const day = 86_400;

/**
 * The owner hears that somebody who holds their mobile, or their session, does not know the number of their document: once a
 * day on every channel, however many tries there are and wherever they are made, so that nobody makes a phone ring by guessing.
 * Belongs into the transaction that records the refusal; whoever tried is answered the same with and without it.
 */
export async function wrongDocumentWrites(
  { quotas, clock }: { readonly quotas: QuotaStore; readonly clock: Clock },
  account: WronglyNamed | undefined,
): Promise<readonly Write[]> {
  if (!account) return [];
  const now = clock.now();
  const { ok } = await quotas.take([{ key: `told:wrong-document:${account.id}`, limit: 1, windowSeconds: day }], now);
  return ok ? noticeWrites(account, { name: 'wrong-document', locale: account.locale ?? platformLocale }, now) : [];
}
