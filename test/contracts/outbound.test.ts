import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addressKind } from '../../adapters/outbound/address.ts';
import { createOutboundPost, OutboundFailed, type OutboundOptions } from '../../adapters/outbound/post.ts';

const nobody = { loopback: false, origins: [] };
const form = { logout_token: 'a.b.c', state: '民信 & co' };

const servers: Server[] = [];
const sockets = new Set<Socket>();
let connections = 0;

/** Listens on every interface, so that no spelling of this machine's addresses could pass unseen. */
async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port');
  return address.port;
}

function web(listener: RequestListener): Promise<number> {
  return listening(createHttpServer(listener));
}

function raw(onConnection: (socket: Socket) => void): Promise<number> {
  return listening(createServer(onConnection));
}

async function failure(work: Promise<number>): Promise<string> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  return error instanceof OutboundFailed ? error.code : `no OutboundFailed but ${String(error)}`;
}

beforeEach(() => {
  connections = 0;
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Every spelling of a host that must not be reached without being allowed. */
const forbiddenHosts = [
  '127.0.0.1',
  '127.0.0.2',
  '127.255.255.254',
  '127.1',
  '127.0.1',
  '127.0.0.1.',
  '0x7f000001',
  '0x7f.1',
  '0X7F.0.0.0x1',
  '2130706433',
  '017700000001',
  '0177.0.0.1',
  '0177.1',
  '①②⑦.0.0.1',
  '127。0。0。1',
  '127%2e0%2e0%2e1',
  'localhost',
  'LOCALHOST',
  'localhost.',
  '%6cocalhost',
  'a.localhost',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::1]',
  '[2001:0:4136:e378:8000:63bf:80ff:fffe]',
  '[2001:20::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd12:3456:789a::1]',
  '[ff02::1]',
  '[ff0e::1]',
  '[100::1]',
  '[5f00::1]',
  '[::ffff:8.8.8.8]',
  '0',
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '10.255.255.255',
  '012.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '100.127.255.255',
  '169.254.0.23',
  '169.254.169.254',
  '0xa9fea9fe',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.170',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '168.63.129.16',
];

const ownAddresses = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => address);

describe('what nobody allowed', () => {
  it('counts more than sixty hosts', () => {
    expect(new Set(forbiddenHosts).size).toBeGreaterThanOrEqual(60);
  });

  it.each(forbiddenHosts)('%s is refused over https, http and at any port', async (host) => {
    const port = await web((_request, response) => response.end());
    const post = createOutboundPost({ allow: nobody });
    for (const url of [`https://${host}/`, `https://${host}:${port}/`, `http://${host}/`, `http://${host}:${port}/`]) {
      const code = await failure(post(url, form));
      // Resolvers differ in what they make of these two names.
      expect(host.endsWith('localhost.') || host === 'a.localhost' ? code.replace('unresolved', 'refused') : code).toBe('refused');
    }
    expect(connections).toBe(0);
  });

  it.each(['0.0.0.0', '[::]', '[::ffff:7f00:1]', '[::ffff:0:7f00:1]', '[fe80::1]'])(
    '%s is refused although its origin is allowed',
    async (host) => {
      const port = await web((_request, response) => response.end());
      const origins = [`http://${host}:${port}`];
      const post = createOutboundPost({ allow: { loopback: true, origins } });
      expect(await failure(post(`http://${host}:${port}/`, form))).toBe('refused');
      expect(connections).toBe(0);
    },
  );

  it('other addresses of this machine are refused where only loopback is allowed', async () => {
    const port = await web((_request, response) => response.end());
    const post = createOutboundPost({ allow: { loopback: true, origins: [] } });
    for (const address of ownAddresses) expect(await failure(post(`http://${address}:${port}/`, form))).toBe('refused');
    expect(connections).toBe(0);
  });

  it.each([
    'http://service.example/',
    'http://service.example:443/',
    'https://service.example:8443/',
    'https://service.example:80/',
    'https://user@service.example/',
    'https://user:secret@service.example/',
    'https://:secret@service.example/',
    'ftp://service.example/',
    'file:///etc/hostname',
    'unix:/var/run/postgresql/.s.PGSQL.5432',
    'data:text/plain,a',
    'gopher://service.example/',
    '//service.example/',
    'service.example',
    'https://',
    '',
  ])('the URL %j is refused before its name is resolved', async (url) => {
    let asked = 0;
    const resolve = async () => ((asked += 1), [{ address: '8.8.8.8', family: 4 }]);
    expect(await failure(createOutboundPost({ allow: nobody, resolve })(url, form))).toBe('refused');
    expect(asked).toBe(0);
  });

  it('a user name is refused at an allowed origin too', async () => {
    const port = await web((_request, response) => response.end());
    const post = createOutboundPost({ allow: { loopback: true, origins: [`http://127.0.0.1:${port}`] } });
    expect(await failure(post(`http://a:b@127.0.0.1:${port}/`, form))).toBe('refused');
    expect(connections).toBe(0);
  });
});

describe('addressKind', () => {
  it.each([
    '8.8.8.8',
    '114.114.114.114',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.128.0.1',
    '223.255.255.255',
    '2400:3200::1',
    '2408::1',
  ])('knows %s as public', (address) => expect(addressKind(address)).toBe('public'));

  it.each([
    ['10.1.2.3', 'private'],
    ['fd00::1', 'private'],
    ['127.9.9.9', 'loopback'],
    ['::1', 'loopback'],
    ['fe80::1%eth0', 'special'],
    ['not an address', 'special'],
    ['', 'special'],
  ])('knows %j as %s', (address, kind) => expect(addressKind(address)).toBe(kind));
});

describe('names', () => {
  const v4 = (address: string) => ({ address, family: 4 });
  const v6 = (address: string) => ({ address, family: 6 });

  it.each([
    ['this machine', [v4('127.0.0.1')]],
    ['a private network', [v4('10.0.0.5')]],
    ['the metadata of a cloud', [v4('169.254.169.254')]],
    ['a mapped address', [v6('::ffff:127.0.0.1')]],
    ['a public and a private address', [v4('8.8.8.8'), v4('127.0.0.1')]],
    ['a public and a local IPv6 address', [v4('8.8.8.8'), v6('::1')]],
  ])('a name that leads to %s is refused', async (_, addresses) => {
    const post = createOutboundPost({ allow: nobody, resolve: async () => addresses });
    expect(await failure(post('https://service.example/', form))).toBe('refused');
  });

  it('a name nobody knows is told apart', async () => {
    const resolve = async () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }));
    expect(await failure(createOutboundPost({ allow: nobody, resolve })('https://service.example/', form))).toBe('unresolved');
    const empty = createOutboundPost({ allow: nobody, resolve: async () => [] });
    expect(await failure(empty('https://service.example/', form))).toBe('unresolved');
  });

  it('a name is resolved once: a second answer of the resolver changes nothing', async () => {
    const hosts: (string | undefined)[] = [];
    const port = await web((request, response) => (hosts.push(request.headers.host), response.end()));
    const answers = [[v4('127.0.0.1')], [v4('169.254.169.254')]];
    let asked = 0;
    const resolve = async () => answers[asked++] ?? [];
    const origin = `http://service.example:${port}`;
    const post = createOutboundPost({ allow: { loopback: true, origins: [origin] }, resolve });
    expect(await post(`${origin}/logout`, form)).toBe(200);
    expect(asked).toBe(1);
    expect(hosts).toEqual([`service.example:${port}`]);
    expect(await failure(post(`${origin}/logout`, form))).toBe('refused');
    expect(connections).toBe(1);
  });

  it('an allowed origin that turns out to be this machine is refused where loopback is not allowed', async () => {
    const port = await web((_request, response) => response.end());
    const origin = `http://service.example:${port}`;
    const post = createOutboundPost({ allow: { loopback: false, origins: [origin] }, resolve: async () => [v4('127.0.0.1')] });
    expect(await failure(post(origin, form))).toBe('refused');
    expect(connections).toBe(0);
  });
});

describe('what is allowed', () => {
  async function received(allow: OutboundOptions['allow'], host: string, port: number, path = '/logout?a=1'): Promise<number> {
    return createOutboundPost({ allow })(`http://${host}:${port}${path}`, form);
  }

  it.each(['127.0.0.1', 'localhost', '[::1]'])('loopback in development reaches %s with the form', async (host) => {
    const seen: unknown[] = [];
    const port = await web((request, response) => {
      seen.push(request.method, request.url, request.headers['content-type'], text(request));
      response.writeHead(204).end();
    });
    expect(await received({ loopback: true, origins: [] }, host, port)).toBe(204);
    expect(await Promise.all(seen)).toEqual([
      'POST',
      '/logout?a=1',
      'application/x-www-form-urlencoded',
      new URLSearchParams(form).toString(),
    ]);
  });

  it('an allowed origin is reached, another port of the same host is not', async () => {
    const port = await web((_request, response) => response.writeHead(400).end());
    const other = await web((_request, response) => response.end());
    const allow = { loopback: false, origins: [`http://127.0.0.1:${port}`] };
    expect(await received(allow, '127.0.0.1', port)).toBe(400);
    await expect(received(allow, '127.0.0.1', other)).rejects.toThrow(OutboundFailed);
    expect(connections).toBe(1);
  });

  it('an allowed origin at a private address is tried, the same address unasked is not', async () => {
    // Nobody answers at this address, or somebody does: either way it was called.
    const post = createOutboundPost({ allow: { loopback: false, origins: ['http://10.255.255.254:9'] }, timeoutMs: 100 });
    expect(await failure(post('http://10.255.255.254:9/', form))).not.toBe('refused');
    expect(await failure(post('http://10.255.255.254:10/', form))).toBe('refused');
  });

  it.each([301, 302, 303, 307, 308])('a redirect %i to this machine is answered, not followed', async (status) => {
    const canary = await web((_request, response) => response.end());
    const port = await web((_request, response) => response.writeHead(status, { Location: `http://127.0.0.1:${canary}/` }).end());
    expect(await received({ loopback: true, origins: [] }, '127.0.0.1', port)).toBe(status);
    expect(connections).toBe(1);
  });
});

describe('a service that misbehaves', () => {
  const allow = { loopback: true, origins: [] };

  /** How a call ends that would never end without a deadline. */
  function endOf(port: number, options: Partial<OutboundOptions> = {}): Promise<string | number> {
    const post = createOutboundPost({ allow, timeoutMs: 1000, ...options });
    return post(`http://127.0.0.1:${port}/`, form).catch((error: OutboundFailed) => error.code);
  }

  /** Writes a few bytes again and again, for ever. */
  function drip(socket: Socket, bytes: string): void {
    socket.resume();
    const timer = setInterval(() => socket.write(bytes), 20);
    socket.on('close', () => clearInterval(timer));
  }

  it('drips its head: the call ends at the deadline', async () => {
    const port = await raw((socket) => (socket.write('HTTP/1.1 200 OK\r\n'), drip(socket, 'X-A: 1\r\n')));
    expect(await endOf(port)).toBe('timeout');
  });

  it('drips its body: the call ends at the deadline, with the status it gave', async () => {
    const port = await raw((socket) => (socket.write('HTTP/1.1 200 OK\r\n\r\n'), drip(socket, 'x')));
    expect(await endOf(port)).toBe(200);
  });

  it('says nothing: the call ends at the deadline', async () => {
    const port = await raw((socket) => socket.resume());
    expect(await endOf(port)).toBe('timeout');
  });

  it('has a name that takes for ever to resolve: the call ends at the deadline', async () => {
    const post = createOutboundPost({ allow, timeoutMs: 100, resolve: () => new Promise(() => undefined) });
    expect(await failure(post('https://service.example/', form))).toBe('timeout');
  });

  it('answers without end: the rest is cut off', async () => {
    let sent = 0;
    const port = await web((_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(16_384, 'x');
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    expect(await endOf(port, { timeoutMs: 600_000, maxResponseBytes: 65_536 })).toBe(200);
    expect(sent).toBeLessThan(20_000_000);
  });

  it.each([
    ['closes at once', (socket: Socket) => socket.destroy()],
    ['speaks no HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['has a head without end', (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`)],
    [
      'changes the protocol',
      (socket: Socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ],
  ])('%s: the call fails as a broken connection', async (_, behaviour) => {
    const port = await raw(behaviour);
    expect(await endOf(port, { timeoutMs: 600_000 })).toBe('connection');
  });

  it('is not there', async () => {
    const port = await raw(() => undefined);
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    expect(await endOf(port, { timeoutMs: 600_000 })).toBe('connection');
  });

  it('speaks no TLS at an https address', async () => {
    const port = await web((_request, response) => response.end());
    const post = createOutboundPost({ allow });
    expect(await failure(post(`https://localhost:${port}/`, form))).toBe('connection');
  });

  it('leaves no trace of the URL or the form in the error', async () => {
    const port = await raw((socket) => socket.destroy());
    const error: unknown = await createOutboundPost({ allow })(`http://127.0.0.1:${port}/?canary=1`, form).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OutboundFailed);
    expect(String(error)).toBe('OutboundFailed: outbound call failed: connection');
  });
});
