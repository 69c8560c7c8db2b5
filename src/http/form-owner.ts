/** Whose page it is: set by whoever reads the session, never by a page. */
export interface FormOwner {
  readonly sessionUid: string;
  readonly accountId: string;
}
