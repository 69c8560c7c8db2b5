import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendsCode } from '../support/account-changes.ts';
import { auditRecords } from '../support/audit-trail.ts';
import { softwareAuthenticator } from '../support/authenticator.ts';
import { newPerson, type Person, type PersonOptions } from '../support/browser.ts';
import { newCitizen, onOwnDevice, opensProofing, signsIn, signsInBySms } from '../support/citizen.ts';
import { anyMobile, importedPerson, possessionFields, seeksRecord } from '../support/imported.ts';
import { citizen, identityFields } from '../support/newcomer.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { addsPasskey, atProtection, setsUpApp, signsInWithPasskey } from '../support/protection.ts';
import { atRecovery, seeksAccount } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';
import { linkIn, messageOf } from '../support/sandbox.ts';

/** Who tried, and from where: what the audit log says of every try that was refused. Only the database shows it. */
let postgres: TemporaryPostgres;
let url: string;
let product: OwnProduct;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  product = await startProduct({ env: { DATABASE_URL: url, TRUST_PROXY: '1' } });
});
afterAll(async () => {
  await product?.remove();
  await postgres?.remove();
});

interface Tried {
  readonly event: string;
  /** What else the record says. */
  readonly details: object;
  readonly as: string;
  /** @param from - an address that nobody else has in this test */
  readonly tries: (from: PersonOptions) => Promise<unknown>;
}

async function atLogin(from: PersonOptions): Promise<Person> {
  const person = newPerson(product, from);
  await person.goes('/login');
  return person;
}

/** In the account of a verified person, at a proof that is asked before a change. */
async function atProof(from: PersonOptions, change: string): Promise<Person> {
  const person = await atLogin(from);
  await signsInBySms(person, await newCitizen(product, 'L2'));
  await person.goes(change);
  return person;
}

async function atRealName(from: PersonOptions): Promise<Person> {
  const [service, who] = [await relyingParty(product, 'level-2'), await newCitizen(product)];
  const person = await service.sendsToUs({}, from);
  await signsIn(person, who);
  await opensProofing(person, 'real-name', who);
  return person;
}

const tried: readonly Tried[] = [
  {
    event: 'sign-in.refused',
    details: { method: 'password', reason: 'credentials.wrong' },
    as: 'a wrong password',
    tries: async (from) => (await atLogin(from)).submits({ identifier: (await newCitizen(product)).username, password: 'guess' }),
  },
  {
    event: 'sign-in.refused',
    details: { method: 'password', reason: 'change.frozen' },
    as: 'a password whose second factor is frozen',
    async tries(from) {
      const owner = await newCitizen(product, 'L2');
      const person = newPerson(product);
      await atProtection(person, owner);
      await setsUpApp(person);
      await person.goes(linkIn(await messageOf(person.sandbox, owner.mobile, 'notice.totp-set-up')));
      await person.submits();
      await (await atLogin(from)).submits({ identifier: owner.username, password: owner.password });
    },
  },
  {
    event: 'second-factor.refused',
    details: { method: 'totp', reason: 'totp.wrong' },
    as: 'a wrong code of the app',
    async tries(from) {
      const owner = await newCitizen(product);
      const person = newPerson(product);
      await atProtection(person, owner);
      const { app } = await setsUpApp(person);
      const thief = await atLogin(from);
      await thief.submits({ identifier: owner.username, password: owner.password });
      await thief.submits({ totpCode: (await app.code()) === '000000' ? '000001' : '000000' });
    },
  },
  {
    event: 'passkey.cloned',
    details: {},
    as: 'a copy of a passkey',
    async tries(from) {
      const owner = newPerson(product);
      await atProtection(owner, await newCitizen(product));
      const passkey = softwareAuthenticator(product.issuer);
      await addsPasskey(owner, passkey);
      await signsInWithPasskey(await atLogin({}), passkey);
      passkey.counter -= 1;
      await signsInWithPasskey(await atLogin(from), passkey);
    },
  },
  {
    event: 'recovery.refused',
    details: { reason: 'otp.wrong' },
    as: 'a recovery with another document number',
    async tries(from) {
      const owner = await newCitizen(product, 'L2');
      const person = await atRecovery(product, from);
      await seeksAccount(person, owner.username);
      await person.submits({ code: await sendsCode(person, owner.mobile), documentNumber: citizen().document.number });
    },
  },
  {
    event: 'owner.refused',
    details: { kind: 'document' },
    as: 'another document number before a change',
    tries: async (from) => (await atProof(from, '/account/mobile')).submits({ documentNumber: citizen().document.number }),
  },
  {
    event: 'owner.refused',
    details: { kind: 'password' },
    as: 'a wrong password before a change',
    tries: async (from) => (await atProof(from, '/account/security/passkeys/new')).submits({ password: 'guess' }),
  },
  {
    event: 'identity.not-verified',
    details: { kind: 'real-name', source: 'public-security', reference: expect.any(String), reason: expect.stringMatching(/^mismatch/) },
    as: 'another name, in an account',
    tries: async (from) => (await atRealName(from)).submits({ ...identityFields(citizen()), name: '赵无名' }),
  },
  {
    event: 'identity.not-verified',
    details: { kind: 'real-name', source: 'public-security', reference: expect.any(String), reason: expect.stringMatching(/^mismatch/) },
    as: 'another name, without an account',
    async tries(from) {
      const [person, victim] = [newPerson(product, from), await importedPerson(product)];
      await person.goes('/activate');
      await seeksRecord(person, victim, anyMobile());
      await person.submits({}, { button: '#replace-mobile' });
      await person.submits({ name: '赵无名', ...possessionFields(victim) });
    },
  },
  {
    event: 'identity.not-verified',
    details: {
      kind: 'bank-card',
      source: 'signed-json-bank-card',
      reference: expect.any(String),
      reason: expect.stringMatching(/^mismatch/),
    },
    as: 'the card of somebody else',
    async tries(from) {
      const [service, who, other] = [await relyingParty(product, 'level-3'), await newCitizen(product, 'L2'), citizen()];
      const person = await service.sendsToUs({}, from);
      await signsIn(person, who);
      await opensProofing(person, 'bank-card', who);
      const card = { documentType: who.identity.document.type, bankCard: other.bankCards[0]?.number ?? '' };
      await person.submits({ ...card, reservedMobile: who.mobile, agreement: 'yes' });
    },
  },
  {
    event: 'identity.claimed',
    details: { reason: 'taken' },
    as: 'the data of a person whom another account holds',
    tries: async (from) => (await atRealName(from)).submits(identityFields((await newCitizen(product, 'L2')).identity)),
  },
];

describe('a try that is refused', () => {
  const header = (address: string): PersonOptions => ({ headers: { 'X-Forwarded-For': address } });
  const newest = async (event: string) => (await auditRecords(url, event)).at(-1);

  it.each(tried.map((each, index) => ({ ...each, address: `198.51.100.${index + 1}` })))(
    'is recorded with the keyed address it came from: $event, $as',
    async ({ event, details, tries, address }) => {
      await (await atLogin(header(address))).submits({ identifier: 'nobody-has-it', password: 'guess' });
      const mark = (await newest('sign-in.refused'))?.details.address;
      expect(mark).toMatch(/^[\w-]{43}$/);
      await tries(header(address));
      expect((await newest(event))?.details).toEqual({ ...details, address: mark });
    },
  );

  it('is so for a code that a service redeems twice', async () => {
    const service = await relyingParty(product, 'first-party');
    const who = await newCitizen(product);
    await onOwnDevice(product, who);
    const person = await service.sendsToUs();
    await signsIn(person, who);
    await service.redeems(person);
    await service.redeems(person).catch(() => undefined);
    expect((await newest('token-family.revoked'))?.details).toEqual({ reason: 'code', address: expect.stringMatching(/^[\w-]{43}$/) });
  });
});
