import { afterEach, describe, expect, it } from '@jest/globals';
import { createMailLog } from '../../adapters/mail/log.ts';
import { createSmtp, type SmtpOptions } from '../../adapters/mail/smtp.ts';
import { startSmtpServer, type SmtpBehaviour, type SmtpServer } from '../support/smtp-server.ts';

describe('the log in place of a mail server', () => {
  it('tells template and masked address and keeps subject, text and parameters to itself', async () => {
    const lines: unknown[] = [];
    const gateway = createMailLog({ log: (event, fields) => lines.push({ event, ...fields }) });
    const message = {
      id: 'm-1',
      to: 'zhangwei@example.cn',
      template: 'code.email',
      params: { code: '246810' },
      subject: '246810',
      text: '246810',
    };
    expect(await gateway.send(message)).toEqual({ result: 'sent', reference: 'm-1' });
    expect(lines).toEqual([{ event: 'mail.sent', template: 'code.email', to: 'zh***@example.cn', messageId: 'm-1' }]);
  });
});

describe('an SMTP server', () => {
  let server: SmtpServer | undefined;
  afterEach(async () => server?.close());

  const message = {
    id: '0d1f6d3e-5b0a-4c58-9d0a-0f8f5f4c7e21',
    to: 'zhangwei@example.cn',
    template: 'code.change-email',
    params: { code: '246810' },
    subject: '【民信】邮箱验证码',
    text: '您的验证码是 246810，5 分钟内有效。\n.单独一行的点',
  };
  const send = async (behaviour: SmtpBehaviour, options: Partial<SmtpOptions> = {}, changes: Partial<typeof message> = {}) => {
    server = await startSmtpServer(behaviour);
    const ca = behaviour.tls ? { ca: server.ca } : {};
    const access = {
      url: server.url,
      user: undefined,
      password: undefined,
      from: 'no-reply@minxin.example',
      senderName: '示范市',
      requireTls: false,
      timeoutMs: 500,
      ...ca,
    };
    return createSmtp({ ...access, ...options }).send({ ...message, ...changes });
  };
  const received = () => server?.received ?? [];

  it('is handed the message over TLS, by whoever the account is', async () => {
    const answer = await send({ tls: true, account: ['minxin', 'secret'] }, { requireTls: true, user: 'minxin', password: 'secret' });
    expect(answer).toEqual({ result: 'sent', reference: message.id });
    expect(received()).toMatchObject([{ from: 'no-reply@minxin.example', to: ['zhangwei@example.cn'], encrypted: true, user: 'minxin' }]);
    const [head = '', body = ''] = (received()[0]?.content ?? '').split('\n\n');
    expect(head).toMatch(/^Message-ID: <0d1f6d3e-[^@]+@minxin\.example>$/m);
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(head).not.toContain('246810');
    expect(Buffer.from(body, 'base64').toString()).toBe(message.text);
  });

  it('without TLS is not told a word where TLS is demanded', async () => {
    expect(await send({}, { requireTls: true })).toMatchObject({ result: 'unavailable' });
    expect(received()).toEqual([]);
  });

  it('whose certificate nobody vouches for is not told a word', async () => {
    expect(await send({ tls: true }, { requireTls: true, ca: '' })).toMatchObject({ result: 'unavailable' });
    expect(received()).toEqual([]);
  });

  it.each([
    ['is not there', {}, { url: 'smtp://localhost:1' }],
    ['does not know us', { account: ['minxin', 'secret'] as const }, { user: 'minxin', password: 'wrong' }],
    ['does not greet', { answers: { greeting: 'hang' } }, {}],
    ['is full', { answers: { greeting: '421 come back later' } }, {}],
    ['asks to come back', { answers: { RCPT: '450 greylisted' } }, {}],
    ['has no room now', { answers: { end: '452 no room' } }, {}],
  ])('that %s is asked again later', async (_, behaviour, options) => {
    expect(await send(behaviour, options)).toMatchObject({ result: 'unavailable' });
    expect(received()).toEqual([]);
  });

  it.each([
    ['the recipient', { RCPT: '550 no zhangwei@example.cn here' }],
    ['the message', { end: '554 zhangwei@example.cn will not have it' }],
  ])('that refuses %s for good is believed, and its words are not repeated', async (_, answers) => {
    const answer = await send({ answers });
    expect(answer).toMatchObject({ result: 'rejected' });
    expect(JSON.stringify(answer)).not.toMatch(/zhangwei|here|have/);
  });

  it.each([['hang'], ['close']])('that has the message and does not answer (%s) may have accepted it', async (end) => {
    expect(await send({ answers: { end } })).toMatchObject({ result: 'ambiguous' });
  });

  it('is given one recipient, whatever the address looks like', async () => {
    await send({}, {}, { to: 'a@example.cn,b@example.cn' });
    expect(received().flatMap(({ to }) => to)).not.toContain('b@example.cn');
  });
});
