import { randomUUID } from 'node:crypto';
import type { AuditDetails, AuditEventName } from '../audit/events.ts';
import type { Write } from '../unit-of-work.ts';

/** The audit record of what happened to an authenticator of an account. */
export function authenticatorEvent(
  event: AuditEventName,
  { accountId, requestId }: { readonly accountId: string; readonly requestId: string | undefined },
  at: Date,
  details: AuditDetails = {},
): Write {
  return {
    write: 'audit.append',
    event: { id: randomUUID(), at, event, accountId, clientId: undefined, requestId, details },
  };
}
