import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Person } from '../support/browser.ts';
import { newCitizen, opensProofing, signsIn, type Citizen } from '../support/citizen.ts';
import { identityFields } from '../support/newcomer.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';

let product: OwnProduct;
beforeAll(async () => {
  product = await startProduct({ env: { TRUST_PROXY: '1' } });
});
afterAll(() => product?.remove());

const wrong = 'credentials.wrong';
const throttled = 'credentials.throttled';

describe('strangers who guess the password of one account', () => {
  let service: RelyingParty;
  beforeAll(async () => {
    service = await relyingParty(product, 'first-party');
  });

  const from = (address: string) => service.sendsToUs({}, { headers: { 'X-Forwarded-For': address } });
  /** How an account is named, in turn. */
  const names = ({ username, mobile, identity }: Citizen) => [username, mobile, identity.document.number];

  async function guess(identifier: string, address: string): Promise<string | undefined> {
    return (await (await from(address)).submits({ identifier, password: 'guess' })).error?.code;
  }

  it('are slowed down over all addresses and names, while the owner gets in on a known device every time', async () => {
    const citizen = await newCitizen(product, 'L2');
    const owner = await from('192.0.2.1');
    await signsIn(owner, citizen);
    const answers: (string | undefined)[] = [];
    for (let round = 0; round < 10; round += 1) {
      for (let index = 0; index < 4; index += 1) {
        answers.push(await guess(names(citizen)[index % 3] ?? '', `198.51.100.${round * 4 + index}`));
      }
      await service.sendsToUs({ prompt: 'login' }, owner);
      await signsIn(owner, citizen);
      expect((await service.receives(owner)).claims.amr).toEqual(['pwd']);
    }
    expect(answers.filter((code) => code === wrong)).toHaveLength(20);
    expect(answers.slice(20)).toEqual(Array(20).fill(throttled));
  });

  it('learn nothing of whether there is such an account: both are slowed down alike', async () => {
    const { username } = await newCitizen(product);
    const nobody = username.replace(/^c./, (start) => (start === 'cz' ? 'cy' : 'cz'));
    const answers = [];
    for (const identifier of [username, nobody]) {
      const ofOne: unknown[] = [];
      for (let index = 0; index < 22; index += 1) {
        const page = await (await from(`203.0.113.${index}`)).submits({ identifier, password: 'guess' });
        ofOne.push([page.status, page.error?.code, page.error?.text]);
      }
      answers.push(ofOne);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]?.[21]).toEqual([429, throttled, expect.any(String)]);
  });

  it('keep nobody from recovering the password and signing in with it on a new device', async () => {
    const citizen = await newCitizen(product);
    for (let index = 0; index < 20; index += 1) await guess(citizen.username, `198.51.101.${index}`);
    const owner = await from('192.0.2.9');
    expect((await owner.submits({ identifier: citizen.username, password: citizen.password })).error?.code).toBe(throttled);
    await owner.opens('a[href$="/recover"]');
    await owner.submits({ identifier: citizen.mobile });
    if (owner.page.url.pathname.endsWith('/method')) await owner.opens('#next');
    await owner.asksForCode();
    await owner.submits({ code: await owner.readsCode(citizen.mobile) });
    const password = 'Chengshi-8842';
    await owner.submits({ newPassword: password, confirmPassword: password });
    expect(owner.page.outcome).toBe('done');
    await owner.opens('#next');
    await signsIn(owner, { ...citizen, password });
    expect((await service.receives(owner)).claims.amr).toEqual(['pwd']);
  });
});

describe('a stranger who guesses what belongs to a document', () => {
  let service: RelyingParty;
  beforeAll(async () => {
    service = await relyingParty(product, 'level-2');
  });

  const atTheForm = async (): Promise<{ person: Person; citizen: Citizen }> => {
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    await opensProofing(person, 'real-name', citizen);
    return { person, citizen };
  };
  const told = ({ status, error }: Page) => ({ status, ...error });

  it('has three tries a day for one document; other documents have theirs', async () => {
    const [{ person, citizen }, victim] = [await atTheForm(), await newCitizen(product)];
    const tries = async (name: string) => (await person.submits({ ...identityFields(victim.identity), name })).error?.code;
    for (let index = 0; index < 3; index += 1) expect(await tries('赵无名')).toBe('identity.mismatch');
    expect(await tries(victim.identity.name)).toBe('identity.too-many');
    await person.submits(identityFields(citizen.identity));
    expect(person.page.outcome).toBe('done');
  });

  it('is not told whether somebody has such a document', async () => {
    const { person } = await atTheForm();
    const somebody = await newCitizen(product);
    const ofSomebody = told(await person.submits({ ...identityFields(somebody.identity), name: '赵无名' }));
    const ofNobody = told(await person.submits({ ...identityFields(somebody.identity), documentNumber: '11010519491231002X' }));
    expect(ofSomebody).toMatchObject({ status: 422, code: 'identity.mismatch' });
    expect(ofNobody).toEqual(ofSomebody);
  });
});
