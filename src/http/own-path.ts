/** A path of ours as a parameter carries it; undefined for an address that somebody else chose. */
export function ownPath(wanted: string, issuer: string): string | undefined {
  const url = /^\/(?![/\\])/.test(wanted) ? URL.parse(wanted, issuer) : null;
  // Two slashes at the beginning name a host; they are also what is left of `/.//host`.
  const own = url !== null && url.origin === new URL(issuer).origin && !url.pathname.startsWith('//');
  return own ? `${url.pathname}${url.search}` : undefined;
}
