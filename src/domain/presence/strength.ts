/**
 * Who sits there, proved how strongly, and when: the one measure of it, for the table of acts (acts.ts) and for levels.
 */

/**
 * Weakest first.
 *
 * - `new-device`: an SMS code alone, of a verified person, on a device that never proved more than that; the word of a third party
 * - `mobile`: an SMS code to the mobile of the account
 * - `mobile-app`: the mobile, and with it a code of the second factor, which as a rule is on the same phone
 * - `mobile-plus`: the mobile, and with it the document number of the verified person
 * - `password`
 * - `passkey`
 */
const strengths = ['new-device', 'mobile', 'mobile-app', 'mobile-plus', 'password', 'passkey'] as const;
export type Strength = (typeof strengths)[number];

export function atLeast(strength: Strength | undefined, wanted: Strength): boolean {
  return strength !== undefined && strengths.indexOf(strength) >= strengths.indexOf(wanted);
}

/** More than the possession of the mobile: it makes a browser one that is trusted. */
export function isTrusting(strength: Strength | undefined): boolean {
  return atLeast(strength, 'mobile-app');
}

export function weaker(a: Strength, b: Strength): Strength {
  return atLeast(a, b) ? b : a;
}

/**
 * One proof of a session: an RFC 8176 value, or `document` for the document number, which is told to no service; and the
 * moment.
 */
export interface SessionFactor {
  readonly amr: string;
  readonly at: Date;
  /** Absent: what its kind is worth. */
  readonly counts?: CountsAs | undefined;
}

/** A proof that is worth less than its kind, because of what it was made with or where. */
export interface CountsAs {
  readonly as: Strength;
  /** Undefined: as long as the session lasts. */
  readonly until: Date | undefined;
}

/** By which proof a way in was set, and when. */
export interface Setting {
  readonly by: Strength;
  readonly at: Date;
}

/**
 * What a proof made with a way in counts as: whoever set it by a weaker proof has, for a while, proved no more than that.
 * The while is long enough for an owner to hear of it.
 *
 * @param set - undefined: with the account itself, or long ago
 * @param settlingSeconds - of the deployment (`presence.settlingSeconds`)
 * @returns undefined: what its kind is worth
 */
export function settlingOf(set: Setting | undefined, settlingSeconds: number, now: Date): CountsAs | undefined {
  if (!set) return undefined;
  const until = new Date(set.at.getTime() + settlingSeconds * 1000);
  return until > now ? { as: set.by, until } : undefined;
}

/**
 * What a sign-in of a verified person is worth on a device that never proved more than the mobile: whatever is worth no more
 * than that is worth less there, a password that was set by the mobile included.
 */
export function onNewDevice(factors: readonly SessionFactor[], now: Date): readonly SessionFactor[] {
  return factors.map((factor) => {
    const strength = strengthOfFactor(factor, now);
    if (strength === undefined || isTrusting(strength)) return factor;
    return { ...factor, counts: { as: 'new-device', until: factor.counts?.until } };
  });
}

/**
 * The newest of each kind. Where an SMS code came to is no better known by a second one, so it stays worth what the first
 * of the session was; stores keep the same rule (`session-factors.put`).
 */
export function mergedFactors(factors: readonly SessionFactor[]): readonly SessionFactor[] {
  const byName = new Map<string, SessionFactor>();
  for (const factor of factors) {
    const known = byName.get(factor.amr);
    if (known && known.at > factor.at) continue;
    const counts = factor.counts ?? (factor.amr === 'sms' ? known?.counts : undefined);
    byName.set(factor.amr, { amr: factor.amr, at: factor.at, ...(counts && { counts }) });
  }
  return [...byName.values()];
}

/** What each kind of proof is worth; those that are not listed prove nobody. */
const worth: Readonly<Partial<Record<string, Strength>>> = {
  // Somebody else's word for it, which changes no way in.
  upstream: 'new-device',
  sms: 'mobile',
  document: 'mobile-plus',
  otp: 'mobile-app',
  pwd: 'password',
  swk: 'passkey',
  hwk: 'passkey',
};

/** What one proof is worth now; undefined: it proves nobody by itself (`user`, `mfa`). */
export function strengthOfFactor({ amr, counts }: SessionFactor, now: Date): Strength | undefined {
  const own = worth[amr];
  if (own === undefined || !counts || (counts.until && counts.until <= now)) return own;
  return weaker(own, counts.as);
}

/** The strongest of a session; undefined: none. */
export function strengthOf(factors: readonly SessionFactor[], now: Date): Strength | undefined {
  const found = factors.flatMap((factor) => strengthOfFactor(factor, now) ?? []);
  return found.reduce<Strength | undefined>((best, each) => (atLeast(best, each) ? best : each), undefined);
}

/**
 * The factors as levels count them: one that is worth less for now stands for what it is worth. What services are told
 * (`amr`) stays what was used.
 */
export function countedFactors(factors: readonly SessionFactor[], now: Date): readonly SessionFactor[] {
  return factors.flatMap(({ counts, ...factor }): readonly SessionFactor[] => {
    if (!counts || (counts.until && counts.until <= now)) return [factor];
    const worthNow = strengthOfFactor({ ...factor, counts }, now);
    if (worthNow === undefined) return [];
    if (worthNow === worth[factor.amr]) return [factor];
    return [{ ...factor, amr: worthNow === 'password' ? 'pwd' : 'sms' }];
  });
}

/**
 * May the pages of a session show what somebody must know who has nothing but the mobile (`mobile-plus`)? The last digits of
 * a document number are a check of the others: with birth date and home town they leave nine to try.
 */
export function mayReadIdentity(factors: readonly SessionFactor[], now: Date): boolean {
  return atLeast(strengthOf(provedHere(factors), now), 'mobile-plus');
}

/** A proof once made counts for so long where a fresh one is asked for (RN-11). */
export const freshSeconds = 600;

export function isFresh({ at }: Pick<SessionFactor, 'at'>, now: Date): boolean {
  return now.getTime() - at.getTime() <= freshSeconds * 1000;
}

/** Finished on another device: what came with it was proved there. Ours; RFC 8176 has no value for it. */
export const handedOver = 'xdev';

/**
 * What was proved on the device itself. A session that another device signed in says how that one was signed in, and no more:
 * who sits here, before the change of a way in, is proved here. Whoever talked somebody into scanning a code changes nothing.
 */
export function provedHere(factors: readonly SessionFactor[]): readonly SessionFactor[] {
  const over = factors.find(({ amr }) => amr === handedOver);
  return over ? factors.filter(({ at }) => at > over.at) : factors;
}

/** The factors that one act of signing in makes, all of one worth. */
export function factorsOf(amr: readonly string[], at: Date, counts?: CountsAs): readonly SessionFactor[] {
  return amr.map((name) => ({ amr: name, at, ...(counts && { counts }) }));
}

/** A factor as JSON keeps it; moments in milliseconds. */
export interface PlainFactor {
  readonly amr: string;
  readonly at: number;
  readonly as?: Strength;
  readonly until?: number;
}

export function toPlain({ amr, at, counts }: SessionFactor): PlainFactor {
  return { amr, at: at.getTime(), ...(counts && { as: counts.as, ...(counts.until && { until: counts.until.getTime() }) }) };
}

export function fromPlain({ amr, at, as, until }: PlainFactor): SessionFactor {
  const counts = as && { as, until: until === undefined ? undefined : new Date(until) };
  return { amr, at: new Date(at), ...(counts && { counts }) };
}
