import { fold } from '../folding.ts';
import type { Actor } from '../presence/carry-out.ts';
import { Refused } from '../refused.ts';
import type { Write } from '../unit-of-work.ts';
import { checkContactAddress, type ContactAddressPolicy } from './contact-address.ts';
import { ethnicityName } from './ethnicity.ts';
import type { AccountChangeDeps } from './account-changes.ts';
import type { AccountChanges } from './account.ts';
import { audited } from '../audit/record.ts';

/** What owners say of themselves: it opens nothing, so that no fresh proof is asked for. */

type DetailDeps = Pick<AccountChangeDeps, 'unitOfWork' | 'clock'>;

/** @param code - of GB/T 3304; empty: none. @throws Refused ethnicity.invalid */
export async function setEthnicity(deps: DetailDeps, actor: Actor, code: string): Promise<void> {
  if (code !== '' && !ethnicityName(code)) throw new Refused('ethnicity.invalid', 'ethnicity');
  await commit(deps, actor, 'ethnicity', { ethnicity: code === '' ? null : code });
}

/** Where post reaches the owner; empty: none. @throws Refused address.invalid */
export async function setAddress(deps: DetailDeps, actor: Actor, typed: string, policy: ContactAddressPolicy): Promise<void> {
  const address = typed.trim() === '' ? undefined : checkContactAddress(typed, policy);
  if (address && !address.ok)
    throw new Refused('address.invalid', 'address', { reason: address.reason, min: policy.minLength, max: policy.maxLength });
  await commit(deps, actor, 'address', { address: address?.canonical ?? null });
}

/** Characters. */
export const longestSocialHistory = 500;

/** Free text, released to nobody (DIS-19). @throws Refused social-history.invalid */
export async function setSocialHistory(deps: DetailDeps, actor: Actor, typed: string): Promise<void> {
  const text = fold('text', typed);
  const reason = [...text].length > longestSocialHistory ? 'length' : /[^\P{Cc}\n\t]|\p{Cs}/u.test(text) ? 'characters' : undefined;
  if (reason) throw new Refused('social-history.invalid', 'socialHistory', { reason, limit: longestSocialHistory });
  await commit(deps, actor, 'social-history', { socialHistory: text === '' ? null : text });
}

async function commit({ unitOfWork, clock }: DetailDeps, { account, requestId }: Actor, kind: string, set: AccountChanges): Promise<void> {
  const at = clock.now();
  const writes: readonly Write[] = [
    { write: 'account.update', accountId: account.id, set, at },
    audited('profile.changed', at, { accountId: account.id, requestId }, { kind }),
  ];
  await unitOfWork.commit('change-profile', writes);
}
