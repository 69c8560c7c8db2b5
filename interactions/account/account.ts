import { assuranceLevel, compareAcr, countingKinds } from '../../src/domain/assurance/level.ts';
import type { Evidence, EvidenceStore } from '../../src/domain/assurance/evidence.ts';
import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Account, AccountStore, Person, PersonStore } from '../../src/domain/person/account.ts';
import { mask } from '../../src/domain/person/masking.ts';
import type { Profile } from '../../src/domain/policy.ts';
import type { SessionStore, SessionSummary } from '../../src/domain/protocol-state.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { readForm, type FormTokens } from '../../src/http/form.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { MaskedModel } from '../../src/http/page-model.ts';
import type { Pages } from '../../src/http/page.ts';
import { requireSession, type BrowserSessionDeps, type SignedIn } from '../../src/oidc/browser-session.ts';
import { amrOf } from '../../src/oidc/level.ts';
import { endOtherSessions, type EndSessionsDeps } from '../../src/oidc/logout.ts';
import type { Journey } from '../journey.ts';

/** 个人中心 – profile with masking, level with its tiles, sessions and sign-out everywhere. */
export interface AccountDeps {
  readonly session: BrowserSessionDeps;
  readonly accounts: AccountStore;
  readonly persons: PersonStore;
  readonly evidence: EvidenceStore;
  readonly sessions: SessionStore;
  readonly endSessions: EndSessionsDeps;
  readonly clock: Clock;
  readonly tokens: FormTokens;
  readonly pages: Pages;
  readonly profile: Pick<Profile, 'ladders' | 'proofing' | 'masking'>;
}

export interface AccountModel {
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

type Say = (key: string, params?: Readonly<Record<string, string | number>>) => string;

const endScope = '/account/sessions/end';

export function createAccount(deps: AccountDeps): Journey {
  return {
    name: 'account',
    routes(router) {
      router.get('/account', async (ctx) => overview(deps, ctx));
      router.post(endScope, async (ctx) => endEverywhere(deps, ctx));
      router.get('/account/ended', async (ctx) => {
        const say = sayOf(deps, ctx);
        const model = {
          outcome: 'done',
          title: say('account.ended.title'),
          text: say('account.ended.text'),
          next: { href: '/login', label: say('account.again') },
        };
        await deps.pages.render(ctx, { view: 'layout/result', model });
      });
    },
  };
}

async function overview(deps: AccountDeps, ctx: AppContext): Promise<void> {
  const signedIn = await requireSession(deps.session, ctx);
  const account = await deps.accounts.byId(signedIn.account.id);
  if (!account) throw new Refused('session.required');
  const now = deps.clock.now();
  const [person, evidence, sessions] = await Promise.all([
    account.personId === undefined ? undefined : deps.persons.byId(account.personId),
    deps.evidence.ofAccount(account.id),
    deps.sessions.ofAccount(account.id, now),
  ]);
  const say = sayOf(deps, ctx);
  const model: AccountModel = {
    ...profileModel(deps, ctx, say, account, person),
    ...levelModel(deps, ctx, say, evidence, now),
    sessions: sessions.map((session) => sessionModel(ctx, say, signedIn, session)),
    endSessions: { action: endScope, token: deps.tokens.issue(ctx, endScope) },
    logout: { action: '/session/end' },
  };
  const user = { name: (model.name ?? model.mobile).text };
  await deps.pages.render(ctx, { view: 'account/overview', model, user });
}

function profileModel(deps: AccountDeps, ctx: AppContext, say: Say, account: Account, person: Person | undefined) {
  const masked = (value: Parameters<typeof maskedModel>[2]) => maskedModel(deps.pages.words, ctx.state.locale, value);
  return {
    name: person && masked(mask.name(person.name, deps.profile.masking.name)),
    username: account.username === undefined ? undefined : masked(mask.username(account.username)),
    mobile: masked(mask.mobile(account.mobile)),
    email: account.email === undefined ? undefined : masked(mask.email(account.email)),
    sex: person && person.sex !== 'unknown' ? say(`layout.sex.${person.sex}`) : undefined,
    ethnicity: account.ethnicity,
    document: person && {
      type: say(`layout.document.type.${person.document.type}`),
      number: masked(mask.document(person.document.number, deps.profile.masking.document)),
      validUntil:
        person.document.validUntil === 'long-term' ? say('layout.document.long-term') : (person.document.validUntil ?? say('account.none')),
    },
  };
}

function levelModel(deps: AccountDeps, ctx: AppContext, say: Say, evidence: readonly Evidence[], now: Date) {
  const kinds = countingKinds(evidence, now);
  const ladder = deps.profile.ladders.person;
  const held = assuranceLevel(ladder, kinds);
  const newest = evidence.filter(({ kind }) => kinds.has(kind)).map(({ verifiedAt }) => verifiedAt);
  const since = newest.toSorted((a, b) => b.getTime() - a.getTime())[0];
  return {
    level: {
      label: held.label[ctx.state.locale],
      since: since && dateText(ctx, since),
      opens: held.opens[ctx.state.locale],
    },
    // The lowest rung asks for nothing and so has no tile.
    groups: ladder.slice(1).map((rung) => groupModel(deps, ctx, say, rung, held, kinds)),
  };
}

function groupModel(
  deps: AccountDeps,
  ctx: AppContext,
  say: Say,
  rung: AssuranceLevel,
  held: AssuranceLevel,
  kinds: ReadonlySet<string>,
): LevelGroup {
  const offered = [...new Set(rung.anyOf.flat())].filter((kind) => deps.profile.proofing.includes(kind));
  const state = rung.comingSoon ? 'coming-soon' : compareAcr(held.acr, rung.acr) >= 0 ? 'held' : 'open';
  return {
    label: rung.label[ctx.state.locale],
    opens: rung.opens[ctx.state.locale],
    acr: rung.acr,
    state,
    tiles: rung.comingSoon
      ? [{ name: rung.acr.toLowerCase(), label: say('account.coming-soon.label'), description: say('account.coming-soon.text'), state, href: undefined }]
      : offered.map((kind) => ({
          name: kind,
          label: say(`step-up.${kind}.name`),
          description: say(`step-up.${kind}.description`),
          state: kinds.has(kind) ? 'verified' : 'open',
          href: kinds.has(kind) ? undefined : `/login?acr=${rung.acr}`,
        })),
  } as LevelGroup;
}

function sessionModel(ctx: AppContext, say: Say, signedIn: SignedIn, session: SessionSummary): AccountModel['sessions'][number] {
  return {
    current: session.uid === signedIn.uid,
    signedInAt: momentText(ctx, session.factors.map(({ at }) => at).toSorted((a, b) => b.getTime() - a.getTime())[0] ?? session.createdAt),
    lastSeenAt: momentText(ctx, session.lastSeenAt),
    methods: amrOf(session.factors)
      .filter((name) => name !== 'mfa')
      .map((name) => say(`account.amr.${name}`)),
  };
}

async function endEverywhere(deps: AccountDeps, ctx: AppContext): Promise<void> {
  const { account } = await requireSession(deps.session, ctx);
  readForm(ctx, deps.tokens, endScope);
  await endOtherSessions(deps.endSessions, { accountId: account.id, exceptUid: undefined, requestId: ctx.state.requestId });
  ctx.status = 303;
  ctx.redirect('/account/ended');
}

function sayOf({ pages }: Pick<AccountDeps, 'pages'>, ctx: AppContext): Say {
  return (key, params) => pages.words.text(ctx.state.locale, key, params);
}

function dateText(ctx: AppContext, at: Date): string {
  return new Intl.DateTimeFormat(ctx.state.locale, { dateStyle: 'medium', timeZone: 'Asia/Shanghai' }).format(at);
}

function momentText(ctx: AppContext, at: Date): string {
  return new Intl.DateTimeFormat(ctx.state.locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' }).format(at);
}
