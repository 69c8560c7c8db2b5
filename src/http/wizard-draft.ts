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

interface Kept<Draft> {
  readonly name: string;
  readonly empty: Draft;
  readonly draftless?: boolean;
}

type Values = Readonly<Record<string, string | undefined>>;

const draftTtlSeconds = 3600;

export async function load<Draft extends object>(
  { drafts, vault, clock }: WizardDraftDeps,
  wizard: Kept<Draft>,
  run: { readonly id: string },
): Promise<Loaded<Draft>> {
  const nothing = { draft: wizard.empty, submitted: {}, revision: 0 };
  if (wizard.draftless) return nothing;
  const row = await drafts.get(`${wizard.name}:${run.id}`, clock.now());
  if (!row) return nothing;
  const kept = JSON.parse(vault.openFor(`draft:${wizard.name}`, row.sealed)) as Omit<Loaded<Draft>, 'revision'>;
  return { ...kept, revision: row.revision };
}

/** Saves the next revision; false when somebody else did meanwhile. */
export async function save<Draft extends object>(
  { drafts, vault, clock }: WizardDraftDeps,
  wizard: Kept<Draft>,
  run: { readonly id: string },
  { draft, submitted, revision }: Loaded<Draft>,
): Promise<boolean> {
  const now = clock.now();
  const sealed = vault.sealFor(`draft:${wizard.name}`, JSON.stringify({ draft, submitted }));
  return drafts.put(`${wizard.name}:${run.id}`, revision, sealed, secondsAfter(now, draftTtlSeconds), now);
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
