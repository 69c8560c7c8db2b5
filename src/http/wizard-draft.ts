import { secondsAfter, type Clock } from '../domain/clock.ts';
import type { DraftStore } from '../domain/short-lived.ts';
import type { Vault } from '../domain/vault.ts';

/** What one run of a wizard has learnt: sealed, for an hour, written by compare-and-set. */
export interface WizardDraftDeps {
  readonly drafts: DraftStore;
  readonly vault: Vault;
  readonly clock: Clock;
}

export interface Loaded<Draft> {
  readonly draft: Draft;
  /** Keyed hashes of what was submitted to the steps that are done once, by their paths. */
  readonly submitted: Readonly<Record<string, string>>;
  readonly revision: number;
}

/** A run, as far as its draft goes. */
export interface Kept<Draft extends object> {
  readonly wizard: { readonly name: string; readonly empty: Draft; readonly draftless?: boolean };
  readonly id: string;
}

type Values = Readonly<Record<string, string | undefined>>;

const draftTtlSeconds = 3600;

const nameOf = ({ wizard, id }: Kept<object>): string => `${wizard.name}:${id}`;
const purposeOf = ({ wizard }: Kept<object>): string => `draft:${wizard.name}`;

export async function load<Draft extends object>({ drafts, vault, clock }: WizardDraftDeps, run: Kept<Draft>): Promise<Loaded<Draft>> {
  const nothing = { draft: run.wizard.empty, submitted: {}, revision: 0 };
  if (run.wizard.draftless) return nothing;
  const row = await drafts.get(nameOf(run), clock.now());
  if (!row) return nothing;
  const kept = JSON.parse(vault.openFor(purposeOf(run), row.sealed)) as Omit<Loaded<Draft>, 'revision'>;
  return { ...kept, revision: row.revision };
}

/** What a run has learnt so far; for the end of a wizard, which is no step. */
export async function draftOf<Draft extends object>(deps: WizardDraftDeps, run: Kept<Draft>): Promise<Draft> {
  return (await load(deps, run)).draft;
}

/** Saves the next revision; false when somebody else did meanwhile. */
export async function save<Draft extends object>(
  { drafts, vault, clock }: WizardDraftDeps,
  run: Kept<Draft>,
  { draft, submitted, revision }: Loaded<Draft>,
): Promise<boolean> {
  const now = clock.now();
  const sealed = vault.sealFor(purposeOf(run), JSON.stringify({ draft, submitted }));
  return drafts.put(nameOf(run), revision, sealed, secondsAfter(now, draftTtlSeconds), now);
}

/** Whoever comes again begins anew. */
export async function forget({ drafts }: Pick<WizardDraftDeps, 'drafts'>, run: Kept<object>): Promise<void> {
  await drafts.destroy(nameOf(run));
}

export function withSubmitted(
  deps: WizardDraftDeps,
  { submitted }: Pick<Loaded<object>, 'submitted'>,
  path: string,
  values: Values,
): Loaded<object>['submitted'] {
  return { ...submitted, [path]: fingerprint(deps, values) };
}

/** Whether a step got these values before, or none at all. */
export function isRepeated(deps: WizardDraftDeps, { submitted }: Pick<Loaded<object>, 'submitted'>, path: string, values: Values): boolean {
  const before = submitted[path];
  return before === undefined || before === fingerprint(deps, values);
}

function fingerprint({ vault }: Pick<WizardDraftDeps, 'vault'>, values: Values): string {
  return vault.index('submission', JSON.stringify(values)).toString('base64url');
}
