import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from '../support/product.ts';

/** Whoever checks the rules must be checked: a parser that reads nothing finds nothing wrong. */

/** What dependency-cruiser says, as far as it is looked at here. */
interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string; readonly to: string }[];
  };
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly unknown[] }[];
}

/** Each row: the rule, a file, and what it must not import. */
const planted: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['domain-stands-alone', 'src/domain/otp.ts', 'src/http/page.ts'],
  ['http-knows-domain', 'src/http/page.ts', 'src/oidc/policy.ts'],
  ['oidc-knows-http', 'src/oidc/policy.ts', 'src/config/profile.ts'],
  ['config-knows-domain', 'src/config/profile.ts', 'src/http/words.ts'],
  ['pages-know-src', 'interactions/login/login.ts', 'src/config/environment.ts'],
  ['adapters-implement-ports', 'adapters/sms/log.ts', 'src/http/words.ts'],
  ['migrations-know-nothing', 'migrations/people.ts', 'src/domain/clock.ts'],
  ['sandbox-knows-domain', 'sandbox/people.ts', 'src/http/words.ts'],
  ['journeys-are-islands', 'interactions/recover/recover.ts', 'interactions/login/tabs.ts'],
  ['adapters-are-islands', 'adapters/mail/log.ts', 'adapters/sms/delivery.ts'],
  ['only-the-process-wires', 'interactions/register/register.ts', 'adapters/sms/delivery.ts'],
  ['only-the-process-wires', 'src/config/clients.ts', 'sandbox/clients.ts'],
  ['nothing-points-up-at-the-process', 'interactions/landing/landing.ts', 'src/process/assembly.ts'],
];

const allowed: readonly (readonly [from: string, to: string])[] = [
  ['src/http/errors.ts', 'src/domain/clock.ts'],
  ['src/oidc/claims.ts', 'src/http/words.ts'],
  ['interactions/help/help.ts', 'src/oidc/claims.ts'],
  ['interactions/help/help.ts', 'interactions/layout/frame.ts'],
  ['adapters/redis/otps.ts', 'adapters/redis/keys.ts'],
  ['adapters/redis/otps.ts', 'src/domain/clock.ts'],
  ['src/process/app.ts', 'adapters/redis/otps.ts'],
  ['src/process/main.ts', 'sandbox/clock.ts'],
];

const folders = ['src', 'interactions', 'adapters', 'migrations', 'sandbox'];

let tree: string;

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'minxin-imports-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) cpSync(join(root, file), join(tree, file));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

/** Files that import each other: types on purpose, which disappear when the code runs and count all the same. */
function grow(imports: readonly (readonly [from: string, to: string])[]): void {
  for (const folder of folders) {
    rmSync(join(tree, folder), { recursive: true, force: true });
    mkdirSync(join(tree, folder));
  }
  const lines = new Map<string, string[]>(imports.flat().map((file) => [file, []]));
  for (const [index, [from, to]] of imports.entries()) {
    const path = `${'../'.repeat(from.split('/').length - 1)}${to}`;
    lines
      .get(from)
      ?.push(
        `import type { Thing as Thing${index} } from '${path.startsWith('.') ? path : `./${path}`}';`,
        `export type Used${index} = Thing${index};`,
      );
  }
  for (const [file, content] of lines) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), ['export interface Thing { readonly name: string }', ...content, ''].join('\n'));
  }
}

/** As `npm run imports` does it. */
function cruise(folder: string): Report {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [program, ...folders, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
  if (stdout === '') throw new Error(stderr);
  const report: Report = JSON.parse(stdout);
  return report;
}

function violations(): readonly { rule: string; from: string; to: string }[] {
  return cruise(tree).summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

describe('the import rules', () => {
  it('let pass what the house allows', () => {
    grow(allowed);
    expect(cruise(tree).summary).toMatchObject({ violations: [], totalCruised: new Set(allowed.flat()).size });
  });

  it('catch every kind of forbidden import, also of types alone', () => {
    grow([...allowed, ...planted.map(([, from, to]) => [from, to] as const)]);
    const found = violations();
    for (const [rule, from, to] of planted) expect(found).toContainEqual({ rule, from, to });
    const guilty = new Set(planted.map(([, from]) => from));
    expect(found.filter(({ from }) => !guilty.has(from))).toEqual([]);
  });

  it('have no rule that this test does not plant a violation of', () => {
    const load = createRequire(import.meta.url);
    const { forbidden }: { forbidden: { name: string }[] } = load('../../.dependency-cruiser.cjs');
    expect(new Set(forbidden.map(({ name }) => name))).toEqual(new Set(['no-cycles', ...planted.map(([rule]) => rule)]));
  });

  it('catch a cycle of three files', () => {
    grow([
      ['src/domain/a.ts', 'src/domain/b.ts'],
      ['src/domain/b.ts', 'src/domain/c.ts'],
      ['src/domain/c.ts', 'src/domain/a.ts'],
    ]);
    expect(violations().map(({ rule }) => rule)).toEqual(['no-cycles']);
  });

  it('are checked on the whole codebase: its files are read and understood', () => {
    const { summary, modules } = cruise(root);
    expect(summary.totalCruised).toBeGreaterThan(150);
    const entry = modules.find(({ source }) => source === 'src/process/app.ts');
    expect(entry?.dependencies.length).toBeGreaterThan(5);
  });
});
