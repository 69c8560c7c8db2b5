import type Router from '@koa/router';
import { fromPlain, handedOver, toPlain } from '../../src/domain/presence/strength.ts';
import { refuseBound } from '../../src/domain/upstream/bind.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppState } from '../../src/http/app-context.ts';
import { deviceName } from '../../src/http/device-name.ts';
import { problemsOf } from '../../src/http/form.ts';
import type { HandoverDesk, HandoverPlace } from '../../src/http/handover-desk.ts';
import type { ActModel, ProblemModel, QrModel } from '../../src/http/page-model.ts';
import type { PlaceOf } from '../../src/http/place.ts';
import { actForm } from '../../src/http/step-form.ts';
import type { WizardStep, NoDraft } from '../../src/http/wizard.ts';
import type { RoutedContext } from '../../src/http/wizard-routes.ts';
import type { HandoverLogin, LoginMethod } from '../login-method.ts';
import type { Visit } from '../visit.ts';
import { cardModel, type CardDeps, type CardModel } from './card.ts';
import type { LoginScene } from './second-factor.ts';
import { signInWrites, welcome, type SignInDeps } from './sign-in.ts';

/** The step of a method that another device finishes: what it shows, how it follows, and who is in by it (LOG-06, LOG-07). */
export interface HandoverStepDeps extends SignInDeps, CardDeps {
  readonly handovers: HandoverDesk;
  readonly placeOf: PlaceOf;
}

export interface HandoverModel extends CardModel {
  readonly handover: {
    readonly state: 'waiting' | 'scanned' | 'confirmed' | 'denied' | 'expired';
    readonly code: { readonly url: string; readonly qr: QrModel; readonly number: number } | undefined;
    /** Where its script hears of changes, at once or by asking. */
    readonly events: string;
    readonly changes: string;
  };
  /** Goes on when the other device has confirmed. */
  readonly form: ActModel;
  /** Begins anew. */
  readonly renew: ActModel;
}

export function handoverStep(
  deps: HandoverStepDeps,
  method: HandoverLogin,
  offered: (visit: Visit) => readonly LoginMethod[],
): WizardStep<NoDraft, LoginScene> {
  return {
    path: method.name,
    when: (_, visit) => offered(visit).includes(method),
    done: () => false,
    async page(_, visit, state) {
      const { ctx } = visit;
      const { refused, ...shown } = await deps.handovers.show(ctx, placeOf(deps, visit));
      const problems: readonly ProblemModel[] = refused ? problemsOf(deps.pages.words, ctx.state.locale, refused) : [];
      const address = `${visit.base}/login/${method.name}`;
      const model: HandoverModel = {
        ...cardModel(deps, method, offered(visit), visit),
        handover: { ...shown, events: `${address}/events`, changes: `${address}/changes` },
        form: actForm(state),
        renew: { ...actForm({ ...state, problems: [...state.problems, ...problems] }, 'renew') },
      };
      return { view: `login/${method.name}/view`, model, service: visit.service };
    },
    actions: {
      renew: {
        async goesOn(_form, _, visit) {
          await deps.handovers.renew(visit.ctx, placeOf(deps, visit));
          return { leaveTo: `${visit.base}/login/${method.name}` };
        },
      },
    },
    async submit(_form, _, visit) {
      const { accountId, factors, signedInAt } = await deps.handovers.take(visit.ctx, visit.uid);
      const header = await deps.accounts.header(accountId);
      if (header?.status !== 'active') throw new Refused('account.locked').about(accountId);
      const all = [...factors, toPlain({ amr: handedOver, at: deps.clock.now() })];
      const signedIn = { accountId, method: method.name, factors: all.map(fromPlain) };
      await deps.unitOfWork.commit('sign-in', await signInWrites(deps, visit, signedIn)).catch(refuseBound);
      return { finish: () => welcome(deps, visit, { accountId, method: method.name, factors: all, signedInAt }) };
    },
  };
}

/** What the page of a method asks while it waits. */
export function handoverRoutes(
  router: Router<AppState>,
  { handovers }: Pick<HandoverStepDeps, 'handovers'>,
  visitAt: (ctx: RoutedContext) => Promise<Visit>,
): void {
  router.get('/interaction/:uid/login/:method/events', async (ctx) => {
    const { uid } = await visitAt(ctx);
    await handovers.follow(ctx, uid);
  });
  router.get('/interaction/:uid/login/:method/changes', async (ctx) => {
    const { uid } = await visitAt(ctx);
    ctx.body = { state: await handovers.wait(ctx, uid, ctx.query.shown) };
  });
}

/**
 * A page may be as old as it can get before the other device confirms: what is signed in then must still be new enough for
 * the service (`max_age`), so that nobody is asked a second time for nothing.
 */
const longestSeconds = 480;

function placeOf(deps: HandoverStepDeps, visit: Visit): HandoverPlace {
  const { ctx, uid, client } = visit;
  const now = deps.clock.now().getTime();
  return {
    scope: uid,
    knownId: undefined,
    order: () => ({
      purpose: 'sign-in',
      asker: {
        clientId: client.clientId,
        browser: deviceName(ctx.req.headers),
        place: deps.placeOf(ctx.state.address, ctx.state.locale),
        since: now,
      },
      signedInSince: signedInSince(visit, now),
    }),
  };
}

/** What the service says of how old a sign-in may be, as a moment; the other device meets it (`prompt=login`, `max_age`). */
function signedInSince({ params: { prompt, max_age: maxAge } }: Visit, milliseconds: number): number | undefined {
  // Sessions know to the second when they were signed in.
  const now = milliseconds - (milliseconds % 1000);
  if (typeof prompt === 'string' && prompt.split(' ').includes('login')) return now;
  if (maxAge === undefined) return undefined;
  return now - Math.max(0, Number(maxAge) - longestSeconds) * 1000;
}
