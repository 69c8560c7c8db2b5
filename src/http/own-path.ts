/** A path of ours as a parameter carries it; undefined for an address that somebody else chose. */
export function ownPath(wanted: string, issuer: string): string | undefined {
  const url = /^\/(?![/\\])/.test(wanted) ? URL.parse(wanted, issuer) : null;
  return url && url.origin === new URL(issuer).origin ? `${url.pathname}${url.search}` : undefined;
}
