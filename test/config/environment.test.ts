import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadEnvironment } from '../../src/config/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'minxin-environment-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A key of 32 equal bytes. */
const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64url');

const production = {
  NODE_ENV: 'production',
  ISSUER: 'https://id.example.gov.cn',
  DATABASE_URL: 'postgres://minxin@db.internal/minxin',
  REDIS_URL: 'rediss://a.internal:6379, rediss://b.internal:6379',
  MINXIN_COOKIE_KEYS: `${key(1)},${key(2)}`,
  MINXIN_KEY_ENCRYPTION_KEY: `${key(3)}, ${key(7)}`,
  MINXIN_INDEX_KEY: key(4),
  MINXIN_PAIRWISE_KEY: key(5),
  MINXIN_PEPPER: key(6),
  SMS_GATEWAY: 'log',
  MAIL_GATEWAY: 'log',
};

/** Paths of the problems, in their order. */
function paths(env: Record<string, string>): readonly string[] {
  return loadEnvironment(env).problems.map(({ path }) => path);
}

describe('an empty environment', () => {
  it('starts the sandbox on port 3000 with the embedded stores', () => {
    const { environment, problems } = loadEnvironment({});
    expect(problems).toEqual([]);
    expect(environment).toMatchObject({
      production: false,
      port: 3000,
      host: '127.0.0.1',
      issuer: 'http://localhost:3000',
      profile: 'demo',
      clients: './clients.json',
      databaseUrl: undefined,
      redisUrls: [],
      dataDir: './data',
      workers: 1,
      trustProxy: 0,
      outboundAllow: { loopback: true, origins: [] },
      sandbox: true,
      sandboxQuotas: true,
      metricsPort: 0,
      logLevel: 'info',
      cryptoSuite: 'aes-256-gcm',
      threadPoolSize: 4,
      sms: undefined,
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(loadEnvironment({ PORT: '', ISSUER: '', DATABASE_URL: '', MINXIN_PEPPER: '' }).problems).toEqual([]);
  });

  it('has an issuer on the port that is asked for', () => {
    expect(loadEnvironment({ PORT: '4711' }).environment.issuer).toBe('http://localhost:4711');
  });
});

describe('a production environment', () => {
  it('is complete with an https issuer, a database, all secrets and a gateway', () => {
    const { environment, problems } = loadEnvironment(production);
    expect(problems).toEqual([]);
    expect(environment).toMatchObject({
      production: true,
      sandbox: false,
      metricsPort: 9464,
      outboundAllow: { loopback: false, origins: [] },
      redisUrls: ['rediss://a.internal:6379', 'rediss://b.internal:6379'],
      sms: { gateway: 'log' },
    });
    expect(environment.secrets).toEqual({
      cookieKeys: [key(1), key(2)],
      keyEncryptionKey: Buffer.alloc(32, 3),
      earlierKeyEncryptionKeys: [Buffer.alloc(32, 7)],
      indexKey: Buffer.alloc(32, 4),
      pairwiseKey: Buffer.alloc(32, 5),
      pepper: Buffer.alloc(32, 6),
    });
  });

  it('names everything that is missing at once', () => {
    expect(paths({ NODE_ENV: 'production' })).toEqual([
      'ISSUER',
      'DATABASE_URL',
      'MINXIN_COOKIE_KEYS',
      'MINXIN_KEY_ENCRYPTION_KEY',
      'MINXIN_INDEX_KEY',
      'MINXIN_PAIRWISE_KEY',
      'MINXIN_PEPPER',
      'SMS_GATEWAY',
      'MAIL_GATEWAY',
    ]);
  });

  it.each([
    ['the sandbox', { SANDBOX: 'on' }, 'SANDBOX'],
    ['an http issuer', { ISSUER: 'http://id.example.gov.cn' }, 'ISSUER'],
    ['calls to the loopback interface', { OUTBOUND_ALLOW: 'loopback' }, 'OUTBOUND_ALLOW'],
    ['calls to a loopback address', { OUTBOUND_ALLOW: 'https://10.0.0.5:8443,http://127.8.9.1:81' }, 'OUTBOUND_ALLOW'],
    ['calls to IPv6 loopback', { OUTBOUND_ALLOW: 'http://[::1]:81' }, 'OUTBOUND_ALLOW'],
    ['a fault to be provoked', { FAULT_AT: 'audit.append' }, 'FAULT_AT'],
    ['lifted quotas', { SANDBOX_QUOTAS: 'off' }, 'SANDBOX_QUOTAS'],
    ['one key for two purposes', { MINXIN_PEPPER: key(2) }, 'MINXIN_PEPPER'],
  ])('refuses %s', (_, change, path) => {
    expect(paths({ ...production, ...change })).toEqual([path]);
  });

  it.each([
    ['this machine alone is listened to', {}, true],
    ['by its IPv6 address', { HOST: '::1' }, true],
    ['the network is listened to', { HOST: '0.0.0.0' }, false],
    ['all of IPv6 is listened to', { HOST: '::' }, false],
    ['the public address is of another host', { ISSUER: 'https://id.example.cn' }, false],
    ['the network is listened to, and it is written out', { HOST: '0.0.0.0', SANDBOX: 'on' }, true],
    ['the public address is of another host, and it is written out', { ISSUER: 'https://id.example.cn', SANDBOX: 'on' }, true],
    ['it is not wanted', { SANDBOX: 'off' }, false],
  ])('runs the sandbox, or does not, when %s', (_, given, runs) => {
    const wanted = runs ? [] : ['SMS_GATEWAY', 'MAIL_GATEWAY'];
    expect(paths(given)).toEqual(wanted);
  });

  it('has a variable that is wrong reported as wrong, and not as missing besides', () => {
    const wrong = { ISSUER: 'id', DATABASE_URL: 'mysql://db/minxin', MINXIN_PEPPER: 'short' };
    expect(paths({ ...production, ...wrong })).toEqual(['ISSUER', 'DATABASE_URL', 'MINXIN_PEPPER']);
  });

  it('uses the embedded store only when the folder is named', () => {
    expect(paths({ ...production, DATABASE_URL: '' })).toEqual(['DATABASE_URL']);
    expect(paths({ ...production, DATABASE_URL: '', DATA_DIR: '/var/lib/minxin' })).toEqual([]);
  });

  it('may reach private addresses of other machines', () => {
    const { environment, problems } = loadEnvironment({ ...production, OUTBOUND_ALLOW: 'http://10.0.0.5:8080, https://hall.internal' });
    expect(problems).toEqual([]);
    expect(environment.outboundAllow).toEqual({ loopback: false, origins: ['http://10.0.0.5:8080', 'https://hall.internal'] });
  });
});

describe('a single variable', () => {
  it.each([
    ['NODE_ENV', 'prodction'],
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['PORT', '80.5'],
    ['ISSUER', 'https://id.example.gov.cn/'],
    ['ISSUER', 'https://id.example.gov.cn/auth'],
    ['ISSUER', 'https://id.example.gov.cn?a=b'],
    ['ISSUER', 'https://ID.example.gov.cn'],
    ['ISSUER', 'https://id.example.gov.cn:443'],
    ['ISSUER', 'https://me:secret@id.example.gov.cn'],
    ['ISSUER', 'id.example.gov.cn'],
    ['DATABASE_URL', 'mysql://db/minxin'],
    ['REDIS_URL', 'redis://a:6379,http://b:6379'],
    ['WORKERS', '4'],
    ['TRUST_PROXY', '-1'],
    ['OUTBOUND_ALLOW', 'http://10.0.0.5:8080/logout'],
    ['OUTBOUND_ALLOW', '*'],
    ['SANDBOX', 'yes'],
    ['SANDBOX_QUOTAS', 'none'],
    ['METRICS_PORT', '3000'],
    ['UV_THREADPOOL_SIZE', '0'],
    ['LOG_LEVEL', 'verbose'],
    ['CRYPTO_SUITE', 'rot13'],
    ['MINXIN_PEPPER', 'short'],
    ['MINXIN_PEPPER', `${key(1)}=`],
    ['MINXIN_COOKIE_KEYS', `${key(1)},`],
    ['PUBLIC_SECURITY_DRIVER', 'soap'],
    ['BANK_CARD_URL', 'ftp://bank'],
  ])('%s is refused as %j', (name, value) => {
    expect(paths({ [name]: value })).toEqual([name]);
  });

  it('is reported once, with the others, and the rest of the configuration can still be read', () => {
    const { environment, problems } = loadEnvironment({ PORT: 'x', LOG_LEVEL: 'loud', PROFILE: 'beijing', MINXIN_PEPER: 'a' });
    expect(problems).toEqual([
      {
        path: 'MINXIN_PEPER',
        problem: 'is not known (did you mean MINXIN_PEPPER?)',
        expected: expect.stringContaining('MINXIN_PEPPER_FILE'),
      },
      { path: 'PORT', problem: 'is "x"', expected: 'a whole number 1 to 65535' },
      { path: 'LOG_LEVEL', problem: 'is "loud"', expected: 'debug, info, warn or error' },
    ]);
    expect(environment).toMatchObject({ port: 3000, profile: 'beijing' });
  });

  it('of another program is left alone', () => {
    expect(paths({ PATH: '/bin', MINX: '1', npm_config_cache: 'x' })).toEqual([]);
  });
});

describe('a secret', () => {
  it('never appears in a message', () => {
    const { problems } = loadEnvironment({
      MINXIN_PEPPER: 'hunter2hunter2',
      DATABASE_URL: 'mysql://root:hunter2@db',
      REDIS_URL: 'http://:hunter2@r',
      MINXIN_COOKIE_KEYS: 'hunter2',
    });
    expect(problems).toHaveLength(4);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('may come from a file, without its last line break', () => {
    const file = join(folder, 'pepper');
    writeFileSync(file, `${key(9)}\n`);
    const { environment, problems } = loadEnvironment({ MINXIN_PEPPER_FILE: file });
    expect(problems).toEqual([]);
    expect(environment.secrets.pepper).toEqual(Buffer.alloc(32, 9));
  });

  it('comes from one place only, and from a file that can be read', () => {
    const empty = join(folder, 'empty');
    writeFileSync(empty, '\n');
    const env = {
      MINXIN_PEPPER: key(1),
      MINXIN_PEPPER_FILE: empty,
      MINXIN_INDEX_KEY_FILE: join(folder, 'nowhere'),
      MINXIN_PAIRWISE_KEY_FILE: empty,
    };
    expect(loadEnvironment(env).problems.map(({ path, problem }) => `${path} ${problem}`)).toEqual([
      'MINXIN_INDEX_KEY_FILE names a file that cannot be read (ENOENT)',
      'MINXIN_PAIRWISE_KEY_FILE names an empty file',
      'MINXIN_PEPPER is set and so is MINXIN_PEPPER_FILE',
    ]);
    const { MINXIN_INDEX_KEY: _, ...rest } = production;
    expect(paths({ ...rest, MINXIN_INDEX_KEY_FILE: join(folder, 'nowhere') })).toEqual(['MINXIN_INDEX_KEY_FILE']);
  });
});

describe('an authority', () => {
  it('is the sandbox’s unless its address is given', () => {
    expect(loadEnvironment({}).environment.authorities).toEqual({ publicSecurity: undefined, bankCard: undefined });
  });

  it('is given with address, account and secret', () => {
    const env = { BANK_CARD_URL: 'https://bank.internal', BANK_CARD_APP_ID: 'minxin', BANK_CARD_SECRET: 's', BANK_CARD_DRIVER: 'tencent' };
    expect(loadEnvironment(env).environment.authorities.bankCard).toEqual({
      driver: 'tencent',
      url: 'https://bank.internal',
      appId: 'minxin',
      secret: 's',
    });
    expect(paths({ BANK_CARD_URL: 'https://bank.internal' })).toEqual(['BANK_CARD_APP_ID', 'BANK_CARD_SECRET']);
  });
});

describe('an SMS gateway', () => {
  const tencent = {
    SMS_GATEWAY: 'tencent',
    SMS_ACCOUNT: 'AKID',
    SMS_SECRET: 's',
    SMS_SIGNATURE: '民信',
    SMS_APP_ID: '1400006666',
    SMS_TEMPLATES: 'otp=1110:code,minutes; account.locked=1111',
  };

  it('has what its vendor needs', () => {
    const { environment, problems } = loadEnvironment(tencent);
    expect(problems).toEqual([]);
    expect(environment.sms).toEqual({
      gateway: 'tencent',
      url: undefined,
      account: 'AKID',
      secret: 's',
      signature: '民信',
      appId: '1400006666',
      region: 'ap-nanjing',
      templates: { otp: { id: '1110', params: ['code', 'minutes'] }, 'account.locked': { id: '1111', params: [] } },
    });
  });

  it('is refused without it, each by its own needs', () => {
    expect(paths({ SMS_GATEWAY: 'tencent' })).toEqual(['SMS_ACCOUNT', 'SMS_SECRET', 'SMS_SIGNATURE', 'SMS_APP_ID', 'SMS_TEMPLATES']);
    expect(paths({ SMS_GATEWAY: 'chuanglan' })).toEqual(['SMS_ACCOUNT', 'SMS_SECRET', 'SMS_SIGNATURE']);
    expect(paths({ SMS_GATEWAY: 'log' })).toEqual([]);
    expect(paths({ ...tencent, SMS_TEMPLATES: 'otp' })).toEqual(['SMS_TEMPLATES']);
  });
});

describe('a mail gateway', () => {
  const smtp = { MAIL_GATEWAY: 'smtp', MAIL_FROM: 'no-reply@minxin.example', SMTP_URL: 'smtp://mail.internal:587' };

  it('has what it needs, its password from a file too', () => {
    const file = join(folder, 'smtp-password');
    writeFileSync(file, 's3cret\n');
    const { environment, problems } = loadEnvironment({ ...smtp, SMTP_USER: 'minxin', SMTP_PASSWORD_FILE: file });
    expect(problems).toEqual([]);
    expect(environment.mail).toEqual({
      gateway: 'smtp',
      from: 'no-reply@minxin.example',
      url: 'smtp://mail.internal:587',
      user: 'minxin',
      password: 's3cret',
    });
  });

  it('is refused without it, and with a password in the address', () => {
    expect(paths({ MAIL_GATEWAY: 'smtp' })).toEqual(['MAIL_FROM', 'SMTP_URL']);
    expect(paths({ ...smtp, SMTP_USER: 'minxin' })).toEqual(['SMTP_PASSWORD']);
    for (const url of ['mail.internal', 'https://mail.internal', 'smtp://minxin:s3cret@mail.internal', 'smtp://mail.internal/?tls=off']) {
      expect([url, paths({ ...smtp, SMTP_URL: url })]).toEqual([url, ['SMTP_URL']]);
    }
    expect(paths({ ...smtp, MAIL_FROM: 'Minxin <no-reply@minxin.example>' })).toEqual(['MAIL_FROM']);
  });
});
