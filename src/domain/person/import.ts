import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { Refused, Unavailable } from '../refused.ts';
import { audited } from '../audit/record.ts';
import { Conflict, type UnitOfWork, type Write, type WriteName } from '../unit-of-work.ts';
import type { Identifiers, ImportCounts, ImportOutcome, ImportProgress, ImportStore, TakenIdentifiers } from './import-progress.ts';
import {
  checkImported,
  identifiersOf,
  type Imported,
  type ImportedAccount,
  type ImportPolicies,
  type ImportRecord,
} from './import-record.ts';

/** One line of the file; `refused`: why it is no record, such as `line.quotes`. */
export interface ImportLine {
  readonly number: number;
  readonly content: ImportRecord | { readonly refused: string };
}

/** What the report says of a line; nothing personal. */
export interface ReportedLine {
  readonly line: number;
  readonly outcome: ImportOutcome;
  /** Column. */
  readonly field: string | undefined;
  readonly reason: string | undefined;
}

export interface ImportReport {
  /**
   * Writes the lines from byte `at` on and cuts off whatever stood behind, so that a report never says more than
   * the database holds.
   *
   * @returns where they end
   */
  write(at: number, lines: readonly ReportedLine[]): Promise<number>;
}

export interface ImportDeps {
  readonly imports: ImportStore;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly policies: ImportPolicies;
  readonly report: ImportReport;
  readonly progressed: (progress: ImportProgress) => void;
}

export interface ImportOptions {
  /** SHA-256 of the file, hex. */
  readonly file: string;
  readonly source: string;
  readonly dryRun: boolean;
}

/** People of one transaction: some statements of so many rows each. */
const chunkSize = 500;

const none: ImportCounts = { imported: 0, 'activated-later': 0, duplicate: 0, invalid: 0 };

/**
 * Imports people chunk by chunk (OPX-09). Where it stands is written in the transaction of the people, so a killed
 * import goes on behind the last chunk that is there; what is finished is not begun again. Memory does not grow with
 * the file.
 *
 * @param lines - all lines of the file, in order
 * @throws Conflict (rule `line`) when another process imports the same file
 * @throws Unavailable when the database stays away; call again to go on
 */
export async function importPeople(deps: ImportDeps, lines: AsyncIterable<ImportLine>, options: ImportOptions): Promise<ImportProgress> {
  if (options.dryRun) return rehearse(deps, lines, options);
  const { file, source } = options;
  const start = (await deps.imports.progress(file, source)) ?? begin(deps, options);
  if (start.finishedAt) return start;
  return runChunks(deps, lines, start, (chunk, progress) => importChunk(deps, chunk, progress));
}

function begin({ clock }: Pick<ImportDeps, 'clock'>, { file, source }: ImportOptions): ImportProgress {
  return { file, source, line: 0, reportBytes: 0, counts: none, startedAt: clock.now(), finishedAt: undefined };
}

/** The same without a write that stays. */
async function rehearse(deps: ImportDeps, lines: AsyncIterable<ImportLine>, options: ImportOptions): Promise<ImportProgress> {
  const rehearsal = await deps.imports.rehearse();
  try {
    return await runChunks(deps, lines, begin(deps, options), async (chunk, progress) => {
      const settled = await settle(deps, rehearsal, chunk.lines);
      await rehearsal.note(union(settled.flatMap(({ imported }) => (imported ? [identifiersOf(imported)] : []))));
      return advanced(deps, chunk, progress, settled);
    });
  } finally {
    await rehearsal.end();
  }
}

interface Chunk {
  readonly lines: readonly ImportLine[];
  /** Nothing comes behind it. */
  readonly last: boolean;
}

async function runChunks(
  { progressed }: Pick<ImportDeps, 'progressed'>,
  lines: AsyncIterable<ImportLine>,
  start: ImportProgress,
  run: (chunk: Chunk, progress: ImportProgress) => Promise<ImportProgress>,
): Promise<ImportProgress> {
  let progress = start;
  let waiting: ImportLine[] = [];
  for await (const line of lines) {
    if (line.number <= start.line) continue;
    waiting.push(line);
    if (waiting.length < chunkSize) continue;
    progress = await run({ lines: waiting, last: false }, progress);
    progressed(progress);
    waiting = [];
  }
  return run({ lines: waiting, last: true }, progress);
}

const mostAttempts = 6;

async function importChunk(deps: ImportDeps, chunk: Chunk, progress: ImportProgress): Promise<ImportProgress> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const settled = await settle(deps, deps.imports, chunk.lines);
      const next = await advanced(deps, chunk, progress, settled);
      await deps.unitOfWork.commit('import', chunkWrites(deps, settled, next, progress.line));
      return next;
    } catch (error) {
      if (attempt === mostAttempts) throw error;
      // Somebody registered one of these meanwhile: ask again who is taken.
      if (error instanceof Conflict && error.write !== 'import-progress.put') continue;
      if (!(error instanceof Unavailable)) throw error;
      await sleep(500 * 2 ** attempt);
      const stored = await deps.imports.progress(progress.file, progress.source).catch(() => undefined);
      // It was committed, and only the answer was lost.
      if (stored && (stored.line > progress.line || stored.finishedAt)) return stored;
    }
  }
}

/** How a line ends: with somebody to write, or with the reason why not. */
interface Settled extends ReportedLine {
  readonly imported: Imported | undefined;
}

async function settle(
  { policies, clock }: ImportDeps,
  store: Pick<ImportStore, 'taken'>,
  lines: readonly ImportLine[],
): Promise<readonly Settled[]> {
  const now = clock.now();
  const judged = lines.map((line) => judge(line, policies, now));
  const taken = await store.taken(union(judged.flatMap(({ imported }) => (imported ? [identifiersOf(imported)] : []))));
  const seen = { documents: new Set(taken.documents), mobiles: new Set(taken.mobiles), usernames: new Set(taken.usernames) };
  return judged.map((line) => {
    const field = line.imported && duplicated(identifiersOf(line.imported), seen);
    return field ? { ...line, imported: undefined, outcome: 'duplicate', field, reason: 'taken' } : line;
  });
}

function judge({ number: line, content }: ImportLine, policies: ImportPolicies, now: Date): Settled {
  const invalid = { line, outcome: 'invalid', imported: undefined } as const;
  if ('refused' in content) return { ...invalid, field: undefined, reason: content.refused };
  try {
    const imported = checkImported(content, policies, now);
    return { line, imported, outcome: imported.kind === 'account' ? 'imported' : 'activated-later', field: undefined, reason: undefined };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code, field, params } = error;
    return { ...invalid, field, reason: params.reason === undefined ? code : `${code}:${params.reason}` };
  }
}

/** The column somebody else has already; else the identifiers are from now on taken by this one. */
function duplicated(own: Identifiers, seen: { readonly [Kind in keyof TakenIdentifiers]: Set<string> }): string | undefined {
  if (own.documents.some((value) => seen.documents.has(value))) return 'documentNumber';
  if (own.mobiles.some((value) => seen.mobiles.has(value))) return 'mobile';
  if (own.usernames.some((value) => seen.usernames.has(value))) return 'username';
  for (const value of own.documents) seen.documents.add(value);
  for (const value of own.mobiles) seen.mobiles.add(value);
  for (const value of own.usernames) seen.usernames.add(value);
  return undefined;
}

function union(all: readonly Identifiers[]): Identifiers {
  return {
    documents: all.flatMap(({ documents }) => documents),
    mobiles: all.flatMap(({ mobiles }) => mobiles),
    usernames: all.flatMap(({ usernames }) => usernames),
  };
}

/** The report first: what is in it but not in the database is cut off by the next attempt. */
async function advanced(
  { report, clock }: ImportDeps,
  { lines, last }: Chunk,
  progress: ImportProgress,
  settled: readonly Settled[],
): Promise<ImportProgress> {
  const counts = { ...progress.counts };
  for (const { outcome } of settled) counts[outcome] += 1;
  return {
    ...progress,
    counts,
    line: lines.at(-1)?.number ?? progress.line,
    reportBytes: await report.write(progress.reportBytes, settled),
    finishedAt: last ? clock.now() : undefined,
  };
}

function chunkWrites({ clock }: ImportDeps, settled: readonly Settled[], progress: ImportProgress, after: number): readonly Write[] {
  const at = clock.now();
  const people = settled.flatMap(({ imported, line }) => (imported ? personWrites(imported, { ...progress, line }, at) : []));
  const details = { source: progress.source, reference: `${progress.file.slice(0, 12)}:${after}-${progress.line}` };
  return [
    ...people.toSorted((left, right) => writeOrder.indexOf(left.write) - writeOrder.indexOf(right.write)),
    { write: 'import-progress.put', progress, after, at },
    audited('people.imported', at, {}, details),
  ];
}

/** Writes of one name next to each other: the unit of work makes one statement of each run. */
const writeOrder: readonly WriteName[] = [
  'subject.insert',
  'account.insert',
  'password.put',
  'person.insert',
  'account.link-person',
  'activation.insert',
  'evidence.insert',
];

function personWrites(
  imported: Imported,
  { source, file, line }: Pick<ImportProgress, 'source' | 'file' | 'line'>,
  at: Date,
): readonly Write[] {
  const subjectId = randomUUID();
  const subject: Write = { write: 'subject.insert', id: subjectId, createdAt: at };
  if (imported.kind === 'account')
    return [subject, ...accountWrites(imported, subjectId, { source, reference: `${file.slice(0, 12)}:${line}` }, at)];
  const person = { ...imported.identity, id: randomUUID(), subjectId };
  return [
    subject,
    { write: 'person.insert', person, at },
    { write: 'activation.insert', personId: person.id, mobile: imported.mobile, source, at },
  ];
}

/** What the earlier programme made them agree to is not our agreement. */
const agreementVersion = 'imported';

function accountWrites(
  { mobile, username, passwordHash, verified }: ImportedAccount,
  subjectId: string,
  origin: { readonly source: string; readonly reference: string },
  at: Date,
): readonly Write[] {
  const id = randomUUID();
  const agreement = { version: agreementVersion, acceptedAt: at };
  const account: readonly Write[] = [
    {
      write: 'account.insert',
      account: { id, subjectId, username, mobile, mobileProvenAt: undefined, email: undefined, agreement, createdAt: at },
    },
    { write: 'password.put', accountId: id, hash: passwordHash, at },
  ];
  if (!verified) return account;
  const person = { ...verified.identity, id: randomUUID(), subjectId };
  const { at: verifiedAt, expiresAt } = verified;
  return [
    ...account,
    { write: 'person.insert', person, at },
    { write: 'account.link-person', accountId: id, personId: person.id, subjectId, at },
    { write: 'evidence.insert', evidence: { id: randomUUID(), personId: person.id, kind: 'real-name', verifiedAt, expiresAt, ...origin } },
  ];
}
