import { mask } from '../../src/domain/person/masking.ts';
import type { MailGateway } from '../../src/domain/notification/outbox.ts';

/** For development without a mail server: tells that a message would have gone out, and keeps nothing of it. */
export interface MailLogOptions {
  readonly log: (event: 'mail.sent', fields: { readonly template: string; readonly to: string; readonly messageId: string }) => void;
}

/** Logs template and masked address; never subject or text, which may hold a code. */
export function createMailLog({ log }: MailLogOptions): MailGateway {
  return {
    name: 'log',
    async send({ id, to, template }) {
      log('mail.sent', { template, to: mask.email(to).text, messageId: id });
      return { result: 'sent', reference: id };
    },
  };
}
