import type { Clock } from '../src/domain/clock.ts';
import type { MailGateway, SmsGateway } from '../src/domain/notification/outbox.ts';

/**
 * Where the sandbox sends texts and mails to: they are kept to be read in `/sandbox/messages.json` instead of
 * being sent to anybody.
 */

/** One entry of `/sandbox/messages.json`. */
export interface SandboxMessage {
  readonly id: string;
  readonly channel: 'sms' | 'email';
  /** Mobile or e-mail address. */
  readonly to: string;
  readonly template: string;
  readonly params: Readonly<Record<string, string>>;
  readonly subject?: string;
  readonly text: string;
  /** The one-time code in it, where it has one. */
  readonly code?: string;
  readonly sentAt: Date;
}

/** Shared by all processes of a sandbox, or the memory of a single one. */
export interface SandboxMessages {
  /** Keeps a message; one with the same id is the same message, delivered again. */
  put(message: SandboxMessage): Promise<void>;
  /** Newest first, at most 100; `to` absent: everybody's. */
  list(to?: string): Promise<readonly SandboxMessage[]>;
}

export interface OutboxGateways {
  readonly sms: SmsGateway;
  readonly mail: MailGateway;
}

/** Gateways that put every message where the sandbox pages find it. */
export function createOutboxGateways({ clock, messages }: { readonly clock: Clock; readonly messages: SandboxMessages }): OutboxGateways {
  return {
    sms: {
      name: 'sandbox',
      async send({ id, to, template, params, text }) {
        await messages.put({ id, channel: 'sms', to, template, params, text, ...codeIn(params), sentAt: clock.now() });
        return { result: 'sent', reference: id };
      },
    },
    mail: {
      name: 'sandbox',
      async send({ id, to, template, params, subject, text }) {
        await messages.put({ id, channel: 'email', to, template, params, subject, text, ...codeIn(params), sentAt: clock.now() });
        return { result: 'sent', reference: id };
      },
    },
  };
}

function codeIn(params: SandboxMessage['params']): { code: string } | undefined {
  const { code } = params;
  return code === undefined ? undefined : { code };
}

const listed = 100;

/**
 * Messages in the memory of the process: the newest `capacity`.
 *
 * @param capacity - more than a load test leaves unread before somebody looks
 */
export function createMemoryMessages(capacity = 10_000): SandboxMessages {
  const byId = new Map<string, SandboxMessage>();
  return {
    async put(message) {
      byId.set(message.id, message);
      const oldest = byId.keys().next();
      if (byId.size > capacity && !oldest.done) byId.delete(oldest.value);
    },
    async list(asked) {
      // A mobile in the form that userinfo has it (a plus is a space in a query).
      const to = asked?.trim().replace(/^\+?86(?=1\d{10}$)/, '');
      const found: SandboxMessage[] = [];
      for (const message of [...byId.values()].toReversed()) {
        if (found.length === listed) break;
        if (to === undefined || message.to === to) found.push(message);
      }
      return found;
    },
  };
}
