import type Router from '@koa/router';
import { Refused, type RefusalCode } from '../../src/domain/refused.ts';
import { Conflict } from '../../src/domain/unit-of-work.ts';
import { requireOwnIdentity } from '../../src/domain/upstream/bind.ts';
import type { BindingStore } from '../../src/domain/upstream/binding.ts';
import { subjectKey, type KnownThere } from '../../src/domain/upstream/upstream.ts';
import type { AppState } from '../../src/http/app-context.ts';
import { problemsOf } from '../../src/http/form.ts';
import type { ActModel, ProblemModel } from '../../src/http/page-model.ts';
import { actForm } from '../../src/http/step-form.ts';
import type { UpstreamDesk } from '../../src/http/upstream-desk.ts';
import type { WizardStep, NoDraft } from '../../src/http/wizard.ts';
import type { RoutedContext } from '../../src/http/wizard-routes.ts';
import type { LoginMethod, RedirectLogin } from '../login-method.ts';
import { keepPending } from '../pending-binding.ts';
import type { Visit } from '../visit.ts';
import { signIn, type AnsweredDeps } from './answered.ts';
import { cardModel, type CardModel } from './card.ts';
import type { LoginScene } from './second-factor.ts';
import { recordRefusal } from './sign-in.ts';

/** The step of a method that sends people to somebody else's site: leaving, and what comes back (LOG-10, LOG-11, LOG-12, LOG-13). */
export interface RedirectStepDeps extends AnsweredDeps {
  readonly upstreamDesk: UpstreamDesk;
  readonly bindings: BindingStore;
}

export interface RedirectModel extends CardModel {
  readonly leave: ActModel;
  /** Of the third party. */
  readonly label: string;
}

/** What became of it, as the address of the page says it; one that somebody else made says nothing else. */
const answers: Readonly<Record<string, RefusalCode>> = {
  refused: 'upstream.refused',
  invalid: 'upstream.invalid',
  unavailable: 'upstream.unavailable',
  gone: 'upstream.gone',
  'other-person': 'upstream.other-person',
  locked: 'account.locked',
  frozen: 'change.frozen',
};

export function redirectStep(
  deps: RedirectStepDeps,
  method: RedirectLogin,
  offered: (visit: Visit) => readonly LoginMethod[],
): WizardStep<NoDraft, LoginScene> {
  return {
    path: method.name,
    when: (_, visit) => offered(visit).includes(method),
    done: () => false,
    async page(_, visit, state) {
      const problems = [...state.problems, ...(state.problems.length > 0 ? [] : answered(deps, visit))];
      const model: RedirectModel = {
        ...cardModel(deps, method, offered(visit), visit),
        leave: actForm({ ...state, problems }),
        label: deps.pages.words.text(visit.ctx.state.locale, `login.${method.name}.name`),
      };
      return { view: 'login/redirect', model, service: visit.service };
    },
    async submit(_form, _, visit) {
      const back = `${visit.base}/login/${method.name}/return`;
      return { leaveTo: await deps.upstreamDesk.depart(visit.ctx, method.upstream, { name: method.name, scope: visit.uid, back }) };
    },
  };
}

function answered({ pages }: RedirectStepDeps, { ctx }: Visit): readonly ProblemModel[] {
  const { answer } = ctx.query;
  const code = typeof answer === 'string' && Object.hasOwn(answers, answer) ? answers[answer] : undefined;
  return code === undefined ? [] : problemsOf(pages.words, ctx.state.locale, new Refused(code, undefined, { reason: 'sign-in' }));
}

/** The one address of each third party, and where its answers are read. */
export function redirectRoutes(
  router: Router<AppState>,
  deps: RedirectStepDeps,
  at: {
    readonly names: readonly string[];
    readonly visit: (ctx: RoutedContext) => Promise<{ readonly visit: Visit; readonly method: RedirectLogin }>;
  },
): void {
  router.get('/callback/:name', async (ctx) => {
    const { name = '' } = ctx.params;
    if (!at.names.includes(name)) throw new Refused('page.not-found');
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Referrer-Policy', 'no-referrer');
    ctx.status = 303;
    ctx.redirect(await deps.upstreamDesk.arrive(ctx, name));
  });
  router.get('/interaction/:uid/login/:method/return/:handle', async (ctx) => {
    const { visit, method } = await at.visit(ctx);
    ctx.set('Cache-Control', 'no-store');
    const end = await returned(deps, method, visit, ctx.params.handle ?? '').catch((error: unknown) => refusedAt(method, visit, error));
    if ('finish' in end) return end.finish();
    ctx.status = 303;
    ctx.redirect(end.leaveTo);
  });
}

type End = { readonly leaveTo: string } | { readonly finish: () => Promise<void> };

/** To the page of the method, which says what happened and has the other ways beside it. */
function refusedAt({ name }: RedirectLogin, { base }: Visit, error: unknown): End {
  const answer = error instanceof Refused ? Object.keys(answers).find((key) => answers[key] === error.code) : undefined;
  if (answer === undefined) throw error;
  return { leaveTo: `${base}/login/${name}?answer=${answer}` };
}

async function returned(deps: RedirectStepDeps, method: RedirectLogin, visit: Visit, handle: string): Promise<End> {
  const { name } = method;
  const arrival = await deps.upstreamDesk.take(handle, { name, scope: visit.uid });
  const answer = await method.upstream.complete(arrival);
  if (answer.outcome !== 'known') {
    deps.signIns(name, 'refused');
    await recordRefusal(deps, visit, 'sign-in.refused', { accountId: undefined, method: name, reason: `upstream-${answer.outcome}` });
    throw new Refused(`upstream.${answer.outcome}`);
  }
  const subject = subjectKey(answer.subject);
  const binding = await deps.bindings.bySubject(name, subject);
  if (!binding) {
    await keepPending(deps, visit.uid, { provider: name, subject, identity: answer.identity, chosen: false });
    return { leaveTo: `${visit.base}/bind` };
  }
  const { id, accountId } = binding;
  await requireUsable(deps, visit, { name, accountId, answer });
  const writes = [{ write: 'binding.use', id, accountId, at: deps.clock.now() }] as const;
  return signIn(deps, { name, amr: ['upstream'] }, { accountId, writes }, visit).catch((error: unknown) => {
    // It was removed at the same moment.
    throw error instanceof Conflict && error.write === 'binding.use' ? new Refused('upstream.gone') : error;
  });
}

/** @throws Refused account.locked, upstream.other-person */
async function requireUsable(
  deps: RedirectStepDeps,
  visit: Visit,
  { name, accountId, answer }: { readonly name: string; readonly accountId: string; readonly answer: KnownThere },
): Promise<void> {
  const account = await deps.accounts.header(accountId);
  const refuse = async (code: 'account.locked' | 'upstream.other-person'): Promise<never> => {
    deps.signIns(name, 'refused');
    await recordRefusal(deps, visit, 'sign-in.refused', { accountId, method: name, reason: code });
    throw new Refused(code);
  };
  if (account?.status !== 'active') return refuse('account.locked');
  // Whoever the third party has verified since, a binding never lets somebody else in than the account's own person.
  if (account.personId === undefined) return;
  await requireOwnIdentity(deps, account, answer.identity).catch((error: unknown) => {
    if (error instanceof Refused) return refuse('upstream.other-person');
    throw error;
  });
}
