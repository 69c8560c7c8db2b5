import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { examine, linesOf, type Encoding } from '../../../src/process/commands/import-file.ts';
import { csvFields, formats } from '../../../src/process/commands/import-lines.ts';
import type { ImportLine } from '../../../src/domain/person/import.ts';

const folder = mkdtempSync(join(tmpdir(), 'minxin-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function fileOf(content: string | Buffer): string {
  files += 1;
  const path = join(folder, String(files));
  writeFileSync(path, content);
  return path;
}

async function read(content: string | Buffer, format: keyof typeof formats, encoding: Encoding = 'utf-8'): Promise<ImportLine[]> {
  const lines: ImportLine[] = [];
  for await (const line of formats[format](linesOf(fileOf(content), encoding))) lines.push(line);
  return lines;
}

/** 张伟 in GBK. */
const gbkName = Buffer.from('d5c5ceb0', 'hex');

describe('a file of people', () => {
  it('is known by its bytes', async () => {
    const text = 'name,documentNumber\n张伟,110199199003150113\n';
    expect(await examine(fileOf(text), 'utf-8')).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('may begin with a byte-order mark and end its lines as Windows does', async () => {
    const lines = await read('\ufeffname,documentNumber\r\n张伟,110199199003150113\r\n', 'csv');
    expect(lines).toEqual([{ number: 2, content: { name: '张伟', documentNumber: '110199199003150113' } }]);
  });

  it('needs no line end behind the last line, and may have empty ones', async () => {
    expect((await read('name,documentNumber\n\n张伟,1', 'csv')).map(({ number }) => number)).toEqual([3]);
  });

  it('in GBK is read as such when that is said', async () => {
    const content = Buffer.concat([Buffer.from('name,documentNumber\n'), gbkName, Buffer.from(',1\n')]);
    await expect(examine(fileOf(content), 'utf-8')).rejects.toThrow('line 2 is not UTF-8: is the file GBK (then say --encoding gbk)');
    await examine(fileOf(content), 'gbk');
    expect(await read(content, 'csv', 'gbk')).toEqual([{ number: 2, content: { name: '张伟', documentNumber: '1' } }]);
  });

  it.each<[string, Buffer, Encoding, string]>([
    ['in UTF-8 that is said to be GBK', Buffer.from('name,documentNumber\n张伟,1\n'), 'gbk', 'is UTF-8, not GBK'],
    ['in UTF-16', Buffer.from('\ufeffname', 'utf16le'), 'utf-8', 'is UTF-16'],
    ['cut off in the middle of a character', Buffer.from('name,documentNumber\n张').subarray(0, -1), 'utf-8', 'line 2 is not UTF-8'],
    ['that is neither', Buffer.from([0x61, 0x0a, 0x62, 0x0a, 0x81, 0x20, 0x0a]), 'gbk', 'line 3 is not GBK'],
  ])('%s is refused before anything is written', async (_, content, encoding, message) => {
    await expect(examine(fileOf(content), encoding)).rejects.toThrow(message);
  });

  it.each([
    ['without a heading', '张伟,110199199003150113\n', 'must name the columns; 2 of its 2 are not known'],
    ['with a column nobody knows', 'name,documentNumber,salary\n', '1 of its 3 are not known'],
    ['with a column twice', 'name,documentNumber,name\n', 'names a column twice'],
    ['without the least columns', 'name,mobile\n', 'columns are missing: at least name and documentNumber, or mobile and passwordHash'],
    ['without anything', '', 'the file is empty'],
  ])('%s is refused', async (_, content, message) => {
    await expect(read(content, 'csv')).rejects.toThrow(message);
  });

  it('with a line of 10 MB loses that line alone', async () => {
    const content = `name,documentNumber\n${'x'.repeat(10_000_000)}\n张伟,1\n`;
    expect(await read(content, 'csv')).toEqual([
      { number: 2, content: { refused: 'line.too-long' } },
      { number: 3, content: { name: '张伟', documentNumber: '1' } },
    ]);
  });

  it.each([
    ['quotes that do not fit', '"张伟,1', 'line.quotes'],
    ['text behind a quoted field', '"张伟"x,1', 'line.quotes'],
    ['too few columns', '张伟', 'line.columns'],
    ['too many columns', '张伟,1,2', 'line.columns'],
  ])('loses a line with %s, and only that', async (_, line, reason) => {
    const [wrong, right] = await read(`name,documentNumber\n${line}\n李伟,2\n`, 'csv');
    expect(wrong).toEqual({ number: 2, content: { refused: reason } });
    expect(right).toEqual({ number: 3, content: { name: '李伟', documentNumber: '2' } });
  });

  it.each([
    ['no JSON', '{', 'line.json'],
    ['a list', '[]', 'line.json'],
    ['a number where text belongs', '{"documentNumber":1}', 'line.json'],
    ['a member nobody knows', '{"salary":"1"}', 'line.members'],
    ['a member of every object', '{"__proto__":"1"}', 'line.members'],
  ])('of JSON lines loses one with %s', async (_, line, reason) => {
    const lines = await read(`${line}\n{"name":"李伟","mobile":null,"documentNumber":" 2 "}\n`, 'ndjson');
    expect(lines).toEqual([
      { number: 1, content: { refused: reason } },
      { number: 2, content: { name: '李伟', documentNumber: '2' } },
    ]);
  });
});

describe('fields of a line', () => {
  it.each([
    ['a,b', ['a', 'b']],
    ['a,', ['a', '']],
    ['', ['']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a ""b""",c', ['a "b"', 'c']],
    ['"",""', ['', '']],
    ['a"b', undefined],
    ['"a', undefined],
    ['"a"b', undefined],
  ])('of %j are %j', (line, fields) => {
    expect(csvFields(line)).toEqual(fields);
  });

  it('are found in time that grows with the line', () => {
    // In the square of its length this would take hours.
    expect(csvFields(`"${'""'.repeat(2_000_000)}`)).toBeUndefined();
  });
});
