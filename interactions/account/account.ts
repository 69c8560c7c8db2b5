import type { EvidenceStore } from '../../src/domain/assurance/evidence.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { AccountStore, PersonStore } from '../../src/domain/person/account.ts';
import type { Profile } from '../../src/domain/policy.ts';
import type { SessionStore } from '../../src/domain/protocol-state.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { readForm, type FormTokens } from '../../src/http/form.ts';
import type { Pages } from '../../src/http/page.ts';
import type { Say } from '../../src/http/words.ts';
import { requireSession, type BrowserSessionDeps } from '../../src/oidc/browser-session.ts';
import { endOtherSessions, type EndSessionsDeps } from '../../src/oidc/session-end.ts';
import type { Journey } from '../journey.ts';
import type { ResultModel } from '../layout/result.ts';
import { overviewModel } from './overview.ts';

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
  readonly profile: Pick<Profile, 'ladders' | 'proofing' | 'masking' | 'authenticators'>;
}

const endScope = '/account/sessions/end';

export function createAccount(deps: AccountDeps): Journey {
  const { words } = deps.pages;
  return {
    name: 'account',
    routes(router) {
      router.get('/account', async (ctx) => overview(deps, ctx));
      router.post(endScope, async (ctx) => endEverywhere(deps, ctx));
      router.get('/account/ended', async (ctx) => {
        const model = endedModel((key) => words.text(ctx.state.locale, key));
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
  const model = overviewModel(
    { locale: ctx.state.locale, words: deps.pages.words, profile: deps.profile },
    { account, person, evidence, sessions, currentUid: signedIn.uid, now },
    { action: endScope, token: deps.tokens.issue(ctx, endScope) },
  );
  const user = { name: (model.name ?? model.mobile).text };
  await deps.pages.render(ctx, { view: 'account/overview', model, user });
}

/** Where "sign out everywhere" ends. */
export function endedModel(say: Say): ResultModel {
  return {
    outcome: 'done',
    title: say('account.ended.title'),
    text: say('account.ended.text'),
    next: { href: '/login', label: say('account.again') },
  };
}

async function endEverywhere(deps: AccountDeps, ctx: AppContext): Promise<void> {
  const { account } = await requireSession(deps.session, ctx);
  readForm(ctx, deps.tokens, endScope);
  await endOtherSessions(deps.endSessions, { accountId: account.id, exceptUid: undefined, requestId: ctx.state.requestId });
  ctx.status = 303;
  ctx.redirect('/account/ended');
}
