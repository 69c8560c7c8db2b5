import { access } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Adapters } from '../../../adapters/registry.ts';
import { migrate, pending } from '../../../adapters/database/migrate.ts';
import type { Configuration } from '../../config/configuration.ts';
import { systemClock } from '../../domain/clock.ts';
import { importPeople, type ImportLine } from '../../domain/person/import.ts';
import type { ImportProgress } from '../../domain/person/import-progress.ts';
import { Unavailable } from '../../domain/refused.ts';
import { Conflict } from '../../domain/unit-of-work.ts';
import { createLog } from '../../http/log.ts';
import type { Command } from './command.ts';
import { encodings, examine, FileRefused, linesOf, type Encoding } from './import-file.ts';
import { formats, type Format } from './import-lines.ts';
import { noReport, openReport, type ReportFile } from './import-report.ts';
import { openStores } from './open.ts';

const help = `npm run import -- <file> [options]     imports people of another system
  --format csv|ndjson     by the ending of the file otherwise
  --encoding utf-8|gbk    utf-8 otherwise
  --source <name>         where they come from, kept with them; the name of the file otherwise
  --dry-run               judges every line and writes nothing
  --report <file>         a line for each line: number, outcome, column, reason
Run it again to go on where it stopped. Columns and formats of hashes: docs/operations.md, Import.
Exit code 0: done; 1: not done; 2: done, and some lines are invalid.
`;

interface Request {
  readonly path: string;
  readonly format: Format;
  readonly encoding: Encoding;
  readonly source: string;
  readonly dryRun: boolean;
  readonly report: string | undefined;
}

export const runImport: Command = async (configuration, args, { stdout, stderr }) => {
  if (args.includes('--help')) {
    stdout.write(help);
    return 0;
  }
  try {
    const request = readArguments(args);
    const begun = systemClock.now();
    const progress = await importFile(configuration, request, stderr);
    const before = progress.finishedAt && progress.finishedAt < begun ? 'this file was imported before; ' : '';
    stdout.write(before + summary(progress, request));
    return progress.counts.invalid > 0 ? 2 : 0;
  } catch (error) {
    const message = reasonOf(error);
    if (message === undefined) throw error;
    stderr.write(`${message}\n`);
    return 1;
  }
};

/** What whoever started the import can do something about. */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof FileRefused) return error.message;
  if (error instanceof Unavailable) return 'the database does not answer; run the same command again to go on';
  if (error instanceof Conflict && error.rule === 'line') return 'another process imports this file';
  return undefined;
}

function readArguments(args: readonly string[]): Request {
  const { values, positionals } = parse(args);
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new FileRefused(help);
  const ending = extname(path).slice(1).toLowerCase();
  const { format = ending === 'jsonl' ? 'ndjson' : ending, encoding = 'utf-8', source = basename(path, extname(path)) } = values;
  if (!isKey(formats, format)) throw new FileRefused(`--format must be one of ${Object.keys(formats).join(', ')}`);
  if (!isKey(encodings, encoding)) throw new FileRefused(`--encoding must be one of ${Object.keys(encodings).join(', ')}`);
  if (!/^[a-z](?!.*\d{4})[a-z0-9-]{0,39}$/.test(source)) {
    throw new FileRefused('--source must be a word of small letters, hyphens and few digits, such as health-code');
  }
  return { path, format, encoding, source, dryRun: values['dry-run'] ?? false, report: values.report };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { format: text, encoding: text, source: text, report: text, 'dry-run': { type: 'boolean' } },
    });
  } catch (error) {
    throw new FileRefused(`${error instanceof Error ? error.message : String(error)}\n${help}`);
  }
}

function isKey<Table extends object>(table: Table, name: string): name is Extract<keyof Table, string> {
  return Object.hasOwn(table, name);
}

async function importFile(configuration: Configuration, request: Request, progressTo: NodeJS.WritableStream): Promise<ImportProgress> {
  await access(request.path).catch(() => {
    throw new FileRefused('the file cannot be read');
  });
  const file = await examine(request.path, request.encoding);
  const lines = formats[request.format](linesOf(request.path, request.encoding));
  const report = request.report === undefined ? noReport : await openReport(request.report);
  const log = createLog({ level: configuration.environment.logLevel });
  const { adapters } = await openStores(configuration, { clock: systemClock, log });
  try {
    await prepare(configuration, adapters);
    return await run(configuration, adapters, { ...request, file, lines, report, progressTo });
  } finally {
    await report.close();
    await adapters.close();
  }
}

/** As at a start: migrations run by themselves in development only. */
async function prepare({ environment }: Configuration, { database }: Adapters): Promise<void> {
  if (!environment.production) return void (await migrate(database.db));
  const waiting = await pending(database.db);
  if (waiting.length > 0) throw new FileRefused(`run "npm run migrate" first; waiting: ${waiting.join(', ')}`);
}

interface Job extends Pick<Request, 'source' | 'dryRun'> {
  readonly file: string;
  readonly lines: AsyncIterable<ImportLine>;
  readonly report: ReportFile;
  readonly progressTo: NodeJS.WritableStream;
}

function run(
  { profile }: Configuration,
  adapters: Adapters,
  { file, source, dryRun, lines, report, progressTo }: Job,
): Promise<ImportProgress> {
  const { imports, unitOfWork, hasher } = adapters;
  const { documents, personName, username, guardian } = profile;
  let told = 0;
  const deps = {
    imports,
    unitOfWork,
    clock: systemClock,
    policies: {
      documents,
      personName,
      username,
      guardian,
      acceptsHash: (hash: string) => hasher.accepts(hash),
      sealHash: (hash: string) => hasher.seal(hash),
    },
    report,
    progressed({ line }: ImportProgress) {
      if (line - told < linesBetweenNews) return;
      told = line;
      progressTo.write(`line ${line}\n`);
    },
  };
  return importPeople(deps, lines, { file, source, dryRun });
}

const linesBetweenNews = 50_000;

function summary({ line, counts, source }: ImportProgress, { dryRun }: Pick<Request, 'dryRun'>): string {
  const rows = Object.entries(counts).map(([outcome, count]) => `${String(count).padStart(9)}  ${outcome}\n`);
  return `${dryRun ? 'dry run, nothing was written: ' : ''}${source}, up to line ${line}\n${rows.join('')}`;
}
