import { isIP } from 'node:net';

/**
 * The formats our schemas name. Each says whether a text is of that kind; what is expected in words
 * stands beside it in the schema (`x-expected`).
 */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  /** A URL that is exactly its own origin: lower-case host, no default port, path or trailing slash. */
  origin: isOrigin,
  'http-url': isHttpUrl,
  /** A path of ours (never `//host`) or an address. */
  landing: (text) => /^\/(?!\/)/.test(text) || isHttpUrl(text),
  'outbound-origins': (text) => commaList(text).every((entry) => entry === 'loopback' || isOrigin(entry)),
  /** As redirect URIs must be (RFC 6749 section 3.1.2); private schemes are allowed here (RFC 8252 section 7.1). */
  'absolute-url': (text) => URL.canParse(text) && !text.includes('#'),
  'postgres-url': (text) => hasProtocol(text, ['postgres:', 'postgresql:']),
  'redis-urls': (text) => commaList(text).every((entry) => hasProtocol(entry, ['redis:', 'rediss:'])),
  'smtp-url': isSmtpUrl,
  'mail-address': (text) => /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(text),
  'sms-templates': (text) => /^[\w.-]+=[\w-]+(:\w+(,\w+)*)?(;\s*[\w.-]+=[\w-]+(:\w+(,\w+)*)?)*$/.test(text),
  /** An address and the number of its leading bits. */
  network: isNetwork,
  key: isKey,
  keys: (text) => commaList(text).every(isKey),
};

/** The entries of a comma list without the blanks around them. */
export function commaList(text: string): readonly string[] {
  return text.split(',').map((entry) => entry.trim());
}

function isOrigin(text: string): boolean {
  return isHttpUrl(text) && new URL(text).origin === text;
}

function isHttpUrl(text: string): boolean {
  if (!hasProtocol(text, ['http:', 'https:'])) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** Host and port; whoever we are stands in variables of its own. */
function isSmtpUrl(text: string): boolean {
  if (!hasProtocol(text, ['smtp:', 'smtps:'])) return false;
  const { username, password, pathname, search } = new URL(text);
  return [username, password, search, pathname.replace('/', '')].every((part) => part === '');
}

function hasProtocol(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== '';
}

function isNetwork(text: string): boolean {
  const [base = '', bits = '', ...rest] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(base)] ?? -1;
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
}

/** 32 bytes in canonical base64url: no padding and no stray bits. */
export function isKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === text;
}
