import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chineseFont, chromium, postgres, provide, redis, type Tool } from './support/tools.ts';
import { runWatched } from './support/watched.ts';

/**
 * `npm test`: everything that must pass before a change lands. `npm test -- journeys faults` runs some of it;
 * what follows the names goes to jest (`npm test -- journeys login -t captcha`). `npm run test:quick` is what belongs
 * in front of every commit: all that needs no product, and of the journeys one of each kind.
 *
 * Jest's results stay in .results/<suite>.json. The last lines say how each suite ended; where CI is set, one that
 * did not run is a failure.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, '.results');

interface Suite {
  readonly name: string;
  /** Of npm; absent: the jest project of that name. */
  readonly script?: true;
  readonly needs: readonly Tool[];
  /** Of another project only these tests, by file and name. */
  readonly only?: { readonly project: string; readonly tests: Readonly<Record<string, string>> };
}

/** Fast ones first. */
const suites: readonly Suite[] = [
  { name: 'types', script: true, needs: [] },
  { name: 'lint', script: true, needs: [] },
  { name: 'imports', script: true, needs: [] },
  { name: 'unit', needs: [] },
  { name: 'contracts', needs: [postgres, redis] },
  { name: 'journeys', needs: [] },
  { name: 'attacks', needs: [] },
  { name: 'conformance', needs: [] },
  { name: 'faults', needs: [postgres, redis] },
  { name: 'browser', needs: [chromium, chineseFont] },
];

/** One journey of each kind. */
const quick: Suite = {
  name: 'quick',
  needs: [],
  only: {
    project: 'journeys',
    tests: {
      login: 'signing in, demo .*brings the person back to the service',
      register: 'registration in demo .*leads from a service through the wizard back to it',
      activate: 'activation in demo .*leads from the look-up through proof and password to an account',
      recover: 'recovery of a password in demo .*leads a verified person from the sign-in page',
      'step-up': 'levels, demo .*a level the service would like is offered, and reached by proving it',
      consent: 'consent in demo .*names the service and lists what it will learn',
      'account-changes': 'a change of the password in demo .*goes from the masked mobile',
      'openid-tokens': 'refresh tokens .*are not given to who does not ask',
      'openid-logout': 'signing out because a service asks .*asks first, then ends the session',
    },
  },
};

/** Longer than a single test may take (jest.config.js), so that jest can say which one hangs. */
const silenceMs = 5 * 60_000;

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why it did not run, or what else there is to say. */
  readonly notRun?: string;
  readonly note?: string;
}

const passed: Outcome = { passed: 1, failed: 0, skipped: 0 };
const failed: Outcome = { passed: 0, failed: 1, skipped: 0 };
const notRun = (because: string): Outcome => ({ passed: 0, failed: 0, skipped: 0, notRun: because });

/** Tools are found where this process's own Node is found, whatever `node` a shell would take. */
const env = {
  ...process.env,
  PATH: [dirname(process.execPath), process.env['PATH']].join(':'),
  // What they say passes through this process.
  ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
};

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort(signal));

const run = (program: string, args: readonly string[]): Promise<number | string> =>
  runWatched(program, args, { cwd: root, env, silenceMs, interruption: interruption.signal });

async function runScript(name: string): Promise<Outcome> {
  const code = await run('npm', ['run', '--silent', name]);
  if (typeof code === 'string') return { ...failed, note: code };
  return code === 0 ? passed : failed;
}

async function runJest({ name, only }: Suite, args: readonly string[]): Promise<Outcome> {
  const file = join(results, `${name}.json`);
  const tests = Object.entries(only?.tests ?? {});
  const chosenTests = only
    ? [...tests.map(([journey]) => `test/${only.project}/${journey}.test.ts`), '-t', tests.map(([, title]) => `(${title})`).join('|')]
    : [];
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const code = await run(process.execPath, [
    ...jest,
    ...chosenTests,
    ...args,
    '--selectProjects',
    only?.project ?? name,
    '--passWithNoTests',
    '--json',
    '--outputFile',
    file,
  ]);
  const outcome = only ? { ...readOutcome(file, tests), skipped: 0 } : readOutcome(file);
  if (typeof code === 'string') return { ...outcome, failed: outcome.failed + 1, note: code };
  if (code !== 0 && outcome.failed === 0) return { ...outcome, failed: 1, note: `jest ended with ${code}` };
  return outcome.passed + outcome.failed + outcome.skipped === 0 ? notRun('it has no such tests') : outcome;
}

interface JestResult extends Readonly<
  Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numRuntimeErrorTestSuites', number>
> {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
}

/** @param wanted - tests of which at least one each must have passed, by file and name */
function readOutcome(file: string, wanted: readonly (readonly [string, string])[] = []): Outcome {
  try {
    const result: JestResult = JSON.parse(readFileSync(file, 'utf8'));
    const ran = result.testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status !== 'pending');
    const missed = wanted.filter(([, title]) => !ran.some(({ fullName }) => new RegExp(title).test(fullName)));
    if (missed.length > 0) return { ...failed, note: `no such test: ${missed.map(([journey]) => journey).join(', ')}` };
    return {
      passed: result.numPassedTests,
      // A file that cannot even be loaded has no tests that could fail.
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0, note: 'jest left no result' };
  }
}

async function runSuite(suite: Suite, missing: readonly Tool[], because: string, args: readonly string[]): Promise<Outcome> {
  const { name, script, needs } = suite;
  if (interruption.signal.aborted) return notRun(`the run was interrupted (${interruption.signal.reason})`);
  const lacking = needs.filter((tool) => missing.includes(tool));
  if (lacking.length > 0) return notRun(`${lacking.map((tool) => tool.name).join(' and ')} ${because}`);
  console.log(`\n── ${name}`);
  return script ? runScript(name) : runJest(suite, args);
}

function line({ name }: Suite, outcome: Outcome, seconds: number): string {
  const { notRun: because, note } = outcome;
  if (because !== undefined) return `${name.padEnd(12)} DID NOT RUN because ${because}`;
  const state = outcome.failed > 0 ? 'failed' : 'passed';
  const counts = `${outcome.passed} passed, ${outcome.failed} failed${outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : ''}`;
  return `${name.padEnd(12)} ${state}: ${counts}, ${seconds} s${note ? `: ${note}` : ''}`;
}

function selection(args: readonly string[]): { chosen: readonly Suite[]; rest: readonly string[] } {
  const all = [...suites, quick];
  const named = args.findIndex((arg) => !all.some(({ name }) => name === arg));
  const names = named < 0 ? args : args.slice(0, named);
  return { chosen: names.length === 0 ? suites : all.filter(({ name }) => names.includes(name)), rest: args.slice(names.length) };
}

const { chosen, rest } = selection(process.argv.slice(2));
if (chosen === suites && rest.length > 0) {
  console.error(`npm test -- [suite …] [arguments of jest]; the suites are ${suites.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
mkdirSync(results, { recursive: true });
for (const { name } of chosen) rmSync(join(results, `${name}.json`), { force: true });

const { missing, because } = provide([...new Set(chosen.flatMap(({ needs }) => needs))]);
const lines: string[] = [];
const total = { passed: 0, failed: 0 };
for (const suite of chosen) {
  const begun = performance.now();
  const outcome = await runSuite(suite, missing, because, rest);
  const incomplete = outcome.notRun !== undefined || outcome.skipped > 0;
  total.passed += outcome.passed;
  total.failed += outcome.failed + (incomplete && process.env['CI'] ? 1 : 0);
  lines.push(line(suite, outcome, Math.round((performance.now() - begun) / 1000)));
}
console.log(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed`);
if (total.failed > 0 || interruption.signal.aborted) process.exitCode = 1;
