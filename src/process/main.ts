import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

/**
 * The entry of every process: the only reader of process.env, the only process.exit. The sandbox moves
 * `Date` before anything else is imported (docs/adr/0016), so imports that matter are dynamic.
 */
const [command = 'serve', ...args] = process.argv.slice(2);
// What was compiled at the last start, beside the code and as well guarded as it; a folder that is not writable does without.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/minxin'));
const production = process.env.NODE_ENV === 'production';
// Where production asks for it by mistake, the configuration refuses with its reason.
if (!production && (process.env.SANDBOX || 'on') === 'on') {
  const { installClock } = await import('../../sandbox/clock.ts');
  installClock(0);
}

process.exitCode = await run().catch(async (error: unknown) => {
  const { reasonOf } = await import('./commands/reason.ts');
  process.stderr.write(`${reasonOf(error)}\n`);
  return 1;
});
if (process.exitCode !== 0 || command !== 'serve') process.exit();

async function run(): Promise<number> {
  const { loadConfiguration } = await import('../config/configuration.ts');
  const { printProblems } = await import('../config/problems.ts');
  const { knownNames, commands } = await import('./commands/commands.ts');
  const { configuration, problems } = loadConfiguration(process.env, {
    profilesDir: join(import.meta.dirname, '../../profiles'),
    known: knownNames,
  });
  if (!configuration) {
    printProblems(problems, process.stderr);
    return 1;
  }
  const action = commands[command];
  if (!action) {
    process.stderr.write(`unknown command ${command}; there are ${Object.keys(commands).join(', ')}\n`);
    return 1;
  }
  return action(configuration, args, process);
}
