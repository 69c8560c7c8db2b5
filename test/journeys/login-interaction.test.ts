import { beforeAll, describe, expect, it } from '@jest/globals';
import { loginMethodNames } from '../../interactions/registry.ts';
import { newPerson, type Page, type Person } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { fillForm } from '../support/page.ts';
import type { Product } from '../support/product.ts';
import { initiates, relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word } from '../support/words.ts';

let product: Product;
/** Has an address to start again, a page of its own, and no consent page. */
let service: RelyingParty;
let portal: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct();
  service = await relyingParty(product, 'basic');
  portal = await relyingParty(product, 'first-party');
});

/** Where the page leads who is stuck. */
const wayBack = (page: Page): string | undefined => page.$('#back').attr('href');

const done = { status: 410, error: expect.objectContaining({ code: 'interaction.done' }) };

const expired = { status: 410, error: expect.objectContaining({ code: 'interaction.expired' }) };

describe('a sign-in that begins', () => {
  it('leads from the request straight to the first tab of the city', async () => {
    const person = await service.sendsToUs();
    const [, , uid = ''] = person.page.url.pathname.split('/');
    expect(person.trail.map(({ url }) => url.pathname)).toEqual(['/auth', `/interaction/${uid}/login/password`]);
    expect((await person.goes(`/interaction/${uid}`)).url.pathname).toBe(`/interaction/${uid}/login/password`);
  });

  it('has its first tab at the address without one, too', async () => {
    const person = await service.sendsToUs();
    const { pathname } = person.page.url;
    const page = await person.goes(pathname.replace('/password', ''));
    expect([page.status, page.url.pathname]).toEqual([200, pathname]);
  });
});

describe('a browser that sends no cookie back', () => {
  it.each(['zh-CN', 'en'] as const)('is told to allow cookies, not that time ran out, in %s', async (locale) => {
    const { url } = (await service.sendsToUs()).page;
    const blocking = newPerson(product, { locale });
    for (const path of [url.pathname, `/interaction/${url.pathname.split('/')[2]}`, `/auth/${url.pathname.split('/')[2]}`]) {
      await blocking.jar.removeAllCookies();
      const page = await blocking.goes(path);
      expect(page).toMatchObject(expired);
      expect(page.says('h1')).toBe(word('error', 'no-cookies', {}, locale));
      expect(page.text).toContain(word('error', 'no-cookies-text', {}, locale));
    }
  });
});

describe('a sign-in that is over', () => {
  it.each([
    ['basic', 'https://basic.example/login?iss={issuer}'],
    ['post', 'https://post.example/'],
    ['public', '/login'],
  ])('[PRT-11] after an hour every page of it leads back to the service with a fresh start: %s', async (client, back) => {
    const person = await (await relyingParty(product, client)).sendsToUs();
    const { url } = person.page;
    const form = fillForm(person.page, { identifier: 'somebody', password: 'x' });
    await sandboxOf(product).waits(3601);
    for (const page of [
      await person.goes(url),
      await person.goes(`/interaction/${url.pathname.split('/')[2]}`),
      await person.posts(form.action, Object.fromEntries(form.fields)),
    ]) {
      expect(page).toMatchObject(expired);
      expect(page.$('[role=alert]')).toHaveLength(1);
      expect(page.text).toMatch(/请求编号：[\w-]{12}/);
      expect(wayBack(page)).toBe(back.replace('{issuer}', encodeURIComponent(product.issuer)));
    }
  });

  it('[PRT-11] the page says so in English as well, with the name of the service on its button', async () => {
    const person = await service.sendsToUs({}, { locale: 'en' });
    await sandboxOf(product).waits(3601);
    const page = await person.goes(person.page.url);
    expect(page).toMatchObject(expired);
    expect(page.title).toMatch(/has expired/);
    expect(page.says('#back')).toBe('Start again from “Citizen Services”');
  });

  it('[PRT-11] the fresh start works: a new request of the service is a new sign-in', async () => {
    const citizen = await newCitizen(product);
    const person = await portal.sendsToUs();
    await sandboxOf(product).waits(3601);
    expect(await person.goes(person.page.url)).toMatchObject(expired);
    await portal.sendsToUs({}, person);
    await signsIn(person, citizen);
    expect((await portal.receives(person)).claims.amr).toEqual(['pwd']);
  });

  it.each(loginMethodNames)(
    '[PRT-11] going back to the page after signing in leads back to the service, not into nothing: %s',
    async (method) => {
      const citizen = await newCitizen(product);
      const person = await service.sendsToUs();
      const { pathname } = person.page.url;
      await signsIn(person, citizen);
      await service.redeems(person);
      const page = await person.goes(pathname.replace(/[^/]+$/, method));
      expect(page).toMatchObject(done);
      expect(wayBack(page)).toBe(initiates(product, 'https://basic.example/login'));
    },
  );

  it('[PRT-11] the last redirect opened again is no new sign-in and leads back to the service', async () => {
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    const resumed = person.trail.find(({ url }) => url.pathname.startsWith('/auth/'));
    await service.redeems(person);
    const page = await person.goes(resumed?.url ?? '');
    expect(page).toMatchObject(done);
    expect(wayBack(page)).toBe(initiates(product, 'https://basic.example/login'));
  });

  it('[PRT-11] somebody without a trace of a service is led to the sign-in', async () => {
    const stranger = newPerson(product);
    const page = await stranger.goes('/interaction/does-not-exist/login/password');
    expect(page).toMatchObject(expired);
    expect(wayBack(page)).toBe('/login');
  });
});

describe('a sign-in and the browser it began in', () => {
  it.each(loginMethodNames)('the pages of another browser are closed: %s', async (method) => {
    const victim = await service.sendsToUs();
    const thief = await service.sendsToUs();
    const path = victim.page.url.pathname.replace(/[^/]+$/, method);
    expect(await thief.goes(path)).toMatchObject(expired);
    const { fields } = fillForm(victim.page, { identifier: 'somebody', password: 'x' });
    expect(await thief.posts(path, Object.fromEntries(fields))).toMatchObject(expired);
    expect((await victim.goes(path)).status).toBe(200);
  });

  it('a thief who knows the last address gets nothing from it', async () => {
    const citizen = await newCitizen(product);
    const victim = await portal.sendsToUs();
    await signsIn(victim, citizen);
    const resumed = victim.trail.find(({ url }) => url.pathname.startsWith('/auth/'));
    const page = await newPerson(product).goes(resumed?.url ?? '');
    expect(page).toMatchObject(expired);
  });
});

describe('several pages at once', () => {
  it('two tabs with two requests both come back, as the same person', async () => {
    const citizen = await newCitizen(product);
    const first = await portal.sendsToUs();
    const second = await (await relyingParty(product, 'sector-clinic')).sendsToUs({}, first.tab());
    await signsIn(first, citizen);
    await signsIn(second, citizen);
    const clinic = await relyingParty(product, 'sector-clinic');
    expect(first.page.url.origin + first.page.url.pathname).toBe(portal.redirectUri);
    expect(second.page.url.origin + second.page.url.pathname).toBe(clinic.redirectUri);
    expect((await portal.receives(first)).claims.acr).toBe('L1');
  });

  it('two tabs with two people end with the second one signed in, by a button where no script runs', async () => {
    const [one, other] = [await newCitizen(product), await newCitizen(product)];
    const first = await portal.sendsToUs();
    const second = await portal.sendsToUs({}, first.tab());
    await signsIn(first, one);
    const { claims } = await portal.receives(first);
    await second.submits({ identifier: other.username, password: other.password });
    expect(second.page.status).toBe(200);
    await second.submits({}, { button: '#continue' });
    const received = await portal.receives(second);
    expect(received.claims.sub).not.toBe(claims.sub);
  });

  it('a form that is sent four times signs in once and harms nobody', async () => {
    const citizen = await newCitizen(product);
    const person = await portal.sendsToUs();
    const { action, fields } = fillForm(person.page, { identifier: citizen.username, password: citizen.password });
    const tabs: Person[] = [person, person.tab(), person.tab(), person.tab()];
    for (const tab of tabs) tab.stops.add(portal.redirectUri);
    const pages = await Promise.all(tabs.map((tab) => tab.posts(action, Object.fromEntries(fields))));
    const home = pages.filter(({ url }) => url.origin + url.pathname === portal.redirectUri);
    expect(home.length).toBeGreaterThan(0);
    for (const page of pages.filter((each) => !home.includes(each))) {
      expect(page).toMatchObject(done);
      expect(wayBack(page)).toBe('/');
    }
    // And once more, when the answer has arrived, and long after.
    expect(await person.posts(action, Object.fromEntries(fields))).toMatchObject(done);
    await sandboxOf(product).waits(61);
    expect(await person.posts(action, Object.fromEntries(fields))).toMatchObject(expired);
  });
});

describe('what the browser keeps', () => {
  it('every cookie is for us alone, for no script, for no form of another site, and for at most thirty days', async () => {
    const seen = new Map<string, string>();
    const person = newPerson(product);
    const notes = async (act: Promise<unknown>): Promise<void> => {
      await act;
      for (const line of person.trail.flatMap(({ headers }) => headers['set-cookie'] ?? [])) seen.set(line.split('=')[0] ?? '', line);
    };
    person.stops.add(service.redirectUri);
    await notes(service.sendsToUs({}, person));
    await notes(person.submits({}, { button: 'button[name=locale][value=en]' }));
    await notes(person.submits({}, { button: 'button[name=elder][value=on]' }));
    const { username, password } = await newCitizen(product);
    await notes(person.submits({ identifier: username, password }));
    await notes(person.submits({}, { button: '#consent-allow' }));
    await notes(person.goes('/login'));
    await notes(person.goes('/session/end'));
    await notes(person.submits({}, { button: '#logout-yes' }));
    expect([...seen.keys()].filter((name) => !name.endsWith('.sig')).toSorted()).toEqual([
      'mx_device',
      'mx_elder',
      'mx_interaction',
      'mx_locale',
      'mx_resume',
      'mx_seed',
      'mx_service',
      'mx_session',
      'mx_submission',
      'mx_target',
    ]);
    for (const line of seen.values()) {
      expect(line).toMatch(/; httponly/i);
      expect(line).toMatch(/; samesite=(lax|strict)/i);
      expect(line).not.toMatch(/; domain/i);
      const expires = Date.parse(/; expires=([^;]+)/i.exec(line)?.[1] ?? '') / 1000 - (await sandboxOf(product).clockAhead());
      expect(Number.isNaN(expires) ? 0 : expires - Date.now() / 1000).toBeLessThanOrEqual(30 * 86_400 + 60);
    }
  });
});
