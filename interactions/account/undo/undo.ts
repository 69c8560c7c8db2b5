import type Router from '@koa/router';
import { changeOf, freeze, frozenOf, type Frozen, type UndoDeps } from '../../../src/domain/presence/undo.ts';
import { countSearch } from '../../../src/domain/authenticator/throttle.ts';
import type { AppContext, AppState } from '../../../src/http/app-context.ts';
import { readForm } from '../../../src/http/form.ts';
import { wizardRoutes } from '../../../src/http/wizard-routes.ts';
import { readSession, type BrowserSessionDeps } from '../../../src/oidc/browser-session.ts';
import type { Journey } from '../../journey.ts';
import { requireOwner } from '../owner.ts';
import { frozenPath, undoPath } from './paths.ts';
import { undoModel, type UndoFacts } from './pages.ts';
import { isStrong, returnWizard, type ReturnDeps, type ReturnScene } from './return.ts';

/**
 * 冻结修改 – where the link in a notice leads, whether somebody is signed in or not. Opening it changes nothing, because
 * machines open links; its one button freezes the change and ends every session. What was there before returns when its
 * owner has shown to be there, from here or from the account centre.
 */
export interface UndoJourneyDeps extends UndoDeps, ReturnDeps {
  readonly session: BrowserSessionDeps;
  /** False lifts the limit per address (load tests). */
  readonly addressLimits: boolean;
}

export function createUndo(deps: UndoJourneyDeps): Journey {
  return {
    name: 'account/undo',
    routes(router) {
      linkRoutes(router, deps);
      ownerRoutes(router, deps);
    },
  };
}

function linkRoutes(router: Router<AppState>, deps: UndoJourneyDeps): void {
  router.get('/account/undo/:token', async (ctx) => {
    const { change, account } = await linked(deps, ctx, ctx.params.token);
    const frozen = await frozenOf(deps, account);
    const path = undoPath(String(ctx.params.token));
    await show(deps, ctx, {
      state: change.frozenAt === undefined ? 'open' : frozen ? 'frozen' : 'returned',
      changes: frozen && change.frozenAt !== undefined ? frozen.changes : [change],
      action: { action: path, token: deps.tokens.issue(ctx, path) },
      returnHref: `${path}/return`,
    });
  });
  router.post('/account/undo/:token', async (ctx) => {
    const path = undoPath(String(ctx.params.token));
    readForm(ctx, deps.tokens, path);
    const { change } = await linked(deps, ctx, ctx.params.token);
    // A second press finds it frozen, and does nothing.
    await freeze(deps, change, { requestId: ctx.state.requestId, locale: ctx.state.locale });
    ctx.status = 303;
    ctx.redirect(path);
  });
  wizardRoutes(router, deps, '/account/undo/:token/return', async (ctx) => {
    const { change, account } = await linked(deps, ctx, ctx.params.token);
    const home = undoPath(String(ctx.params.token));
    const frozen = change.frozenAt && (await frozenOf(deps, account));
    if (!frozen) return { leaveTo: home };
    return standing(deps, ctx, frozen, { home, scope: change.id });
  });
}

function ownerRoutes(router: Router<AppState>, deps: UndoJourneyDeps): void {
  router.get(frozenPath, async (ctx) => {
    const { account, user } = await requireOwner(deps, ctx);
    const frozen = await frozenOf(deps, account);
    const facts = { action: undefined, returnHref: `${frozenPath}/return`, changes: frozen?.changes ?? [] };
    await show(deps, ctx, { ...facts, state: frozen ? 'frozen' : 'returned' }, user);
  });
  wizardRoutes(router, deps, `${frozenPath}/return`, async (ctx) => {
    const { account, sessionUid } = await requireOwner(deps, ctx);
    const frozen = await frozenOf(deps, account);
    if (!frozen) return { leaveTo: frozenPath };
    return standing(deps, ctx, frozen, { home: frozenPath, scope: sessionUid });
  });
}

/** Nobody goes through tokens: there are 2^128, but every try costs a look-up. */
const triesPerHour = 300;

async function linked(deps: UndoJourneyDeps, ctx: AppContext, token = '') {
  if (deps.addressLimits)
    await countSearch(deps.passwords, { name: 'undo', by: ctx.state.address, limitPerHour: triesPerHour, field: undefined });
  return changeOf(deps, token);
}

/** One who is signed in to the account with a password or a passkey has shown that already. */
async function standing(deps: UndoJourneyDeps, ctx: AppContext, frozen: Frozen, { home, scope }: { home: string; scope: string }) {
  const signedIn = await readSession(deps.session, ctx);
  const own = signedIn?.account.id === frozen.account.id ? signedIn.uid : undefined;
  const sessionUid = own !== undefined && (await isStrong(deps, own)) ? own : undefined;
  const scene: ReturnScene = { ctx, frozen, home, scope, sessionUid };
  return { wizard: returnWizard(deps), id: scope, base: `${home}/return`, scene };
}

async function show(deps: UndoJourneyDeps, ctx: AppContext, facts: UndoFacts, user?: { readonly name: string }): Promise<void> {
  const { locale } = ctx.state;
  const say = (key: string, params?: Readonly<Record<string, string | number>>) => deps.pages.words.text(locale, key, params);
  ctx.set('Cache-Control', 'no-store');
  await deps.pages.render(ctx, { view: 'account/undo/undo', model: undoModel({ locale, say }, facts), ...(user && { user }) });
}
