import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import { newPerson } from '../support/browser.ts';
import { allows, goesOn, newCitizen, opensProofing, provesRealName, signsIn, signsInBySms } from '../support/citizen.ts';
import { registers } from '../support/newcomer.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

describe('what cities call their levels', () => {
  it.each([
    ['guangzhou', 'L1', 'V0 非实名'],
    ['guangzhou', 'L2', 'V1 实名登记'],
    ['guangzhou', 'L4', 'V2 实名认证'],
    ['hubei', 'L2', '初级认证'],
    ['hubei', 'L3', '中级认证'],
    ['hubei', 'L4', '高级认证'],
  ] as const)('[DIS-04, AST-01] in %s, what services see as %s is called %s', async (profile, level, label) => {
    const product = await sharedProduct(profile);
    const service = await relyingParty(product, 'basic');
    const citizen = await newCitizen(product, level);
    const person = await service.sendsToUs();
    // Not every city takes usernames.
    await signsIn(person, { ...citizen, username: citizen.mobile });
    expect((await service.receives(person)).claims.acr).toBe(level);
    expect((await person.goes('/account')).text).toContain(`${profile === 'guangzhou' ? '认证等级' : '认证级别'} ${label}`);
    expect((await service.configuration()).serverMetadata()['acr_values_supported']).toEqual(['L1', 'L2', 'L3', 'L4']);
  });
});

describe('a ladder of its own', () => {
  const text = (chinese: string, english: string) => ({ 'zh-CN': chinese, en: english });
  const rung = (acr: string, label: string, anyOf: string[][], more: object = {}) => ({
    acr,
    label: text(label, `Rung ${acr}`),
    opens: text(`${label}的事项`, `Matters of ${acr}`),
    anyOf,
    ...more,
  });
  /** The bank card where the manual's FAQ has the face: on top, and for whoever signed in by whatever means. */
  const profile = {
    extends: 'demo',
    ladders: { person: [rung('L1', '游客', [[]]), rung('L2', '实名', [['real-name']]), rung('L4', '银行', [['bank-card']])] },
    registration: { identity: 'step' },
  };
  const clients = [
    {
      client_id: 'fresh',
      client_name: '公证',
      client_secret: 'fresh-keeps-this-for-tests-only-0123456789-0123456789',
      redirect_uris: ['https://fresh.example/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      max_evidence_age: 3600,
    },
  ];
  const offline = { scope: 'openid offline_access', prompt: 'consent' };

  let product: OwnProduct;
  beforeAll(async () => {
    product = await startProduct({ profile, clients });
  });
  afterAll(() => product.remove());

  const scripted = async (id: string): Promise<RegisteredPerson> => {
    const found = (await sandboxOf(product).people<RegisteredPerson & { id: string }>()).find((person) => person.id === id);
    if (!found) throw new Error(`nobody is ${id}`);
    return found;
  };

  it('[RN-44, DIS-04, AST-06] which evidence gives which level, what it is called and how one must sign in is configuration', async () => {
    const elsewhere = await sharedProduct('demo');
    const visitor = newPerson(elsewhere);
    await visitor.goes('/login');
    await signsIn(visitor, await newCitizen(elsewhere));
    expect(visitor.page.text).toMatch(/中级认证 额外享受重要业务办理服务（App 中：额外享受线上支付服务） 银行卡认证/);

    // The level-3 service gets what is next above L3 here.
    const service = await relyingParty(product, 'level-3');
    const holder = await scripted('zhangwei');
    const [card] = holder.bankCards;
    const person = await service.sendsToUs();
    await signsInBySms(person, holder);
    expect(person.page.$('.compare').text()).toMatch(/当前级别实名需要级别银行银行的事项/);
    expect(
      person.page
        .$('a[id^=step-up-]')
        .toArray()
        .map(({ attribs }) => attribs['id']),
    ).toEqual(['step-up-bank-card']);
    await opensProofing(person, 'bank-card', holder);
    await person.submits({
      documentType: holder.document.type,
      bankCard: card?.number ?? '',
      reservedMobile: card?.reservedMobile ?? '',
      agreement: 'yes',
    });
    expect(person.page.text).toContain('您的认证级别为“银行”');
    await goesOn(person);
    await allows(person);
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L4', amr: ['sms'] });
    expect((await person.goes('/account')).text).toMatch(/认证级别 银行 银行的事项/);
  });

  it('a real name that the city insists on is a step of the registration that nobody gets past', async () => {
    const newcomer = newPerson(product);
    await newcomer.goes('/register');
    await registers(newcomer);
    expect(newcomer.page.has('button[form=skip]')).toBe(false);
    const _form = newcomer.page.$('form.form [name=_form]').attr('value') ?? '';
    const { pathname } = newcomer.page.url;
    await newcomer.posts(`${pathname}/skip`, { _form });
    expect(newcomer.page.error?.code).toBe('page.not-found');
    await newcomer.goes(pathname.replace(/identity$/, 'done'));
    expect(newcomer.page.url.pathname).toMatch(/\/identity$/);
  });

  it('[AST-07] evidence that grows too old for a client lowers what a refresh says to it', async () => {
    const service = await relyingParty(product, 'fresh');
    const citizen = await newCitizen(product, 'L2');
    const person = await service.sendsToUs(offline);
    await signsIn(person, citizen);
    const { claims, tokens } = await service.receives(person);
    expect(claims.acr).toBe('L2');
    await sandboxOf(product).waits(3500);
    const soon = await service.refreshes(tokens);
    expect((await service.verifies(soon.id_token ?? '')).acr).toBe('L2');
    await sandboxOf(product).waits(200);
    const late = await service.refreshes(soon);
    expect((await service.verifies(late.id_token ?? '')).acr).toBe('L1');
  });

  it('[AST-07] the level falls when a document ends: at the next request, at refresh, and for whom it is not enough there is nothing', async () => {
    const [basic, strict] = [await relyingParty(product, 'basic'), await relyingParty(product, 'level-2')];
    const guest = await scripted('aigerimsadykova');
    const citizen = await newCitizen(product);
    const early = await strict.sendsToUs();
    await signsIn(early, citizen);
    await provesRealName(early, citizen, guest);
    expect((await strict.receives(early)).claims.acr).toBe('L2');

    // To the day before the last one of the document, in steps the sandbox takes.
    const lastDay = Date.parse(`${guest.document.validUntil}T00:00:00+08:00`) / 1000;
    const day = 86_400;
    const left = async () => lastDay - day - Math.round(Date.now() / 1000) - (await sandboxOf(product).clockAhead());
    while ((await left()) > 0) await sandboxOf(product).waits(Math.min(await left(), 300 * day));

    const person = await basic.sendsToUs(offline);
    await signsIn(person, citizen);
    const lenient = await basic.receives(person);
    await strict.sendsToUs(offline, person);
    await allows(person);
    const insisting = await strict.receives(person);
    expect([lenient.claims.acr, insisting.claims.acr]).toEqual(['L2', 'L2']);

    await sandboxOf(product).waits(3 * day);
    const refreshed = await basic.refreshes(lenient.tokens);
    expect((await basic.verifies(refreshed.id_token ?? '')).acr).toBe('L1');
    await expect(strict.refreshes(insisting.tokens)).rejects.toMatchObject({ error: 'invalid_grant' });
    await strict.sendsToUs({}, person);
    await signsIn(person, citizen);
    expect(person.page.has('a#step-up-real-name')).toBe(true);
  });
});
