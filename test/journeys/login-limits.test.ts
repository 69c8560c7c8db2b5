import { createHash, randomInt } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Person } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { nextCode, sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

let product: Product;
let service: RelyingParty;
beforeAll(async () => {
  product = await sharedProduct();
  service = await relyingParty(product, 'first-party');
});

const waits = (seconds: number) => sandboxOf(product).waits(seconds);
const retryAfter = (page: Page) => Number(page.headers['retry-after']);

describe('guessing passwords', () => {
  const guesses = async (identifier: string, times: number): Promise<Person> => {
    const person = await service.sendsToUs();
    for (let count = 0; count < times; count += 1) await person.submits({ identifier, password: `guess-${count}` });
    return person;
  };

  it('after five wrong passwords even the right one has to wait, and the page says for how long', async () => {
    const citizen = await newCitizen(product);
    const person = await guesses(citizen.username, 5);
    expect(person.page.error?.code).toBe('credentials.wrong');
    // Another spelling is the same identifier, another browser the same address.
    const other = await service.sendsToUs();
    const page = await other.submits({ identifier: ` ${citizen.username.toUpperCase()}`, password: citizen.password });
    expect(page).toMatchObject({ status: 429, error: { code: 'credentials.throttled', field: 'identifier' } });
    expect(retryAfter(page)).toBeGreaterThan(840);
    expect(retryAfter(page)).toBeLessThanOrEqual(900);
    expect(page.error?.text).toContain('15 分钟');

    await waits(retryAfter(page) + 1);
    const later = await service.sendsToUs();
    await signsIn(later, citizen);
    expect((await service.receives(later)).claims.amr).toEqual(['pwd']);
  });

  it('an identifier that nobody has is refused and has to wait exactly like one that somebody has', async () => {
    const { username } = await newCitizen(product);
    const nobody = username.replace(/^c./, (start) => (start === 'cz' ? 'cy' : 'cz'));
    const refusals = [];
    for (const identifier of [username, nobody]) {
      const person = await guesses(identifier, 6);
      refusals.push({ ...person.page.error, status: person.page.status });
    }
    expect(refusals[0]).toMatchObject({ status: 429, code: 'credentials.throttled' });
    expect(refusals[1]).toEqual(refusals[0]);
  });

  it('a browser that signed in to the account before gets through while a stranger guesses', async () => {
    const citizen = await newCitizen(product);
    const owner = await service.sendsToUs();
    await signsIn(owner, citizen);
    const stranger = await guesses(citizen.username, 6);
    expect(stranger.page.status).toBe(429);
    await service.sendsToUs({ prompt: 'login' }, owner);
    await signsIn(owner, citizen);
    expect((await service.receives(owner)).claims.amr).toEqual(['pwd']);
  });

  it('passwords that were right do not count', async () => {
    const citizen = await newCitizen(product);
    const person = await guesses(citizen.username, 4);
    await signsIn(person, citizen);
    const again = await guesses(citizen.username, 1);
    expect(again.page.error?.code).toBe('credentials.wrong');
    expect((await again.submits({ identifier: citizen.username, password: citizen.password })).status).toBe(429);
  });

  it('[LOG-01] username, mobile and document number of one account share its tries, and a forged address changes nothing', async () => {
    const citizen = await newCitizen(product, 'L2');
    const { username, mobile } = citizen;
    const person = await service.sendsToUs({}, { headers: { 'X-Forwarded-For': '203.0.113.7', Forwarded: 'for=203.0.113.7' } });
    for (const identifier of [username, mobile, citizen.identity.document.number, mobile, username]) {
      expect((await person.submits({ identifier, password: 'guess' })).error?.code).toBe('credentials.wrong');
    }
    const elsewhere = await service.sendsToUs();
    for (const identifier of [citizen.identity.document.number, mobile, username]) {
      const page = await elsewhere.submits({ identifier, password: citizen.password });
      expect(page).toMatchObject({ status: 429, error: { code: 'credentials.throttled' } });
    }
  });
});

describe('sending codes', () => {
  const asks = async (mobile: string): Promise<Page> => {
    const person = await service.sendsToUs();
    await person.opens('#tab-sms-code');
    return person.submits({ mobile }, { button: '#send-code' });
  };
  const newMobile = () => `15${randomInt(100_000_000, 999_999_999)}`;

  it('[OPS-05] a mobile gets one code a minute, whoever asks and from whichever page', async () => {
    const { mobile } = await newCitizen(product);
    expect((await asks(mobile)).status).toBe(200);
    const sent = await nextCode(sandboxOf(product), mobile, undefined);
    const page = await asks(mobile);
    expect(page).toMatchObject({ status: 429, error: { code: 'otp.cooldown' } });
    expect(retryAfter(page)).toBeGreaterThan(50);
    expect(retryAfter(page)).toBeLessThanOrEqual(60);
    await waits(retryAfter(page) + 1);
    expect((await asks(mobile)).status).toBe(200);
    await nextCode(sandboxOf(product), mobile, sent.id);
    expect(await sandboxOf(product).messagesTo(mobile)).toHaveLength(2);
  });

  it('a page that has just sent a code says to wait, and asks for no captcha it does not show', async () => {
    const { mobile } = await newCitizen(product);
    const person = await service.sendsToUs();
    await person.opens('#tab-sms-code');
    await person.asksForCode({ mobile });
    const again = await person.submits({ mobile }, { button: '#send-code' });
    expect(again).toMatchObject({ status: 429, error: { code: 'otp.cooldown' } });
    expect(again.$('#login-captcha')).toHaveLength(0);
  });

  it('[NOT-01, OPS-05] five codes an hour and ten in 24 hours, the limit said at the top of the form', async () => {
    const { mobile } = await newCitizen(product);
    const fiveTimes = async () => {
      for (let count = 0; count < 5; count += 1) {
        expect((await asks(mobile)).status).toBe(200);
        await waits(61);
      }
    };
    await fiveTimes();
    const hour = await asks(mobile);
    expect(hour).toMatchObject({ status: 429, error: { code: 'otp.hour-limit' } });
    expect(hour.error?.text).toBe('验证码请求过于频繁，请在1小时后再试');
    expect(hour.$('form:has(#send-code) :is([role=alert], .field, input:not([type=hidden]))').first().attr('role')).toBe('alert');
    expect(retryAfter(hour)).toBeGreaterThan(3600 - 6 * 61 - 60);
    expect(retryAfter(hour)).toBeLessThanOrEqual(3600 - 5 * 61);

    await waits(retryAfter(hour) + 1);
    expect((await asks(mobile)).status).toBe(200);
    await waits(3600);
    for (let count = 0; count < 4; count += 1) {
      expect((await asks(mobile)).status).toBe(200);
      await waits(61);
    }
    const day = await asks(mobile);
    expect(day).toMatchObject({ status: 429, error: { code: 'otp.day-limit' } });
    expect(retryAfter(day)).toBeGreaterThan(20 * 3600);
    await waits(retryAfter(day) + 1);
    expect((await asks(mobile)).status).toBe(200);
  });

  it('a number that nobody has meets the same limits with the same words', async () => {
    const nobody = newMobile();
    const { mobile } = await newCitizen(product);
    const answers = [];
    for (const number of [nobody, mobile]) {
      const sent = await asks(number);
      const again = await asks(number);
      answers.push({ sent: sent.status, again: again.status, code: again.error?.code });
    }
    expect(answers[0]).toEqual({ sent: 200, again: 429, code: 'otp.cooldown' });
    expect(answers[1]).toEqual(answers[0]);
  });

  const waitsForCode = async (): Promise<{ person: Person; mobile: string; code: string }> => {
    const { mobile } = await newCitizen(product);
    const person = await service.sendsToUs();
    await person.opens('#tab-sms-code');
    await person.asksForCode({ mobile });
    return { person, mobile, code: await person.readsCode(mobile) };
  };
  const wrong = (code: string) => (code === '000000' ? '111111' : '000000');

  it('a code stands five attempts', async () => {
    const { person, mobile, code } = await waitsForCode();
    for (let count = 0; count < 5; count += 1) {
      expect((await person.submits({ mobile, code: wrong(code) })).error?.code).toBe(count < 4 ? 'otp.wrong' : 'otp.expired');
    }
    expect((await person.submits({ mobile, code })).error).toMatchObject({ code: 'otp.expired', field: 'code' });
  });

  it('a code lives five minutes', async () => {
    const late = await waitsForCode();
    await waits(301);
    expect((await late.person.submits({ mobile: late.mobile, code: late.code })).error?.code).toBe('otp.expired');
    const inTime = await waitsForCode();
    await waits(290);
    await inTime.person.submits({ mobile: inTime.mobile, code: inTime.code });
    expect((await service.receives(inTime.person)).claims.amr).toEqual(['sms']);
  });

  it('a code belongs to the sign-in it was asked for in, and to the mobile it was sent to', async () => {
    const { person, mobile, code } = await waitsForCode();
    const other = await service.sendsToUs();
    await other.opens('#tab-sms-code');
    expect((await other.submits({ mobile, code })).error?.code).toBe('otp.expired');
    const { mobile: another } = await newCitizen(product);
    expect((await person.submits({ mobile: another, code })).error?.code).toBe('otp.expired');
    await person.submits({ mobile, code });
    expect((await service.receives(person)).claims.amr).toEqual(['sms']);
  });
});

describe('captchas', () => {
  const atSmsCode = async (): Promise<{ person: Person; id: string; mobile: string }> => {
    const person = await service.sendsToUs();
    const page = await person.opens('#tab-sms-code');
    return { person, id: page.$('[name=captchaId]').attr('value') ?? '', mobile: newMobile() };
  };
  const newMobile = () => `15${randomInt(100_000_000, 999_999_999)}`;
  const sends = (person: Person, fields: Record<string, string>) => person.submits(fields, { button: '#send-code' });

  it('a wrong answer is refused with a fresh picture, and what was typed stays', async () => {
    const { person, id, mobile } = await atSmsCode();
    const page = await sends(person, { mobile, captcha: 'x' });
    expect(page).toMatchObject({ status: 422, error: { code: 'captcha.wrong', field: 'captcha' } });
    expect(page.$('[name=captchaId]').attr('value')).not.toBe(id);
    expect(page.$('#login-mobile').attr('value')).toBe(mobile);
    expect(page.$('#login-captcha').attr('value') ?? '').toBe('');
  });

  it('a captcha is used up by one try, right or wrong', async () => {
    const first = await atSmsCode();
    const answer = await first.person.sandbox.captchaAnswer(first.id);
    expect((await sends(first.person, { mobile: first.mobile, captcha: answer })).status).toBe(200);
    const second = await atSmsCode();
    const reused = await sends(second.person, { mobile: second.mobile, captchaId: first.id, captcha: answer });
    expect(reused.error?.code).toBe('captcha.wrong');

    const third = await atSmsCode();
    const right = await third.person.sandbox.captchaAnswer(third.id);
    await sends(third.person, { mobile: third.mobile, captcha: 'x' });
    const late = await sends(third.person, { mobile: third.mobile, captchaId: third.id, captcha: right });
    expect(late.error?.code).toBe('captcha.wrong');
  });

  it('a captcha lives two minutes', async () => {
    const { person, id, mobile } = await atSmsCode();
    const captcha = await person.sandbox.captchaAnswer(id);
    await waits(121);
    expect((await sends(person, { mobile, captcha })).error?.code).toBe('captcha.wrong');
  });

  /** What the worker of the page does. */
  const prove = (seed: string, bits: number): string => {
    for (let counter = 0; ; counter += 1) {
      const head = createHash('sha256').update(`${seed}:${counter}`).digest().readUInt32BE(0);
      if (Math.clz32(head) >= bits) return String(counter);
    }
  };

  it('[UXP-04] who cannot see the picture lets the machine work instead', async () => {
    const { person, id, mobile } = await atSmsCode();
    const box = person.page.$('[data-captcha]');
    expect(box.find('[data-prove]')).toHaveLength(1);
    const captchaProof = prove(box.attr('data-seed') ?? '', Number(box.attr('data-bits')));
    expect((await sends(person, { mobile, captcha: '', captchaProof })).status).toBe(200);

    const other = await atSmsCode();
    const reused = await sends(other.person, { mobile: other.mobile, captchaId: id, captcha: '', captchaProof });
    expect(reused.error?.code).toBe('captcha.wrong');
    const lazy = await sends(other.person, { mobile: other.mobile, captcha: '', captchaProof });
    expect(lazy.error?.code).toBe('captcha.wrong');
  });

  it('where the profile asks after failures, the password page has no captcha until three sign-ins failed, then insists', async () => {
    await waits(901);
    const { username, password } = await newCitizen(product);
    const person = await service.sendsToUs();
    for (let count = 0; count < 3; count += 1) {
      expect(person.page.has('#login-captcha')).toBe(false);
      await person.submits({ identifier: username, password: 'wrong' });
    }
    expect(person.page.has('#login-captcha')).toBe(true);
    const refused = await person.submits({ identifier: username, password, captcha: '' });
    expect(refused.error).toMatchObject({ code: 'captcha.required', field: 'captcha' });
    await person.submits({ identifier: username, password });
    expect((await service.receives(person)).claims.amr).toEqual(['pwd']);
  });

  it('where the profile always asks, the password is not even looked at without a captcha', async () => {
    const beijing = await sharedProduct('beijing');
    const citizen = await newCitizen(beijing);
    const strict = await relyingParty(beijing, 'first-party');
    const person = await strict.sendsToUs();
    expect(person.page.has('#login-captcha')).toBe(true);
    for (let count = 0; count < 6; count += 1) {
      const page = await person.submits({ identifier: citizen.username, password: 'wrong', captcha: '' });
      expect(page.error?.code).toBe('captcha.required');
    }
    await signsIn(person, citizen);
    expect((await strict.receives(person)).claims.amr).toEqual(['pwd']);
  });
});
