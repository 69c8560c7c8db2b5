import { randomUUID } from 'node:crypto';
import type { Write } from '../unit-of-work.ts';
import type { Vault } from '../vault.ts';
import type { AuditDetails, AuditEvent, AuditEventName, RefusalEventName } from './events.ts';

/** Whom an event is about and which request it came with; what is left out is not known, or there is none. */
export type AuditOrigin = Partial<Pick<AuditEvent, 'accountId' | 'clientId' | 'requestId'>>;

/** The write that records what happened, in the transaction of what it caused. */
export function audited(
  event: Exclude<AuditEventName, RefusalEventName>,
  at: Date,
  origin: AuditOrigin,
  details: Omit<AuditDetails, 'address'> = {},
): Write {
  return append(event, at, origin, details);
}

/** Where somebody came from who was refused. */
export interface TriedFrom extends AuditOrigin {
  /** Network address of the browser, as it is: only its keyed hash is written. */
  readonly address: string;
}

/** The write that records a try that was refused: whoever looks for who tried finds all tries of one address, and no address. */
export function auditedRefusal(
  vault: Pick<Vault, 'index'>,
  event: RefusalEventName,
  { at, origin, details = {} }: { readonly at: Date; readonly origin: TriedFrom; readonly details?: Omit<AuditDetails, 'address'> },
): Write {
  return append(event, at, origin, { ...details, address: addressMark(vault, origin.address) });
}

/** Tries that the limits stopped, told together. `address` is undefined where they came from more than one. */
export function auditedStops(
  vault: Pick<Vault, 'index'>,
  at: Date,
  { accountId, address, ...details }: Pick<AuditDetails, 'kind' | 'count'> & AuditOrigin & { readonly address: string | undefined },
): Write {
  return append(
    'guesses.stopped',
    at,
    { accountId },
    { ...details, ...(address !== undefined && { address: addressMark(vault, address) }) },
  );
}

function addressMark(vault: Pick<Vault, 'index'>, address: string): string {
  return vault.index('address', address).toString('base64url');
}

function append(event: AuditEventName, at: Date, { accountId, clientId, requestId }: AuditOrigin, details: AuditDetails): Write {
  return { write: 'audit.append', event: { id: randomUUID(), at, event, accountId, clientId, requestId, details } };
}
