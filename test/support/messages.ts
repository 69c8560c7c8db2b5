import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from './browser.ts';
import type { SandboxMessage } from './sandbox.ts';

/**
 * The newest message of a template, once one has come: the outbox sends in the background.
 *
 * @throws when none has after five seconds
 */
export async function nextMessage(person: Pick<Person, 'sandbox'>, to: string, template: string): Promise<SandboxMessage> {
  for (const deadline = performance.now() + 5000; performance.now() < deadline; await sleep(50)) {
    const message = (await person.sandbox.messagesTo(to)).find((each) => each.template === template);
    if (message) return message;
  }
  throw new Error(`no ${template} was sent to ${to}`);
}
