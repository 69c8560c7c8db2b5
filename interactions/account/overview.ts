import type { Evidence } from '../../src/domain/assurance/evidence.ts';
import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import { assuranceLevel, compareAcr, countingKinds } from '../../src/domain/assurance/level.ts';
import type { Account, Person } from '../../src/domain/person/account.ts';
import { mask, type Masked } from '../../src/domain/person/masking.ts';
import type { Profile } from '../../src/domain/policy.ts';
import type { SessionSummary } from '../../src/domain/protocol-state.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { Locale, MaskedModel } from '../../src/http/page-model.ts';
import type { Words } from '../../src/http/words.ts';
import { amrOf } from '../../src/oidc/level.ts';

/** What the first page of the account centre shows: profile with masking, level with its tiles, sessions. */
export interface OverviewModel {
  readonly name: MaskedModel | undefined;
  readonly username: MaskedModel | undefined;
  readonly mobile: MaskedModel;
  readonly email: MaskedModel | undefined;
  readonly sex: string | undefined;
  readonly ethnicity: string | undefined;
  readonly document: { readonly type: string; readonly number: MaskedModel; readonly validUntil: string } | undefined;
  readonly level: { readonly label: string; readonly since: string | undefined; readonly opens: string };
  readonly groups: readonly LevelGroup[];
  readonly sessions: readonly { readonly current: boolean; readonly signedInAt: string; readonly lastSeenAt: string; readonly methods: readonly string[] }[];
  readonly endSessions: { readonly action: string; readonly token: string };
  readonly logout: { readonly action: string };
  /** To passkeys and second factor, where the deployment has them. */
  readonly securityHref: string | undefined;
}

interface LevelGroup {
  readonly label: string;
  readonly opens: string;
  readonly acr: string;
  readonly state: 'held' | 'open' | 'coming-soon';
  readonly tiles: readonly {
    readonly name: string;
    readonly label: string;
    readonly description: string;
    readonly state: 'verified' | 'open' | 'coming-soon';
    readonly href: string | undefined;
  }[];
}

export interface OverviewScene {
  readonly locale: Locale;
  readonly words: Words;
  readonly profile: Pick<Profile, 'ladders' | 'proofing' | 'masking' | 'authenticators'>;
}

export interface OverviewFacts {
  readonly account: Account;
  readonly person: Person | undefined;
  readonly evidence: readonly Evidence[];
  readonly sessions: readonly SessionSummary[];
  /** The session that asks. */
  readonly currentUid: string;
  readonly now: Date;
}

/** @param endSessions - the form that ends every session */
export function overviewModel(scene: OverviewScene, facts: OverviewFacts, endSessions: OverviewModel['endSessions']): OverviewModel {
  const { authenticators } = scene.profile;
  return {
    ...profileModel(scene, facts),
    ...levelModel(scene, facts),
    sessions: facts.sessions.map((session) => sessionModel(scene, session, facts.currentUid)),
    endSessions,
    logout: { action: '/session/end' },
    securityHref: authenticators.passkey || authenticators.totp ? '/account/security' : undefined,
  };
}

function profileModel({ locale, words, profile }: OverviewScene, { account, person }: OverviewFacts) {
  const say = (key: string) => words.text(locale, key);
  const masked = (value: Masked) => maskedModel(words, locale, value);
  return {
    name: person && masked(mask.name(person.name, profile.masking.name)),
    username: account.username === undefined ? undefined : masked(mask.username(account.username)),
    mobile: masked(mask.mobile(account.mobile)),
    email: account.email === undefined ? undefined : masked(mask.email(account.email)),
    sex: person && person.sex !== 'unknown' ? say(`layout.sex.${person.sex}`) : undefined,
    ethnicity: account.ethnicity,
    document: person && {
      type: say(`layout.document.type.${person.document.type}`),
      number: masked(mask.document(person.document.number, profile.masking.document)),
      validUntil:
        person.document.validUntil === 'long-term' ? say('layout.document.long-term') : (person.document.validUntil ?? say('account.none')),
    },
  };
}

function levelModel(scene: OverviewScene, { evidence, now }: OverviewFacts) {
  const { locale, profile } = scene;
  const kinds = countingKinds(evidence, now);
  const ladder = profile.ladders.person;
  const held = assuranceLevel(ladder, kinds);
  const counting = evidence.filter(({ kind }) => kinds.has(kind)).map(({ verifiedAt }) => verifiedAt);
  const since = latest(counting);
  return {
    level: { label: held.label[locale], since: since && dateText(locale, since), opens: held.opens[locale] },
    // The lowest rung asks for nothing and so has no tile.
    groups: ladder.slice(1).map((rung) => groupModel(scene, rung, held, kinds)),
  };
}

function groupModel({ locale, words, profile }: OverviewScene, rung: AssuranceLevel, held: AssuranceLevel, kinds: ReadonlySet<string>): LevelGroup {
  const say = (key: string) => words.text(locale, key);
  const group = { label: rung.label[locale], opens: rung.opens[locale], acr: rung.acr };
  if (rung.comingSoon) {
    const state = 'coming-soon' as const;
    const tile = { name: rung.acr.toLowerCase(), label: say('account.coming-soon.label'), description: say('account.coming-soon.text'), state, href: undefined };
    return { ...group, state, tiles: [tile] };
  }
  const offered = [...new Set(rung.anyOf.flat())].filter((kind) => profile.proofing.includes(kind));
  return {
    ...group,
    state: compareAcr(held.acr, rung.acr) >= 0 ? 'held' : 'open',
    tiles: offered.map((kind) => ({
      name: kind,
      label: say(`step-up.${kind}.name`),
      description: say(`step-up.${kind}.description`),
      state: kinds.has(kind) ? 'verified' : 'open',
      href: kinds.has(kind) ? undefined : `/login?acr=${rung.acr}`,
    })),
  };
}

function sessionModel({ locale, words }: OverviewScene, session: SessionSummary, currentUid: string): OverviewModel['sessions'][number] {
  return {
    current: session.uid === currentUid,
    signedInAt: momentText(locale, latest(session.factors.map(({ at }) => at)) ?? session.createdAt),
    lastSeenAt: momentText(locale, session.lastSeenAt),
    methods: amrOf(session.factors)
      .filter((name) => !['mfa', 'user'].includes(name))
      .map((name) => words.text(locale, `account.amr.${name}`)),
  };
}

function latest(moments: readonly Date[]): Date | undefined {
  return moments.toSorted((a, b) => b.getTime() - a.getTime())[0];
}

function dateText(locale: Locale, at: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(at);
}

function momentText(locale: Locale, at: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' }).format(at);
}
