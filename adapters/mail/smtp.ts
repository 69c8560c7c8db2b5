import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { DeliveryResult, MailGateway } from '../../src/domain/notification/outbox.ts';

export interface SmtpOptions {
  /** `smtp://mail.example.cn:587`, made secure by STARTTLS, or `smtps://mail.example.cn:465`, secure from the start. */
  readonly url: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Address of the sender. */
  readonly from: string;
  /** Whom people see. */
  readonly senderName: string;
  /** Refuses to send where STARTTLS is not offered. */
  readonly requireTls: boolean;
  /** Certificate authority besides those that Node knows, PEM. */
  readonly ca?: string;
  /** Limit of each wait: to connect, for the greeting, for the next answer. */
  readonly timeoutMs?: number;
}

type Message = Parameters<MailGateway['send']>[0];

/** An SMTP server (RFC 5321, RFC 3207). A connection for each message: there are few, and none hangs about. */
export function createSmtp(options: SmtpOptions): MailGateway {
  return {
    name: 'smtp',
    async send(message): Promise<DeliveryResult> {
      const connection = openConnection(options);
      try {
        const before = await settled(() => greet(connection, options));
        // Until the message is begun nothing can have been accepted.
        if (before.error) return { result: 'unavailable', reason: technical(before.error) };
        const sent = await settled(() => hand(connection, options, message));
        return sent.error ? refusal(sent.error) : { result: 'sent', reference: message.id };
      } finally {
        connection.close();
      }
    },
  };
}

function openConnection({ url, requireTls, ca, timeoutMs = 8000 }: SmtpOptions): SMTPConnection {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'smtps:';
  const connection = new SMTPConnection({
    host: hostname,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: requireTls && !secure,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    ...(ca === undefined ? {} : { tls: { ca } }),
  });
  return connection;
}

function greet(connection: SMTPConnection, { user, password }: SmtpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.connect((error) => {
      if (error) reject(error);
      else if (user === undefined) resolve();
      else connection.login({ credentials: { user, pass: password ?? '' } }, (refused) => (refused ? reject(refused) : resolve()));
    });
  });
}

async function hand(connection: SMTPConnection, options: SmtpOptions, message: Message): Promise<void> {
  const content = await compose(options, message);
  await new Promise<void>((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(new Error('closed')));
    connection.send({ from: options.from, to: [message.to] }, content, (error) => (error ? reject(error) : resolve()));
  });
}

function compose({ from, senderName }: SmtpOptions, { id, to, subject, text }: Message): Promise<Buffer> {
  const composer = new MailComposer({
    from: { name: senderName, address: from },
    to: { name: '', address: to },
    subject,
    text,
    // The same message, handed over again, is the same message.
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/** 4xx passes, 5xx is final (RFC 5321, 4.2.1); without an answer the message may have been accepted. */
function refusal(error: SmtpError): DeliveryResult {
  const { responseCode } = error;
  const result = responseCode === undefined ? 'ambiguous' : responseCode < 500 ? 'unavailable' : 'rejected';
  return { result, reason: technical(error) };
}

/** Never the server's words: they name the recipient. */
function technical({ code, responseCode }: SmtpError): string {
  return [code ?? 'failed', responseCode].filter((part) => part !== undefined).join('-');
}

async function settled(act: () => Promise<void>): Promise<{ error?: SmtpError }> {
  try {
    await act();
    return {};
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
