import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { opensProofing, signsIn } from '../support/citizen.ts';
import { registersVerified, untilTimeOfDay } from '../support/city-forms.ts';
import { citizen, identityFields, newcomer, registers } from '../support/newcomer.ts';
import { startProduct, type OwnProduct } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

const day = 86_400;

function withAnEnd(): RegisteredPerson {
  for (;;) {
    const person = citizen();
    if (person.document.validUntil !== 'long-term') return person;
  }
}

/** Clocks are moved by years: everybody here has a product of their own. */
describe.each(['demo', 'beijing', 'beijing-2019', 'hubei'])('a document that ends, in %s', (profile) => {
  let product: OwnProduct;
  let service: RelyingParty;
  const who = newcomer();
  const somebody = withAnEnd();
  const end = somebody.document.validUntil;
  beforeAll(async () => {
    product = await startProduct({ profile });
    service = await relyingParty(product, 'first-party');
    const person = newPerson(product);
    if (profile === 'hubei') {
      await untilTimeOfDay(product, 11);
      await person.goes('/register');
      await registersVerified(person, somebody, who);
    } else {
      await person.goes('/register');
      await registers(person, who);
      await person.submits(identityFields(somebody));
    }
    expect(person.page.outcome).toBe('done');
  });
  afterAll(() => product?.remove());

  /** @param time - of the day in China */
  async function isOn(date: string, time = '12:00'): Promise<void> {
    const { sandbox } = newPerson(product);
    for (;;) {
      const ahead = Math.round((Date.parse(`${date}T${time}:00+08:00`) - Date.now()) / 1000) - (await sandbox.clockAhead());
      if (ahead <= 0) return;
      // It moves by a year at most.
      await sandbox.waits(Math.min(ahead, 365 * day));
    }
  }

  const daysBefore = (days: number) => new Date(Date.parse(`${end}T00:00:00Z`) - days * day * 1000).toISOString().slice(0, 10);

  async function notices(): Promise<readonly string[]> {
    const messages = await newPerson(product).sandbox.messagesTo(who.mobile);
    return messages.filter(({ template }) => template === 'notice.document-ending').map(({ text }) => text);
  }

  /** Signs in at a service that would like L2. */
  async function arrives(): Promise<Person> {
    const person = await service.sendsToUs({ acr_values: 'L2' });
    await signsIn(person, { username: who.mobile, password: who.password });
    return person;
  }

  async function inAccount(): Promise<Person> {
    const person = newPerson(product);
    await person.goes('/login');
    await signsIn(person, { username: who.mobile, password: who.password });
    await person.goes('/account');
    return person;
  }

  it('[DIS-17] is told of once, thirty days before, and counts until its last day', async () => {
    await isOn(daysBefore(31));
    expect(await notices()).toEqual([]);
    // Thirty days before is a moment of the night.
    await isOn(daysBefore(30), '23:59');
    await newPerson(product).sandbox.waits(300);
    expect(await notices()).toEqual([]);
    // A minute later: the clock is moved by whole seconds.
    await isOn(daysBefore(29), '09:01');
    expect(await notices()).toEqual([expect.stringMatching(new RegExp(`有效期至 ${end}。到期后.*填写新证件的有效期`))]);
    await isOn(end);
    expect(await notices()).toHaveLength(1);
    expect((await service.receives(await arrives())).claims.acr).toBe('L2');
    const { page } = await inAccount();
    expect(page.text).toMatch(/您的证件有效期至 \d{4}年\d{1,2}月\d{1,2}日。到期后实名认证不再有效/);
    expect(page.has('#renew-document')).toBe(false);
  });

  it('[DIS-17] counts no longer after it: the level drops, and the dates of the next one, checked again, bring it back', async () => {
    await isOn(daysBefore(-1));
    const declined = await arrives();
    await declined.submits({}, { button: '#step-up-decline' });
    expect((await service.receives(declined)).claims.acr).toBe('L1');

    const person = await inAccount();
    expect(person.page.text).toMatch(/您的证件已于 .*到期，实名认证不再有效/);
    await person.opens('#renew-document');
    await opensProofing(person, 'real-name', who);
    expect(['name', 'documentType', 'documentNumber'].filter((field) => person.page.has(`[name=${field}]`))).toEqual([]);
    const next: RegisteredPerson['document'] = {
      ...somebody.document,
      validFrom: end,
      validUntil: `${Number(end.slice(0, 4)) + 20}${end.slice(4)}`,
    };
    const dates = { validFrom: next.validFrom, validUntil: next.validUntil, longTerm: 'no' };
    await person.submits({ ...dates, validUntil: somebody.document.validFrom });
    expect([person.page.error?.code, person.page.error?.field]).toEqual(['date.invalid', 'validUntil']);
    await person.submits({ ...dates, validFrom: somebody.document.validFrom });
    expect(person.page.error?.code).toBe('identity.mismatch');
    await person.submits(dates);
    expect(person.page.outcome).toBe('done');
    expect((await service.receives(await arrives())).claims.acr).toBe('L2');
    expect((await inAccount()).page.text).not.toMatch(/到期/);
  });
});

it('[DIS-17] is not pressed on anybody whose level another way still gives', async () => {
  const person = newPerson(await sharedProduct());
  const { text, has } = await person.goes('/sandbox/gallery/account/overview?state=document-ended-level-held');
  expect(text).toMatch(/已于 .* 到期，实名认证不再有效。您的级别由其他认证方式保持/);
  expect([has('#renew-document'), has('#tile-real-name')]).toEqual([false, false]);
  expect(text).not.toContain('该等级的认证正在建设中');
});
