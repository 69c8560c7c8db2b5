import { beforeAll, describe, expect, it } from '@jest/globals';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { newCitizen, signsIn, type Citizen } from '../support/citizen.ts';
import { listen } from '../support/listener.ts';
import { newcomer, registersUnverified } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { messagesOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.53';

async function inAccount(
  product: Product,
  who: Pick<Citizen, 'username' | 'password'>,
  headers: Record<string, string> = {},
): Promise<Person> {
  const person = newPerson(product, { headers });
  await person.goes('/login');
  await signsIn(person, who);
  await person.goes('/account/sessions');
  return person;
}

/** Where the list is one session of another Chrome on Windows. */
const twin = ({ $ }: Page): number =>
  $('.devices li')
    .toArray()
    .findIndex((each) => $(each).find('strong').text() === 'Chrome · Windows' && $(each).find('.badge').length === 0);
const devices = ({ $ }: Page) =>
  $('.devices li')
    .toArray()
    .map((each) => $(each).find('strong').text() + ($(each).find('.badge').length > 0 ? ' *' : ''));
const isOut = async (person: Person) => /\/login\//.test((await person.goes('/account')).url.pathname);

describe('devices and sessions', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[PRV-07] are listed by what they run on, the present one first, and nothing more is kept of them', async () => {
    const who = await newCitizen(product);
    await inAccount(product, who, { 'User-Agent': phone });
    const person = await inAccount(product, who);
    expect(devices(person.page)).toEqual(['Chrome · Windows *', 'WeChat · iOS']);
    expect(person.page.text).toMatch(/密码登录.*登录于.*最近使用/);
    expect(person.page.html).not.toContain('iPhone');
  });

  it('[PRV-07] are signed out one by one, after a question, and their services are told', async () => {
    const who = await newCitizen(product, 'L2');
    const listener = await listen(product);
    const service = await relyingParty(product, 'basic');
    const elsewhere = await service.sendsToUs();
    await signsIn(elsewhere, who);
    const { claims } = await service.receives(elsewhere);
    const third = await inAccount(product, who, { 'User-Agent': phone });
    const person = await inAccount(product, who);
    await person.opens(`#end-session-${twin(person.page)}`);
    expect(person.page.text).toContain('Chrome · Windows');
    expect(await isOut(elsewhere.tab())).toBe(false);
    await person.submits();
    expect([person.page.outcome, person.page.says('[data-outcome]')]).toEqual(['done', '这台设备已退出。']);
    expect(devices(person.page)).toEqual(['Chrome · Windows *', 'WeChat · iOS']);
    expect([await isOut(elsewhere), await isOut(third), await isOut(person)]).toEqual([true, false, false]);
    const token = await listener.takesLogout('basic', claims.sub);
    expect(await service.verifies(token)).toMatchObject({ sub: claims.sub, sid: claims['sid'] });
    await listener.close();
  });

  it('[PRV-07] are signed out all but this one', async () => {
    const who = await newCitizen(product);
    const [first, second] = [await inAccount(product, who), await inAccount(product, who)];
    const person = await inAccount(product, who);
    await person.opens('#end-others');
    await person.submits();
    expect(devices(person.page)).toEqual(['Chrome · Windows *']);
    expect(person.page.has('#end-others')).toBe(false);
    expect([await isOut(first), await isOut(second), await isOut(person)]).toEqual([true, true, false]);
  });

  it('of somebody else, of yesterday or of nobody are not ended, and a second press does no harm', async () => {
    const [who, stranger] = [await newCitizen(product), await newCitizen(product)];
    const other = await inAccount(product, who);
    const person = await inAccount(product, who);
    const href = person.page.$('[id^=end-session]').attr('href') ?? '';
    const thief = await inAccount(product, stranger);
    await thief.goes(href);
    expect(thief.page.url.pathname).toBe('/account/sessions');
    await thief.posts(href, { _form: '0.forged' });
    expect(thief.page.error?.code).toBe('form.forged');
    expect(await isOut(other)).toBe(false);
    await person.goes(href);
    const again = person.tab();
    await again.goes(href);
    await person.submits();
    await again.submits();
    expect([person.page.outcome, again.page.outcome]).toEqual(['done', 'done']);
    expect((await person.goes('/account/sessions/nothing')).status).toBe(404);
    expect(await isOut(other)).toBe(true);
  });

  it('[PRV-06] that are new are told to the owner, with how to stop it; known ones and a registration are not', async () => {
    const who = await newCitizen(product);
    const person = await inAccount(product, who);
    const [notice] = await messagesOf(person.sandbox, who.mobile, 'notice.new-device');
    expect(notice?.text).toMatch(/新设备（Chrome · Windows）上登录。如非本人操作.*\/help.*12345/);
    await person.goes('/session/end');
    await person.submits({}, { button: '#logout-yes' });
    await person.goes('/login');
    await signsIn(person, who);
    expect(await messagesOf(person.sandbox, who.mobile, 'notice.new-device')).toHaveLength(1);

    const fresh = newcomer();
    const registered = newPerson(product);
    await registered.goes('/register');
    await registersUnverified(registered, fresh);
    await registered.goes('/session/end');
    await registered.submits({}, { button: '#logout-yes' });
    await registered.goes('/login');
    await signsIn(registered, fresh);
    expect((await registered.goes('/account')).url.pathname).toBe('/account');
    expect((await registered.sandbox.messagesTo(fresh.mobile)).map(({ template }) => template)).toEqual(['code.register']);
  });

  it('[PRV-06] are told of five times an hour at most, however many sign in', async () => {
    const who = await newCitizen(product);
    for (let times = 0; times < 7; times += 1) await inAccount(product, who);
    const { sandbox } = newPerson(product);
    const told = async () => (await messagesOf(sandbox, who.mobile, 'notice.new-device')).length;
    expect(await told()).toBe(5);
    await sandbox.waits(3601);
    await inAccount(product, who);
    expect(await told()).toBe(6);
  });
});
