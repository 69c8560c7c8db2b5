import type { Strength } from '../presence/strength.ts';

/** An account of a third party that signs in to one of ours. */
export interface Binding {
  /** Ours. UUID. */
  readonly id: string;
  readonly accountId: string;
  /** Name of the login method. */
  readonly provider: string;
  /** Who it is there, as `subjectKey` writes it. */
  readonly subject: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
  /** By which proof it was bound. */
  readonly setBy: Strength;
}

export interface BindingStore {
  /** Oldest first; without what is held while its change is frozen. */
  ofAccount(accountId: string): Promise<readonly Binding[]>;
  /** Looked up by keyed hash. @param subject - as `subjectKey` writes it */
  bySubject(provider: string, subject: string): Promise<Binding | undefined>;
}

/** Named writes of bindings (docs/adr/0017). */
export type BindingWrite =
  /** Refuses (`subject`) what is bound to an account already, and (`provider`) a second one of the same third party. */
  | { readonly write: 'binding.insert'; readonly binding: Binding }
  /** Refuses (`gone`) when it is not there any more, or held: nobody signs in by what was removed in between. */
  | { readonly write: 'binding.use'; readonly id: string; readonly accountId: string; readonly at: Date }
  /** Refuses (`gone`) when it is not there any more. */
  | { readonly write: 'binding.remove'; readonly id: string; readonly accountId: string };
