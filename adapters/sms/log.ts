import { mask } from '../../src/domain/person/masking.ts';
import type { SmsGateway } from '../../src/domain/notification/outbox.ts';

/** For development without a gateway: tells that a message would have gone out, and keeps nothing of it. */
export interface SmsLogOptions {
  readonly log: (event: 'sms.sent', fields: { readonly template: string; readonly to: string; readonly messageId: string }) => void;
}

/** Logs template and masked number; never the text, which may hold a code. */
export function createSmsLog({ log }: SmsLogOptions): SmsGateway {
  return {
    name: 'log',
    async send({ id, to, template }) {
      log('sms.sent', { template, to: mask.mobile(to).text, messageId: id });
      return { result: 'sent', reference: id };
    },
  };
}
