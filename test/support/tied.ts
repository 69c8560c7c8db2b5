/**
 * Loaded into every product under test before its own code: the process ends when whoever started it does,
 * however that one ended. A jest worker that is killed runs no exit handler, but its pipes close.
 */
process.stdin.once('close', () => process.kill(process.pid, 'SIGKILL'));
process.stdin.resume();
process.stdin.unref();
