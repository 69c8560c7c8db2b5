import { confirm, deny, isFreshEnough, look, scan, type Holder, type SecondDeviceDeps } from '../../src/domain/handover/second-device.ts';
import type { Ticket } from '../../src/domain/handover/ticket.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { Page } from '../../src/http/page.ts';
import { checkForm, textFields } from '../../src/http/form-schema.ts';
import { actForm, plainForm } from '../../src/http/step-form.ts';
import { onePage, type FormState, type Wizard, type WizardDeps, type NoDraft } from '../../src/http/wizard.ts';
import { pageRoutes } from '../../src/http/wizard-routes.ts';
import type { Say } from '../../src/http/words.ts';
import { readSession, type BrowserSessionDeps } from '../../src/oidc/browser-session.ts';
import { serviceOf } from '../../src/oidc/clients.ts';
import type { Journey } from '../journey.ts';
import type { ResultModel } from '../layout/result.ts';
import { askerModel, isOver, refusedModel, type DecideModel, type SignInModel } from './pages.ts';

/**
 * 扫码确认 – where a QR code leads, opened by any camera or app (docs/adr/0048). Whoever is not signed in here changes
 * nothing by looking; whoever is has scanned the code, sees who asks and from where, and picks the number that the other
 * device shows.
 */
export interface HandoverJourneyDeps extends WizardDeps {
  readonly secondDevice: SecondDeviceDeps;
  readonly session: BrowserSessionDeps;
}

export type End = 'gone' | 'confirmed' | 'denied';

/** What stands behind the address now, for whoever opened it. */
type Scene = { readonly ctx: AppContext; readonly id: string } & (
  | { readonly is: 'over'; readonly how: End }
  | { readonly is: 'sign-in'; readonly ticket: Ticket; readonly again: boolean }
  | { readonly is: 'decide'; readonly ticket: Ticket; readonly holder: Holder }
);

export function createHandover(deps: HandoverJourneyDeps): Journey {
  return {
    name: 'handover',
    routes(router) {
      pageRoutes(router, deps, { path: '/h/:ticket', wizard: wizard(deps) }, async (ctx) => {
        const id = String(ctx.params.ticket);
        ctx.set('Cache-Control', 'no-store');
        return { id, base: addressOf(id), scene: await sceneOf(deps, ctx, id) };
      });
    },
  };
}

const addressOf = (id: string): string => `/h/${id}`;

async function sceneOf(deps: HandoverJourneyDeps, ctx: AppContext, id: string): Promise<Scene> {
  const signedIn = await readSession(deps.session, ctx);
  if (signedIn) ctx.state.owner = { sessionUid: signedIn.uid, accountId: signedIn.account.id };
  const found = await look(deps.secondDevice, id);
  if (!found) return { ctx, id, is: 'over', how: 'gone' };
  const { ticket, state } = found;
  const isTheirs = signedIn !== undefined && ticket.scan?.accountId === signedIn.account.id && ticket.scan.sessionUid === signedIn.uid;
  if (state === 'expired' || (ticket.scan && !isTheirs)) return { ctx, id, is: 'over', how: 'gone' };
  if (state === 'taken') return { ctx, id, is: 'over', how: 'confirmed' };
  if (state === 'confirmed' || state === 'denied') return { ctx, id, is: 'over', how: state };
  if (!signedIn) return { ctx, id, is: 'sign-in', ticket, again: false };
  const holder: Holder = {
    accountId: signedIn.account.id,
    sessionUid: signedIn.uid,
    signedInAt: signedIn.signedInAt,
    address: ctx.state.address,
    requestId: ctx.state.requestId,
    locale: ctx.state.locale,
  };
  if (!isFreshEnough(ticket, holder)) return { ctx, id, is: 'sign-in', ticket, again: true };
  if (!isLookedAt(ctx)) return { ctx, id, is: 'sign-in', ticket, again: false };
  return { ctx, id, is: 'decide', ticket: state === 'scanned' ? ticket : await scan(deps.secondDevice, id, holder), holder };
}

/** Somebody sees the page: it was neither fetched before anybody opened it nor put into another one (Fetch Metadata). */
function isLookedAt(ctx: AppContext): boolean {
  if (!['', 'document'].includes(ctx.get('Sec-Fetch-Dest'))) return false;
  return !/prefetch|prerender/.test(`${ctx.get('Sec-Purpose')} ${ctx.get('Purpose')} ${ctx.get('X-Moz')}`);
}

const schema = textFields(['number']);

function wizard(deps: HandoverJourneyDeps): Wizard<NoDraft, Scene> {
  return onePage('handover', {
    page: (_, scene, state) => pageOf(deps, scene, state),
    async submit({ values }, _, scene) {
      const { id } = scene;
      if (scene.is !== 'decide') return { leaveTo: addressOf(id) };
      checkForm(schema, values);
      await confirm(deps.secondDevice, id, scene.holder, Number(values.number));
      return { leaveTo: addressOf(id) };
    },
    actions: {
      deny: {
        async goesOn(_form, _, scene) {
          if (scene.is === 'decide') await deny(deps.secondDevice, scene.id, scene.holder);
          return { leaveTo: addressOf(scene.id) };
        },
      },
    },
  });
}

async function pageOf(deps: HandoverJourneyDeps, scene: Scene, state: FormState): Promise<Page> {
  const { locale } = scene.ctx.state;
  const say: Say = (key, params) => deps.pages.words.text(locale, key, params);
  if (scene.is === 'over') return { view: 'layout/result', model: endModel(say, scene.how) };
  const client = await deps.session.provider().Client.find(scene.ticket.asker.clientId);
  const asker = askerModel({ locale, say }, { asker: scene.ticket.asker, service: serviceOf(client, locale)?.name });
  if (scene.is === 'decide' && isOver(state.problems))
    return { view: 'handover/refused', model: refusedModel(say, state.problems, signInAddress(scene.id, true)) };
  if (scene.is === 'sign-in') {
    const { again } = scene;
    const model: SignInModel = { asker, tooOld: again, signIn: { href: signInAddress(scene.id, again), label: say('handover.sign-in') } };
    return { view: 'handover/sign-in', model };
  }
  const model: DecideModel = {
    asker,
    numbers: scene.ticket.choices,
    form: plainForm(state, ['number']),
    deny: actForm({ ...state, problems: [] }, 'deny'),
  };
  return { view: 'handover/decide', model };
}

function signInAddress(id: string, again: boolean): string {
  return `/login?${new URLSearchParams({ return: addressOf(id), ...(again && { prompt: 'login' }) }).toString()}`;
}

/** How it ended, and where to go on with this device. */
export function endModel(say: Say, how: End): ResultModel {
  return {
    outcome: how === 'confirmed' ? 'done' : 'failed',
    title: say(`handover.${how}.title`),
    text: say(`handover.${how}.text`),
    next: { href: '/account', label: say('handover.account') },
  };
}
