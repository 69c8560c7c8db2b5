import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { requestAlone } from '../support/connection.ts';
import { loginMethodNames } from '../../interactions/registry.ts';
import type { Page, Person } from '../support/browser.ts';
import { newCitizen } from '../support/citizen.ts';
import { fillForm } from '../support/page.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let service: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct();
  service = await relyingParty(product, 'first-party');
});

/** At the page of a method, with everything its form would send. */
async function atForm(
  method = 'password',
  fields: Record<string, string> = {},
): Promise<{ person: Person; path: string; filled: Record<string, string> }> {
  const person = await service.sendsToUs();
  await person.opens(`#tab-${method}`);
  const captcha = person.page.$('[data-captcha-id]').attr('data-captcha-id');
  const solved = captcha === undefined ? {} : { captcha: await person.sandbox.captchaAnswer(captcha) };
  const { action, fields: sent } = fillForm(person.page, { ...solved, ...fields }, '#login-submit, #login-passkey');
  return { person, path: action.pathname, filled: Object.fromEntries(sent) };
}

describe('forms of the sign-in', () => {
  // The page of a code that is scanned has no form until somebody confirmed (login-qr-code.test.ts).
  it.each(loginMethodNames.filter((name) => name !== 'qr-code'))(
    '%s: a form without its token, with a made-up one or with that of another browser is forged',
    async (method) => {
      const { person, path, filled } = await atForm(method);
      const { filled: others } = await atForm(method);
      const { _form: token, ...rest } = filled;
      expect(token).toMatch(/^0\./);
      for (const forged of [
        rest,
        { ...rest, _form: '' },
        { ...rest, _form: '0.made-up' },
        { ...rest, _form: others['_form'] ?? '' },
        { ...rest, _form: `1${token}` },
      ]) {
        const page = await person.posts(path, forged);
        expect(page).toMatchObject({ status: 403, error: { code: 'form.forged' } });
      }
    },
  );

  it('the token of one page is worth nothing on another', async () => {
    const { person, path, filled } = await atForm('password');
    const page = await person.posts(path.replace('password', 'sms-code'), {
      _form: filled['_form'] ?? '',
      mobile: '13800000001',
      code: '000000',
    });
    expect(page.error?.code).toBe('form.forged');
  });

  it.each([
    { Origin: 'https://elsewhere.example' },
    { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ])('a form that another site sends is forged although its token is right: %j', async (headers) => {
    const citizen = await newCitizen(product);
    const { person, path, filled } = await atForm('password', { identifier: citizen.username, password: citizen.password });
    const page = await person.posts(path, filled, headers);
    expect(page).toMatchObject({ status: 403, error: { code: 'form.forged' } });
    // The same from the page itself is right.
    await person.posts(path, filled);
    await service.redeems(person);
  });

  it('a form of another site travels without cookies and finds no interaction', async () => {
    const { person, path, filled } = await atForm();
    expect(await person.arrives(path, filled)).toMatchObject({ status: 410, error: { code: 'interaction.expired' } });
  });

  it('repeated fields, fields that are lists and bodies that are no form are refused as malformed', async () => {
    const { person, path, filled } = await atForm('password', { identifier: 'somebody', password: 'secret-of-theirs' });
    const body = new URLSearchParams(filled).toString();
    const malformed: [string, string?][] = [
      [`${body}&identifier=another`],
      [`${body}&password%5B%5D=x`],
      [`${body}&identifier%5Ba%5D%5Bb%5D=x`],
      [JSON.stringify(filled), 'application/json'],
      [body, 'text/plain'],
      ['--x\r\nContent-Disposition: form-data; name="identifier"\r\n\r\nx\r\n--x--\r\n', 'multipart/form-data; boundary=x'],
    ];
    for (const [sent, type = 'application/x-www-form-urlencoded'] of malformed) {
      const page = await person.posts(path, sent, { 'Content-Type': type });
      expect({ sent, status: page.status, code: page.error?.code }).toEqual({ sent, status: 400, code: 'form.malformed' });
      expect(page.html).not.toContain('secret-of-theirs');
    }
  });

  it('a body that is too large is refused, also when it comes without its length', async () => {
    const { person, path, filled } = await atForm();
    const large = new URLSearchParams({ ...filled, password: 'x'.repeat(100_000) }).toString();
    expect(await person.posts(path, large)).toMatchObject({ status: 413, error: { code: 'form.too-large' } });
    const streamed = await requestAlone(new URL(path, product.address), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Cookie: await person.jar.getCookieString(new URL(path, product.issuer).href),
      },
      body: Readable.from([Buffer.from(large)]),
    });
    expect(streamed.statusCode).toBe(413);
    await streamed.body.dump();
  });

  it('fields that are too long, and empty ones, are refused with the field', async () => {
    const { person } = await atForm();
    const page = await person.submits({ identifier: 'x'.repeat(129), password: '' });
    expect(page.status).toBe(422);
    expect(
      page
        .$('[role=alert] a')
        .toArray()
        .map((link) => link.attribs['href']),
    ).toEqual(['#login-identifier', '#login-password']);
    expect(page.$('#login-identifier').attr('aria-invalid')).toBe('true');
    expect(page.$('#login-password').attr('aria-invalid')).toBe('true');
  });

  it('what was typed comes back as text, never as markup', async () => {
    const { person } = await atForm();
    const markup = '"><img src=x onerror=alert(1)>';
    const page = await person.submits({ identifier: markup, password: 'x' });
    expect(page.$('#login-identifier').attr('value')).toBe(markup);
    expect(page.html).not.toContain('<img src=x');
  });

  it('a hint of the service fills the page, a value that cannot be one does no harm', async () => {
    const hinted = await service.sendsToUs({ login_hint: '13800000001' });
    expect(hinted.page.$('#login-identifier').attr('value')).toBe('13800000001');
    const strange = await service.sendsToUs({ login_hint: `"><script>${'x'.repeat(500)}` });
    expect(strange.page.status).toBe(200);
    expect(strange.page.html).not.toContain('"><script>x');
  });

  it('a method or an action that does not exist is no page', async () => {
    const { person, path, filled } = await atForm();
    expect((await person.posts(path.replace('password', 'tea-leaves'), filled)).status).toBe(404);
    expect((await person.posts(`${path}/send-code`, filled)).status).toBe(404);
    expect((await person.posts(path.replace('password', '__proto__'), filled)).status).toBe(404);
    expect((await person.posts(`${path.replace('password', 'sms-code')}/toString`, filled)).status).toBe(404);
  });
});

describe('who is known is not told', () => {
  /** A page without what is different every time. */
  const constant = ({ html, url }: Page, typed: string): string =>
    html
      .replaceAll(url.pathname.split('/')[2] ?? '', 'UID')
      .replaceAll(typed, 'TYPED')
      .replaceAll(/nonce="[^"]+"/g, 'NONCE')
      .replaceAll(/name="_form" value="[^"]+"/g, 'TOKEN')
      .replaceAll(/(name="captchaId" value|data-captcha-id|data-seed|src)="[^"]*[\w-]{22}[^"]*"/g, 'CAPTCHA')
      .replaceAll(/请求编号：[\w-]{12}/g, 'REQUEST');

  it('[DIS-21] an unknown identifier is answered exactly like a wrong password: status, page, headers and cookies', async () => {
    const beijing = await sharedProduct('beijing');
    const strict = await relyingParty(beijing, 'first-party');
    const { username, mobile, identity } = await newCitizen(beijing, 'L2');
    const unknown = [
      [username, username.replace(/^c./, 'qq')],
      [mobile, `159${mobile.slice(3)}`],
      // The card of somebody who has none of our accounts.
      [identity.document.number, '42019919920118013X'],
    ] as const;
    for (const pair of unknown) {
      const answers = [];
      for (const identifier of pair) {
        const person = await strict.sendsToUs();
        const page = await person.submits({ identifier, password: 'not-the-password' });
        const cookies = (await person.jar.getCookies(`${beijing.issuer}${page.url.pathname}`)).map(({ key }) => key).toSorted();
        answers.push({
          status: page.status,
          error: page.error,
          headers: Object.keys(page.headers).toSorted(),
          length: page.headers['content-length'],
          cookies,
          page: constant(page, identifier),
        });
      }
      expect(answers[0]).toMatchObject({ status: 401, error: { code: 'credentials.wrong' } });
      expect(answers[1]).toEqual(answers[0]);
    }
  });

  it('[DIS-21] a number that nobody has is answered exactly like one that somebody has: when a code is sent, and when it is wrong', async () => {
    const { mobile } = await newCitizen(product);
    const answers = [];
    for (const number of [mobile, `159${mobile.slice(3)}`]) {
      const person = await service.sendsToUs();
      await person.opens('#tab-sms-code');
      const sent = await person.submits({ mobile: number }, { button: '#send-code' });
      const wrong = await person.submits({ mobile: number, code: '0000x0' });
      const seen = (page: Page) => ({
        status: page.status,
        headers: Object.keys(page.headers).toSorted(),
        // The mobile is masked and spoken besides.
        page: constant(page, number)
          .replaceAll(`${number.slice(0, 3)}****${number.slice(-4)}`, 'MASKED')
          .replaceAll(/\b\d\d? 秒/g, 'SECONDS')
          .replaceAll(/data-cooldown="\d+"/g, 'SECONDS'),
      });
      answers.push({ sent: seen(sent), wrong: seen(wrong), error: wrong.error?.code });
    }
    expect(answers[0]).toMatchObject({ sent: { status: 200 }, wrong: { status: 422 }, error: 'otp.wrong' });
    expect(answers[1]).toEqual(answers[0]);
  });
});
