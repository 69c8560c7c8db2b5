import { randomUUID } from 'node:crypto';
import type { Write } from '../unit-of-work.ts';
import type { AuditDetails, AuditEvent, AuditEventName } from './events.ts';

/** Whom an event is about and which request it came with; what is left out is not known, or there is none. */
export type AuditOrigin = Partial<Pick<AuditEvent, 'accountId' | 'clientId' | 'requestId'>>;

/** The write that records what happened, in the transaction of what it caused. */
export function audited(event: AuditEventName, at: Date, origin: AuditOrigin, details: AuditDetails = {}): Write {
  const { accountId, clientId, requestId } = origin;
  return { write: 'audit.append', event: { id: randomUUID(), at, event, accountId, clientId, requestId, details } };
}
