import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { fetchAlone } from '../support/connection.ts';
import { scriptedPeople } from '../../sandbox/people.ts';
import { todayInShanghai } from '../../src/domain/person/civil-date.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, opensProofing, signsIn } from '../support/citizen.ts';
import { accountFields, identityFields, newcomer } from '../support/newcomer.ts';
import { freePort } from '../support/free-port.ts';
import { postgresBinaries, startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { logsOf, startProduct, type OwnProduct } from '../support/product.ts';
import { startRedis, type RedisServer } from '../support/redis.ts';
import { relyingParty } from '../support/relying-party.ts';

/**
 * One citizen goes through everything, with data that exist nowhere else: wherever one of these turns up afterwards,
 * it was written there in the clear.
 */
const somebody = scriptedPeople(todayInShanghai(new Date())).find(({ id }) => id === 'dilinuer');
const [card] = somebody?.bankCards ?? [];
if (!somebody || !card) throw new Error('迪丽努尔 is gone, or has no card');
const who = newcomer({ username: 'kanarienvogel_2026', password: 'Kanarie-im-Kohlewerk-7' });

/** Secrets and personal data by what they are; those that arise on the way are added. */
const canaries: Record<string, string> = {
  username: who.username,
  mobile: who.mobile,
  password: who.password,
  'mistyped password': 'Kanarie-vertippt-99',
  'unknown identifier': 'kanarienvogel_fremd',
  name: somebody.name,
  'mistyped name': '金丝雀欧阳',
  'document number': somebody.document.number,
  'bank card': card.number,
  'reserved mobile': card.reservedMobile,
};

interface Traces {
  readonly database: string;
  readonly redis: string;
  readonly logs: string;
  readonly metrics: string;
}

let postgres: TemporaryPostgres;
let redis: RedisServer;
let product: OwnProduct;
let databaseUrl: string;
let metricsPort: number;
/** While everybody is signed in and codes are under way, and after everything has ended. */
let during: Traces;
let after: Traces;
const addresses: string[] = [];

beforeAll(async () => {
  [postgres, redis, metricsPort] = await Promise.all([startPostgres(), startRedis(), freePort()]);
  databaseUrl = await postgres.createDatabase();
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, LOG_LEVEL: 'debug', METRICS_PORT: String(metricsPort) };
  product = await startProduct({ env });
  const person = await lives();
  during = await traces();
  await leaves(person);
  after = await traces();
});
afterAll(async () => {
  await product?.remove();
  await redis?.stop();
  await postgres?.remove();
});

/** Registers, is verified twice, uses services, mistypes now and then. */
async function lives(): Promise<Person> {
  if (!somebody || !card) throw new Error('there is nobody');
  const service = await relyingParty(product, 'basic');
  const person = await service.sendsToUs({ scope: 'openid profile phone real_name offline_access', prompt: 'create consent' });
  const went = async (act: Promise<unknown>): Promise<void> => {
    await act;
    addresses.push(...person.trail.map(({ url }) => url.href), person.page.url.href);
  };
  await went(person.asksForCode(accountFields(who)));
  const code = await person.readsCode(who.mobile);
  canaries['SMS code'] = code;
  await went(person.submits({ ...accountFields(who), username: `${who.username}!`, code }));
  await went(person.submits({ ...accountFields(who), code }));
  await went(person.submits({ ...identityFields(somebody), name: '金丝雀欧阳' }));
  await went(person.submits(identityFields(somebody)));
  await went(person.opens('#next'));
  await went(allows(person));
  const { tokens } = await service.receives(person);
  const refreshed = await service.refreshes(tokens);
  for (const [when, given] of [
    ['first', tokens],
    ['refreshed', refreshed],
  ] as const) {
    for (const name of ['access_token', 'refresh_token', 'id_token'] as const)
      canaries[`${when} ${name}`] = given[name] ?? 'none was given';
  }
  canaries['authorization code'] = person.page.url.searchParams.get('code') ?? '';

  const fund = await relyingParty(product, 'level-3');
  await went(fund.sendsToUs({}, person));
  await went(opensProofing(person, 'bank-card', who));
  await went(person.submits({ bankCard: card.number, reservedMobile: who.mobile, agreement: 'yes' }));
  const reserved = { bankCard: card.number, reservedMobile: card.reservedMobile, agreement: 'yes' };
  // Another mobile than the proven one: the page comes back with a code to ask for.
  await went(person.submits(reserved));
  await went(person.asksForCode(reserved));
  const codeOfBank = await person.readsCode(card.reservedMobile);
  canaries['code to the reserved mobile'] = codeOfBank;
  await went(person.submits({ ...reserved, code: codeOfBank }));
  await went(person.opens('#next'));
  await went(person.goes('/account'));

  const elsewhere = newPerson(product);
  await elsewhere.goes('/login');
  await elsewhere.submits({ identifier: 'kanarienvogel_fremd', password: 'Kanarie-vertippt-99' });
  await elsewhere.submits({ identifier: who.mobile, password: 'Kanarie-vertippt-99' });
  await elsewhere.submits({ identifier: somebody.document.number, password: who.password });
  await elsewhere.sandbox.waits(61);
  const bySms = await service.sendsToUs({ login_hint: who.username });
  await bySms.opens('#tab-sms-code');
  await bySms.asksForCode({ mobile: who.mobile });
  canaries['unused SMS code'] = await bySms.readsCode(who.mobile);
  for (const { key, value } of await person.jar.getCookies(product.issuer))
    if (/session|interaction|resume/.test(key) && !key.endsWith('.sig')) canaries[`cookie ${key}`] = value;
  return person;
}

async function leaves(person: Person): Promise<void> {
  await person.goes('/account');
  await person.submits({}, { button: '#end-sessions' });
  await person.goes('/login');
  await signsIn(person, who);
  await person.goes('/account');
  await person.opens('#logout');
  await person.submits({}, { button: '#logout-yes' });
}

async function traces(): Promise<Traces> {
  const binaries = postgresBinaries() ?? '';
  return {
    database: execFileSync(join(binaries, 'pg_dump'), [databaseUrl], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }),
    redis: await everythingInRedis(),
    logs: logsOf(product),
    metrics: await (await fetchAlone(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
  };
}

/** Every key and every value, as text and in hex. */
async function everythingInRedis(): Promise<string> {
  const client = new Redis(redis.url);
  const lines: string[] = [];
  for (const key of await client.keys('*')) {
    const type = await client.type(key);
    const parts: Buffer[] =
      type === 'string'
        ? [(await client.getBuffer(key)) ?? Buffer.alloc(0)]
        : type === 'hash'
          ? Object.entries(await client.hgetallBuffer(key)).flatMap(([name, value]) => [Buffer.from(name), value])
          : type === 'list'
            ? await client.lrangeBuffer(key, 0, -1)
            : type === 'set'
              ? await client.smembersBuffer(key)
              : await client.zrangeBuffer(key, '0', '-1');
    for (const part of parts) lines.push(`${type} ${key} ${part.toString('utf8')} ${part.toString('hex')}`);
  }
  client.disconnect();
  return lines.join('\n');
}

/** How a value may hide: as it is, backwards, its end alone, and each of them as hex or in base64 wherever it may begin. */
function spellings(value: string): string[] {
  const forms = [value, Array.from(value).toReversed().join(''), ...(value.length > 12 ? [value.slice(-8)] : [])];
  return forms.flatMap((form) => {
    const bytes = Buffer.from(form, 'utf8');
    const inBase64 = [0, 1, 2].map((offset) => {
      // The characters that no neighbour can change.
      const text = Buffer.concat([Buffer.alloc(offset), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      return text.slice(Math.ceil((offset * 4) / 3), text.length - ((offset + bytes.length) % 3 === 0 ? 0 : 1));
    });
    return [
      form,
      encodeURIComponent(form),
      bytes.toString('hex'),
      ...inBase64,
      ...inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ];
  });
}

/** A few digits may stand in any longer number by chance (a measure such as 0.00000333): alone they are a code, or the end of a card. */
function stands(value: string, text: string): boolean {
  const alone = (digits: string): boolean => new RegExp(`(?<![\\w.+-])${digits}(?![\\w-])`).test(text);
  if (/^\d{6}$/.test(value)) return alone(value);
  return spellings(value).some((spelling) => (/^\d{1,8}$/.test(spelling) ? alone(spelling) : text.includes(spelling)));
}

const found = (text: string): string[] => Object.entries(canaries).flatMap(([name, value]) => (stands(value, text) ? [name] : []));

describe('what a citizen leaves behind', () => {
  it('would be seen in any spelling, if it were there', () => {
    expect(found(`… ${who.mobile} …`)).toEqual(['mobile']);
    expect(found(`\\x${Buffer.from(`{"name":"${somebody.name}"}`).toString('hex')}`)).toEqual(['name']);
    for (const before of ['', 'x', 'xy'])
      expect(found(Buffer.from(`${before}{"number":"${card.number}"}`).toString('base64'))).toEqual(['bank card']);
    expect(found(`a code: ${canaries['SMS code']}`)).toEqual(['SMS code']);
    expect(Object.keys(canaries)).toEqual(
      expect.arrayContaining([
        'first access_token',
        'refreshed refresh_token',
        'authorization code',
        'cookie mx_session',
        'unused SMS code',
      ]),
    );
  });

  it('[PRV-04] stands in no dump of the database', () => {
    for (const { database } of [during, after]) {
      expect(database).toContain('COPY public.person');
      expect(database).toContain('COPY public.outbox');
      expect(found(database)).toEqual([]);
    }
  });

  it('[PRV-04] stands in no key and no value of Redis', () => {
    for (const { redis: everything } of [during, after]) {
      expect(everything).toContain('mx:');
      expect(found(everything)).toEqual([]);
    }
  });

  it('[PRV-04] stands in no log, whatever was mistyped', () => {
    expect(after.logs).toContain('"route":"/interaction/:uid/register/:step"');
    expect(after.logs).toContain('"level":"');
    expect(found(after.logs)).toEqual([]);
  });

  it('[PRV-04] stands in no metric', () => {
    expect(after.metrics).toContain('# TYPE');
    expect(found(after.metrics)).toEqual([]);
  });

  it('[PRV-04] stands in no address of ours that the browser was sent to', () => {
    const ours = addresses.filter((address) => address.startsWith(product.issuer));
    expect(ours.length).toBeGreaterThan(20);
    expect(found(ours.join('\n'))).toEqual([]);
  });
});
