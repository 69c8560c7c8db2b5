import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Person } from '../support/browser.ts';
import { allows, newCitizen, opensProofing, provesRealName, signsIn } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty, type RequestParameters } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

const essential = (...values: string[]): RequestParameters => ({
  claims: { id_token: { acr: { essential: true, ...(values.length === 1 ? { value: values[0] } : { values }) } } },
});

/** Is somebody on the step-up page? */
const isAsked = (person: Person): boolean => person.page.url.pathname.endsWith('/step-up') && person.page.has('#step-up-decline');
const declines = (person: Person) => person.submits({}, { button: '#step-up-decline' });

/** People of a city and the services they come to, for the tests of one `describe`. */
function meets(profile: string) {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });
  return {
    citizen: (level?: 'L1' | 'L2' | 'L3') => newCitizen(product, level),
    party: (client: string) => relyingParty(product, client),
    /** A person of a level who signs in because a service asks, and stands wherever that leads. */
    async comes(service: RelyingParty, level: 'L1' | 'L2' | 'L3', parameters: RequestParameters = {}) {
      const citizen = await newCitizen(product, level);
      const person = await service.sendsToUs(parameters);
      await signsIn(person, citizen);
      return { person, citizen };
    },
  };
}

/** The level in the token, consent given where it is asked for. */
async function receivesLevel(service: RelyingParty, person: Person): Promise<unknown> {
  await allows(person);
  return (await service.receives(person)).claims.acr;
}

describe.each(['demo', 'beijing', 'beijing-2019'])('what the levels of %s open', (profile) => {
  const { citizen: someone, party, comes } = meets(profile);

  it('[AST-01, RN-01] the scale is L1 to L4 in discovery', async () => {
    const { acr_values_supported: levels } = (await (await party('basic')).configuration()).serverMetadata();
    expect(levels).toEqual(['L1', 'L2', 'L3', 'L4']);
  });

  it('[RN-01, DIS-15] a registered account that proved nothing is L1, and that is enough for a service that asks for nothing', async () => {
    const service = await party('basic');
    const { person } = await comes(service, 'L1');
    expect(isAsked(person)).toBe(false);
    expect(await receivesLevel(service, person)).toBe('L1');
    await person.goes('/account');
    expect(person.page.text).toMatch(/认证级别 未认证 适用于公开个性化服务/);
  });

  it('[AST-08, RN-02, RN-06] the page says who asks, what is held, what is needed, what that opens and how to get it', async () => {
    const { person } = await comes(await party('level-3'), 'L2');
    const { page } = person;
    expect(page.text).toContain('“医疗保障”要求更高的认证级别');
    expect(page.$('.compare').text()).toMatch(/当前级别初级认证需要级别中级认证额外享受重要业务办理服务/);
    expect(
      page
        .$('a[id^=step-up-]')
        .toArray()
        .map(({ attribs }) => attribs['id']),
    ).toEqual(['step-up-bank-card']);
    expect(page.text).toContain('如不提升，将返回该服务，本次登录不会完成');
    expect(page.says('#step-up-decline')).toContain('医疗保障');
  });

  it('[AST-08, RN-04] only the missing part is asked for, one after the other where one needs the other', async () => {
    const service = await party('level-3');
    const { person, citizen } = await comes(service, 'L1');
    expect(person.page.has('a#step-up-real-name')).toBe(true);
    // A bank card belongs to a person who must be known first.
    expect(person.page.has('a#step-up-bank-card')).toBe(false);
    expect(person.page.says('.tile.later')).toMatch(/^银行卡认证.*需先完成实名认证$/);
    const ways = person.page.url.pathname;
    for (const path of ['', '/verify', '/evidence', '/done'])
      expect((await person.goes(`${ways}/bank-card${path}`)).url.pathname).toBe(ways);
    expect((await person.posts(`${ways}/bank-card/verify`, {})).url.pathname).toBe(ways);
    await provesRealName(person, citizen);
    expect(isAsked(person)).toBe(true);
    expect(person.page.has('#step-up-real-name')).toBe(false);
    expect(person.page.has('a#step-up-bank-card')).toBe(true);
    // The real name is proved and stays so, although the service got nothing.
    await declines(person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'unmet_authentication_requirements' });
    const lesser = await party('level-2');
    await lesser.sendsToUs({}, person);
    expect(await receivesLevel(lesser, person)).toBe('L2');
  });

  it('[RN-04, RN-05, RN-06] a real name opens what needs L2, a bank card what needs L3, and no less does', async () => {
    const [two, three] = [await party('level-2'), await party('level-3')];
    const { person, citizen } = await comes(two, 'L1');
    expect(isAsked(person)).toBe(true);
    await provesRealName(person, citizen);
    expect(await receivesLevel(two, person)).toBe('L2');
    await three.sendsToUs({}, person);
    expect(isAsked(person)).toBe(true);

    const holder = await comes(three, 'L3');
    expect(isAsked(holder.person)).toBe(false);
    expect(await receivesLevel(three, holder.person)).toBe('L3');
  });

  it('[RN-02, RN-05, RN-06, RN-07] the account centre names the levels and what each opens, the one that is not there yet included', async () => {
    const citizen = await someone('L2');
    const person = await (await party('basic')).sendsToUs();
    await signsIn(person, citizen);
    const { text } = await person.goes('/account');
    expect(text).toMatch(/认证级别 初级认证 可享受政务信息查询服务/);
    expect(text).toMatch(/初级认证 已达到 可享受政务信息查询服务/);
    expect(text).toMatch(/中级认证 额外享受重要业务办理服务/);
    expect(text).toMatch(/高级认证 敬请期待 额外享受涉金类业务办理服务/);
  });
});

describe.each(['demo', 'beijing'])('levels that services ask for, %s', (profile) => {
  const { citizen: someone, party, comes } = meets(profile);

  it('[AST-02] a level the service would like is offered, and reached by proving it', async () => {
    const service = await party('basic');
    const { person, citizen } = await comes(service, 'L1', { acr_values: 'L2' });
    expect(isAsked(person)).toBe(true);
    await provesRealName(person, citizen);
    expect(await receivesLevel(service, person)).toBe('L2');
  });

  it('[AST-02] who declines it gets a token that says what they have, and is asked again at the next request only', async () => {
    const service = await party('basic');
    const { person } = await comes(service, 'L1', { acr_values: 'L2' });
    await declines(person);
    expect(await receivesLevel(service, person)).toBe('L1');
    await service.sendsToUs({ acr_values: 'L2' }, person);
    expect(isAsked(person)).toBe(true);
  });

  it('[AST-02] the level a client prefers by its record is offered like one of the request, and gives way to it', async () => {
    const service = await party('default-level-2');
    const { person } = await comes(service, 'L1');
    expect(isAsked(person)).toBe(true);
    await declines(person);
    expect(await receivesLevel(service, person)).toBe('L1');
    await service.sendsToUs({ acr_values: 'L1' }, person);
    expect(isAsked(person)).toBe(false);
  });

  it('[AST-03] a level the service insists on is reached, or the service gets an error and no token', async () => {
    const service = await party('basic');
    const proving = await comes(service, 'L1', essential('L2'));
    await provesRealName(proving.person, proving.citizen);
    expect(await receivesLevel(service, proving.person)).toBe('L2');

    const { person } = await comes(service, 'L1', essential('L2'));
    await declines(person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'unmet_authentication_requirements' });
    expect(person.page.url.searchParams.has('code')).toBe(false);
  });

  it('[AST-03, AST-04] one of several essential values is enough', async () => {
    const service = await party('basic');
    const { person } = await comes(service, 'L2', essential('L3', 'L2'));
    expect(isAsked(person)).toBe(false);
    expect(await receivesLevel(service, person)).toBe('L2');
  });

  it.each([
    ['L1', 'L1', 'L2'],
    ['L1', 'L1 L2', 'L3'],
    ['L2', 'L2', 'L3'],
    ['L2', 'L2 L1', 'L3'],
  ] as const)(
    '[AST-03, AST-04] an essential level is never undercut by acr_values beside it: %s held, "%s" beside essential %s',
    async (held, beside, insisted) => {
      const service = await party('basic');
      const { person } = await comes(service, held, { ...essential(insisted), acr_values: beside });
      expect(isAsked(person)).toBe(true);
      await declines(person);
      expect(await service.isRefused(person)).toMatchObject({ error: 'unmet_authentication_requirements' });
      // Nor silently.
      await service.sendsToUs({ ...essential(insisted), acr_values: beside, prompt: 'none' }, person);
      expect(await service.isRefused(person)).toMatchObject({ error: 'unmet_authentication_requirements' });
    },
  );

  it.each<[string, object]>([
    ['no known level', { value: 'L9' }],
    ['a word where a list belongs', { values: 'L3' }],
    ['what is no word', { values: [1, null] }],
  ])('[AST-03] an essential level is never passed over because it is odd: %s', async (_, acr) => {
    const service = await party('basic');
    const { person } = await comes(service, 'L2');
    await service.receives(person);
    await service.sendsToUs({ claims: { id_token: { acr: { essential: true, ...acr } } }, prompt: 'none' }, person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'unmet_authentication_requirements' });
  });

  it('[AST-03, AST-04] and the other way round the token carries the essential level, or the higher one beside it', async () => {
    const service = await party('basic');
    const met = await comes(service, 'L2', { ...essential('L2'), acr_values: 'L1' });
    expect(await receivesLevel(service, met.person)).toBe('L2');
    const higher = await comes(service, 'L3', { ...essential('L2'), acr_values: 'L3' });
    expect(await receivesLevel(service, higher.person)).toBe('L3');
  });

  it.each<[string, RequestParameters, string]>([
    ['nothing is requested', {}, 'L3'],
    ['a lower level is requested', { acr_values: 'L2' }, 'L2'],
    ['several are', { acr_values: 'L1 L2 L3' }, 'L3'],
    ['several are, the best of them out of reach', { acr_values: 'L1 L2 L4' }, 'L2'],
    ['only one out of reach is', { acr_values: 'L4' }, 'L3'],
    ['a lower essential one is', essential('L1', 'L2'), 'L2'],
    ['a voluntary claim is', { claims: { id_token: { acr: { values: ['L2'] } } } }, 'L2'],
  ])('[AST-04] the level answered is the highest requested one that is satisfied: %s', async (_, parameters, acr) => {
    const service = await party('basic');
    const { person } = await comes(service, 'L3', parameters);
    expect(isAsked(person)).toBe(false);
    expect(await receivesLevel(service, person)).toBe(acr);
  });

  it.each<[string, RequestParameters]>([
    ['nothing asked', {}],
    ['less asked', { acr_values: 'L1' }],
    ['less insisted on', essential('L1')],
    ['a level nobody knows asked', { acr_values: 'gold' }],
    ['the claims emptied', { claims: { id_token: {} } }],
  ])('[AST-05] the minimum of a client holds whatever the request says or was altered to: %s', async (_, parameters) => {
    const service = await party('level-2');
    const { person, citizen } = await comes(service, 'L1', parameters);
    expect(isAsked(person)).toBe(true);
    await provesRealName(person, citizen);
    expect(await receivesLevel(service, person)).toBe('L2');

    const other = await comes(service, 'L1', parameters);
    await declines(other.person);
    expect(await service.isRefused(other.person)).toMatchObject({ error: 'unmet_authentication_requirements' });
  });

  it('[AST-05, AST-03] without a page every demand has its own error', async () => {
    const basic = await party('basic');
    const strict = await party('level-2');
    const { person } = await comes(basic, 'L1');
    await allows(person);
    const silently = async (service: RelyingParty, parameters: RequestParameters) => {
      await service.sendsToUs({ ...parameters, prompt: 'none' }, person);
      return (await service.isRefused(person)).error;
    };
    expect(await silently(basic, essential('L2'))).toBe('unmet_authentication_requirements');
    expect(await silently(strict, {})).toBe('interaction_required');
    expect(await silently(strict, essential('L2'))).toBe('unmet_authentication_requirements');
    await basic.sendsToUs({ acr_values: 'L2', prompt: 'none' }, person);
    expect(await receivesLevel(basic, person)).toBe('L1');

    const nobody = await basic.sendsToUs({ ...essential('L2'), prompt: 'none' });
    expect(await basic.isRefused(nobody)).toMatchObject({ error: 'login_required' });
  });

  it('[AST-02, AST-03] unknown voluntary values are ignored, only unknown essential ones are refused', async () => {
    const service = await party('basic');
    const voluntary = await comes(service, 'L1', { acr_values: 'gold urn:mace:incommon:iap:silver' });
    expect(await receivesLevel(service, voluntary.person)).toBe('L1');
    const mixed = await comes(service, 'L2', essential('gold', 'L2'));
    expect(await receivesLevel(service, mixed.person)).toBe('L2');
    const { person } = await comes(service, 'L3', essential('gold'));
    expect(await service.isRefused(person)).toMatchObject({ error: 'unmet_authentication_requirements' });
  });

  it('[AST-03] a level that cannot be reached here is refused at once when it is essential, and passed over when it is not', async () => {
    const service = await party('basic');
    const insisted = await comes(service, 'L2', essential('L4'));
    expect(await service.isRefused(insisted.person)).toMatchObject({ error: 'unmet_authentication_requirements' });
    const wished = await comes(service, 'L2', { acr_values: 'L4' });
    expect(await receivesLevel(service, wished.person)).toBe('L2');
  });

  it('[AST-08] it names a service of the platform itself like any other', async () => {
    const { person } = await comes(await party('first-party'), 'L1', { acr_values: 'L2' });
    expect(person.page.text).toContain('“政务门户”要求更高的认证级别');
  });

  it('[AST-08] and in English, to who may decline', async () => {
    const service = await party('basic');
    const citizen = await someone();
    const person = await service.sendsToUs({ acr_values: 'L2', ui_locales: 'en' });
    await signsIn(person, citizen);
    expect(person.page.text).toMatch(/“Citizen Services” needs a higher level/);
    expect(person.page.text).toMatch(/You can keep your level/);
    expect(person.page.$('.compare').text()).toMatch(/Your levelUnverifiedLevel neededBasicLook up government information/);
  });

  it('a step-up in one tab does not confuse another: pages of a finished step-up lead back', async () => {
    const service = await party('level-2');
    const { person, citizen } = await comes(service, 'L1');
    const levels = person.page.url;
    await opensProofing(person, 'real-name', citizen);
    const form = person.page.url;
    await person.goes(levels);
    await provesRealName(person, citizen);
    expect(await receivesLevel(service, person)).toBe('L2');
    for (const address of [levels, form]) {
      const page = await person.goes(address);
      expect(page).toMatchObject({ status: 410, error: { code: 'interaction.done' } });
      expect(page.$('#back').attr('href')).toBe('https://level-2.example/');
    }
  });

  it('the pages of a step-up are closed before somebody has signed in, and to methods that do not exist', async () => {
    const person = await (await party('level-2')).sendsToUs();
    const login = person.page.url;
    const base = `/interaction/${login.pathname.split('/')[2]}/step-up`;
    expect((await person.goes(base)).status).toBe(410);
    expect((await person.goes(`${base}/real-name/evidence`)).status).toBe(410);
    await person.goes(login);
    await signsIn(person, await someone());
    const open = person.page.url.pathname;
    expect((await person.goes(`${open}/face`)).status).toBe(404);
    // The end of a proofing that never began leads to its beginning.
    expect((await person.goes(`${open}/real-name/finish`)).url.pathname).toBe(open);
    expect((await person.posts(`${open}/decline`, {})).error?.code).toBe('form.forged');
  });
});
