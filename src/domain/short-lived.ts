/**
 * Ports of short-lived state: Redis, or memory in the embedded product. Losing all of it costs people
 * under way a fresh start and logs nobody out (docs/adr/0004). Every operation is one atomic act of
 * the store, and time is always a parameter (docs/adr/0016).
 */

export type OtpPurpose =
  | 'login'
  | 'register'
  | 'activate'
  | 'step-up'
  | 'bank-card'
  | 'recover'
  | 'change-mobile'
  | 'guardian'
  | 'undo'
  | 'confirm-change'
  | 'change-email';

export type OtpResult = 'ok' | 'wrong' | 'exhausted' | 'none';

export interface OtpStore {
  /** Replaces any earlier code for the same key; keeps only the keyed hash until `expiresAt`. */
  put(key: string, codeHash: Buffer, attempts: number, expiresAt: Date): Promise<void>;
  /**
   * One atomic act: counts the attempt and compares. `ok` is answered at most once for one code,
   * whoever asks at once; after `attempts` wrong ones the code is gone (`exhausted`).
   */
  redeem(key: string, codeHash: Buffer, now: Date): Promise<OtpResult>;
}

export interface CaptchaStore {
  /** @param answer - with what it is bound to (authenticator/captcha.ts) */
  put(id: string, answer: string, expiresAt: Date): Promise<void>;
  /** One atomic act: whatever the answer, the captcha is used up. */
  redeem(id: string, answer: string, now: Date): Promise<'ok' | 'wrong' | 'none'>;
  /** The answer, for drawing the picture of a captcha that is still unused. */
  read(id: string, now: Date): Promise<string | undefined>;
}

export interface QuotaRule {
  /** Full key, personal parts already hashed by the vault. */
  readonly key: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

export type QuotaResult =
  | { readonly ok: true; readonly ticket: string }
  | { readonly ok: false; readonly rule: number; readonly retryAfterSeconds: number };

export interface QuotaStore {
  /**
   * One atomic act over all rules: a sliding window per key; either every rule has room and one use of
   * each is recorded, or nothing is recorded and the first rule without room is named (its index).
   */
  take(rules: readonly QuotaRule[], now: Date): Promise<QuotaResult>;
  /** Takes back what one `take` recorded (a correct password is not a failure). */
  giveBack(rules: readonly QuotaRule[], ticket: string): Promise<void>;
}

export interface DraftRow {
  readonly revision: number;
  readonly sealed: Buffer;
}

export interface DraftStore {
  get(id: string, now: Date): Promise<DraftRow | undefined>;
  /**
   * Writes the next revision only if the stored one is still `expected` (0: none). One atomic act;
   * false for the loser of a double submit.
   */
  put(id: string, expected: number, sealed: Buffer, expiresAt: Date, now: Date): Promise<boolean>;
  destroy(id: string): Promise<void>;
}

export interface TurnStore {
  /** True for exactly one owner per key until `expiresAt`. One atomic act; asking again is for nobody, the owner included. */
  take(key: string, owner: string, expiresAt: Date, now: Date): Promise<boolean>;
  /** Ends the turn if it is still this owner's: what somebody else took after it had expired stays theirs. */
  end(key: string, owner: string): Promise<void>;
}

export interface OnceStore {
  /** True for exactly one caller per key until `expiresAt`. */
  claim(key: string, expiresAt: Date, now: Date): Promise<boolean>;
  /** A value that is short-lived and read often (a redeemed SMS code in a session). */
  put(key: string, value: string, expiresAt: Date): Promise<void>;
  get(key: string, now: Date): Promise<string | undefined>;
  /** One atomic act: the value to exactly one caller, to whom it is gone as to everybody else. */
  take(key: string, now: Date): Promise<string | undefined>;
}

/** Lists of which only the newest entries matter (what the sandbox sent). */
export interface RecentStore {
  push(list: string, value: string, keep: number): Promise<void>;
  /** Newest first. */
  read(list: string, limit: number): Promise<readonly string[]>;
}
