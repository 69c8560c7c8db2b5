import { beforeAll, describe, expect, it } from '@jest/globals';
import { examples } from '../../interactions/gallery.ts';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { allows, goesOn, newCitizen, opensProofing, signsInBySms } from '../support/citizen.ts';
import { accountFields, citizen, identityFields, newcomer, skipsIdentity, type Newcomer } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

const channel = ({ $ }: Page): string | undefined => $('html').attr('data-channel');

/** The account form of a phone asks for less in some cities: what it has is filled in. */
async function registersOnPhone(person: Person, who: Newcomer = newcomer()): Promise<Page> {
  const all = accountFields(who);
  const asked = Object.fromEntries(Object.entries(all).filter(([name]) => person.page.has(`[name=${name}]`)));
  await person.asksForCode(asked);
  return person.submits({ ...asked, code: await person.readsCode(who.mobile) });
}

describe.each(['beijing', 'demo'])('the pages of a phone in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[MOB-01 MOB-02] are those of sign-in, registration, real name, recovery, account centre and help', async () => {
    const service = await relyingParty(product, 'level-3');
    const who = await newCitizen(product);
    const person = newPerson(product, { channel: 'h5' });
    await service.sendsToUs({}, person);
    const seen: Page[] = [];
    const sees = async (page: Promise<Page>) => {
      seen.push(await page);
    };
    await sees(person.opens('#tab-password'));
    expect(person.page.text).toContain(word('login', 'person'));
    await sees(person.opens('#tab-sms-code'));
    await sees(person.opens('a[href$="/register"]'));
    await sees(service.sendsToUs({}, person).then(() => person.opens('a[href$="/recover"]')));
    await sees(service.sendsToUs({}, person).then(() => signsInBySms(person, who)));
    await sees(opensProofing(person, 'real-name', who));
    await sees(person.submits(identityFields(who.identity)));
    for (const path of ['/account', '/help', '/help/no-sms', '/help/agreement', '/nowhere']) await sees(person.goes(path));
    expect(seen.map((page) => [page.url.pathname, channel(page)])).toEqual(seen.map((page) => [page.url.pathname, 'h5']));
    expect(seen.filter(({ status }) => status >= 400).map(({ url }) => url.pathname)).toEqual(['/nowhere']);
  });

  it('[MOB-06] are what a service gets that asks for them, from the sign-in to its redirect address', async () => {
    const service = await relyingParty(product, 'level-3');
    const who = await newCitizen(product);
    // An app shows them in a browser of its own, which says nothing of phones.
    const person = newPerson(product);
    await service.sendsToUs({ display: 'touch' }, person);
    const channels = [channel(person.page)];
    await person.opens('#tab-sms-code');
    await person.asksForCode({ mobile: who.mobile });
    await person.submits({ mobile: who.mobile, code: await person.readsCode(who.mobile) });
    channels.push(channel(person.page));
    await opensProofing(person, 'real-name', who);
    channels.push(channel(person.page));
    await person.submits(identityFields(who.identity));
    channels.push(channel(person.page));
    await goesOn(person);
    channels.push(channel(person.page));
    expect(channels).toEqual(Array(5).fill('h5'));
    await person.submits({}, { button: '#step-up-decline' });
    expect((await service.isRefused(person)).error).toBe('unmet_authentication_requirements');
  });

  it('[MOB-06] lead back into an app by the address it registered', async () => {
    const app = await relyingParty(product, 'native');
    const who = await newCitizen(product, 'L2');
    const person = await app.sendsToUs({ display: 'touch', scope: 'openid' });
    expect(channel(person.page)).toBe('h5');
    await signsInBySms(person, who);
    expect(person.page.url.href).toMatch(/^cn\.gov\.example:\/callback\?/);
    expect((await app.redeems(person)).id_token).toBeDefined();
  });

  it('[MOB-04] end a registration with the way on: to the home page, or back to the service that waits', async () => {
    const person = newPerson(product, { channel: 'h5' });
    await person.goes('/register');
    await registersOnPhone(person);
    await skipsIdentity(person);
    expect([person.page.outcome, channel(person.page)]).toEqual(['done', 'h5']);
    expect(person.page.says('#next')).toBe(word('register', profile === 'beijing' ? 'result.to-home' : 'result.to-account'));
    const service = await relyingParty(product, 'first-party');
    const other = await service.sendsToUs({ prompt: 'create', display: 'touch' });
    await registersOnPhone(other);
    await other.submits(identityFields(citizen()));
    expect(other.page.outcome).toBe('done');
    await other.opens('#next');
    await allows(other);
    expect((await service.receives(other)).claims.acr).toBe('L2');
  });

  it('[MOB-04] end a recovery with the sign-in', async () => {
    const who = await newCitizen(product);
    const person = newPerson(product, { channel: 'h5' });
    await person.goes('/recover');
    await person.submits({ identifier: who.mobile });
    while (!person.page.has('#send-code')) await person.opens('#next');
    await person.asksForCode({});
    await person.submits({ code: await person.readsCode(who.mobile) });
    await person.submits({ newPassword: 'Qiaoliang-7032', confirmPassword: 'Qiaoliang-7032' });
    expect([person.page.outcome, channel(person.page), person.page.says('#next')]).toEqual(['done', 'h5', word('recover', 'done.login')]);
    await person.opens('#next');
    expect([person.page.has('#login-submit'), channel(person.page)]).toEqual([true, 'h5']);
  });

  it('[MOB-05] ask whether a document ends, and for a date only where it does', async () => {
    const who = await newCitizen(product);
    const person = newPerson(product, { channel: 'h5' });
    await (await relyingParty(product, 'level-2')).sendsToUs({}, person);
    await signsInBySms(person, who);
    await opensProofing(person, 'real-name', who);
    const labels = ['label[for=validFrom]', '#longTerm legend', '#validFrom-hint', 'label[for=longTerm-no]', 'label[for=longTerm-yes]'];
    expect(labels.map((label) => person.page.says(label).replace(' *', ''))).toEqual([
      '生效日期',
      '失效日期',
      '请保持和证件上的有效期一致，例：2018-06-06',
      '有失效日期',
      profile === 'demo' ? '长期有效' : '长期',
    ]);
    expect(person.page.$('#longTerm-no').attr('checked')).toBeDefined();
    const { validUntil: _, ...rest } = identityFields(who.identity);
    await person.submits({ ...rest, longTerm: 'no', validUntil: '' });
    expect(person.page.error).toMatchObject({ code: 'field.required', field: 'validUntil' });
    // A document without end needs none; whether it has one is for the register to judge.
    await person.submits({ ...rest, longTerm: 'yes', validUntil: '' });
    expect(person.page.$('[role=alert] a[href="#validUntil"]').length).toBe(0);
  });
});

/** Numbers that people type; documents may end in a letter. */
const numbers = /^(mobile|code|bankCard|reservedMobile|totpCode|captcha)$/;

describe.each(['beijing', 'demo'])('every page of the gallery of %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[MOB-07] has a button to clear each input on a phone, named after it, and none at a desk', async () => {
    const person = newPerson(product);
    const faults: string[] = [];
    let inputs = 0;
    for (const { view, state } of examples) {
      for (const way of ['h5', 'desktop']) {
        const { $ } = await person.goes(`/sandbox/gallery/${view}?state=${encodeURIComponent(state)}&channel=${way}`);
        for (const input of $('input.input').toArray()) {
          inputs += 1;
          const { id = '' } = input.attribs;
          const clear = $(`[data-clear="${id}"]`);
          const label = $(`label[for="${id}"]`).clone();
          label.find('.star').remove();
          const named = clear.attr('aria-label')?.includes(label.text().trim()) ?? false;
          if (way === 'h5' ? clear.length !== 1 || !named : clear.length > 0) faults.push(`${view} ${state} ${way} ${id}`);
        }
      }
    }
    expect([inputs > 100, faults]).toEqual([true, []]);
  });

  it('[MOB-01] shows a keyboard of digits where numbers are typed, with a plus for mobiles', async () => {
    const person = newPerson(product);
    const faults: string[] = [];
    for (const { view, state } of examples) {
      const { $ } = await person.goes(`/sandbox/gallery/${view}?state=${encodeURIComponent(state)}&channel=h5`);
      for (const { attribs } of $('input.input').toArray()) {
        if (numbers.test(attribs['name'] ?? '') && !/^(?:numeric|tel)$/.test(attribs['inputmode'] ?? ''))
          faults.push(`${view} ${state} ${attribs['id']}`);
      }
    }
    expect(faults).toEqual([]);
  });
});
