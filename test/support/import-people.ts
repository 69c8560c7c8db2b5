import { createHash, pbkdf2Sync } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { hashSync } from 'bcryptjs';
import { generatedPerson } from '../../sandbox/generated-people.ts';

/**
 * Files of invented people to try an import with: `node test/support/import-people.ts <count> <file> [first]`. Every
 * tenth brings the hash of one password and is verified, the others wait for their activation.
 */

/** Of everybody who has one: no city would let anybody choose it today. */
export const importedPassword = '12345';

const salt = Buffer.from('0f1e2d3c4b5a6978', 'hex');
const digest = (name: string) => createHash(name).update(salt).update(importedPassword).digest('base64');

/** One of each kind that an import takes. */
export const legacyHashes: Readonly<Record<string, string>> = {
  bcrypt: hashSync(importedPassword, 10),
  pbkdf2: `$pbkdf2-sha256$i=29000$${salt.toString('base64')}$${pbkdf2Sync(importedPassword, salt, 29_000, 32, 'sha256').toString('base64')}`,
  'salted SHA-256': `$salted-sha256$o=salt-password$${salt.toString('base64')}$${digest('sha256')}`,
  'salted SM3': `$salted-sm3$o=salt-password$${salt.toString('base64')}$${digest('sm3')}`,
};

export const importHeading = 'name,documentNumber,validFrom,validUntil,mobile,passwordHash,verifiedAt\n';

/** The line of a generated person; `hash` empty: they wait for their activation. */
export function importLine(ordinal: number, hash = ''): string {
  const { name, document, mobile } = generatedPerson(ordinal);
  return `${name},${document.number},${document.validFrom},${document.validUntil},${mobile},${hash},${hash && '2021-06-01'}\n`;
}

const hashes = Object.values(legacyHashes);
const everyTenth = 10;

/** The same for any ordinal: every tenth has one of the hashes in turn. */
export function mixedLine(ordinal: number): string {
  return importLine(ordinal, ordinal % everyTenth === 0 ? hashes[(ordinal / everyTenth) % hashes.length] : '');
}

async function writePeople(count: number, path: string, first: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(importHeading);
  for (let ordinal = first; ordinal < first + count; ordinal += 1) {
    if (!file.write(mixedLine(ordinal))) await once(file, 'drain');
  }
  file.end();
  await finished(file);
}

if (process.argv[1] === import.meta.filename) {
  const [count = '', path = '', first = '0'] = process.argv.slice(2);
  await writePeople(Number(count), path, Number(first));
}
