import { createTransport } from 'nodemailer';
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
      let begun = false;
      try {
        await createTransport({ ...accessTo(options), logger: loggerThat(() => (begun = true)) }).sendMail(letter(options, message));
        return { result: 'sent', reference: message.id };
      } catch (error) {
        // Until the message is begun nothing can have been accepted.
        return begun ? refusal(error as SmtpError) : { result: 'unavailable', reason: technical(error as SmtpError) };
      }
    },
  };
}

function accessTo({ url, user, password = '', requireTls, ca, timeoutMs = 8000 }: SmtpOptions) {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === 'smtps:';
  return {
    host: hostname,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: requireTls && !secure,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    ...(user === undefined ? {} : { auth: { user, pass: password } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
  };
}

/**
 * The errors of a connection do not say whether the message was under way; the log does: its entry `send` stands
 * behind connection, TLS and account and in front of the first word about the message.
 */
function loggerThat(begins: () => void) {
  const listen = (entry: unknown): void => {
    if (typeof entry === 'object' && entry !== null && 'tnx' in entry && entry.tnx === 'send') begins();
  };
  const nothing = (): void => {};
  return { level: nothing, trace: nothing, debug: nothing, info: listen, warn: nothing, error: nothing, fatal: nothing };
}

function letter({ from, senderName }: SmtpOptions, { id, to, subject, text }: Message) {
  return {
    from: { name: senderName, address: from },
    to: { name: '', address: to },
    subject,
    text,
    // The same message, handed over again, is the same message.
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
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
