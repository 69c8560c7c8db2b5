import { beforeAll, describe, expect, it } from '@jest/globals';
import { sendsCode } from '../support/account-changes.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { newCitizen, opensProofing, provesRealName, signsIn, type Citizen } from '../support/citizen.ts';
import { anyMobile, importedPerson, possessionFields, provesAndSetsPassword, seeksRecord } from '../support/imported.ts';
import { citizen, identityFields } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { provesOwner, renewed, seeksAccount, setsPassword } from '../support/recovery.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { wordsOf } from '../support/words.ts';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';

const mismatch = 'identity.mismatch';
const tooMany = 'identity.too-many';

/** In each place where strangers have an authority asked, one wrong name after the other until they are stopped. */
describe.each(['demo', 'hubei'])('strangers who enter wrong names under the document of somebody in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  /** Signed in at the real-name form of a service, with an account that is verified as nobody. */
  async function atTheForm(): Promise<{ person: Person; account: Citizen }> {
    const account = await newCitizen(product);
    const person = await (await relyingParty(product, 'level-2')).sendsToUs();
    await signsIn(person, { username: account.mobile, password: account.password });
    await opensProofing(person, 'real-name', account);
    return { person, account };
  }

  async function untilStopped(submits: () => Promise<Person['page']>): Promise<(string | undefined)[]> {
    const codes: (string | undefined)[] = [];
    while (codes.at(-1) !== tooMany && codes.length < 12) codes.push((await submits()).error?.code);
    return codes;
  }

  async function withAnAccount(victim: RegisteredPerson) {
    const { person } = await atTheForm();
    return untilStopped(() => person.submits({ ...identityFields(victim), name: '赵无名' }));
  }

  async function withoutAnAccount(victim: RegisteredPerson) {
    const person = newPerson(product);
    await person.goes('/activate');
    await seeksRecord(person, victim, anyMobile());
    await person.submits({}, { button: '#replace-mobile' });
    return untilStopped(() => person.submits({ name: '赵无名', ...possessionFields(victim) }));
  }

  it.each([
    ['an account', withAnAccount],
    ['a mobile at the activation', withoutAnAccount],
  ])('are stopped after three with %s, and the holder verifies it on the same day', async (_, attack) => {
    const { person, account } = await atTheForm();
    expect(await attack(account.identity)).toEqual([mismatch, mismatch, mismatch, tooMany]);
    await person.submits(identityFields(account.identity));
    expect(person.page.outcome).toBe('done');
  });

  it('keep nobody out who has the mobile on record, with however many mobiles they come', async () => {
    const victim = await importedPerson(product);
    for (const attack of [withAnAccount, withoutAnAccount, withAnAccount]) expect(await attack(victim)).toHaveLength(4);
    expect(await withoutAnAccount(victim)).toEqual([mismatch, tooMany]);
    expect(await withAnAccount(victim)).toEqual([tooMany]);
    const owner = newPerson(product);
    await owner.goes('/activate');
    await seeksRecord(owner, victim, victim.mobile);
    await provesAndSetsPassword(owner, victim);
    expect(owner.page.outcome).toBe('done');
  });

  it('keep the holder from nothing but a first verification by data alone, and the page says what they can do today', async () => {
    const victim = citizen();
    for (let index = 0; index < 4; index += 1) await withAnAccount(victim);
    const { person } = await atTheForm();
    await person.submits(identityFields(victim));
    expect([person.page.status, person.page.error]).toEqual([
      429,
      { code: tooMany, field: undefined, text: wordsOf(profile)('layout/refused', `${tooMany}.document`) },
    ]);
    expect(person.page.error?.text).toMatch(profile === 'hubei' ? /政务服务大厅/ : /激活/);
  });

  it('keep nobody from their bank card, nor from verifying their own document anew', async () => {
    const service = await relyingParty(product, 'level-3');
    const owner = await newCitizen(product, 'L2');
    for (let index = 0; index < 4; index += 1) await withAnAccount(owner.identity);
    const person = await service.sendsToUs();
    await signsIn(person, { username: owner.mobile, password: owner.password });
    await opensProofing(person, 'bank-card', owner);
    const [card] = owner.identity.bankCards;
    const { type: documentType } = owner.identity.document;
    const reservedMobile = owner.mobile;
    await person.submits({ documentType, bankCard: card?.number ?? '', reservedMobile, agreement: 'yes' });
    expect([person.page.error?.code, person.page.outcome]).toEqual([undefined, 'done']);
    await person.sandbox.waits(86_401);
    for (let index = 0; index < 4; index += 1) await withAnAccount(owner.identity);
    const again = await (await relyingParty(product, 'fresh-evidence')).sendsToUs();
    await signsIn(again, { username: owner.mobile, password: owner.password });
    await provesRealName(again, owner);
    expect(again.page.error).toBeUndefined();
  });
});

describe('a stranger who proved the mobile of an account of their own', () => {
  it('[REC-07] keeps nobody on a new device from their recovery by entering their document number', async () => {
    const product = await sharedProduct();
    const [attacker, owner] = [await newCitizen(product, 'L2'), await newCitizen(product, 'L2')];
    const codes: (string | undefined)[] = [];
    for (let index = 0; index < 5; index += 1) {
      const thief = newPerson(product);
      await thief.sandbox.waits(61);
      await thief.goes('/recover');
      await seeksAccount(thief, attacker.username);
      const code = await sendsCode(thief, attacker.mobile);
      await thief.submits({ code, documentNumber: owner.identity.document.number });
      codes.push(thief.page.error?.code);
    }
    expect(codes).toEqual([...Array<string>(3).fill('recovery.wrong'), ...Array<string>(2).fill('credentials.throttled')]);
    const person = newPerson(product);
    await person.goes('/recover');
    await seeksAccount(person, owner.username);
    await provesOwner(person, owner);
    await setsPassword(person, renewed);
    expect(person.page.outcome).toBe('done');
  });
});
