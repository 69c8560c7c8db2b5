import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox, SandboxMessage } from './sandbox.ts';

/** Notices of a kind that were sent to a mobile or address, once there is one; none after three seconds. */
export async function noticesTo(sandbox: Sandbox, to: string, template: string): Promise<readonly SandboxMessage[]> {
  for (const deadline = performance.now() + 3000; ; await sleep(50)) {
    const found = (await sandbox.messagesTo(to)).filter((message) => message.template === template);
    if (found.length > 0 || performance.now() > deadline) return found;
  }
}
