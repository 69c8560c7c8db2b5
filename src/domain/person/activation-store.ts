import type { Person } from './account.ts';
import type { DocumentType } from './document-number.ts';

/** An imported person who has no account yet (OPS-12). */
export interface Activation {
  readonly person: Person;
  /** What the earlier programme had bound; undefined: none. */
  readonly mobile: string | undefined;
  /** Name of the import. */
  readonly source: string;
}

export interface ActivationStore {
  /** Who with this document waits for their activation; undefined for unknown and for active people alike. One look-up. */
  byDocument(type: DocumentType, key: string): Promise<Activation | undefined>;
}
