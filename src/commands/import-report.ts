import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ImportReport, ReportedLine } from '../domain/person/import.ts';
import { FileRefused } from './import-file.ts';

export interface ReportFile extends ImportReport {
  close(): Promise<void>;
}

const heading = 'line,outcome,column,reason\n';

/** CSV with a line for each line of the import: its number, how it ended and why; nothing personal. */
export async function openReport(path: string): Promise<ReportFile> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
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

/** Without a file: only the counts are told. */
export const noReport: ReportFile = { write: async (at) => at, close: async () => {} };

function row({ line, outcome, field = '', reason = '' }: ReportedLine): string {
  return `${line},${outcome},${field},${reason}\n`;
}
