import type { ImportLine } from '../../domain/person/import.ts';
import { importColumns, type ImportColumn, type ImportRecord } from '../../domain/person/import-record.ts';
import { FileRefused, type FileLine } from './import-file.ts';

/** How a line is read: CSV with a heading, or one JSON object a line. */
export const formats = { csv: csvRecords, ndjson: jsonRecords };

export type Format = keyof typeof formats;

async function* csvRecords(lines: AsyncIterable<FileLine>): AsyncGenerator<ImportLine> {
  let heading: readonly ImportColumn[] | undefined;
  for await (const { number, text } of lines) {
    if (!heading) {
      heading = readHeading(text ?? '');
      continue;
    }
    if (text !== '') yield { number, content: text === undefined ? tooLong : csvRecord(heading, text) };
  }
  if (!heading) throw new FileRefused('the file is empty');
}

async function* jsonRecords(lines: AsyncIterable<FileLine>): AsyncGenerator<ImportLine> {
  for await (const { number, text } of lines) {
    if (text !== '') yield { number, content: text === undefined ? tooLong : jsonRecord(text) };
  }
}

const tooLong = { refused: 'line.too-long' };

function isColumn(name: string): name is ImportColumn {
  return (importColumns as readonly string[]).includes(name);
}

/** The least that makes somebody: a person who will activate, or an account. */
const leastColumns: readonly (readonly ImportColumn[])[] = [
  ['name', 'documentNumber'],
  ['mobile', 'passwordHash'],
];

function readHeading(text: string): readonly ImportColumn[] {
  const names = csvFields(text)?.map((name) => name.trim()) ?? [];
  const unknown = names.filter((name) => !isColumn(name));
  if (unknown.length > 0) {
    throw new FileRefused(
      `the first line must name the columns; ${unknown.length} of its ${names.length} are not known. There are ${importColumns.join(', ')}`,
    );
  }
  if (new Set(names).size < names.length) throw new FileRefused('the first line names a column twice');
  if (!leastColumns.some((least) => least.every((column) => names.includes(column)))) {
    throw new FileRefused(`columns are missing: at least ${leastColumns.map((least) => least.join(' and ')).join(', or ')}`);
  }
  return names.filter(isColumn);
}

function csvRecord(heading: readonly ImportColumn[], text: string): ImportLine['content'] {
  const fields = csvFields(text);
  if (!fields) return { refused: 'line.quotes' };
  if (fields.length !== heading.length) return { refused: 'line.columns' };
  return recordOf(heading.map((column, index) => [column, fields[index] ?? '']));
}

/** A quoted field, or a plain one; then a comma or the end. Unrolled, so that no line makes it slow. */
const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)/y;

/** The fields of one line (RFC 4180, but for line breaks in fields: no data of people has any); undefined when quotes do not fit. */
export function csvFields(line: string): readonly string[] | undefined {
  const fields: string[] = [];
  field.lastIndex = 0;
  for (;;) {
    const match = field.exec(line);
    if (!match) return undefined;
    const [, quoted, plain = '', end] = match;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '') return fields;
  }
}

function jsonRecord(text: string): ImportLine['content'] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { refused: 'line.json' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { refused: 'line.json' };
  const fields: [ImportColumn, string][] = [];
  for (const [name, content] of Object.entries(value)) {
    if (!isColumn(name)) return { refused: 'line.members' };
    if (content === null) continue;
    if (typeof content !== 'string') return { refused: 'line.json' };
    fields.push([name, content]);
  }
  return recordOf(fields);
}

function recordOf(fields: readonly (readonly [ImportColumn, string])[]): ImportRecord {
  return Object.fromEntries(fields.map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== ''));
}
