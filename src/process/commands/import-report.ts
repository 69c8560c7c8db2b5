import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { ImportReport, ReportedLine } from '../../domain/person/import.ts';
import { FileRefused } from './import-file.ts';

export interface ReportFile extends ImportReport {
  close(): Promise<void>;
}

const heading = 'line,outcome,column,reason\n';

/**
 * CSV with a line for each line of the import: its number, how it ended and why; nothing personal.
 *
 * @throws FileRefused where something else stands in the file: it may be the only copy of the people
 */
export async function openReport(path: string): Promise<ReportFile> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  if (!(await isReport(file))) {
    await file.close();
    throw new FileRefused('the file of --report is there and is no report; give another name');
  }
  return {
    async write(at, lines) {
      if ((await file.stat()).size < at) {
        throw new FileRefused('the report is shorter than the import that began it; give the same --report, or none');
      }
      const text = Buffer.from((at === 0 ? heading : '') + lines.map(row).join(''));
      await file.truncate(at);
      await file.write(text, 0, text.length, at);
      await file.datasync();
      return at + text.length;
    },
    close: () => file.close(),
  };
}

async function isReport(file: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(heading.length), 0, heading.length, 0);
  return bytesRead === 0 || buffer.toString() === heading;
}

/** Without a file: only the counts are told. */
export const noReport: ReportFile = { write: async (at) => at, close: async () => {} };

function row({ line, outcome, field = '', reason = '' }: ReportedLine): string {
  return `${line},${outcome},${field},${reason}\n`;
}
