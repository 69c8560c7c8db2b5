import { openDatabase } from '../../adapters/database/open.ts';

/** Process of its own that opens the embedded database of a folder, says how it went, and holds it until it is killed. */
const [dataDir = ''] = process.argv.slice(2);
process.stdin.once('close', () => process.kill(process.pid, 'SIGKILL'));
process.stdin.resume();
const said = await openDatabase({ dataDir }).then(
  () => 'open',
  (error: unknown) => String(error),
);
console.log(JSON.stringify(said));
if (said !== 'open') process.exit(3);
