import { beforeAll, describe, expect, it } from '@jest/globals';
import { requestAlone } from '../support/connection.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { allows, newCitizen, signsIn, signsInBySms, type Citizen } from '../support/citizen.ts';
import { fillForm, type FilledForm } from '../support/page.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});

/** How an interaction can end: whoever comes to the page, and what is submitted there. */
interface Act {
  readonly name: string;
  readonly client: string;
  readonly begins: (service: RelyingParty, person: Person, citizen: Citizen) => Promise<unknown>;
  readonly form: (person: Person, citizen: Citizen) => FilledForm | Promise<FilledForm>;
  /** The same page, and something else. */
  readonly other: (person: Person) => FilledForm;
}

const acts: readonly Act[] = [
  {
    name: 'sign-in with a password',
    client: 'first-party',
    begins: (service, person) => service.sendsToUs({}, person),
    form: ({ page }, { username, password }) => fillForm(page, { identifier: username, password }),
    other: ({ page }) => fillForm(page, { identifier: 'somebody', password: 'else' }),
  },
  {
    name: 'sign-in by SMS',
    client: 'first-party',
    async begins(service, person, { mobile }) {
      await service.sendsToUs({}, person);
      await person.opens('#tab-sms-code');
      await person.asksForCode({ mobile });
    },
    form: async (person, { mobile }) => fillForm(person.page, { mobile, code: await person.readsCode(mobile) }),
    other: ({ page }) => fillForm(page, { mobile: '13900000000', code: '000000' }),
  },
  {
    name: 'step-up with a password',
    client: 'level-3',
    async begins(service, person, citizen) {
      await service.sendsToUs({}, person);
      await signsInBySms(person, citizen);
      await person.opens('#step-up-password');
    },
    form: ({ page }, { password }) => fillForm(page, { password }),
    other: ({ page }) => fillForm(page, { password: 'something-else-1' }),
  },
  {
    name: 'consent',
    client: 'basic',
    async begins(service, person, { username, password }) {
      await service.sendsToUs({ scope: 'openid profile' }, person);
      await person.submits({ identifier: username, password });
    },
    form: ({ page }) => fillForm(page, {}, '#consent-allow'),
    other: ({ page }) => fillForm(page, {}, '#consent-deny'),
  },
];

const bodyOf = ({ fields }: FilledForm): Record<string, string> => Object.fromEntries(fields);
const uidOf = ({ page }: Person): string => page.url.pathname.split('/')[2] ?? '';
const wayBackOf = (person: Person): URL => new URL(`/auth/${uidOf(person)}`, product.issuer);

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly location: string | undefined;
  readonly session: boolean;
}

/** Asks by these cookies, in every spelling that the library takes. */
async function polls(cookies: string, uid: string): Promise<Heard[]> {
  const asked = [
    ['GET', `/auth/${uid}`],
    ['GET', `/auth/${uid}/`],
    ['GET', `/AUTH/${uid}`],
    ['GET', '/auth/another'],
    ['HEAD', `/auth/${uid}`],
  ] as const;
  return Promise.all(
    asked.map(async ([method, path]) => {
      const { statusCode, headers, body } = await requestAlone(new URL(path, product.address), {
        method,
        headers: { Cookie: cookies, Host: new URL(product.issuer).host, Accept: 'text/html' },
      });
      await body.dump();
      const session = [headers['set-cookie'] ?? []].flat().some((line) => /^(__Host-)?mx_session=[^;]/.test(line));
      return { method, path, status: statusCode, location: [headers.location].flat()[0], session };
    }),
  );
}
const refused = (heard: readonly Heard[]): void => {
  expect(heard.filter(({ status, location }) => status < 400 || location !== undefined)).toEqual([]);
};

/** Everything that the library knows an interaction and its session by, before the form is sent. */
async function cookiesOf(person: Person): Promise<string> {
  const at = [...(await person.jar.getCookies(person.page.url.href)), ...(await person.jar.getCookies(wayBackOf(person).href))];
  const shared = at.filter(({ key }) => /mx_(interaction|resume|session)(\.sig)?$/.test(key));
  return [...new Set(shared.map((cookie) => cookie.cookieString()))].join('; ');
}

/** Sends it as the browser would, which never hears the answer. */
async function isDropped(person: Person, form: FilledForm): Promise<{ readonly status: number; readonly location: string }> {
  const { host, origin } = new URL(product.issuer);
  const { statusCode, headers, body } = await requestAlone(new URL(form.action.pathname, product.address), {
    method: 'POST',
    headers: {
      Cookie: await person.jar.getCookieString(form.action.href),
      'Content-Type': 'application/x-www-form-urlencoded',
      Host: host,
      Origin: origin,
      Accept: 'text/html',
    },
    body: new URLSearchParams(bodyOf(form)).toString(),
  });
  await body.dump();
  return { status: statusCode, location: [headers.location ?? ''].flat()[0] ?? '' };
}

async function isAtService(person: Person, service: RelyingParty): Promise<void> {
  await allows(person);
  await service.redeems(person);
  expect((await person.tab().goes('/account')).status).toBe(200);
}

describe.each(acts)('an interaction that ends by a $name', ({ client, begins, form, other }) => {
  const stands = async () => {
    const service = await relyingParty(product, client);
    const citizen = await newCitizen(product, 'L3');
    const person = newPerson(product);
    await begins(service, person, citizen);
    return { service, citizen, person };
  };

  it('gives nothing to somebody with all of its cookies – before, at and after the answer – and lets the browser that ended it have it', async () => {
    const { service, citizen, person } = await stands();
    const [address, uid, stolen] = [wayBackOf(person), uidOf(person), await cookiesOf(person)];
    expect(stolen).toMatch(/mx_resume=/);
    refused(await polls(stolen, uid));
    const filled = await form(person, citizen);
    person.stops.add(address.href);
    await person.posts(filled.action, bodyOf(filled));
    expect(person.page.url.href).toBe(address.href);
    person.stops.delete(address.href);
    // The answer is there to be had, and its owner is slow.
    refused(await polls(stolen, uid));
    const [, ...heard] = await Promise.all([person.goes(address), polls(stolen, uid), polls(stolen, uid)]);
    heard.forEach(refused);
    refused(await polls(stolen, uid));
    await isAtService(person, service);
    refused(await polls(stolen, uid));
  });

  it('ends at the service by a double click of which the browser hears the second half alone', async () => {
    const { service, citizen, person } = await stands();
    const filled = await form(person, citizen);
    const [first] = await Promise.all([isDropped(person, filled), person.posts(filled.action, bodyOf(filled))]);
    expect(first).toMatchObject({ status: 303, location: expect.stringContaining(`/auth/`) });
    await isAtService(person, service);
  });

  it('ends there by the very same form again, when the first answer was made and got lost; something else is no answer to it', async () => {
    const { service, citizen, person } = await stands();
    const [address, filled, different] = [wayBackOf(person), await form(person, citizen), other(person)];
    const before = await cookiesOf(person);
    person.stops.add(address.href);
    await person.posts(filled.action, bodyOf(filled));
    person.stops.delete(address.href);
    const lost = await requestAlone(new URL(address.pathname, product.address), {
      headers: { Cookie: await person.jar.getCookieString(address.href), Host: address.host, Accept: 'text/html' },
    });
    await lost.body.dump();
    expect(lost.statusCode).toBe(303);
    refused(await polls(before, address.pathname.split('/')[2] ?? ''));
    expect(await person.posts(different.action, bodyOf(different))).toMatchObject({
      status: 410,
      error: { code: 'interaction.expired' },
    });
    await person.posts(filled.action, bodyOf(filled));
    await isAtService(person, service);
  });
});

describe('cookies of a sign-in, put into the browser of somebody else', () => {
  it('bring the one who put them there neither the code nor the session, and the other is signed in', async () => {
    const service = await relyingParty(product, 'first-party');
    const attacker = await service.sendsToUs({});
    const uid = uidOf(attacker);
    const [page, address] = [attacker.page.url, wayBackOf(attacker)];
    const victim = newPerson(product);
    await victim.goes('/help');
    for (const at of [page, address]) {
      for (const cookie of await attacker.jar.getCookies(at.href))
        if (/mx_(interaction|resume)/.test(cookie.key)) await victim.jar.setCookie(cookie.toString(), at.href);
    }
    const stolen = await cookiesOf(attacker);
    victim.stops.add(address.href);
    victim.stops.add(service.redirectUri);
    await victim.goes(page);
    await signsIn(victim, await newCitizen(product, 'L2'));
    expect(victim.page.url.href).toBe(address.href);
    victim.stops.delete(address.href);
    refused(await polls(stolen, uid));
    await attacker.goes(address);
    expect(attacker.page).toMatchObject({ status: 410, error: { code: 'interaction.expired' } });
    await victim.goes(address);
    expect(victim.page.url.searchParams.get('code')).toEqual(expect.any(String));
    refused(await polls(stolen, uid));
    // The pages of the interaction lead the attacker nowhere either.
    for (const path of ['login/password', 'register/finish', 'activate/finish', 'consent']) {
      await attacker.goes(`/interaction/${uid}/${path}`);
      expect(attacker.page).toMatchObject({ status: 410, error: { code: 'interaction.expired' } });
    }
    expect((await attacker.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
    expect((await victim.goes('/account')).status).toBe(200);
  });
});

describe('all cookies of a sign-in, the seed of its forms among them, put into the browser of somebody else', () => {
  it('do not tell the one who put them there which password was right', async () => {
    const service = await relyingParty(product, 'first-party');
    const attacker = await service.sendsToUs({});
    const [page, address] = [attacker.page.url, wayBackOf(attacker)];
    const citizen = await newCitizen(product, 'L2');
    const guesses = [citizen.password, 'Another-guess-1'].map((password) =>
      fillForm(attacker.page, { identifier: citizen.username, password }),
    );
    const victim = newPerson(product);
    for (const cookie of [...(await attacker.jar.getCookies(page.href)), ...(await attacker.jar.getCookies(address.href))]) {
      await victim.jar.setCookie(cookie.toString(), cookie.path === '/' ? product.issuer : address.href);
    }
    expect(await victim.jar.getCookieString(page.href)).toMatch(/mx_seed=/);
    victim.stops.add(address.href);
    await victim.goes(page);
    await signsIn(victim, citizen);
    expect(victim.page.url.href).toBe(address.href);
    victim.stops.delete(address.href);
    await victim.goes(address);
    expect(victim.page.url.searchParams.get('code')).toEqual(expect.any(String));
    // Here nobody counts tries any more.
    for (const guess of guesses) {
      expect(await attacker.posts(guess.action, bodyOf(guess))).toMatchObject({ status: 410, error: { code: 'interaction.expired' } });
      expect(await attacker.jar.getCookieString(address.href)).not.toMatch(/mx_submission=[^;]/);
    }
  });
});

describe('signing out', () => {
  const asksToLeave = async () => {
    const service = await relyingParty(product, 'basic');
    const person = await service.sendsToUs({});
    await signsIn(person, await newCitizen(product));
    const { tokens } = await service.receives(person);
    const goodbye = { post_logout_redirect_uri: 'https://basic.example/goodbye', state: 'where-was-i' };
    await service.signsOut(person, { id_token_hint: tokens.id_token ?? '', ...goodbye });
    return person;
  };

  it('by a double click of which the first half is dropped goes back to the service with its state', async () => {
    const person = await asksToLeave();
    const filled = fillForm(person.page, {}, '#logout-yes');
    await Promise.all([isDropped(person, filled), person.posts(filled.action, bodyOf(filled))]);
    expect(person.page.url.href).toBe('https://basic.example/goodbye?state=where-was-i');
    expect((await person.goes('/account')).url.pathname).toMatch(/\/login\/password$/);
  });

  it('declined by a double click of which the first half is dropped leaves the person signed in', async () => {
    const person = await asksToLeave();
    const filled = fillForm(person.page, {}, '#logout-no');
    await Promise.all([isDropped(person, filled), person.posts(filled.action, bodyOf(filled))]);
    expect(person.page.url.href).toBe('https://basic.example/goodbye?state=where-was-i');
    expect((await person.goes('/account')).status).toBe(200);
  });

  it('tells nobody but the browser that did it what the answer was', async () => {
    const person = await asksToLeave();
    const filled = fillForm(person.page, {}, '#logout-yes');
    await person.posts(filled.action, bodyOf(filled));
    const other = newPerson(product);
    await other.goes('/login');
    await signsIn(other, await newCitizen(product));
    await other.posts(filled.action, bodyOf(filled));
    expect(other.page.url.origin).toBe(new URL(product.issuer).origin);
    expect((await other.goes('/account')).status).toBe(200);
  });
});
