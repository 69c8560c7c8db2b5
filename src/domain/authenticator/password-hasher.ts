/** Hashing of passwords (docs/adr/0006): argon2id with a pepper, on a bounded queue. */
export interface PasswordHasher {
  /**
   * A PHC string of the password.
   *
   * @throws Refused `service.busy` when the queue is full
   */
  hash(password: string): Promise<string>;
  /**
   * Compares. Without `stored` (unknown account) it does the same work against a decoy and answers false.
   * Failures of all kinds of hashes, and of none, take the same time.
   *
   * @throws Refused `service.busy` when the queue is full
   */
  verify(password: string, stored: string | undefined): Promise<boolean>;
  /** True for hashes of other systems that can be compared with in bearable time: what an import may bring. */
  accepts(stored: string): boolean;
  /** The form in which such a hash is stored: worth nothing to whoever has the database alone. Compared with as it is. */
  seal(imported: string): string;
  /** True when the stored hash is of an older kind or weaker than today's parameters. */
  outdated(stored: string): boolean;
  /** Waiting and running hashes, for metrics. */
  depth(): number;
}
