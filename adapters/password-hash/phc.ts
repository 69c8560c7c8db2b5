/** An argon2id hash in the PHC string format; `keyid` names the version of the pepper, absent: none was used. */
export interface Argon2Hash {
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly pepperVersion: number | undefined;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const form = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})(?:,keyid=(\d{1,6}))?\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/;

/** Reads what `formatPhc` wrote, or an imported argon2id hash; undefined for anything else. */
export function parsePhc(text: string): Argon2Hash | undefined {
  const [, memory, passes, parallelism, keyid, salt, tag] = form.exec(text) ?? [];
  if (salt === undefined || tag === undefined) return undefined;
  return {
    memoryKib: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    pepperVersion: keyid === undefined ? undefined : Number(keyid),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

/** `$argon2id$v=19$m=…,t=…,p=…,keyid=…$salt$tag`, base64 without padding. */
export function formatPhc({ memoryKib, passes, parallelism, pepperVersion, salt, tag }: Argon2Hash): string {
  const keyid = pepperVersion === undefined ? '' : `,keyid=${pepperVersion}`;
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}${keyid}$${base64(salt)}$${base64(tag)}`;
}
