import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { generatedPerson } from '../../sandbox/generated-people.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, signsIn, signsInBySms } from '../support/citizen.ts';
import { eventually } from '../support/eventually.ts';
import { importedPassword, importHeading, importLine, legacyHashes, mixedLine } from '../support/import-people.ts';
import { possessionFields, passwordFields, seeksRecord } from '../support/imported.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { environmentOf, root, runMain, startProduct, type OwnProduct } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';

/** The command itself, on a database that a product serves at the same time. */
let postgres: TemporaryPostgres;
let product: OwnProduct;
let database: Client;
let env: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'minxin-import-'));

beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.createDatabase();
  product = await startProduct({ env: { DATABASE_URL: url } });
  env = { ...environmentOf(product), DATABASE_URL: url };
  database = new Client({ connectionString: url });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await product?.remove();
  await postgres?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const numberOf = async (query: string): Promise<number> => Number((await database.query<{ count: string }>(query)).rows[0]?.count ?? 0);

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, importHeading + lines.join(''));
  return path;
}

describe('an import', () => {
  it('[OPX-09] that is killed again and again ends without a duplicate or a gap, and with a whole report', async () => {
    const first = 500_000_000;
    const count = 5000;
    // Every hundredth line is nobody.
    const lines = Array.from({ length: count }, (_, index) => (index % 100 === 50 ? '无名氏,1,,,,,\n' : mixedLine(first + index)));
    const path = file('killed.csv', lines);
    const report = join(folder, 'killed-report.csv');
    const args = ['import', path, '--source', 'killed', '--report', report];
    const [people, accounts] = [await numberOf('select count(*) from person'), await numberOf('select count(*) from account')];
    let line = 0;
    for (let kill = 0; kill < 4; kill += 1) line = await killedAfter(line, args);
    expect(line).toBeGreaterThan(1);
    expect(line).toBeLessThan(count);

    const { code, output } = await runMain(args, env);
    expect([code, output.split('\n').map((row) => row.trim())]).toEqual([
      2,
      [`killed, up to line ${count + 1}`, '450  imported', '4500  activated-later', '0  duplicate', '50  invalid', ''],
    ]);
    expect(await numberOf('select count(*) from person')).toBe(people + count - 50);
    expect(await numberOf('select count(*) from account')).toBe(accounts + 450);
    expect(await numberOf(`select count(*) from activation where source = 'killed'`)).toBe(4500);
    expect(
      await numberOf(
        'select count(*) from subject where not exists (select from person where subject_id = subject.id) and not exists (select from account where subject_id = subject.id)',
      ),
    ).toBe(0);

    const rows = readFileSync(report, 'utf8').trimEnd().split('\n');
    expect(rows).toEqual(['line,outcome,column,reason', ...lines.map((text, index) => expectedRow(index + 2, text))]);
    expect((await runMain(args, env)).output).toMatch(/^this file was imported before; killed, up to line 5001/);
  });

  /** Starts it, waits until it got further, and ends it like a power cut a moment later. */
  async function killedAfter(line: number, args: readonly string[]): Promise<number> {
    const child = spawn(process.execPath, [join(root, 'src/process/main.ts'), ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'], ...env },
      stdio: 'ignore',
    });
    const gone = once(child, 'exit');
    const reached = async () => numberOf(`select line as count from import_run where source = 'killed'`);
    await eventually(`line ${line + 1} of the import`, async () => (await reached()) > line, 5);
    await sleep(Math.random() * 200);
    child.kill('SIGKILL');
    await gone;
    return reached();
  }

  it('[OPX-09 DIS-01] lets people sign in with the password they have, whatever the rule is today, which is hashed anew', async () => {
    const kinds = Object.entries(legacyHashes);
    const first = 600_000_000;
    const path = file(
      'hashes.csv',
      kinds.map(([, hash], index) => importLine(first + index, hash)),
    );
    expect((await runMain(['import', path, '--source', 'earlier-city'], env)).code).toBe(0);
    const stored = (form: string) =>
      numberOf(`select count(*) from credential join account on account.id = account_id join evidence using (person_id)
        where source = 'earlier-city' and hash like '${form}'`);
    // Whoever has the table has nothing to guess at.
    expect(await stored('$sealed$keyid=1$%')).toBe(kinds.length);
    for (const index of kinds.keys()) {
      const { mobile, document } = generatedPerson(first + index);
      const person = newPerson(product);
      await person.goes('/login');
      await signsIn(person, { username: mobile, password: 'Not-This-2026' });
      expect(person.page.error?.code).toBe('credentials.wrong');
      await signsIn(person, { username: document.number, password: importedPassword });
      expect(person.page.url.pathname).toBe('/account');
    }
    expect(await stored('$argon2id$%keyid=1$%')).toBe(kinds.length);

    const again = newPerson(product);
    await again.goes('/login');
    await signsIn(again, { username: generatedPerson(first).mobile, password: importedPassword });
    expect(again.page.url.pathname).toBe('/account');
  });

  it('of earlier days, when hashes were stored as they came, is sealed by itself', async () => {
    const first = 620_000_000;
    const kinds = Object.values(legacyHashes);
    const path = file(
      'earlier.csv',
      kinds.map((hash, index) => importLine(first + index, hash)),
    );
    expect((await runMain(['import', path, '--source', 'earlier-days'], env)).code).toBe(0);
    const { rows } = await database.query<{ id: string }>(
      `select account.id from account join evidence using (person_id) where source = 'earlier-days' order by account.id`,
    );
    for (const [index, { id }] of rows.entries())
      await database.query('update credential set hash = $1 where account_id = $2', [kinds[index], id]);
    const open = () => numberOf(`select count(*) from credential where hash not like '$argon2id$%,keyid=%' and hash not like '$sealed$%'`);
    expect(await open()).toBe(kinds.length);
    await sandboxOf(product).waits(800);
    await eventually('no hash of another system', async () => (await open()) === 0);
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, { username: generatedPerson(first).mobile, password: importedPassword });
    expect(person.page.url.pathname).toBe('/account');
  });

  it('knows of no mobile that it is theirs: services are told so, until a code was redeemed in the account', async () => {
    const first = 610_000_000;
    const path = file(
      'mobiles.csv',
      [0, 1, 2].map((index) => importLine(first + index, legacyHashes['pbkdf2'])),
    );
    expect((await runMain(['import', path, '--source', 'mobiles'], env)).code).toBe(0);
    const service = await relyingParty(product, 'basic');
    const learns = async (person: Person) => {
      await allows(person);
      const { phone_number: mobile, phone_number_verified: verified } = (await service.receives(person)).userinfo;
      return [mobile, verified];
    };
    const comes = (person?: Person) => service.sendsToUs({ scope: 'openid phone', prompt: 'login' }, person);

    // Signed in by a password, then by a code.
    const { mobile, document } = generatedPerson(first);
    const person = await comes();
    await signsIn(person, { username: mobile, password: importedPassword });
    expect(await learns(person)).toEqual([`+86${mobile}`, false]);
    await comes(person);
    await signsInBySms(person, { mobile });
    expect(await learns(person)).toEqual([`+86${mobile}`, true]);
    await comes(person);
    await signsIn(person, { username: document.number, password: importedPassword });
    expect(await learns(person)).toEqual([`+86${mobile}`, true]);

    // A code in the account centre, by whoever signed in with the password.
    const other = generatedPerson(first + 1);
    const owner = await comes();
    await signsIn(owner, { username: other.mobile, password: importedPassword });
    expect(await learns(owner)).toEqual([`+86${other.mobile}`, false]);
    await owner.goes('/account/mobile');
    await owner.asksForCode();
    await owner.submits({ code: await owner.readsCode(other.mobile) });
    await comes(owner);
    await signsIn(owner, { username: other.mobile, password: importedPassword });
    expect(await learns(owner)).toEqual([`+86${other.mobile}`, true]);

    // A code that somebody asked for, and nobody redeemed.
    const third = generatedPerson(first + 2);
    const stranger = await comes();
    await stranger.opens('#tab-sms-code');
    await stranger.asksForCode({ mobile: third.mobile });
    await stranger.submits({ mobile: third.mobile, code: '000000' });
    const late = await comes();
    await signsIn(late, { username: third.mobile, password: importedPassword });
    expect(await learns(late)).toEqual([`+86${third.mobile}`, false]);
  });

  it('[OPS-12] leaves people without a password unknown to sign-in until they activate their account', async () => {
    const imported = generatedPerson(700_000_000);
    const path = file('waiting.csv', [importLine(700_000_000)]);
    expect((await runMain(['import', path, '--source', 'health-code'], env)).code).toBe(0);
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, { username: imported.document.number, password: importedPassword });
    expect(person.page.error?.code).toBe('credentials.wrong');
    await person.goes('/activate');
    await seeksRecord(person, imported, imported.mobile);
    await person.submits(possessionFields(imported));
    await person.submits(passwordFields);
    expect(person.page.outcome).toBe('done');
    expect(await numberOf(`select count(*) from activation where source = 'health-code'`)).toBe(0);
  });

  it('[OPX-09] is tried first, without a write', async () => {
    const path = file('tried.csv', [importLine(710_000_000), importLine(710_000_000), '\n']);
    const people = await numberOf('select count(*) from person');
    const { code, output } = await runMain(['import', path, '--source', 'tried', '--dry-run'], env);
    expect(code).toBe(0);
    expect(output).toMatch(
      /^dry run, nothing was written: tried, up to line 3\n\s+0 {2}imported\n\s+1 {2}activated-later\n\s+1 {2}duplicate\n/,
    );
    expect([
      await numberOf('select count(*) from person'),
      await numberOf(`select count(*) from import_run where source = 'tried'`),
    ]).toEqual([people, 0]);
  });

  it('[OPX-09] writes its report over no file that is none, least of all over the people', async () => {
    const path = file('only-copy.csv', [importLine(720_000_000)]);
    const before = readFileSync(path, 'utf8');
    const { code, output } = await runMain(['import', path, '--source', 'only-copy', '--report', path], env);
    expect([code, output]).toEqual([1, 'the file of --report is there and is no report; give another name\n']);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(await numberOf(`select count(*) from import_run where source = 'only-copy'`)).toBe(0);

    const args = ['import', path, '--source', 'only-copy', '--report', join(folder, 'report.csv')];
    expect((await runMain([...args, '--dry-run'], env)).code).toBe(0);
    expect((await runMain(args, env)).code).toBe(0);
    expect(readFileSync(join(folder, 'report.csv'), 'utf8')).toBe('line,outcome,column,reason\n2,activated-later,,\n');
  });

  it.each([
    ['a file that is not there', ['nowhere.csv'], /^the file cannot be read\n$/],
    ['no file', [], /^npm run import -- <file>/],
    ['an option nobody knows', ['people.csv', '--fast'], /Unknown option '--fast'/],
    ['a format nobody knows', ['people.xlsx'], /^--format must be one of csv, ndjson\n$/],
    ['a source that might be personal', ['people.csv', '--source', '13800000001'], /^--source must be a word/],
  ])('says what is wrong with %s', async (_, args, message) => {
    const { code, output } = await runMain(['import', ...args], env);
    expect([code, output]).toEqual([1, expect.stringMatching(message)]);
  });

  it('says how it is used', async () => {
    const { code, output } = await runMain(['import', '--help'], env);
    expect([code, output]).toEqual([0, expect.stringContaining('--dry-run')]);
  });
});

function expectedRow(line: number, text: string): string {
  if (text.startsWith('无名氏')) return `${line},invalid,documentNumber,document.invalid:length`;
  return `${line},${text.includes('$') ? 'imported' : 'activated-later'},,`;
}
