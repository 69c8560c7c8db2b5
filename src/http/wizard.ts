import type { AppContext } from './app-context.ts';
import type { SubmittedForm } from './form.ts';
import type { FormTokens } from './form-token.ts';
import type { Page, Pages } from './page.ts';
import type { ProblemModel, ProgressModel } from './page-model.ts';
import type { TurnDeps } from './turn.ts';
import type { WizardDraftDeps } from './wizard-draft.ts';

/**
 * The one engine of all wizards (docs/adr/0018): what a wizard is. A step says when it may be shown (`when`, from facts,
 * never from "the next path"), when it is done, how its page looks and what submitting it learns; the engine
 * (wizard-run.ts) owns order, back, double submit, stale forms, two tabs and expiry. A draft is sealed, lives an hour and
 * is written by compare-and-set. Submissions of one run take turns, so that the second half of a double click finds what
 * the first has learnt and follows it.
 */
export interface Wizard<Draft extends object, Scene> {
  readonly name: string;
  readonly steps: readonly WizardStep<Draft, Scene>[];
  readonly empty: Draft;
  /** Nothing is learnt between steps (a sign-in page): no draft is read or written. */
  readonly draftless?: boolean;
}

export interface WizardStep<Draft extends object, Scene> {
  /** Route segment and name; empty: the address of the wizard itself. */
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
  submit?: Submit<Draft, Scene>;
  /** Buttons of the page besides the submit button, by the route segment behind that of the step. */
  readonly actions?: Readonly<Record<string, Action<Draft, Scene>>>;
  /** Forgets what this step learnt, when somebody submits an earlier one again. */
  undo?(draft: Draft): Draft;
}

/** What the step learnt, or that the wizard leaves for another address. May throw `Refused`. */
export type Submit<Draft extends object, Scene> = (form: SubmittedForm, draft: Draft, scene: Scene) => Promise<Learnt<Draft>>;

export type Action<Draft extends object, Scene> =
  /** Does something beside the form (sends a code) and shows it again; the script on the page gets what it returns. */
  | { readonly stays: (form: SubmittedForm, draft: Draft, scene: Scene) => Promise<object> }
  /** Another way on (without a verified identity, say): the same rules as for submitting. */
  | {
      readonly goesOn: Submit<Draft, Scene>;
      /** Query of the step's address that shows the form of this button, where the step does not always. */
      readonly shownBy?: string;
    };

export type Learnt<Draft> =
  | { readonly learnt: Partial<Draft> }
  | { readonly leaveTo: string }
  /** The step answers the request itself, at the end of an interaction. */
  | { readonly finish: () => Promise<void> };

/** What a step's page needs to fill its form model. */
export interface FormState {
  /** Where the form posts to; an action of the step is below it. */
  readonly action: string;
  readonly token: string;
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly ProblemModel[];
  /** The action that was refused, where it was one. */
  readonly pressed?: string | undefined;
}

/** One person's way through a wizard, at one request. */
export interface Run<Draft extends object, Scene> {
  readonly wizard: Wizard<Draft, Scene>;
  /** Of the draft. */
  readonly id: string;
  /** Address of the wizard without a trailing slash; steps are below it. */
  readonly base: string;
  readonly scene: Scene;
  readonly ctx: AppContext;
}

export interface WizardDeps extends WizardDraftDeps, TurnDeps {
  readonly tokens: FormTokens;
  readonly pages: Pages;
}

/** A page with a form and buttons, from which nothing is learnt. */
export function onePage<Scene>(
  name: string,
  page: Pick<WizardStep<NoDraft, Scene>, 'page' | 'submit' | 'actions'>,
): Wizard<NoDraft, Scene> {
  return { name, draftless: true, empty: {}, steps: [{ path: '', when: () => true, done: () => false, ...page }] };
}

export type NoDraft = Readonly<Record<never, never>>;

/** The first step that may be shown and is not done; the last one when all are. */
export function position<Draft extends object, Scene>(
  { wizard, scene }: Pick<Run<Draft, Scene>, 'wizard' | 'scene'>,
  draft: Draft,
): WizardStep<Draft, Scene> {
  const open = wizard.steps.filter((step) => step.when(draft, scene));
  const step = open.find((candidate) => !candidate.done(draft, scene)) ?? open.at(-1);
  if (!step) throw new Error(`wizard ${wizard.name} has no step to show`);
  return step;
}

/** Address of a step: of its page and of its form. */
export function addressOf({ base }: { readonly base: string }, { path }: { readonly path: string }): string {
  return path === '' ? base : `${base}/${path}`;
}

/** Progress bar: labels in order, the index of the current one and of one before it that was left out. */
export function progress(labels: readonly string[], current: number, skipped?: number): ProgressModel {
  const stateOf = (index: number) => (index === current ? 'current' : index < current && index !== skipped ? 'done' : 'ahead');
  return { steps: labels.map((label, index) => ({ label, state: stateOf(index) })) };
}
