import { FormRefused, Refused } from '../domain/refused.ts';
import type { AppContext } from './app-context.ts';
import { problemsOf, readForm, type FormTokens, type SubmittedForm } from './form.ts';
import type { Page, Pages } from './page.ts';
import type { FormModel, ProblemModel, ProgressModel } from './page-model.ts';
import { inTurn } from './turn.ts';
import { isRepeated, load, save, withSubmitted, type Loaded, type WizardDraftDeps } from './wizard-draft.ts';

/**
 * The one engine of all wizards (docs/adr/0018). A step says when it may be shown (`when`, from facts,
 * never from "the next path"), when it is done, how its page looks and what submitting it learns; the
 * engine owns order, back, double submit, stale forms, two tabs and expiry. A draft is sealed, lives an
 * hour and is written by compare-and-set. Submissions of one run take turns, so that the second half of a
 * double click finds what the first has learnt and follows it.
 */
export interface WizardStep<Draft extends object, Scene> {
  /** Route segment and name. */
  readonly path: string;
  /** May this step be shown, given what is known? */
  when(draft: Draft, scene: Scene): boolean;
  /**
   * What it did stays done: whoever submits something else afterwards, in another tab, is told that it was not done.
   * Of all other steps a later submission from the same page follows the first.
   */
  readonly once?: true;
  /** Has it been completed? */
  done(draft: Draft, scene: Scene): boolean;
  page(draft: Draft, scene: Scene, form: FormState): Promise<Page>;
  /** What the step learnt, or that the wizard leaves for another address. May throw `Refused`. */
  submit?(form: SubmittedForm, draft: Draft, scene: Scene): Promise<Learnt<Draft>>;
  /** Buttons of the page besides the submit button (send a code). They change no draft. */
  readonly actions?: Readonly<Record<string, (form: SubmittedForm, draft: Draft, scene: Scene) => Promise<object>>>;
  /** Forgets what this step learnt, when somebody submits an earlier one again. */
  undo?(draft: Draft): Draft;
}

export type Learnt<Draft> =
  | { readonly learnt: Partial<Draft> }
  | { readonly leaveTo: string }
  /** The step answers the request itself, at the end of an interaction. */
  | { readonly finish: () => Promise<void> };

/** What a step's page needs to fill its form model. */
export interface FormState {
  readonly action: string;
  readonly token: string;
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly ProblemModel[];
}

export interface Wizard<Draft extends object, Scene> {
  readonly name: string;
  readonly steps: readonly WizardStep<Draft, Scene>[];
  readonly empty: Draft;
  /** Nothing is learnt between steps (a sign-in page): no draft is read or written. */
  readonly draftless?: boolean;
}

/** Where one run of a wizard stands: the id of its draft and its address. */
export interface Run {
  readonly id: string;
  /** Address of the wizard without a trailing slash; steps are below it. */
  readonly base: string;
}

export interface WizardDeps extends WizardDraftDeps {
  readonly tokens: FormTokens;
  readonly pages: Pages;
}

/** The first step that may be shown and is not done; the last one when all are. */
export function position<Draft extends object, Scene>(wizard: Wizard<Draft, Scene>, draft: Draft, scene: Scene): WizardStep<Draft, Scene> {
  const open = wizard.steps.filter((step) => step.when(draft, scene));
  const step = open.find((candidate) => !candidate.done(draft, scene)) ?? open.at(-1);
  if (!step) throw new Error(`wizard ${wizard.name} has no step to show`);
  return step;
}

/** Leads to where the person is. */
function toPosition<Draft extends object, Scene>(
  wizard: Wizard<Draft, Scene>,
  run: Run,
  draft: Draft,
  scene: Scene,
  ctx: AppContext,
): void {
  ctx.status = 303;
  ctx.redirect(`${run.base}/${position(wizard, draft, scene).path}`);
}

/** What a run has learnt so far; for the end of a wizard, which is no step. */
export async function draftOf<Draft extends object, Scene>(deps: WizardDeps, wizard: Wizard<Draft, Scene>, run: Run): Promise<Draft> {
  return (await load(deps, wizard, run)).draft;
}

/** GET of the wizard or of one of its steps; a step that may not be shown leads to where the person is. */
export async function showStep<Draft extends object, Scene>(
  deps: WizardDeps,
  wizard: Wizard<Draft, Scene>,
  run: Run,
  scene: Scene,
  ctx: AppContext,
  path: string | undefined,
): Promise<void> {
  const loaded = await load(deps, wizard, run);
  const step = wizard.steps.find((candidate) => candidate.path === path);
  if (!step?.when(loaded.draft, scene)) return toPosition(wizard, run, loaded.draft, scene, ctx);
  await render(deps, run, scene, ctx, step, loaded, {}, []);
}

/** POST of a step. */
export async function submitStep<Draft extends object, Scene>(
  deps: WizardDeps,
  wizard: Wizard<Draft, Scene>,
  run: Run,
  scene: Scene,
  ctx: AppContext,
  path: string,
): Promise<void> {
  const step = stepCalled(wizard, path);
  const form = readForm(ctx, deps.tokens, `${run.base}/${step.path}`);
  const submit = () => submitForm(deps, wizard, run, scene, ctx, step, form);
  await (wizard.draftless ? submit() : inTurn(deps, `${wizard.name}:${run.id}`, submit));
}

async function submitForm<Draft extends object, Scene>(
  deps: WizardDeps,
  wizard: Wizard<Draft, Scene>,
  run: Run,
  scene: Scene,
  ctx: AppContext,
  step: WizardStep<Draft, Scene>,
  form: SubmittedForm,
): Promise<void> {
  const loaded = await load(deps, wizard, run);
  const follow = () => {
    if (step.once && !isRepeated(deps, loaded, step.path, form.values)) throw new Refused('form.stale');
    return toPosition(wizard, run, loaded.draft, scene, ctx);
  };
  // A repeated submission of a step that is done follows the first one; it must do no harm.
  if (!step.submit || !step.when(loaded.draft, scene)) return follow();
  let result: Learnt<Draft>;
  try {
    if (form.revision !== loaded.revision) {
      if (step.done(loaded.draft, scene)) return follow();
      throw new Refused('form.stale');
    }
    result = await step.submit(form, loaded.draft, scene);
  } catch (error) {
    if (!(error instanceof Refused || error instanceof FormRefused)) throw error;
    return refuse(deps, run, scene, ctx, step, loaded, form, error);
  }
  // What is refused from here on is not for the form to say: an interaction that is over has no form any more.
  if ('finish' in result) return result.finish();
  if ('leaveTo' in result) {
    ctx.status = 303;
    ctx.redirect(result.leaveTo);
    return;
  }
  const draft = { ...forgetLater(wizard, step, loaded.draft), ...result.learnt };
  const submitted = step.once ? withSubmitted(deps, loaded, step.path, form.values) : loaded.submitted;
  const saved = await save(deps, wizard, run, { draft, submitted, revision: loaded.revision });
  toPosition(wizard, run, saved ? draft : (await load(deps, wizard, run)).draft, scene, ctx);
}

/** POST of a button besides the submit button: the same page again, or JSON for the script. */
export async function runAction<Draft extends object, Scene>(
  deps: WizardDeps,
  wizard: Wizard<Draft, Scene>,
  run: Run,
  scene: Scene,
  ctx: AppContext,
  path: string,
  name: string,
): Promise<void> {
  const loaded = await load(deps, wizard, run);
  const step = stepCalled(wizard, path);
  const act = step.actions && Object.hasOwn(step.actions, name) ? step.actions[name] : undefined;
  if (!act) throw new Refused('page.not-found');
  const form = readForm(ctx, deps.tokens, `${run.base}/${step.path}`);
  if (!step.when(loaded.draft, scene)) {
    if (form.wantsJson) throw new Refused('form.stale');
    return toPosition(wizard, run, loaded.draft, scene, ctx);
  }
  // The answer is the page of the step, so what leads back to this page (language, captcha) must lead to the step.
  ctx.path = `${run.base}/${step.path}`;
  try {
    const answer = await act(form, loaded.draft, scene);
    // A code that was typed belongs to an earlier message.
    if (form.wantsJson) ctx.body = { ok: true, ...answer };
    else await render(deps, run, scene, ctx, step, loaded, { ...form.values, code: '' }, []);
  } catch (error) {
    if (!(error instanceof Refused || error instanceof FormRefused)) throw error;
    await refuse(deps, run, scene, ctx, step, loaded, form, error);
  }
}

function stepCalled<Draft extends object, Scene>(wizard: Wizard<Draft, Scene>, path: string): WizardStep<Draft, Scene> {
  const step = wizard.steps.find((candidate) => candidate.path === path);
  if (!step) throw new Refused('page.not-found');
  return step;
}

function forgetLater<Draft extends object, Scene>(wizard: Wizard<Draft, Scene>, step: WizardStep<Draft, Scene>, draft: Draft): Draft {
  return wizard.steps.slice(wizard.steps.indexOf(step) + 1).reduce((kept, later) => later.undo?.(kept) ?? kept, draft);
}

async function refuse<Draft extends object, Scene>(
  deps: WizardDeps,
  run: Run,
  scene: Scene,
  ctx: AppContext,
  step: WizardStep<Draft, Scene>,
  loaded: Loaded<Draft>,
  form: SubmittedForm,
  error: Refused | FormRefused,
): Promise<void> {
  const problems = problemsOf(deps.pages.words, ctx.state.locale, error);
  if (error instanceof Refused && error.retryAfterSeconds) ctx.set('Retry-After', String(error.retryAfterSeconds));
  if (form.wantsJson) {
    const page = await step.page(loaded.draft, scene, formState(deps, ctx, run, step, loaded, {}, problems));
    ctx.status = error.status;
    ctx.body = { ok: false, problems, captcha: (page.model as { form?: FormModel }).form?.captcha };
    return;
  }
  await render(deps, run, scene, ctx, step, loaded, form.values, problems, error.status);
}

async function render<Draft extends object, Scene>(
  deps: WizardDeps,
  run: Run,
  scene: Scene,
  ctx: AppContext,
  step: WizardStep<Draft, Scene>,
  loaded: Loaded<Draft>,
  values: Readonly<Record<string, string>>,
  problems: readonly ProblemModel[],
  status = 200,
): Promise<void> {
  const page = await step.page(loaded.draft, scene, formState(deps, ctx, run, step, loaded, values, problems));
  await deps.pages.render(ctx, { ...page, status });
}

function formState<Draft extends object, Scene>(
  { tokens }: WizardDeps,
  ctx: AppContext,
  run: Run,
  step: WizardStep<Draft, Scene>,
  { revision }: Loaded<Draft>,
  values: Readonly<Record<string, string>>,
  problems: readonly ProblemModel[],
): FormState {
  const action = `${run.base}/${step.path}`;
  return { action, token: tokens.issue(ctx, action, revision), values, problems };
}

/** Progress bar: labels in order, the index of the current one and of one before it that was left out. */
export function progress(labels: readonly string[], current: number, skipped?: number): ProgressModel {
  const stateOf = (index: number) => (index === current ? 'current' : index < current && index !== skipped ? 'done' : 'ahead');
  return { steps: labels.map((label, index) => ({ label, state: stateOf(index) })) };
}
