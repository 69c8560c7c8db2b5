import { parentPort, workerData } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** One comparison in a thread of its own: bcrypt in JavaScript holds its thread for a tenth of a second and more. */
const { password, stored }: { password: string; stored: string } = workerData;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads, not a window
parentPort?.postMessage(compareSync(password, stored));
