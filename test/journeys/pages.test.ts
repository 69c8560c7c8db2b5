import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchAlone } from '../support/connection.ts';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { newCitizen, opensProofing, signsIn } from '../support/citizen.ts';
import { problemsOf } from '../support/form-problems.ts';
import { accountFields, newcomer, registers, registersUnverified } from '../support/newcomer.ts';
import { startProduct, type OwnProduct, type Product } from '../support/product.ts';
import { initiates, relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

const lang = ({ $ }: Page): string | undefined => $('html').attr('lang');
const switches = (locale: 'zh-CN' | 'en') => ({ button: `button[name=locale][value=${locale}]` });

describe('the language of a page', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[UXP-01] is that of the browser, else Chinese', async () => {
    const said = async (header: string) => lang(await newPerson(product, { headers: { 'Accept-Language': header } }).goes('/'));
    expect(await said('en-GB,en;q=0.9')).toBe('en');
    expect(await said('fr,en;q=0.5,zh;q=0.3')).toBe('en');
    expect(await said('zh-TW,zh;q=0.9,en;q=0.1')).toBe('zh-CN');
    expect(await said('fr')).toBe('zh-CN');
    expect(await said('')).toBe('zh-CN');
  });

  it('[UXP-01] is changed by the switch of every page, and remembered', async () => {
    const person = newPerson(product);
    await person.goes('/help/agreement?from=footer');
    await person.submits({}, switches('en'));
    expect([person.page.url.pathname + person.page.url.search, lang(person.page)]).toEqual(['/help/agreement?from=footer', 'en']);
    expect(lang(await person.goes('/'))).toBe('en');
    expect(lang(await person.goes('/register'))).toBe('en');
    await person.submits({}, switches('zh-CN'));
    expect(lang(person.page)).toBe('zh-CN');
  });

  it('[UXP-01] follows ui_locales before the switch, and a later switch before ui_locales', async () => {
    const service = await relyingParty(product, 'basic');
    const person = newPerson(product);
    await service.sendsToUs({ ui_locales: 'en' }, person);
    expect(lang(person.page)).toBe('en');
    await person.submits({}, switches('zh-CN'));
    expect(lang(person.page)).toBe('zh-CN');
    await person.opens('#tab-sms-code');
    expect(lang(person.page)).toBe('zh-CN');
    // The next service asks anew.
    await service.sendsToUs({ ui_locales: 'fr en' }, person);
    expect(lang(person.page)).toBe('en');
    await service.sendsToUs({ ui_locales: 'xx' }, person);
    expect(lang(person.page)).toBe('zh-CN');
  });

  it('[UXP-01] is also that of errors, and of what is sent', async () => {
    const person = newPerson(product, { locale: 'en' });
    await person.goes('/nowhere');
    expect(person.page.error).toMatchObject({ code: 'page.not-found' });
    expect(person.page.text).toContain(refusal('page.not-found', {}, 'en'));
    const who = newcomer();
    await person.goes('/register');
    await person.asksForCode(accountFields(who));
    await person.readsCode(who.mobile);
    const [message] = await person.sandbox.messagesTo(who.mobile);
    expect(message?.text).not.toMatch(/\p{Script=Han}/u);
  });
});

describe('elder mode', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });
  const elder = ({ $ }: Page): boolean => $('html').attr('data-elder') !== undefined;

  it('[UXP-02] is one switch on every page, remembered until it is switched off', async () => {
    const person = newPerson(product);
    await person.goes('/register');
    expect([elder(person.page), person.page.says('button[name=elder]')]).toEqual([false, word('layout', 'elder.on')]);
    const address = person.page.url.href;
    await person.submits({}, { button: 'button[name=elder]' });
    expect([person.page.url.href, elder(person.page), person.page.says('button[name=elder]')]).toEqual([
      address,
      true,
      word('layout', 'elder.off'),
    ]);
    for (const path of ['/', '/help', '/nowhere', '/login']) expect([path, elder(await person.goes(path))]).toEqual([path, true]);
    const kept = (await person.jar.getCookies(product.issuer)).find(({ key }) => key === 'mx_elder');
    expect(kept?.TTL()).toBeGreaterThan(29 * 86_400_000);
    await person.submits({}, { button: 'button[name=elder]' });
    expect(elder(person.page)).toBe(false);
  });

  it('[UXP-02] stays through a whole registration', async () => {
    const person = newPerson(product);
    await person.goes('/register');
    await person.submits({}, { button: 'button[name=elder]' });
    await registers(person);
    expect(elder(person.page)).toBe(true);
  });
});

describe('a form with something wrong', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  /** Each leads a person to a page and submits something wrong; what is wrong, and what must still stand there. */
  const forms: Record<
    string,
    { at: (person: Person) => Promise<unknown>; typed: Record<string, string>; problems: Record<string, string>; kept: readonly string[] }
  > = {
    'signing in with a password': {
      at: (person) => person.goes('/login'),
      typed: { identifier: 'nobody', password: 'wrong-password' },
      problems: {},
      kept: ['identifier'],
    },
    'signing in with an SMS code': {
      at: async (person) => {
        await person.goes('/login');
        await person.opens('#tab-sms-code');
      },
      typed: { mobile: '1380000', code: '123456', captcha: '' },
      problems: { mobile: refusal('mobile.invalid.length') },
      kept: ['mobile'],
    },
    registering: {
      at: (person) => person.goes('/register'),
      typed: { ...accountFields(newcomer({ username: 'a b' })), code: '123456', captcha: '' },
      problems: { username: refusal('username.invalid.min-length', { min: 4, max: 20 }) },
      kept: ['username', 'mobile'],
    },
    'proving a real name': {
      at: async (person) => {
        const who = await newCitizen(product);
        await (await relyingParty(product, 'level-2')).sendsToUs({}, person);
        await signsIn(person, who);
        await opensProofing(person, 'real-name', who);
      },
      typed: { name: '张伟', documentNumber: '110', validFrom: '2018-06-06', longTerm: 'yes', sex: 'male' },
      problems: { documentNumber: refusal('document.invalid.length') },
      kept: ['name', 'documentNumber', 'validFrom'],
    },
  };

  it.each(Object.entries(forms))(
    '[UXP-05] %s says what and what to do, keeps what was typed and sets the focus',
    async (_, { at, typed, problems, kept }) => {
      const person = newPerson(product);
      await at(person);
      await person.submits(typed);
      expect(person.page.status).toBeGreaterThanOrEqual(400);
      const found = problemsOf(person.page);
      expect(found).toMatchObject(problems);
      expect(Object.keys(found).length).toBeGreaterThan(0);
      // What to do: every text of a refusal asks for something.
      for (const text of Object.values(found)) expect(text).toMatch(/请|可以|不能/);
      expect(kept.map((name) => person.page.$(`[name=${name}]`).attr('value'))).toEqual(kept.map((name) => typed[name]));
      expect(
        person.page
          .$('[type=password]')
          .toArray()
          .map((field) => person.page.$(field).attr('value') ?? '')
          .join(''),
      ).toBe('');
      const [first = ''] = Object.keys(found);
      expect(person.page.$('[autofocus]').first().attr('name') ?? '').toBe(first);
      expect(person.page.title).toMatch(/^请核对：/);
    },
  );
});

describe('every answer', () => {
  let product: OwnProduct;
  let secure: Product;
  beforeAll(async () => {
    product = await startProduct({ env: { ISSUER: 'https://id.city.example' } });
    // Behind a proxy that ends TLS: the same process, as browsers see it.
    secure = { ...product, issuer: 'https://id.city.example' };
  });
  afterAll(async () => product?.remove());

  it.each([
    ['GET', '/'],
    ['GET', '/help'],
    ['GET', '/nowhere'],
    ['POST', '/help'],
    ['GET', '/%ff'],
    ['GET', '/captcha/none.svg'],
    ['GET', '/interaction/none'],
    ['POST', '/interaction/none/register/account'],
    ['GET', '/account'],
    ['GET', '/auth'],
    ['GET', '/auth/none'],
    ['POST', '/token'],
    ['GET', '/me'],
    ['GET', '/jwks'],
    ['GET', '/.well-known/openid-configuration'],
    ['POST', '/token/introspection'],
    ['POST', '/token/revocation'],
    ['POST', '/request'],
    ['GET', '/session/end'],
    ['POST', '/session/end/confirm'],
    ['GET', '/health/live'],
    ['GET', '/health/ready'],
    ['GET', '/sandbox'],
  ])('has the security headers: %s %s', async (method, path) => {
    const { headers } = await fetchAlone(`${product.address}${path}`, { method, redirect: 'manual' });
    const found = Object.fromEntries(
      ['x-content-type-options', 'x-frame-options', 'referrer-policy', 'strict-transport-security'].map((name) => [
        name,
        headers.get(name),
      ]),
    );
    expect(found).toEqual({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
    });
    expect(headers.get('permissions-policy')).toContain('camera=()');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(headers.get('x-powered-by') ?? headers.get('server')).toBeNull();
  });

  it('lets the scripts of its own page run and no other, and forms of interactions lead to services', async () => {
    const person = newPerson(secure);
    await person.goes('/register');
    const policy = String(person.page.headers['content-security-policy']);
    const nonces = person.page
      .$('script')
      .toArray()
      .map((script) => person.page.$(script).attr('nonce'));
    expect(nonces.length).toBeGreaterThan(0);
    for (const nonce of nonces) expect(policy).toContain(`script-src 'nonce-${nonce}'`);
    expect(policy).not.toContain('form-action');
    expect(person.page.$('[style], [onclick], [onsubmit], script:not([src])').length).toBe(0);
    await person.goes('/help');
    expect(String(person.page.headers['content-security-policy'])).toContain("form-action 'self'");
    expect(String(person.page.headers['content-security-policy'])).not.toContain(nonces[0]);
  });

  it('sets cookies that scripts cannot read, that no other site sends, that belong to this host and end within 30 days', async () => {
    const person = newPerson(secure);
    const cookies = new Map<string, string>();
    const collect = () => {
      for (const hop of person.trail)
        for (const cookie of [hop.headers['set-cookie'] ?? []].flat()) cookies.set(cookie.split('=')[0] ?? '', cookie);
    };
    const acts: (() => Promise<unknown>)[] = [
      () => person.goes('/register'),
      () => person.submits({}, { button: 'button[name=elder]' }),
      () => person.submits({}, switches('en')),
      () => registersUnverified(person),
      () => person.goes('/account'),
      () => person.opens('#logout'),
      () => person.submits({}, { button: '#logout-yes' }),
    ];
    for (const act of acts) {
      await act();
      collect();
    }
    const names = [...cookies.keys()].filter((name) => !name.endsWith('.sig'));
    expect(names).toEqual(
      expect.arrayContaining([
        '__Host-mx_seed',
        '__Host-mx_elder',
        '__Host-mx_locale',
        '__Host-mx_session',
        '__Secure-mx_interaction',
        '__Secure-mx_resume',
      ]),
    );
    for (const cookie of cookies.values()) {
      const attributes = cookie
        .split(/; */)
        .slice(1)
        .map((attribute) => attribute.toLowerCase());
      const named = (name: string) => attributes.find((attribute) => attribute.startsWith(`${name}=`))?.slice(name.length + 1);
      expect([cookie, attributes.includes('httponly'), attributes.includes('secure')]).toEqual([cookie, true, true]);
      expect(['lax', 'strict']).toContain(named('samesite'));
      expect(named('domain')).toBeUndefined();
      const ends = Date.parse(named('expires') ?? new Date().toUTCString());
      expect(ends - Date.now()).toBeLessThanOrEqual(30 * 86_400_000 + 60_000);
    }
  });

  it('carries its own request id, in a header and on pages, so that the hotline can find it', async () => {
    const person = newPerson(secure);
    const ids = new Set<string>();
    for (const path of ['/', '/nowhere', '/login']) {
      const page = await person.goes(path);
      const id = String(page.headers['x-request-id']);
      expect(page.says('.request')).toContain(id);
      ids.add(id);
    }
    expect(ids.size).toBe(3);
  });
});

describe('addresses', () => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('that do not exist answer 404 with a page, a reason and a way back', async () => {
    const person = newPerson(product);
    for (const path of ['/nowhere', '/help/nowhere', '/interaction', '/captcha/none.svg', '/%E0%A4%A']) {
      await person.goes(path);
      expect([path, person.page.status, person.page.error?.code]).toEqual([path, 404, 'page.not-found']);
      expect(person.page.$('#back').attr('href')).toBe('/');
    }
    await relyingParty(product, 'basic').then((service) => service.sendsToUs({}, person));
    await person.goes('/nowhere');
    expect(person.page.$('#back').attr('href')).toBe(initiates(product, 'https://basic.example/login'));
  });

  it('that take another method answer 405 with a page and say which', async () => {
    const person = newPerson(product);
    await person.posts('/help', {});
    expect([person.page.status, person.page.error?.code, person.page.headers['allow']]).toEqual([405, 'page.method', 'HEAD, GET']);
    await person.posts('/account/ended', {});
    expect([person.page.status, person.page.error?.code, person.page.headers['allow']]).toEqual([405, 'page.method', 'HEAD, GET']);
  });

  it('answer scripts in JSON when something is wrong', async () => {
    const person = newPerson(product, { headers: { Accept: 'application/json' } });
    const page = await person.goes('/nowhere');
    expect([page.status, page.json()]).toEqual([
      404,
      { ok: false, problems: [{ code: 'page.not-found', exact: 'page.not-found', text: refusal('page.not-found') }] },
    ]);
  });

  it.each([
    '//evil.example/',
    'https://evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/%09/evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/help/..//evil.example',
    '/%2e//evil.example',
    '',
  ])('never leave us by a switch or a new captcha: %j', async (target) => {
    const person = newPerson(product);
    await person.goes('/');
    const token = person.page.$('form[action="/preferences"] [name=_form]').attr('value') ?? '';
    await person.posts('/preferences', { _form: token, locale: 'en', return: target });
    expect(person.page.url.origin).toBe(product.issuer);
    await person.goes(`/captcha/new?return=${encodeURIComponent(target)}`);
    expect(person.page.url.origin).toBe(product.issuer);
    await person.goes(`/login?return=${encodeURIComponent(target)}`);
    await signsIn(person, await newCitizen(product));
    expect(person.page.url.origin).toBe(product.issuer);
  });

  it('keep no address in the browser that is too long for the headers to come', async () => {
    const person = newPerson(product);
    await person.goes(`/login?return=/help/${'x'.repeat(2900)}`);
    await (await relyingParty(product, 'basic')).sendsToUs({ state: 'x'.repeat(3800) }, person);
    expect([person.page.status, person.page.has('#login-submit')]).toEqual([200, true]);
    await person.goes('/login?return=/help/agreement');
    await signsIn(person, await newCitizen(product));
    expect(person.page.url.pathname).toBe('/help/agreement');
  });

  it('take a switch from our own pages only', async () => {
    const person = newPerson(product);
    await person.goes('/');
    const token = person.page.$('form[action="/preferences"] [name=_form]').attr('value') ?? '';
    await person.arrives('/preferences', { _form: token, locale: 'en', return: '/' });
    expect([person.page.status, person.page.error?.code]).toEqual([403, 'form.forged']);
    // A page that is out of date is shown anew, as it was, where the browser does not tell that it is ours; its switch works from there.
    const untold = { Origin: 'null', 'Sec-Fetch-Site': '' };
    for (const old of [{}, { _form: '0..made-up' }]) {
      await person.posts('/preferences', { ...old, locale: 'en', return: '/help' }, untold);
      expect([person.page.status, person.page.url.pathname, lang(person.page)]).toEqual([200, '/help', 'zh-CN']);
    }
    await person.posts('/preferences', { _form: token, locale: 'fr', return: '/' });
    expect([person.page.status, person.page.error?.code]).toEqual([400, 'form.malformed']);
    expect(lang(await person.goes('/'))).toBe('zh-CN');
  });
});
