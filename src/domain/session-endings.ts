/**
 * What ends with an act, in its transaction. A session is where somebody is signed in; a grant is what a service was
 * allowed to do, with every refresh token issued under it, those that outlive the sign-out (`offline_access`) included.
 * One table, so that no act forgets one of them.
 */
export interface Ending {
  /** `others`: all but the one that acts. */
  readonly sessions: 'none' | 'one' | 'others' | 'all';
  /** All grants of the account: services have to ask again, silently where a session is left. */
  readonly grants: boolean;
  /**
   * The trust in every browser that proved more than the mobile before (src/http/devices.ts): there an SMS code alone is
   * worth less again. Whoever has had the password has such a browser, too. One in which somebody stays signed in who proved
   * as much has it back at once.
   */
  readonly trust: boolean;
}

export const endings = {
  // Whoever got in by the old one is out.
  'password.changed': { sessions: 'others', grants: true, trust: true },
  'password.recovered': { sessions: 'others', grants: true, trust: true },
  'mobile.changed': { sessions: 'others', grants: true, trust: true },
  // One who removes a way in has lost it; one who asks for a second factor means those who gave only one.
  'binding.removed': { sessions: 'others', grants: true, trust: true },
  'passkey.removed': { sessions: 'others', grants: true, trust: true },
  'totp.set-up': { sessions: 'others', grants: true, trust: true },
  'totp.removed': { sessions: 'others', grants: true, trust: true },
  // Nobody got in by these, or gets in by them now who could not before.
  'email.changed': { sessions: 'none', grants: false, trust: false },
  'username.changed': { sessions: 'none', grants: false, trust: false },
  'passkey.added': { sessions: 'none', grants: false, trust: false },
  'binding.added': { sessions: 'none', grants: false, trust: false },
  'passkey.renamed': { sessions: 'none', grants: false, trust: false },
  'recovery-codes.made': { sessions: 'none', grants: false, trust: false },
  // Whoever is in came in by what was changed, or will not be found out.
  'change.frozen': { sessions: 'all', grants: true, trust: true },
  'change.returned': { sessions: 'others', grants: true, trust: true },
  // Whoever had frozen it, or came in by what it had replaced.
  'change.confirmed': { sessions: 'others', grants: true, trust: true },
  // Whoever is in elsewhere proved to be there before there was a person to be. A browser is trusted by a way in beyond the
  // mobile, which is there still: who has that one is in by more than the trust.
  'person.linked': { sessions: 'others', grants: false, trust: false },
  // And services see somebody else from now on (D1).
  'subject.changed': { sessions: 'others', grants: true, trust: false },
  // A device that is signed out says nothing of what services were allowed to do without it, and is not trusted either.
  'session.ended': { sessions: 'one', grants: false, trust: true },
  'sessions.ended': { sessions: 'others', grants: true, trust: true },
  'sessions.ended-all': { sessions: 'all', grants: true, trust: true },
} as const satisfies Readonly<Record<string, Ending>>;

export type EndingAct = keyof typeof endings;
