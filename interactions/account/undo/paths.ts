/** Where the link in a notice leads. */
export function undoPath(token: string): string {
  return `/account/undo/${token}`;
}

/** The same for an owner who is signed in, whatever became of the link. */
export const frozenPath = '/account/frozen';

/** Where something that is frozen is confirmed. */
export function confirmPath(thing: string): string {
  return `${frozenPath}/confirm/${thing}`;
}
