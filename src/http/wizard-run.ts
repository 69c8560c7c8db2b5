import { FormRefused, Refused } from '../domain/refused.ts';
import { FormReturned, problemsOf, readForm, type SubmittedForm } from './form.ts';
import type { FormModel, ProblemModel } from './page-model.ts';
import { inTurn } from './turn.ts';
import { addressOf, position, type Action, type FormState, type Run, type Submit, type WizardDeps, type WizardStep } from './wizard.ts';
import { isRepeated, load, save, withSubmitted, type Loaded } from './wizard-draft.ts';

/** A step of a run, and what the run has learnt: what every answer is made from. */
interface Stand<Draft extends object, Scene> {
  readonly run: Run<Draft, Scene>;
  readonly step: WizardStep<Draft, Scene>;
  readonly loaded: Loaded<Draft>;
  /** The action that was chosen, where it was one. */
  readonly pressed?: string | undefined;
}

/** How a page is shown. */
interface Shown {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly ProblemModel[];
  readonly status: number;
}

const asNew: Shown = { values: {}, problems: [], status: 200 };

/** GET of the wizard or of one of its steps; a step that may not be shown leads to where the person is. */
export async function showStep<Draft extends object, Scene>(deps: WizardDeps, run: Run<Draft, Scene>, path = ''): Promise<void> {
  const loaded = await load(deps, run);
  const step = run.wizard.steps.find((candidate) => candidate.path === path);
  if (!step?.when(loaded.draft, run.scene)) return toPosition(run, loaded.draft);
  await render(deps, { run, step, loaded }, asNew);
}

/** POST of a step. */
export async function submitStep<Draft extends object, Scene>(deps: WizardDeps, run: Run<Draft, Scene>, path = ''): Promise<void> {
  const step = stepCalled(run, path);
  await learn(deps, { run, step }, step.submit);
}

/** POST of a button besides the submit button. */
export async function runAction<Draft extends object, Scene>(
  deps: WizardDeps,
  run: Run<Draft, Scene>,
  { path = '', action }: { readonly path?: string; readonly action: string },
): Promise<void> {
  const step = stepCalled(run, path);
  const chosen = actionCalled(step, action);
  run.ctx.state.shownAt = shownAt(run, step, chosen);
  const at = { run, step, pressed: action };
  await ('stays' in chosen ? stay(deps, at, chosen.stays) : learn(deps, at, chosen.goesOn));
}

/** GET of such a button's address: a reload, or a switch of language. Its page is that of the step. */
export function backToStep<Draft extends object, Scene>(
  run: Run<Draft, Scene>,
  { path = '', action }: { readonly path?: string; readonly action: string },
): void {
  const step = stepCalled(run, path);
  run.ctx.status = 303;
  run.ctx.redirect(shownAt(run, step, actionCalled(step, action)));
}

/** Where the form of a button stands. */
function shownAt<Draft extends object, Scene>(
  run: Run<Draft, Scene>,
  step: WizardStep<Draft, Scene>,
  action: Action<Draft, Scene>,
): string {
  return `${addressOf(run, step)}${'goesOn' in action ? (action.shownBy ?? '') : ''}`;
}

/** Leads to where the person is. */
function toPosition<Draft extends object, Scene>(run: Run<Draft, Scene>, draft: Draft): void {
  run.ctx.status = 303;
  run.ctx.redirect(addressOf(run, position(run, draft)));
}

function stepCalled<Draft extends object, Scene>({ wizard }: Run<Draft, Scene>, path: string): WizardStep<Draft, Scene> {
  const step = wizard.steps.find((candidate) => candidate.path === path);
  if (!step) throw new Refused('page.not-found');
  return step;
}

function actionCalled<Draft extends object, Scene>({ actions }: WizardStep<Draft, Scene>, name: string): Action<Draft, Scene> {
  const action = actions && Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) throw new Refused('page.not-found');
  return action;
}

type At<Draft extends object, Scene> = Omit<Stand<Draft, Scene>, 'loaded'>;

async function learn<Draft extends object, Scene>(
  deps: WizardDeps,
  at: At<Draft, Scene>,
  submit: Submit<Draft, Scene> | undefined,
): Promise<void> {
  const { run } = at;
  const work = async (form: SubmittedForm) => submitForm(deps, { ...at, loaded: await load(deps, run) }, form, submit);
  await withForm(deps, at, (form) => (run.wizard.draftless ? work(form) : inTurn(deps, `${run.wizard.name}:${run.id}`, () => work(form))));
}

/** The form of a step; one that is not of this page as it stands comes back with a new token, and nothing is done. */
async function withForm<Draft extends object, Scene>(
  deps: WizardDeps,
  at: At<Draft, Scene>,
  work: (form: SubmittedForm) => Promise<void>,
): Promise<void> {
  let form: SubmittedForm;
  try {
    form = await readForm(at.run.ctx, deps.tokens, addressOf(at.run, at.step));
  } catch (error) {
    if (!(error instanceof FormReturned)) throw error;
    const stand = { ...at, loaded: await load(deps, at.run) };
    return at.step.when(stand.loaded.draft, at.run.scene)
      ? refuse(deps, stand, error.form, error)
      : refuseElsewhere(deps, stand, error.form, error);
  }
  if (at.run.ctx.state.switched) return showAgain(deps, at, form);
  await work(form);
}

/** As it is, with what was typed; nothing is done. */
async function showAgain<Draft extends object, Scene>(deps: WizardDeps, at: At<Draft, Scene>, form: SubmittedForm): Promise<void> {
  const stand = { ...at, loaded: await load(deps, at.run) };
  if (!at.step.when(stand.loaded.draft, at.run.scene)) return toPosition(at.run, stand.loaded.draft);
  await render(deps, stand, { ...asNew, values: form.values });
}

async function submitForm<Draft extends object, Scene>(
  deps: WizardDeps,
  stand: Stand<Draft, Scene>,
  form: SubmittedForm,
  submit: Submit<Draft, Scene> | undefined,
): Promise<void> {
  const { run, step, loaded } = stand;
  const { scene, ctx } = run;
  const follow = () => {
    if (!step.once || isRepeated(deps, loaded, step.path, form.values)) return toPosition(run, loaded.draft);
    return refuseElsewhere(deps, stand, form, new Refused('form.stale'));
  };
  // A repeated submission of a step that is done follows the first one; it must do no harm.
  if (!submit || !step.when(loaded.draft, scene)) return follow();
  let result: Awaited<ReturnType<typeof submit>>;
  try {
    if (form.revision !== loaded.revision) {
      if (step.done(loaded.draft, scene)) return follow();
      throw new Refused('form.stale');
    }
    result = await submit(form, loaded.draft, scene);
  } catch (error) {
    return refuse(deps, stand, form, error);
  }
  // What is refused from here on is not for the form to say: an interaction that is over has no form any more.
  if ('finish' in result) return result.finish();
  if ('leaveTo' in result) {
    ctx.status = 303;
    return ctx.redirect(result.leaveTo);
  }
  await keep(deps, stand, form, result.learnt);
}

/** Saves what was learnt and leads on; where somebody else was faster, to where they have got. */
async function keep<Draft extends object, Scene>(
  deps: WizardDeps,
  { run, step, loaded }: Stand<Draft, Scene>,
  form: SubmittedForm,
  learnt: Partial<Draft>,
): Promise<void> {
  const { steps } = run.wizard;
  const kept = steps.slice(steps.indexOf(step) + 1).reduce((draft, later) => later.undo?.(draft) ?? draft, loaded.draft);
  const draft = { ...kept, ...learnt };
  const submitted = step.once ? withSubmitted(deps, loaded, step.path, form.values) : loaded.submitted;
  const saved = await save(deps, run, { draft, submitted, revision: loaded.revision });
  toPosition(run, saved ? draft : (await load(deps, run)).draft);
}

/** The same page again, or JSON for the script. */
async function stay<Draft extends object, Scene>(
  deps: WizardDeps,
  at: At<Draft, Scene>,
  act: (form: SubmittedForm, draft: Draft, scene: Scene) => Promise<object>,
): Promise<void> {
  const { run, step } = at;
  await withForm(deps, at, async (form) => {
    const stand = { ...at, loaded: await load(deps, run) };
    const { draft } = stand.loaded;
    if (!step.when(draft, run.scene)) {
      if (form.wantsJson) throw new Refused('form.stale');
      return toPosition(run, draft);
    }
    try {
      const answer = await act(form, draft, run.scene);
      // A code that was typed belongs to an earlier message.
      if (form.wantsJson) run.ctx.body = { ok: true, ...answer };
      else await render(deps, stand, { ...asNew, values: { ...form.values, code: '' } });
    } catch (error) {
      await refuse(deps, stand, form, error);
    }
  });
}

/** Says so at the page where the person is, because the one they sent is not open; where that has no form, on a page of its own. */
async function refuseElsewhere<Draft extends object, Scene>(
  deps: WizardDeps,
  { run, loaded }: Stand<Draft, Scene>,
  form: SubmittedForm,
  error: Refused,
): Promise<void> {
  const stand = { run, step: position(run, loaded.draft), loaded };
  const { model } = await pageOf(deps, stand, { values: {}, problems: [] });
  if (!('form' in model)) throw error;
  run.ctx.state.shownAt = addressOf(run, stand.step);
  await refuse(deps, stand, { ...form, values: {} }, error);
}

async function refuse<Draft extends object, Scene>(
  deps: WizardDeps,
  stand: Stand<Draft, Scene>,
  form: SubmittedForm,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Refused || error instanceof FormRefused)) throw error;
  const { ctx } = stand.run;
  const problems = problemsOf(deps.pages.words, ctx.state.locale, error);
  if (error instanceof Refused && error.retryAfterSeconds) ctx.set('Retry-After', String(error.retryAfterSeconds));
  if (!form.wantsJson) return render(deps, stand, { values: form.values, problems, status: error.status });
  const { model } = await pageOf(deps, stand, { values: {}, problems });
  const { captcha, token } = (model as { form?: Partial<FormModel> }).form ?? {};
  ctx.status = error.status;
  ctx.body = { ok: false, problems, captcha, token };
}

async function render<Draft extends object, Scene>(deps: WizardDeps, stand: Stand<Draft, Scene>, shown: Shown): Promise<void> {
  const page = await pageOf(deps, stand, shown);
  await deps.pages.render(stand.run.ctx, { ...page, status: shown.status });
}

function pageOf<Draft extends object, Scene>(
  { tokens }: WizardDeps,
  { run, step, loaded, pressed }: Stand<Draft, Scene>,
  { values, problems }: Pick<Shown, 'values' | 'problems'>,
): ReturnType<WizardStep<Draft, Scene>['page']> {
  const action = addressOf(run, step);
  const state: FormState = { action, token: tokens.issue(run.ctx, action, loaded.revision), values, problems, pressed };
  return step.page(loaded.draft, run.scene, state);
}
