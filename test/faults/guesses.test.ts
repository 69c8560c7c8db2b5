import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditRecords } from '../support/audit-trail.ts';
import { newCitizen } from '../support/citizen.ts';
import { startPostgres, type TemporaryPostgres } from '../support/postgres.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';

/** What the audit log says of guesses; only the database shows it. */
let postgres: TemporaryPostgres;
let url: string;
let product: OwnProduct;
let service: RelyingParty;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
  product = await startProduct({ env: { DATABASE_URL: url } });
  service = await relyingParty(product, 'first-party');
});
afterAll(async () => {
  await product?.remove();
  await postgres?.remove();
});

const records = (...events: readonly string[]) => auditRecords(url, ...events);

const aKeyedAddress: unknown = expect.stringMatching(/^[\w-]{43}$/);

describe('a sign-in that is refused', () => {
  it('is recorded with its account, where somebody has it, and the keyed address it came from', async () => {
    const { username, mobile } = await newCitizen(product);
    await (await service.sendsToUs()).submits({ identifier: username, password: 'guess' });
    await (await service.sendsToUs()).submits({ identifier: 'nobody-has-it', password: 'guess' });
    const person = await service.sendsToUs();
    await person.opens('#tab-sms-code');
    await person.asksForCode({ mobile });
    await person.submits({ mobile, code: '000000' });
    const told = await records('sign-in.refused');
    expect(told.map(({ details }) => details)).toEqual([
      { method: 'password', reason: 'credentials.wrong', address: aKeyedAddress },
      { method: 'password', reason: 'credentials.wrong', address: aKeyedAddress },
      { method: 'sms-code', reason: 'otp.wrong', address: aKeyedAddress },
    ]);
    const [known, unknown, sms] = told.map(({ account }) => account);
    expect([known, unknown]).toEqual([expect.any(String), null]);
    expect(sms).toBe(known);
    expect(JSON.stringify(told)).not.toContain('127.0.0.1');
  });

  it('leaves a trace when the limits stopped it before anything was compared, one of all that came', async () => {
    const { username } = await newCitizen(product);
    const codes = [];
    for (let index = 0; index < 9; index += 1) {
      codes.push((await (await service.sendsToUs()).submits({ identifier: username, password: 'guess' })).error?.code);
    }
    expect(codes).toEqual([...Array<string>(5).fill('credentials.wrong'), ...Array<string>(4).fill('credentials.throttled')]);
    await sandboxOf(product).waits(120);
    const traces = await records('guesses.stopped');
    // More than one where a round fell between them.
    expect(traces.reduce((sum, { details }) => sum + (details.count ?? 0), 0)).toBe(4);
    for (const { account, details } of traces) {
      expect([account, details]).toEqual([expect.any(String), { kind: 'password', count: expect.any(Number), address: aKeyedAddress }]);
    }
  });
});
