/** What an address must not be changed into (ASVS 10.4.1): for each way of changing it, what it becomes. */
export type Mutations = Readonly<Record<string, readonly string[]>>;

/**
 * @param address - registered: https, a host with a dot, a path of one segment, nothing else
 * @param others - registered for somebody else, or for something else
 */
export function mutationsOf(address: string, others: readonly string[]): Mutations {
  const { host, pathname: path } = new URL(address);
  const [name = '', tld = ''] = host.split('.');
  const at = (otherHost: string) => `https://${otherHost}${path}`;
  const to = (otherPath: string) => `https://${host}${otherPath}`;
  return {
    'letter case': [address.toUpperCase(), `HTTPS://${host}${path}`, at(host.toUpperCase()), at(`${name}.${tld.toUpperCase()}`), to(path.toUpperCase()), to(`/${path.charAt(1).toUpperCase()}${path.slice(2)}`)],
    scheme: ['http', 'ftp', 'ws', 'file', 'httpss', 'x-https', 'view-source:https', 'blob:https'].map((scheme) => `${scheme}://${host}${path}`),
    'half a scheme': [`//${host}${path}`, `https:/${host}${path}`, `https:${host}${path}`, `https:///${host}${path}`, `://${host}${path}`, `${host}${path}`, path, `.${path}`],
    script: ['javascript:alert(1)', `javascript://${host}${path}%0aalert(1)`, 'data:text/html,x', 'vbscript:x', 'about:blank', `javascript:"${address}"`],
    port: [':443', ':80', ':8443', ':0', ':', ':0443', ':65536', ':443443', ':-1'].map((port) => at(`${host}${port}`)),
    userinfo: [at(`evil@${host}`), at(`${host}@evil.example`), at(`${host}:443@evil.example`), at(`@${host}`), at(`:@${host}`), at(`user:secret@${host}`), at(`${host}%40evil.example`), `https://evil.example#@${host}${path}`, `https://evil.example?@${host}${path}`],
    'suffix or prefix of the host': [at(`${host}.evil.example`), at(`${host}evil`), at(`evil${host}`), at(`evil.${host}`), at(`evil-${host}`), at(`${host}.`), at(`${host}..`), at(`.${host}`), at(tld), at(name), at(`*.${tld}`), at(`${host},evil.example`), at(`${host};evil.example`)],
    'look-alike host': [at(`${name}\u3002${tld}`), at(`${name}\uff0e${tld}`), at(`${name}%2e${tld}`), at(`${name.replace('u', 'υ')}.${tld}`), at(`${name.replace('i', '1')}.${tld}`), at(`xn--${name}-.${tld}`), at(`${host}%00.evil.example`), at(`${host}%2f.evil.example`), at(`${host}%23.evil.example`), at(`${host}\u00ad`), at(`%${name.charCodeAt(0).toString(16)}${name.slice(1)}.${tld}`)],
    'address of the machine': ['127.0.0.1', '127.1', '2130706433', '0x7f000001', '017700000001', '0.0.0.0', 'localhost', '169.254.169.254', '[::1]', '[::ffff:127.0.0.1]', '[::1%25lo]', '[0:0:0:0:0:0:0:1]', '[fd00::1]'].map(at),
    'path traversal': ['', '/', `${path}/`, `${path}/.`, `${path}/..`, `/.${path}`, `/..${path}`, `/x/..${path}`, `${path}/..${path}`, `${path}/../evil`, `/${path}`, `${path}//`].map(to),
    'encoded path': [`/%2e${path}`, `/%2e%2e${path}`, `${path}/%2e%2e/evil`, `${path}/..%2fevil`, `${path}%2e`, `${path}%2f`, `${path}%252f`, `${path}%00`, `${path}%20`, `${path}%0a`, `${path}%5c`, `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`, `${path}%3f`, `${path}%23`, `${path}%c0%ae`].map(to),
    'longer or shorter path': [`${path}evil`, `${path}/evil`, path.slice(0, -1), `${path}.html`, `${path};evil`, `${path},evil`, `/evil${path}`, '/*', `${path}*`].map(to),
    query: ['?', '?evil', '?evil=1', '?code=evil', '??', '&evil=1', '?next=https://evil.example', '?%00', '?#'].map((query) => address + query),
    fragment: ['#', '#evil', '#/evil', '#?evil', '#%23'].map((fragment) => address + fragment),
    backslash: [`https:\\\\${host}\\${path.slice(1)}`, `https://${host}\\${path.slice(1)}`, at(`${host}\\.evil.example`), at(`evil.example\\@${host}`), '/\\evil.example', `https:/\\${host}${path}`, `${address}\\`],
    'white space and control characters': [` ${address}`, `${address} `, `\t${address}`, `${address}\n`, `${address}\r\nLocation: https://evil.example`, `${address}\u0000`, `${address}\u200b`, `\ufeff${address}`, `ht\ntps://${host}${path}`, to(`${path.slice(0, 4)}\t${path.slice(4)}`), at(`${host} .evil.example`), `\u0001${address}`],
    'more than one': [`${address} https://evil.example`, `https://evil.example ${address}`, `${address},https://evil.example`, `["${address}"]`, `{"0":"${address}"}`, ...others],
  };
}
