import { migrate, pending } from '../../../adapters/database/migrate.ts';
import { openDatabase } from '../../../adapters/database/open.ts';
import type { Command } from './command.ts';

const help = `npm run migrate             bring the database to the version of this code
npm run migrate -- --check  only say what would run; exit code 2 when something would
`;

export const runMigrate: Command = async ({ environment }, args, { stdout }) => {
  if (args.includes('--help')) return say(stdout, help);
  const database = await openDatabase({ url: environment.databaseUrl, dataDir: environment.dataDir, statementTimeoutMs: 0 });
  try {
    if (args.includes('--check')) {
      const waiting = await pending(database.db);
      say(stdout, waiting.length === 0 ? 'nothing to do\n' : `would run:\n${list(waiting)}`);
      return waiting.length === 0 ? 0 : 2;
    }
    const done = await migrate(database.db);
    return say(stdout, done.length === 0 ? 'nothing to do\n' : `done:\n${list(done)}`);
  } finally {
    await database.close();
  }
};

function list(names: readonly string[]): string {
  return names.map((name) => `  ${name}\n`).join('');
}

function say(out: NodeJS.WritableStream, text: string): number {
  out.write(text);
  return 0;
}
