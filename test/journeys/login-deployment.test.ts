import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, PersonOptions } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { startProduct, type OwnProduct, type Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** Limits per address, behind one proxy, and phones with tabs of their own that take mobiles only: what most products of tests do without. */
let product: OwnProduct;
beforeAll(async () => {
  product = await startProduct({
    profile: {
      extends: 'demo',
      login: { h5: ['sms-code', 'password'] },
      h5Identifiers: ['mobile'],
      captcha: { login: 'always' },
      sms: { perAddressHour: 3 },
    },
    env: { SANDBOX_QUOTAS: 'on', TRUST_PROXY: '1' },
  });
});
afterAll(() => product.remove());

const from = (address: string): PersonOptions => ({ headers: { 'X-Forwarded-For': address } });

describe('where somebody comes from', () => {
  it('the codes of one network are counted together, and those of another apart', async () => {
    const service = await relyingParty(product, 'first-party');
    const asks = async (address: string): Promise<Page> => {
      const person = await service.sendsToUs({}, from(address));
      await person.opens('#tab-sms-code');
      return person.submits({ mobile: `15${randomInt(100_000_000, 999_999_999)}` }, { button: '#send-code' });
    };
    for (let count = 0; count < 3; count += 1) expect((await asks('198.51.100.1')).status).toBe(200);
    const page = await asks('198.51.100.1');
    expect(page).toMatchObject({ status: 429, error: { code: 'otp.address-limit' } });
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(3500);
    expect((await asks('198.51.100.2')).status).toBe(200);
    // What the browser itself puts in front is not believed.
    expect((await asks('198.51.100.99, 198.51.100.1')).status).toBe(429);
    // One customer has a whole network of IPv6.
    for (let host = 1; host <= 3; host += 1) expect((await asks(`2001:db8:1:2::${host}`)).status).toBe(200);
    expect((await asks('2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await asks('2001:db8:1:3::1')).status).toBe(200);
    await sandboxOf(product).waits(3601);
    expect((await asks('198.51.100.1')).status).toBe(200);
  });

  it('guessing from one address locks nobody out who comes from another', async () => {
    const service = await relyingParty(product, 'first-party');
    const citizen = await newCitizen(product);
    const guesser = await service.sendsToUs({}, from('198.51.100.7'));
    for (let count = 0; count < 6; count += 1) await guesser.submits({ identifier: citizen.username, password: `guess-${count}` });
    expect(guesser.page.status).toBe(429);
    const owner = await service.sendsToUs({}, from('198.51.100.8'));
    await signsIn(owner, citizen);
    expect((await service.receives(owner)).claims.amr).toEqual(['pwd']);
  });
});

describe('signing in on a phone', () => {
  it.each<[string, () => Promise<Product>]>([
    ['demo, where its profile says so', async () => product],
    ['beijing', () => sharedProduct('beijing')],
  ])('[LOG-03] with the password takes the mobile only, and a captcha: %s', async (_, running) => {
    const city = await running();
    const service = await relyingParty(city, 'first-party');
    const citizen = await newCitizen(city, 'L2');
    const person = await service.sendsToUs({}, { channel: 'h5', ...from('198.51.100.20') });
    const page = await person.opens('#tab-password');
    expect(page.$('html').attr('data-channel')).toBe('h5');
    expect(page.says('label[for=login-identifier]')).toBe('手机号');
    expect(page.has('#login-captcha')).toBe(true);
    for (const identifier of [citizen.username, citizen.identity.document.number]) {
      expect((await person.submits({ identifier, password: citizen.password })).error?.code).toBe('credentials.wrong');
    }
    expect((await person.submits({ identifier: citizen.mobile, password: citizen.password, captcha: '' })).error?.code).toBe(
      'captcha.required',
    );
    await signsIn(person, { ...citizen, username: citizen.mobile });
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L2', amr: ['pwd'] });

    // At a desk the same person has the choice.
    const desk = await service.sendsToUs({}, from('198.51.100.21'));
    expect(desk.page.says('label[for=login-identifier]')).toMatch(/用户名.*手机号.*身份证号/);
    await signsIn(desk, citizen);
    expect((await service.receives(desk)).claims.acr).toBe('L2');
  });

  it('[LOG-03] left empty, the form asks for what it takes: the mobile on a phone, the account at a desk', async () => {
    const service = await relyingParty(product, 'first-party');
    for (const [channel, asked] of [
      ['h5', '请输入手机号'],
      ['desktop', '请输入登录账号'],
    ] as const) {
      const person = await service.sendsToUs({}, { channel, ...from('198.51.100.23') });
      const page = await person.opens('#tab-password');
      expect(page.$('#login-identifier').attr('data-empty')).toBe(asked);
      await person.submits({ identifier: '', password: 'x' });
      expect([person.page.error?.code, person.page.says('#login-identifier-problem')]).toEqual(['field.required', asked]);
    }
  });

  it('the service may ask for the pages of a phone, which begin with a tab of their own', async () => {
    const service = await relyingParty(product, 'first-party');
    const person = await service.sendsToUs({ display: 'touch' }, from('198.51.100.22'));
    expect(person.page.$('html').attr('data-channel')).toBe('h5');
    expect(person.page.url.pathname).toMatch(/\/login\/sms-code$/);
  });
});
