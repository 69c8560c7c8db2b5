import type Router from '@koa/router';
import type { SessionSummary } from '../../src/domain/protocol-state.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppContext, AppState } from '../../src/http/app-context.ts';
import { readForm } from '../../src/http/form.ts';
import { endOneSession, endOtherSessions } from '../../src/oidc/session-end.ts';
import type { AccountDeps } from './deps.ts';
import { requireOwner } from './owner.ts';
import { sayIn, type AccountScene } from './scene.ts';
import { sessionHandle, sessionModel, sessionModels, sessionsPath, type SessionModel } from './session-list.ts';
import { tabsModel, type TabModel } from './tabs.ts';

/** 安全中心 – where one is signed in, and how to end it: one session, all others, or all (PRV-07). */
export interface SessionsModel {
  readonly tabs: readonly TabModel[];
  readonly done: string | undefined;
  readonly sessions: readonly SessionModel[];
  /** Undefined: there are no others. */
  readonly othersHref: string | undefined;
  readonly securityHref: string | undefined;
  readonly passwordHref: string | undefined;
}

/** Asks before something ends. */
export interface EndModel {
  readonly title: string;
  readonly text: string;
  readonly session: SessionModel | undefined;
  readonly action: string;
  readonly token: string;
  readonly back: string;
}

const othersPath = `${sessionsPath}/others`;

export function sessionRoutes(router: Router<AppState>, deps: AccountDeps): void {
  router.get(sessionsPath, async (ctx) => listPage(deps, ctx));
  router.get(othersPath, async (ctx) => {
    const { user } = await requireOwner(deps, ctx);
    const model = endModel(sceneOf(deps, ctx), undefined, { action: othersPath, token: deps.tokens.issue(ctx, othersPath) });
    await deps.pages.render(ctx, { view: 'account/session-end', model, user });
  });
  router.post(othersPath, async (ctx) => {
    const { account, sessionUid } = await requireOwner(deps, ctx);
    readForm(ctx, deps.tokens, othersPath);
    await endOtherSessions(deps, { accountId: account.id, exceptUid: sessionUid, requestId: ctx.state.requestId });
    leave(ctx, 'others');
  });
  router.get(`${sessionsPath}/:handle`, async (ctx) => {
    const { user, sessionUid, session } = await sessionOf(deps, ctx, ctx.params.handle);
    if (!session) return leave(ctx, 'one');
    const action = `${sessionsPath}/${sessionHandle(session)}`;
    const scene = sceneOf(deps, ctx);
    const model = endModel(scene, sessionModel(scene, session, sessionUid), { action, token: deps.tokens.issue(ctx, action) });
    await deps.pages.render(ctx, { view: 'account/session-end', model, user });
  });
  router.post(`${sessionsPath}/:handle`, async (ctx) => {
    const { account, session } = await sessionOf(deps, ctx, ctx.params.handle);
    readForm(ctx, deps.tokens, `${sessionsPath}/${ctx.params.handle ?? ''}`);
    // Over already, by itself or by the first half of a double click: that is what was wanted.
    if (session) await endOneSession(deps, { accountId: account.id, uid: session.uid, requestId: ctx.state.requestId });
    leave(ctx, 'one');
  });
}

function sceneOf({ pages, profile }: AccountDeps, ctx: AppContext): AccountScene {
  return { locale: ctx.state.locale, words: pages.words, profile };
}

/** One of the owner's other sessions; undefined when it has ended. */
async function sessionOf(deps: AccountDeps, ctx: AppContext, handle = '') {
  const owner = await requireOwner(deps, ctx);
  if (!/^[\w-]{16}$/.test(handle)) throw new Refused('page.not-found');
  const sessions = await deps.sessions.ofAccount(owner.account.id, deps.clock.now());
  const session = sessions.find((each) => each.uid !== owner.sessionUid && sessionHandle(each) === handle);
  return { ...owner, session };
}

const ended = ['one', 'others'] as const;
type Ended = (typeof ended)[number];

function leave(ctx: AppContext, what: Ended): void {
  ctx.status = 303;
  ctx.redirect(`${sessionsPath}?ended=${what}`);
}

async function listPage(deps: AccountDeps, ctx: AppContext): Promise<void> {
  const { account, sessionUid, user } = await requireOwner(deps, ctx);
  const sessions = await deps.sessions.ofAccount(account.id, deps.clock.now());
  const what = ended.find((each) => each === ctx.query.ended);
  const model = sessionsModel(sceneOf(deps, ctx), { sessions, currentUid: sessionUid, ended: what });
  await deps.pages.render(ctx, { view: 'account/sessions', model, user });
}

export function sessionsModel(
  scene: AccountScene,
  { sessions, currentUid, ended: what }: { sessions: readonly SessionSummary[]; currentUid: string; ended?: Ended | undefined },
): SessionsModel {
  const say = sayIn(scene);
  const { authenticators, account } = scene.profile;
  return {
    tabs: tabsModel(say, scene.profile, 'security'),
    done: what && say(`account.sessions.ended.${what}`),
    sessions: sessionModels(scene, sessions, currentUid),
    othersHref: sessions.length > 1 ? othersPath : undefined,
    securityHref: authenticators.passkey || authenticators.totp ? '/account/security' : undefined,
    passwordHref: account.changes.includes('password') ? '/account/password' : undefined,
  };
}

/** @param session - undefined: all others */
export function endModel(scene: AccountScene, session: SessionModel | undefined, form: Pick<EndModel, 'action' | 'token'>): EndModel {
  const say = sayIn(scene);
  const what = session ? 'one' : 'others';
  return {
    title: say(`account.sessions.end.${what}`),
    text: say(`account.sessions.end-text.${what}`),
    session,
    ...form,
    back: sessionsPath,
  };
}
