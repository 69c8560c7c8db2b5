import type { AuditEventName } from '../../../src/domain/audit/events.ts';
import { authenticatorEvent } from '../../../src/domain/authenticator/authenticator-event.ts';
import type { PasskeyDeps } from '../../../src/domain/authenticator/passkey.ts';
import type { PasskeySite } from '../../../src/domain/authenticator/passkey-options.ts';
import type { RecoveryCodeStore } from '../../../src/domain/authenticator/recovery-codes.ts';
import type { TotpStore } from '../../../src/domain/authenticator/totp.ts';
import { noticeWrites } from '../../../src/domain/notification/notice.ts';
import type { AuthenticatorPolicy } from '../../../src/domain/policy.ts';
import type { EndingAct, EndingWrites } from '../../../src/domain/session-endings.ts';
import type { OnceStore } from '../../../src/domain/short-lived.ts';
import type { Write } from '../../../src/domain/unit-of-work.ts';
import type { AppContext } from '../../../src/http/app-context.ts';
import type { Locale } from '../../../src/http/page-model.ts';
import type { FreshProofDeps } from '../fresh-proof.ts';
import type { Owner } from '../owner.ts';

/** What the pages of the sign-in protection have in common: every change is audited and told to its owner. */
export interface SecurityDeps extends FreshProofDeps {
  readonly authenticators: AuthenticatorPolicy;
  readonly passkeys: PasskeyDeps;
  readonly site: PasskeySite;
  readonly totps: TotpStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly once: OnceStore;
  readonly endings: EndingWrites;
}

export const securityPath = '/account/security';

/**
 * Commits a change with its audit record and the notice to its owner.
 *
 * @param event - its name is that of the notice, with a hyphen for the dot
 */
export async function commitChange(
  deps: SecurityDeps,
  ctx: AppContext,
  { account, sessionUid }: Owner,
  event: AuditEventName & EndingAct,
  writes: readonly Write[],
): Promise<void> {
  const at = deps.clock.now();
  const name = event.replace('.', '-');
  await deps.unitOfWork.commit(name, [
    ...writes,
    ...(await deps.endings(event, { accountId: account.id, sessionUid })),
    authenticatorEvent(event, { accountId: account.id, requestId: ctx.state.requestId }, at),
    ...noticeWrites(account, { name, locale: ctx.state.locale }, at),
  ]);
}

/** Back to the list, which says what was done. */
export function leaveWith(change: Change): string {
  return `${securityPath}?done=${change}`;
}

/** What a change ends with; an address that somebody else made says nothing. */
const changes = ['passkey-added', 'passkey-renamed', 'passkey-removed', 'totp-removed'] as const;
export type Change = (typeof changes)[number];

export function changeOf(wanted: unknown): Change | undefined {
  return changes.find((change) => change === wanted);
}

export function dayText(locale: Locale, at: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(at);
}
