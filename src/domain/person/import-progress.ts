/** How every line of an import may end. */
const importOutcomes = ['imported', 'activated-later', 'duplicate', 'invalid'] as const;

/** `imported`: an active account. `activated-later`: a person who is waiting for their activation. */
export type ImportOutcome = (typeof importOutcomes)[number];

export type ImportCounts = Readonly<Record<ImportOutcome, number>>;

/** How far the import of one file came: written in the transaction of the people it counts. */
export interface ImportProgress {
  /** SHA-256 of the file's bytes, hex: a changed file is another import. */
  readonly file: string;
  /** Name of the import: where the people come from. */
  readonly source: string;
  /** Number of the last line that was dealt with; 0: none. */
  readonly line: number;
  /** Length of the report up to that line, in bytes. */
  readonly reportBytes: number;
  readonly counts: ImportCounts;
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
}

/** Documents as `type:key`, canonical mobiles, keys of usernames: what nobody may share. */
export interface Identifiers {
  readonly documents: readonly string[];
  readonly mobiles: readonly string[];
  readonly usernames: readonly string[];
}

/** What imports ask of the database besides their writes. */
export interface ImportStore {
  progress(file: string, source: string): Promise<ImportProgress | undefined>;
  /** Those that belong to somebody already. One round trip. */
  taken(wanted: Identifiers): Promise<TakenIdentifiers>;
  /** For a dry run, which writes nothing that stays. */
  rehearse(): Promise<Rehearsal>;
}

export interface TakenIdentifiers {
  readonly documents: ReadonlySet<string>;
  readonly mobiles: ReadonlySet<string>;
  readonly usernames: ReadonlySet<string>;
}

/** Remembers, in a temporary table of the database, what a real run would have written by now. */
export interface Rehearsal extends Pick<ImportStore, 'taken'> {
  note(identifiers: Identifiers): Promise<void>;
  end(): Promise<void>;
}
