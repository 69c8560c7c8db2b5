/** Whether a host name is this machine under one of its loopback names (RFC 8252 section 7.3, RFC 6761 section 6.3). */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
