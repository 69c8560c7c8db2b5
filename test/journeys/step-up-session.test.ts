import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Person } from '../support/browser.ts';
import { allows, confirmsPassword, newCitizen, onOwnDevice, provesRealName, signsIn, signsInBySms } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty, type RequestParameters } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** Consent to refresh tokens is asked for each time. */
const offline: RequestParameters = { scope: 'openid offline_access', prompt: 'consent' };
const isAsked = (person: Person): boolean => person.page.has('#step-up-decline');
const methodsOf = (person: Person) =>
  person.page
    .$('a[id^=step-up-]')
    .toArray()
    .map(({ attribs }) => attribs['id']);

describe.each(['demo', 'beijing'])('how one signed in, %s', (profile) => {
  let product: Product;
  const party = (client: string) => relyingParty(product, client);
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  it('[AST-06] an SMS code alone counts for at most L2, whatever was proved', async () => {
    const service = await party('basic');
    const citizen = await newCitizen(product, 'L3');
    const person = await service.sendsToUs({}, await onOwnDevice(product, citizen));
    await signsInBySms(person, citizen);
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L2', amr: ['sms'] });
    await service.sendsToUs({ acr_values: 'L3', prompt: 'none' }, person);
    expect((await service.receives(person)).claims.acr).toBe('L2');
  });

  it('[AST-06, AST-08] where only the password is missing it is all that is asked for, and it must be right', async () => {
    const service = await party('level-3');
    const citizen = await newCitizen(product, 'L3');
    const person = await service.sendsToUs();
    await signsInBySms(person, citizen);
    expect(methodsOf(person)).toEqual(['step-up-password']);
    const levels = person.page.url;
    await confirmsPassword(person, { password: 'wrong' });
    expect(person.page).toMatchObject({ status: 401, error: { code: 'credentials.wrong', field: 'password' } });
    await person.goes(levels);
    await confirmsPassword(person, citizen);
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L3', amr: ['mfa', 'pwd', 'sms'] });
  });

  it('[AST-06] guessing that password ends after five tries', async () => {
    const citizen = await newCitizen(product, 'L3');
    const person = await (await party('level-3')).sendsToUs();
    await signsInBySms(person, citizen);
    await confirmsPassword(person, { password: 'guess' });
    for (let count = 0; count < 4; count += 1) await person.submits({ password: `guess-${count}` });
    expect(person.page.error?.code).toBe('credentials.wrong');
    expect(await person.submits({ password: citizen.password })).toMatchObject({
      status: 429,
      error: { code: 'credentials.throttled', field: 'password' },
    });
  });

  it('[AST-06, AST-03] a stolen SMS code opens nothing that insists on L3, and tells nobody', async () => {
    const service = await party('level-3');
    const thief = await service.sendsToUs();
    await signsInBySms(thief, await newCitizen(product, 'L3'));
    await thief.submits({}, { button: '#step-up-decline' });
    expect(await service.isRefused(thief)).toMatchObject({ error: 'unmet_authentication_requirements' });
    await service.sendsToUs({ prompt: 'none' }, thief);
    expect(await service.isRefused(thief)).toMatchObject({ error: 'interaction_required' });
  });

  it('[AST-06, AST-08] who lacks evidence and password is asked for both', async () => {
    const person = await (await party('level-3')).sendsToUs();
    await signsInBySms(person, await newCitizen(product, 'L2'));
    expect(methodsOf(person)).toEqual(['step-up-bank-card', 'step-up-password']);
  });

  it('[AST-06] a step-up for one service changes nothing for another, and a later weaker sign-in lowers nothing', async () => {
    const [first, second] = [await party('basic'), await party('level-3')];
    const citizen = await newCitizen(product, 'L3');
    const person = await first.sendsToUs({ ...offline, acr_values: 'L2' }, await onOwnDevice(product, citizen));
    await signsInBySms(person, citizen);
    const before = await first.receives(person);
    expect(before.claims).toMatchObject({ acr: 'L2', amr: ['sms'] });

    await second.sendsToUs({}, person);
    await confirmsPassword(person, citizen);
    expect((await second.receives(person)).claims.acr).toBe('L3');

    // The first service: its tokens say what they said, and a new request gets what it asks for.
    const refreshed = await first.refreshes(before.tokens);
    expect(await first.verifies(refreshed.id_token ?? '')).toMatchObject({ acr: 'L2', amr: ['sms'] });
    await first.sendsToUs({ acr_values: 'L2', prompt: 'none' }, person);
    expect((await first.receives(person)).claims.acr).toBe('L2');

    // Later the person signs in anew with a code only.
    await person.sandbox.waits(61);
    await first.sendsToUs({ prompt: 'login' }, person);
    await signsInBySms(person, citizen);
    await second.sendsToUs({ prompt: 'none' }, person);
    expect((await second.receives(person)).claims).toMatchObject({ acr: 'L3', amr: ['mfa', 'pwd', 'sms'] });
  });

  it('the factors of one person never count for the next one in the same browser', async () => {
    const service = await party('level-3');
    const [one, other] = [await newCitizen(product, 'L3'), await newCitizen(product, 'L3')];
    const person = await service.sendsToUs();
    await signsIn(person, one);
    expect((await service.receives(person)).claims.acr).toBe('L3');
    await service.sendsToUs({ prompt: 'login' }, person);
    await person.opens('#tab-sms-code');
    await person.asksForCode({ mobile: other.mobile });
    await person.submits({ mobile: other.mobile, code: await person.readsCode(other.mobile) });
    await person.submits({}, { button: '#continue' });
    expect(methodsOf(person)).toEqual(['step-up-password']);
  });
});

describe('when one signed in', () => {
  let product: Product;
  const party = (client: string) => relyingParty(product, client);
  const waits = (seconds: number) => sandboxOf(product).waits(seconds);
  beforeAll(async () => {
    product = await sharedProduct();
  });

  it('[AST-07] the time of the sign-in survives consent, refresh, step-up and a second service', async () => {
    const [first, second] = [await party('basic'), await party('level-2')];
    const citizen = await newCitizen(product);
    const person = await first.sendsToUs(offline);
    await person.submits({ identifier: citizen.username, password: citizen.password });
    await waits(300);
    await allows(person);
    const { claims, tokens } = await first.receives(person);
    const { auth_time: signedInAt, iat = 0 } = claims;
    expect(iat - Number(signedInAt)).toBeGreaterThanOrEqual(300);

    await waits(300);
    const refreshed = await first.refreshes(tokens);
    expect(await first.verifies(refreshed.id_token ?? '')).toMatchObject({ auth_time: signedInAt, acr: 'L1', amr: ['pwd'] });

    await second.sendsToUs({}, person);
    await waits(300);
    await provesRealName(person, citizen);
    expect((await second.receives(person)).claims).toMatchObject({ auth_time: signedInAt, acr: 'L2' });
    const again = await first.refreshes(refreshed);
    expect(await first.verifies(again.id_token ?? '')).toMatchObject({ auth_time: signedInAt, acr: 'L1' });
  });

  it('whoever is at work in a step-up is not idle: the session lasts from the last page, not from the sign-in', async () => {
    const service = await party('level-2');
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await person.submits({ identifier: citizen.username, password: citizen.password });
    for (let pages = 0; pages < 3; pages += 1) {
      await waits(1000);
      await person.goes(person.page.url.pathname);
      expect(person.page.has('#step-up-real-name')).toBe(true);
    }
    await provesRealName(person, citizen);
    expect((await service.receives(person)).claims['acr']).toBe('L2');
    await waits(1801);
    await service.sendsToUs({ prompt: 'none' }, person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'login_required' });
  });

  it('[AST-07] the time of an SMS code survives as well: ten minutes later a proofing asks for another', async () => {
    const service = await party('basic');
    const opensEvidence = async (minutes: number) => {
      const person = await service.sendsToUs({ acr_values: 'L2' });
      await signsInBySms(person, await newCitizen(product));
      await person.submits({}, { button: '#step-up-decline' });
      await allows(person);
      // A resume in between must not renew it.
      await waits(minutes * 30);
      await service.sendsToUs({ acr_values: 'L2' }, person);
      await person.submits({}, { button: '#step-up-decline' });
      await waits(minutes * 30);
      await service.sendsToUs({ acr_values: 'L2' }, person);
      return person.opens('#step-up-real-name');
    };
    expect((await opensEvidence(9)).has('[name=documentNumber]')).toBe(true);
    expect((await opensEvidence(11)).has('#send-code')).toBe(true);
  });

  it('[AST-07] a service that wants a recent sign-in gets one, and says so in auth_time', async () => {
    const service = await party('basic');
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    const { claims } = await service.receives(person);
    await waits(200);
    await service.sendsToUs({ max_age: 300 }, person);
    expect((await service.receives(person)).claims.auth_time).toBe(claims.auth_time);
    await waits(200);
    await service.sendsToUs({ max_age: 300, prompt: 'none' }, person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'login_required' });
    await service.sendsToUs({ max_age: 300 }, person);
    expect(person.page.text).toContain('请再次登录');
    await signsIn(person, citizen);
    expect(Number((await service.receives(person)).claims.auth_time) - Number(claims.auth_time)).toBeGreaterThanOrEqual(400);
  });

  it('[AST-07] max_age=0 asks for a new sign-in whatever the session is, and the token says when it was', async () => {
    const service = await party('basic');
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    const { auth_time: before } = (await service.receives(person)).claims;
    await waits(5);
    // A session of this very moment is not enough either, and nobody can be asked silently.
    await service.sendsToUs({ max_age: 0, prompt: 'none' }, person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'login_required' });
    await service.sendsToUs({ max_age: 0 }, person);
    expect(person.page.has('#login-submit')).toBe(true);
    await signsIn(person, citizen);
    const { auth_time: after } = (await service.receives(person)).claims;
    expect(Number(after) - Number(before)).toBeGreaterThanOrEqual(5);
    await service.sendsToUs({ max_age: 0 }, person);
    expect(person.page.has('#login-submit')).toBe(true);
  });

  it('[AST-07] max_age compares the age of the sign-in: a younger one is enough, an older one is not', async () => {
    const service = await party('basic');
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    const { auth_time: signedInAt } = (await service.receives(person)).claims;
    await waits(100);
    await service.sendsToUs({ max_age: 200 }, person);
    expect((await service.receives(person)).claims.auth_time).toBe(signedInAt);
    await waits(101);
    await service.sendsToUs({ max_age: 200, prompt: 'none' }, person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'login_required' });
    await service.sendsToUs({ max_age: 200 }, person);
    await signsIn(person, citizen);
    expect(Number((await service.receives(person)).claims.auth_time)).toBeGreaterThanOrEqual(Number(signedInAt) + 201);
  });

  it.each([{ max_age: 0 }, { prompt: 'login' }])(
    '[AST-07, AST-06] a sign-in that was asked anew brings along no password of before: %j',
    async (parameters) => {
      const service = await party('level-3');
      const citizen = await newCitizen(product, 'L3');
      const person = await service.sendsToUs();
      await signsIn(person, citizen);
      expect((await service.receives(person)).claims.acr).toBe('L3');
      await waits(61);
      await service.sendsToUs(parameters, person);
      await signsInBySms(person, citizen);
      expect(methodsOf(person)).toEqual(['step-up-password']);
      await confirmsPassword(person, citizen);
      expect((await service.receives(person)).claims).toMatchObject({ acr: 'L3', amr: ['mfa', 'pwd', 'sms'] });
    },
  );

  it('[AST-07, AST-06] a recent sign-in with a code brings along no password of long ago', async () => {
    const service = await party('level-3');
    const citizen = await newCitizen(product, 'L3');
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    expect((await service.receives(person)).claims.acr).toBe('L3');
    await waits(400);
    await service.sendsToUs({ max_age: 300 }, person);
    await signsInBySms(person, citizen);
    expect(methodsOf(person)).toEqual(['step-up-password']);
    await waits(60);
    await confirmsPassword(person, citizen);
    expect((await service.receives(person)).claims).toMatchObject({ acr: 'L3', amr: ['mfa', 'pwd', 'sms'] });
  });

  it('[AST-07] evidence older than a client accepts counts for others only, until it is proved again', async () => {
    const [picky, other] = [await party('fresh-evidence'), await party('level-2')];
    const citizen = await newCitizen(product, 'L2');
    const early = await picky.sendsToUs();
    await signsIn(early, citizen);
    expect((await picky.receives(early)).claims.acr).toBe('L2');

    await waits(86_401);
    const person = await picky.sendsToUs();
    await signsIn(person, citizen);
    expect(isAsked(person)).toBe(true);
    expect(methodsOf(person)).toContain('step-up-real-name');
    await other.sendsToUs({}, person);
    await allows(person);
    expect((await other.receives(person)).claims.acr).toBe('L2');
    await picky.sendsToUs({}, person);
    await provesRealName(person, citizen);
    expect((await picky.receives(person)).claims.acr).toBe('L2');
  });

  it('a session ends after thirty minutes without a sign of life, and after twelve hours in any case', async () => {
    const service = await party('basic');
    const citizen = await newCitizen(product);
    const person = await service.sendsToUs();
    await signsIn(person, citizen);
    const alive = async (who: RelyingParty = service) => {
      await who.sendsToUs({ prompt: 'none' }, person);
      return !person.page.url.searchParams.has('error');
    };
    await waits(1790);
    expect(await alive()).toBe(true);
    await waits(1810);
    expect(await alive()).toBe(false);

    await service.sendsToUs({}, person);
    await signsIn(person, citizen);
    for (let half = 0; half < 23; half += 1) {
      await waits(1790);
      await person.goes('/account');
    }
    expect(await alive()).toBe(true);
    await waits(1790);
    await person.goes('/account');
    await waits(300);
    expect(await alive()).toBe(false);
  });
});
