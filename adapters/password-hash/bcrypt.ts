import { Worker } from 'node:worker_threads';

/** `$2a$`, `$2b$` and `$2y$` hashes of systems that people were imported from. */
export function isBcrypt(stored: string): boolean {
  return /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(stored);
}

/**
 * Compares off the event loop. A success is hashed anew with argon2id, so this happens once per imported person,
 * and a thread per comparison is cheap enough to need no keeping.
 */
export function verifyBcrypt(password: string, stored: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // What the process preloads is not for a thread that compares and ends.
    const worker = new Worker(new URL('./bcrypt-worker.ts', import.meta.url), { workerData: { password, stored }, execArgv: [] });
    worker.once('message', (matches: unknown) => resolve(matches === true));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the bcrypt thread ended without an answer')));
  });
}
