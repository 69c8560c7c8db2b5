import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAccountStore } from '../../adapters/database/accounts.ts';
import { createActivationStore } from '../../adapters/database/activations.ts';
import { createPersonStore } from '../../adapters/database/persons.ts';
import { createEvidenceStore } from '../../adapters/database/evidence.ts';
import { createImportStore } from '../../adapters/database/imports.ts';
import { createUnitOfWork } from '../../adapters/database/unit-of-work.ts';
import { generatedPerson } from '../../sandbox/generated-people.ts';
import { importPeople, type ImportDeps, type ImportLine, type ReportedLine } from '../../src/domain/person/import.ts';
import type { ImportProgress } from '../../src/domain/person/import-progress.ts';
import type { ImportRecord } from '../../src/domain/person/import-record.ts';
import { Unavailable } from '../../src/domain/refused.ts';
import { Conflict, type UnitOfWork } from '../../src/domain/unit-of-work.ts';
import { databaseKinds, openStores, type TestStores } from '../support/stores.ts';
import { newAccount, registration } from './registered.ts';

describe.each(databaseKinds)('an import into %s', (kind) => {
  let stores: TestStores;
  let unitOfWork: UnitOfWork;
  beforeAll(async () => {
    stores = await openStores(kind);
    unitOfWork = createUnitOfWork(stores);
  });
  afterAll(() => stores.close());

  /** What a report file does, in memory. */
  const newReport = () => {
    let lines: readonly ReportedLine[] = [];
    return {
      lines: () => lines,
      write: async (at: number, more: readonly ReportedLine[]) => {
        lines = [...lines.slice(0, at), ...more.map(({ line, outcome, field, reason }) => ({ line, outcome, field, reason }))];
        return lines.length;
      },
    };
  };

  const deps = (over: Partial<ImportDeps> = {}): ImportDeps => ({
    imports: createImportStore(stores),
    unitOfWork,
    clock: stores.clock,
    policies: {
      documents: ['resident-id-card'],
      personName: { minWidth: 1, maxWidth: 100, digits: false },
      username: null,
      guardian: null,
      acceptsHash: (hash) => hash.startsWith('$2b$'),
      sealHash: (hash) => `sealed ${hash}`,
    },
    report: newReport(),
    progressed: () => {},
    ...over,
  });

  const run = (
    lines: readonly ImportLine[],
    over: Partial<ImportDeps> = {},
    options: { file?: string; dryRun?: boolean } = {},
  ): Promise<ImportProgress> =>
    importPeople(deps(over), asStream(lines), { file: `file ${randomInt(2 ** 40)}`, source: 'health-code', dryRun: false, ...options });

  /** Another person at each call: tests share the database. */
  let ordinal = randomInt(900_000_000);
  const somebody = (about: ImportRecord = {}): ImportRecord => {
    ordinal += 1;
    const { name, mobile, document } = generatedPerson(ordinal);
    return { name, documentNumber: document.number, validUntil: document.validUntil, mobile, ...about };
  };
  const withHash = { passwordHash: '$2b$10$…', verifiedAt: '2021-06-01' };

  const count = async (): Promise<unknown> => {
    const tables = ['subject', 'person', 'account', 'credential', 'evidence', 'activation', 'audit_event'] as const;
    return Promise.all(
      tables.map(
        async (table) =>
          (
            await stores.db
              .selectFrom(table)
              .select(({ fn }) => fn.countAll().as('count'))
              .executeTakeFirst()
          )?.count,
      ),
    );
  };

  it('makes active accounts of people with a hash, and people who wait of the others', async () => {
    const [active, waiting] = [somebody(withHash), somebody()];
    const { counts, line, finishedAt } = await run(numbered([active, waiting]));
    expect([counts, line]).toEqual([{ imported: 1, 'activated-later': 1, duplicate: 0, invalid: 0 }, 3]);
    expect(finishedAt).toEqual(stores.clock.now());

    const account = await createAccountStore(stores).byIdentifier('document', `resident-id-card:${active.documentNumber}`);
    expect(account).toMatchObject({ status: 'active' });
    expect(await createAccountStore(stores).password(account?.id ?? '')).toMatchObject({
      hash: `sealed ${withHash.passwordHash}`,
      set: undefined,
    });
    expect(await createEvidenceStore(stores).ofAccount(account?.id ?? '')).toMatchObject([
      { kind: 'real-name', source: 'health-code', verifiedAt: new Date('2021-05-31T16:00:00Z') },
    ]);

    const activations = createActivationStore(stores);
    expect(await activations.byDocument('resident-id-card', waiting.documentNumber ?? '')).toMatchObject({
      person: { name: waiting.name, document: { number: waiting.documentNumber } },
      mobile: waiting.mobile,
      source: 'health-code',
    });
    expect(await activations.byDocument('resident-id-card', active.documentNumber ?? '')).toBeUndefined();
    expect(await createAccountStore(stores).byIdentifier('document', `resident-id-card:${waiting.documentNumber}`)).toBeUndefined();
    expect(await createAccountStore(stores).byIdentifier('mobile', waiting.mobile ?? '')).toBeUndefined();
  });

  it('says of every line how it ended and why', async () => {
    const [first, second] = [somebody(withHash), somebody()];
    const report = newReport();
    const lines = [
      first,
      second,
      { ...second, mobile: '13900000000' },
      somebody({ ...withHash, mobile: first.mobile ?? '' }),
      somebody({ name: '张1' }),
      somebody({ mobile: second.mobile ?? '' }),
    ];
    await run([...numbered(lines), { number: 8, content: { refused: 'line.quotes' } }], { report });
    const taken = { outcome: 'duplicate', reason: 'taken' };
    expect(report.lines()).toEqual([
      { line: 2, outcome: 'imported', field: undefined, reason: undefined },
      { line: 3, outcome: 'activated-later', field: undefined, reason: undefined },
      { line: 4, ...taken, field: 'documentNumber' },
      { line: 5, ...taken, field: 'mobile' },
      { line: 6, outcome: 'invalid', field: 'name', reason: 'name.invalid:digits' },
      // Whole families gave one mobile: that decides at the activation.
      { line: 7, outcome: 'activated-later', field: undefined, reason: undefined },
      { line: 8, outcome: 'invalid', field: undefined, reason: 'line.quotes' },
    ]);
  });

  it('knows people who are there already, and those of its own earlier chunks', async () => {
    const [known, again] = [somebody(withHash), somebody()];
    await run(numbered([known]));
    const filling = Array.from({ length: 600 }, () => somebody());
    const { counts } = await run(numbered([again, ...filling, known, again]));
    expect(counts).toEqual({ imported: 0, 'activated-later': 601, duplicate: 2, invalid: 0 });
  });

  it('is tried without a write that stays', async () => {
    const again = somebody();
    const lines = numbered([again, ...Array.from({ length: 600 }, () => somebody(withHash)), again, somebody({ documentNumber: '1' })]);
    const [before, report] = [await count(), newReport()];
    const { counts } = await run(lines, { report }, { dryRun: true });
    expect(counts).toEqual({ imported: 600, 'activated-later': 1, duplicate: 1, invalid: 1 });
    expect(await count()).toEqual(before);
    const real = newReport();
    expect((await run(lines, { report: real })).counts).toEqual(counts);
    expect(real.lines()).toEqual(report.lines());
  });

  it('that ends anywhere goes on there, without a duplicate or a gap, and with the report of one that never did', async () => {
    const lines = numbered(Array.from({ length: 1800 }, (_, index) => somebody(index % 7 === 0 ? { name: '' } : {})));
    const [report, file] = [newReport(), `file ${randomInt(2 ** 40)}`];
    const dying = (after: number): UnitOfWork => {
      let left = after;
      return {
        async commit(...args) {
          if (left === 0) throw new Error('the power goes');
          left -= 1;
          await unitOfWork.commit(...args);
        },
      };
    };
    await expect(run(lines, { report, unitOfWork: dying(2) }, { file })).rejects.toThrow('the power goes');
    await expect(run(lines, { report, unitOfWork: dying(0) }, { file })).rejects.toThrow('the power goes');
    const { counts } = await run(lines, { report }, { file });
    expect(counts).toEqual({ imported: 0, 'activated-later': 1542, duplicate: 0, invalid: 258 });
    expect(report.lines().map(({ line }) => line)).toEqual(lines.map(({ number }) => number));

    const stopped = await run(lines, { report, unitOfWork: dying(0) }, { file });
    expect(stopped.counts).toEqual(counts);
  });

  it('does not write twice what was committed without an answer', async () => {
    let lost = false;
    const half: UnitOfWork = {
      async commit(...args) {
        await unitOfWork.commit(...args);
        if (lost) return;
        lost = true;
        throw new Unavailable('database');
      },
    };
    const { counts } = await run(numbered(Array.from({ length: 501 }, () => somebody())), { unitOfWork: half });
    expect(counts).toEqual({ imported: 0, 'activated-later': 501, duplicate: 0, invalid: 0 });
  });

  it('takes nobody who registers in the same moment', async () => {
    const record = somebody(withHash);
    let registered = false;
    const racing: UnitOfWork = {
      async commit(...args) {
        if (!registered) {
          registered = true;
          await unitOfWork.commit('register', registration(newAccount({ mobile: record.mobile ?? '' })));
        }
        await unitOfWork.commit(...args);
      },
    };
    const { counts } = await run(numbered([record, somebody(withHash)]), { unitOfWork: racing });
    expect(counts).toEqual({ imported: 1, 'activated-later': 0, duplicate: 1, invalid: 0 });
  });

  it('of one file by two processes goes on in one of them', async () => {
    const lines = numbered(Array.from({ length: 1500 }, () => somebody()));
    const file = `file ${randomInt(2 ** 40)}`;
    let begun = false;
    const overtaken: UnitOfWork = {
      async commit(...args) {
        if (!begun) {
          begun = true;
          await run(lines, {}, { file });
        }
        await unitOfWork.commit(...args);
      },
    };
    const failed = run(lines, { unitOfWork: overtaken }, { file });
    // Everybody is known by then, so the chunk is judged anew; the progress tells that somebody else was there.
    await expect(failed).rejects.toBeInstanceOf(Conflict);
    await expect(failed).rejects.toMatchObject({ write: 'import-progress.put', rule: 'line' });
  });

  it('[OPS-12] leaves people waiting whom no account comes to hold but by the end of their waiting, once', async () => {
    const waiting = somebody();
    await run(numbered([waiting]));
    const activations = createActivationStore(stores);
    const found = await activations.byDocument('resident-id-card', waiting.documentNumber ?? '');
    if (!found) throw new Error('nobody waits');
    const account = newAccount();
    const { id: personId, subjectId } = found.person;
    const link = { write: 'account.link-person', accountId: account.id, personId, subjectId, at: stores.clock.now() } as const;
    const end = { write: 'activation.end', personId } as const;
    const waits = async () => (await createPersonStore(stores).byDocument('resident-id-card', waiting.documentNumber ?? ''))?.waits;
    await unitOfWork.commit('register', registration(account));
    await expect(unitOfWork.commit('verify-identity', [link])).rejects.toMatchObject({ write: 'account.link-person', rule: 'account' });
    expect(await waits()).toBe(true);
    await unitOfWork.commit('activate', [end, link]);
    expect(await activations.byDocument('resident-id-card', waiting.documentNumber ?? '')).toBeUndefined();
    expect(await waits()).toBe(false);
    await expect(unitOfWork.commit('activate', [end])).rejects.toMatchObject({ write: 'activation.end', rule: 'once' });
  });
});

/** As of a file whose first line is the heading. */
function numbered(records: readonly ImportRecord[]): readonly ImportLine[] {
  return records.map((content, index) => ({ number: index + 2, content }));
}

async function* asStream(lines: readonly ImportLine[]): AsyncGenerator<ImportLine> {
  yield* lines;
}
