import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A second process asked for a data folder that another one holds. */
export class FolderInUse extends Error {
  constructor(folder: string, holder: string, options: { cause: unknown }) {
    super(
      `${folder} is in use by ${holder}. The embedded database serves one process: stop the other one, ` +
        'choose another DATA_DIR, or use DATABASE_URL.',
      options,
    );
    this.name = 'FolderInUse';
  }
}

/**
 * Holds a folder for this process alone (docs/adr/0010), in two files: `lock` is locked by the operating system,
 * which lets go by itself when the process dies, however it dies; `lock.holder` says who holds it, for the message.
 *
 * Two processes that compared process ids could both take over the lock of a dead one, and in containers
 * every process has the id 1. The kernel cannot be wrong about who lives. SQLite is how Node reaches its locks.
 *
 * @returns release
 * @throws FolderInUse at once when another process holds the folder
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  const holder = join(folder, 'lock.holder');
  try {
    lock.exec('pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive');
  } catch (cause) {
    lock.close();
    if (isBusy(cause)) throw new FolderInUse(folder, readHolder(holder), { cause });
    throw cause;
  }
  const startedAt = new Date(performance.timeOrigin).toISOString();
  writeFileSync(holder, `process ${process.pid} (started ${startedAt})`, { mode: 0o600 });
  return () => lock.close();
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'another process'; // it is just now writing down who it is
  }
}

/** SQLITE_BUSY; anything else is a folder that cannot be written or a file that is not ours. */
function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === 5;
}
