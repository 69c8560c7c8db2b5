import { describe, expect, it } from '@jest/globals';
import { createMailLog } from '../../adapters/mail/log.ts';

describe('the log in place of a mail server', () => {
  it('tells template and masked address and keeps subject, text and parameters to itself', async () => {
    const lines: unknown[] = [];
    const gateway = createMailLog({ log: (event, fields) => lines.push({ event, ...fields }) });
    const message = { id: 'm-1', to: 'zhangwei@example.cn', template: 'code.email', params: { code: '246810' }, subject: '246810', text: '246810' };
    expect(await gateway.send(message)).toEqual({ result: 'sent', reference: 'm-1' });
    expect(lines).toEqual([{ event: 'mail.sent', template: 'code.email', to: 'zh***@example.cn', messageId: 'm-1' }]);
  });
});
