import type { SessionFactor } from './presence/strength.ts';

/**
 * State of the OpenID provider, durable or short-lived; which model lives where is one table
 * (adapters/registry.ts, D4). Payloads are sealed before they get here and ids are hashed, so a dump
 * of a store holds no usable token.
 */
export interface StateRow {
  readonly payload: Buffer;
  readonly expiresAt: Date;
  readonly consumedAt: Date | undefined;
  readonly uid: string | undefined;
  readonly userCode: string | undefined;
  readonly grantId: string | undefined;
  readonly accountId: string | undefined;
  readonly clientId: string | undefined;
}

export type NewStateRow = Omit<StateRow, 'consumedAt'>;

export interface StateStore {
  /**
   * Inserts or replaces; `consumedAt` of a row that is there is kept.
   *
   * @returns false when the row has ended and therefore stays what it is; stores that forget what ended know no such row
   */
  put(model: string, id: string, row: NewStateRow): Promise<boolean>;
  /** Inserts; false when a row that has not expired is there. At most one caller gets true (single use of a jti). */
  insert(model: string, id: string, row: NewStateRow, now: Date): Promise<boolean>;
  /** Never answers an expired row. */
  find(model: string, id: string, now: Date): Promise<StateRow | undefined>;
  findByUid(model: string, uid: string, now: Date): Promise<StateRow | undefined>;
  findByUserCode(model: string, userCode: string, now: Date): Promise<StateRow | undefined>;
  /** One conditional write: true for at most one caller, ever (D5). */
  consume(model: string, id: string, now: Date): Promise<boolean>;
  destroy(model: string, id: string): Promise<void>;
  /** Everything issued under a grant. */
  revokeByGrantId(grantId: string): Promise<void>;
}

export interface SessionSummary {
  readonly uid: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly factors: readonly SessionFactor[];
  /** What it runs on, in words, such as `Chrome · Windows`; undefined: not known. */
  readonly device: string | undefined;
}

export interface SessionStore {
  /** How and when the person authenticated in this session; empty when unknown. */
  factors(sessionUid: string, now: Date): Promise<readonly SessionFactor[]>;
  ofAccount(accountId: string, now: Date): Promise<readonly SessionSummary[]>;
  /** Sealed payloads of live sessions, for logout tokens before they end. */
  payloadsOfAccount(accountId: string, now: Date): Promise<readonly Buffer[]>;
}
