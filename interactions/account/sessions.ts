import type Router from '@koa/router';
import type { SessionSummary } from '../../src/domain/protocol-state.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppContext, AppState } from '../../src/http/app-context.ts';
import { readForm } from '../../src/http/form.ts';
import type { ActModel } from '../../src/http/page-model.ts';
import type { Page } from '../../src/http/page.ts';
import { actForm } from '../../src/http/step-form.ts';
import { onePage, type Wizard, type NoDraft } from '../../src/http/wizard.ts';
import { pageRoutes } from '../../src/http/wizard-routes.ts';
import { endOneSession, endOtherSessions } from '../../src/oidc/session-end.ts';
import type { AccountDeps } from './deps.ts';
import { requireOwner, type Owner, type OwnerScene } from './owner.ts';
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
  readonly form: ActModel;
  readonly back: string;
}

const othersPath = `${sessionsPath}/others`;

interface EndScene extends OwnerScene {
  readonly session: SessionSummary;
}

export function sessionRoutes(router: Router<AppState>, deps: AccountDeps): void {
  router.get(sessionsPath, async (ctx) => listPage(deps, ctx));
  pageRoutes(router, deps, { path: othersPath, wizard: endOthers(deps) }, async (ctx) => {
    const owner = await requireOwner(deps, ctx);
    return { id: owner.scope, base: othersPath, scene: { ctx, owner } };
  });
  pageRoutes(router, deps, { path: `${sessionsPath}/:handle`, wizard: endOne(deps) }, async (ctx) => {
    const base = `${sessionsPath}/${ctx.params.handle ?? ''}`;
    const { owner, session } = await sessionOf(deps, ctx, ctx.params.handle);
    if (session) return { id: owner.scope, base, scene: { ctx, owner, session } };
    // It has ended, by itself or by the first half of a double click.
    if (ctx.method === 'POST') await readForm(ctx, deps.tokens, base);
    return { leaveTo: endedAddress('one') };
  });
}

function endOthers(deps: AccountDeps): Wizard<NoDraft, OwnerScene> {
  return onePage('end-sessions', {
    page: async (_, { ctx, owner }, state) => endPage(deps, ctx, owner, { session: undefined, form: actForm(state) }),
    async submit(_form, _, { ctx, owner }) {
      await endOtherSessions(deps, { accountId: owner.account.id, exceptUid: owner.sessionUid, requestId: ctx.state.requestId });
      return { leaveTo: endedAddress('others') };
    },
  });
}

function endOne(deps: AccountDeps): Wizard<NoDraft, EndScene> {
  return onePage('end-session', {
    page: async (_, { ctx, owner, session }, state) => endPage(deps, ctx, owner, { session, form: actForm(state) }),
    async submit(_form, _, { ctx, owner, session }) {
      await endOneSession(deps, { accountId: owner.account.id, uid: session.uid, requestId: ctx.state.requestId });
      return { leaveTo: endedAddress('one') };
    },
  });
}

function endPage(
  deps: AccountDeps,
  ctx: AppContext,
  { sessionUid, user }: Owner,
  { session, form }: { session: SessionSummary | undefined; form: ActModel },
): Page {
  const scene = sceneOf(deps, ctx);
  return { view: 'account/session-end', model: endModel(scene, session && sessionModel(scene, session, sessionUid), form), user };
}

function sceneOf({ pages, profile }: AccountDeps, ctx: AppContext): AccountScene {
  return { locale: ctx.state.locale, words: pages.words, profile };
}

/** One of the owner's other sessions; undefined when it has ended. */
async function sessionOf(
  deps: AccountDeps,
  ctx: AppContext,
  handle = '',
): Promise<{ readonly owner: Owner; readonly session: SessionSummary | undefined }> {
  const owner = await requireOwner(deps, ctx);
  if (!/^[\w-]{16}$/.test(handle)) throw new Refused('page.not-found');
  const sessions = await deps.sessions.ofAccount(owner.account.id, deps.clock.now());
  const session = sessions.find((each) => each.uid !== owner.sessionUid && sessionHandle(each) === handle);
  return { owner, session };
}

const ended = ['one', 'others'] as const;
type Ended = (typeof ended)[number];

function endedAddress(what: Ended): string {
  return `${sessionsPath}?ended=${what}`;
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
export function endModel(scene: AccountScene, session: SessionModel | undefined, form: ActModel): EndModel {
  const say = sayIn(scene);
  const what = session ? 'one' : 'others';
  return {
    title: say(`account.sessions.end.${what}`),
    text: say(`account.sessions.end-text.${what}`),
    session,
    form,
    back: sessionsPath,
  };
}
