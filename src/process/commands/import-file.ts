import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** The file to import, as bytes and lines. A record is one line, so that every line is judged by itself and resumed by its number. */

/** As `--encoding` names them; GB 18030 holds GBK and GB 2312. */
export const encodings = { 'utf-8': 'utf-8', gbk: 'gb18030' } as const;

export type Encoding = keyof typeof encodings;

/** The file as a whole is not what an import takes; the message is for whoever started the import. */
export class FileRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FileRefused';
  }
}

export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** Undefined: longer than any record of a person. */
  readonly text: string | undefined;
}

/** In bytes; the longest name, number and hash together have less than one. */
const longestLine = 16_384;

const newline = 0x0a;

/**
 * Reads the file once before anything is written.
 *
 * @returns SHA-256 of its bytes, hex
 * @throws FileRefused when its bytes are not of the encoding: better nobody than people with broken names
 */
export async function examine(path: string, encoding: Encoding): Promise<string> {
  const hash = createHash('sha256');
  const wanted = decodingCheck(encodings[encoding]);
  const utf8 = decodingCheck('utf-8');
  let ascii = true;
  let first = true;
  for await (const bytes of readStream(path)) {
    if (first && isUtf16(bytes)) throw new FileRefused('the file is UTF-16; save it as UTF-8');
    first = false;
    hash.update(bytes);
    wanted.take(bytes);
    utf8.take(bytes);
    ascii &&= bytes.every((byte) => byte < 0x80);
  }
  const wrong = wanted.wrongLine();
  if (wrong !== undefined) throw new FileRefused(wrongEncoding(encoding, wrong));
  if (encoding === 'gbk' && !ascii && utf8.wrongLine() === undefined)
    throw new FileRefused('the file is UTF-8, not GBK; leave --encoding out');
  return hash.digest('hex');
}

function wrongEncoding(encoding: Encoding, line: number): string {
  const wrong = `line ${line} is not ${encoding === 'gbk' ? 'GBK or GB 18030' : 'UTF-8'}`;
  return encoding === 'gbk'
    ? wrong
    : `${wrong}: is the file GBK (then say --encoding gbk), or was it cut off in the middle of a character?`;
}

function isUtf16(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, 2).toString('hex');
  return mark === 'fffe' || mark === 'feff';
}

/** Finds the first line that does not decode, piece by piece. */
function decodingCheck(label: string) {
  const decoder = new TextDecoder(label, { fatal: true });
  let line = 1;
  let wrong: number | undefined;
  const decodes = (bytes: Uint8Array, stream: boolean): boolean => {
    try {
      decoder.decode(bytes, { stream });
      return true;
    } catch {
      wrong = line;
      return false;
    }
  };
  return {
    take(bytes: Buffer) {
      if (wrong !== undefined) return;
      for (let start = 0, end = 0; start < bytes.length; start = end) {
        const found = bytes.indexOf(newline, start);
        end = found < 0 ? bytes.length : found + 1;
        if (!decodes(bytes.subarray(start, end), true)) return;
        if (found >= 0) line += 1;
      }
    },
    wrongLine() {
      if (wrong === undefined) decodes(new Uint8Array(), false);
      return wrong;
    },
  };
}

/** The lines of a file that `examine` let pass, without their ends. Of a line that is too long nothing is kept. */
export async function* linesOf(path: string, encoding: Encoding): AsyncGenerator<FileLine> {
  const decoder = new TextDecoder(encodings[encoding]);
  let number = 0;
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (piece: Buffer): void => {
    length += piece.length;
    if (length <= longestLine) pieces.push(piece);
    else pieces = [];
  };
  const line = (): FileLine => {
    const text = length > longestLine ? undefined : decoder.decode(Buffer.concat(pieces)).replace(/\r$/, '');
    pieces = [];
    length = 0;
    number += 1;
    return { number, text };
  };
  for await (const bytes of readStream(path)) {
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      take(bytes.subarray(start, end));
      yield line();
      start = end + 1;
    }
    take(bytes.subarray(start));
  }
  if (length > 0) yield line();
}

async function* readStream(path: string): AsyncGenerator<Buffer> {
  for await (const bytes of createReadStream(path, { highWaterMark: 262_144 })) yield Buffer.from(bytes);
}
