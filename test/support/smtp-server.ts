import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

/** A small SMTP server (RFC 5321, AUTH PLAIN, STARTTLS) that keeps what it is given and can be told to misbehave. */
export interface SmtpServer {
  readonly url: string;
  readonly received: ReceivedMail[];
  /** Of the certificate authority that vouches for the server; made with `tls`. */
  readonly ca: string;
  close(): Promise<void>;
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
  readonly encrypted: boolean;
  readonly user: string | undefined;
}

export interface SmtpBehaviour {
  readonly tls?: boolean;
  /** User and password it takes. */
  readonly account?: readonly [user: string, password: string];
  /** Answers in place of the usual ones, by command; `hang`: none, `close`: hangs up. */
  readonly answers?: Readonly<Record<string, string>>;
}

interface Session {
  socket: Socket;
  encrypted: boolean;
  user: string | undefined;
  from: string;
  to: string[];
  data: string[] | undefined;
}

export async function startSmtpServer(behaviour: SmtpBehaviour = {}): Promise<SmtpServer> {
  const received: ReceivedMail[] = [];
  const certificate = behaviour.tls ? makeCertificate() : { key: '', cert: '' };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const session: Session = { socket, encrypted: false, user: undefined, from: '', to: [], data: undefined };
    serve(session, behaviour, certificate, received);
    say(session, behaviour.answers?.['greeting'] ?? '220 test ESMTP');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://localhost:${port}`,
    received,
    ca: certificate.cert,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Certificate = ReturnType<typeof makeCertificate>;

function serve(session: Session, behaviour: SmtpBehaviour, certificate: Certificate, received: ReceivedMail[]): void {
  let rest = '';
  session.socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('utf8');
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (session.data) takeLine(session, line, behaviour, received);
      else answer(session, line, behaviour, certificate, received);
    }
  });
}

function answer(session: Session, line: string, behaviour: SmtpBehaviour, certificate: Certificate, received: ReceivedMail[]): void {
  const command = line.split(/[ :]/)[0]?.toUpperCase() ?? '';
  const told = behaviour.answers?.[command];
  if (told !== undefined) return say(session, told);
  switch (command) {
    case 'EHLO':
      return say(
        session,
        ['250-test', ...(behaviour.tls && !session.encrypted ? ['250-STARTTLS'] : []), '250-AUTH PLAIN', '250 8BITMIME'].join('\r\n'),
      );
    case 'STARTTLS':
      say(session, '220 go ahead');
      session.socket.removeAllListeners('data');
      session.socket = new TLSSocket(session.socket, { isServer: true, ...certificate });
      session.socket.on('error', () => undefined);
      session.encrypted = true;
      return serve(session, behaviour, certificate, received);
    case 'AUTH': {
      const [, user = '', password = ''] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
        .toString()
        .split('\0');
      const known = user === behaviour.account?.[0] && password === behaviour.account[1];
      if (known) session.user = user;
      return say(session, known ? '235 welcome' : '535 who are you');
    }
    case 'MAIL':
      session.from = /<(.*?)>/.exec(line)?.[1] ?? '';
      return say(session, '250 ok');
    case 'RCPT':
      session.to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
      return say(session, '250 ok');
    case 'DATA':
      session.data = [];
      return say(session, '354 go ahead');
    case 'QUIT':
      say(session, '221 bye');
      return void session.socket.end();
    default:
      return say(session, '250 ok');
  }
}

function takeLine(session: Session, line: string, { answers }: SmtpBehaviour, received: ReceivedMail[]): void {
  if (line !== '.') return void session.data?.push(line.replace(/^\.\./, '.'));
  const { from, to, encrypted, user, data = [] } = session;
  session.data = undefined;
  const told = answers?.['end'];
  if (told === undefined || !/^[45]/.test(told)) received.push({ from, to, content: (data ?? []).join('\n'), encrypted, user });
  say(session, told ?? '250 queued');
}

function say({ socket }: Session, text: string): void {
  if (text === 'hang') return;
  if (text === 'close') return void socket.destroy();
  socket.write(`${text}\r\n`);
}

/** A certificate for localhost that vouches for itself. */
function makeCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'minxin-smtp-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
    ];
    execFileSync('openssl', [...request, '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
