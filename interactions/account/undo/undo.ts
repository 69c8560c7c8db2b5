import type Router from '@koa/router';
import type { Account } from '../../../src/domain/person/account.ts';
import type { AccountChange } from '../../../src/domain/presence/change.ts';
import { confirmable, type Confirmable } from '../../../src/domain/presence/confirmable.ts';
import { atLeast, provedHere, strengthOf, type Strength } from '../../../src/domain/presence/strength.ts';
import { changeOf, freeze, frozenOf, type Frozen, type UndoDeps } from '../../../src/domain/presence/undo.ts';
import { countSearch } from '../../../src/domain/authenticator/throttle.ts';
import type { AppContext, AppState } from '../../../src/http/app-context.ts';
import { actForm } from '../../../src/http/step-form.ts';
import { onePage, type Wizard, type NoDraft } from '../../../src/http/wizard.ts';
import { pageRoutes, wizardRoutes } from '../../../src/http/wizard-routes.ts';
import { readSession, type BrowserSessionDeps } from '../../../src/oidc/browser-session.ts';
import type { Journey } from '../../journey.ts';
import { confirmPage, sendConfirmCode, submitConfirm, type ConfirmScene } from '../../confirm-change.ts';
import { requireOwner, type Owner } from '../owner.ts';
import { confirmPath, frozenPath, undoPath } from './paths.ts';
import { undoModel, type UndoFacts, type UndoModel, type UndoState } from './pages.ts';
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
      confirmRoutes(router, deps);
    },
  };
}

function linkRoutes(router: Router<AppState>, deps: UndoJourneyDeps): void {
  pageRoutes(router, deps, { path: '/account/undo/:token', wizard: freezeWizard(deps) }, async (ctx) => {
    const scene = { ctx, ...(await linked(deps, ctx, ctx.params.token)) };
    return { id: scene.change.id, base: undoPath(String(ctx.params.token)), scene };
  });
  wizardRoutes(router, deps, '/account/undo/:token/return', async (ctx) => {
    const { change, account } = await linked(deps, ctx, ctx.params.token);
    const home = undoPath(String(ctx.params.token));
    const frozen = await frozenOf(deps, account);
    if (!frozen || stateOf(change, frozen) !== 'frozen') return { leaveTo: home };
    // A code that was typed here is good for whoever typed it, not for everybody who holds the link.
    return standing(deps, ctx, frozen, { home, scope: `${change.id}:${ctx.state.seed}` });
  });
}

interface LinkScene {
  readonly ctx: AppContext;
  readonly change: AccountChange;
  readonly account: Account;
}

function freezeWizard(deps: UndoJourneyDeps): Wizard<NoDraft, LinkScene> {
  return onePage('account-freeze', {
    async page(_, { ctx, change, account }, state) {
      const frozen = await frozenOf(deps, account);
      const facts: UndoFacts = {
        state: stateOf(change, frozen),
        changes: stateOf(change, frozen) === 'frozen' && frozen ? frozen.changes : [change],
        form: actForm(state),
        returnHref: `${state.action}/return`,
        confirmable: undefined,
      };
      return { view: 'account/undo/undo', model: modelOf(deps, ctx, facts) };
    },
    async submit(_form, _, { ctx, change }) {
      // A second press finds it frozen, and does nothing.
      await freeze(deps, change, { requestId: ctx.state.requestId, locale: ctx.state.locale });
      return { leaveTo: ctx.path };
    },
  });
}

/** What is confirmed is so for good, whatever else is frozen; only what nobody has frozen is open. */
function stateOf(change: AccountChange, frozen: Frozen | undefined): UndoState {
  if (change.confirmedAt) return 'confirmed';
  if (change.frozenAt === undefined) return 'open';
  return frozen ? 'frozen' : 'returned';
}

function ownerRoutes(router: Router<AppState>, deps: UndoJourneyDeps): void {
  router.get(frozenPath, async (ctx) => {
    const owner = await requireOwner(deps, ctx);
    const { account, user } = owner;
    const frozen = await frozenOf(deps, account);
    const model = modelOf(deps, ctx, {
      form: undefined,
      returnHref: `${frozenPath}/return`,
      changes: frozen?.changes ?? [],
      confirmable: frozen && (await confirmableHere(deps, owner, frozen)).map(({ thing }) => thing),
      state: frozen ? 'frozen' : ctx.query.confirmed === undefined ? 'returned' : 'confirmed',
    });
    await deps.pages.render(ctx, { view: 'account/undo/undo', model, user });
  });
  wizardRoutes(router, deps, `${frozenPath}/return`, async (ctx) => {
    const { account, scope } = await requireOwner(deps, ctx);
    const frozen = await frozenOf(deps, account);
    if (!frozen) return { leaveTo: frozenPath };
    return standing(deps, ctx, frozen, { home: frozenPath, scope });
  });
}

function confirmRoutes(router: Router<AppState>, deps: UndoJourneyDeps): void {
  const wizard = confirmWizard(deps);
  pageRoutes(router, deps, { path: `${frozenPath}/confirm/:thing`, wizard }, async (ctx) => {
    const owner = await requireOwner(deps, ctx);
    const frozen = await frozenOf(deps, owner.account);
    const one = frozen && (await confirmableHere(deps, owner, frozen)).find(({ thing }) => thing === ctx.params.thing);
    if (!one) return { leaveTo: frozen ? frozenPath : confirmedPath };
    const { account, sessionUid, scope } = owner;
    const isProved = atLeast(await strengthHere(deps, sessionUid), one.rule.strength);
    const device = deps.devices.idInSession(ctx, { accountId: account.id, uid: sessionUid });
    const scene: ConfirmScene = {
      ctx,
      frozen,
      one,
      scope,
      proof: isProved ? { way: 'session', sessionUid } : { way: 'password', sessionUid, device },
      back: { href: frozenPath, label: deps.pages.words.text(ctx.state.locale, 'layout.back') },
    };
    return { id: `${scope}:${one.thing}`, base: confirmPath(one.thing), scene };
  });
}

const confirmedPath = `${frozenPath}?confirmed=1`;

function confirmWizard(deps: UndoJourneyDeps): Wizard<NoDraft, ConfirmScene> {
  return onePage('account-confirm', {
    page: (_, scene, state) => confirmPage(deps, scene, state),
    actions: { 'send-code': { stays: (form, _, scene) => sendConfirmCode(deps, scene, form) } },
    async submit(form, _, scene) {
      await submitConfirm(deps, scene, form);
      return { leaveTo: confirmedPath };
    },
  });
}

async function strengthHere({ sessions, clock }: UndoJourneyDeps, sessionUid: string): Promise<Strength | undefined> {
  const now = clock.now();
  return strengthOf(provedHere(await sessions.factors(sessionUid, now)), now);
}

/** What the session has proved enough for, or a password can, unless that is frozen itself. */
async function confirmableHere(deps: UndoJourneyDeps, { account, sessionUid }: Owner, frozen: Frozen): Promise<readonly Confirmable[]> {
  const [strength, password] = await Promise.all([strengthHere(deps, sessionUid), deps.accounts.password(account.id)]);
  const reached = password && !password.held ? (['password'] as const) : [];
  return confirmable(frozen.changes).filter(({ rule }) => [strength, ...reached].some((each) => atLeast(each, rule.strength)));
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

function modelOf({ pages }: UndoJourneyDeps, ctx: AppContext, facts: UndoFacts): UndoModel {
  const { locale } = ctx.state;
  ctx.set('Cache-Control', 'no-store');
  return undoModel({ locale, say: (key, params) => pages.words.text(locale, key, params) }, facts);
}
