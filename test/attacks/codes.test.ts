import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fetchAlone } from '../support/connection.ts';
import type { Page, Person } from '../support/browser.ts';
import { newPerson } from '../support/browser.ts';
import { newCitizen, signsIn } from '../support/citizen.ts';
import { freePort } from '../support/free-port.ts';
import { logsOf, startProduct, type OwnProduct, type Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';

const newMobile = () => `15${randomInt(100_000_000, 999_999_999)}`;
/** How a page answers the button, as far as a stranger can tell. */
const answer = ({ status, error }: Page) => ({ status, ...error });
const sends = (person: Person, fields: Readonly<Record<string, string>> = {}) => person.submits(fields, { button: '#send-code' });

/** Asks for a code at the sign-in of a service, from a browser of their own. */
async function asks(service: RelyingParty, mobile: string): Promise<Page> {
  const person = await service.sendsToUs();
  await person.opens('#tab-sms-code');
  return sends(person, { mobile });
}

describe('a stranger who asks for codes of somebody else', () => {
  let product: Product;
  let service: RelyingParty;
  beforeAll(async () => {
    product = await sharedProduct();
    service = await relyingParty(product, 'first-party');
  });

  /** A stranger uses up the hour of a mobile. */
  const usesUp = async (mobile: string): Promise<void> => {
    for (let count = 0; count < 5; count += 1) {
      expect((await asks(service, mobile)).status).toBe(200);
      await sandboxOf(product).waits(61);
    }
    expect((await asks(service, mobile)).error?.code).toBe('otp.hour-limit');
  };

  /** To the page of the recovery where a code may be asked for. */
  const atCode = async (person: Person, identifier: string): Promise<Page> => {
    await person.goes('/login');
    await person.opens('a[href$="/recover"]');
    await person.submits({ identifier });
    return person.page.url.pathname.endsWith('/method') ? person.opens('#next') : person.page;
  };

  it('keeps the owner neither from signing in nor from recovering on a device that is known', async () => {
    const citizen = await newCitizen(product, 'L2');
    const owner = await service.sendsToUs();
    await signsIn(owner, citizen);
    await usesUp(citizen.mobile);

    await service.sendsToUs({ prompt: 'login' }, owner);
    await owner.opens('#tab-sms-code');
    await owner.asksForCode({ mobile: citizen.mobile });
    await owner.submits({ mobile: citizen.mobile, code: await owner.readsCode(citizen.mobile) });
    expect((await service.receives(owner)).claims.amr).toContain('sms');

    await sandboxOf(product).waits(61);
    await owner.goes('/session/end');
    await owner.submits({}, { button: '#logout-yes' });
    await atCode(owner, citizen.identity.document.number);
    await owner.asksForCode();
    expect((await owner.readsCode(citizen.mobile)).length).toBe(6);
  });

  it('learns nothing of which mobile belongs to a document: used up or not, the page answers alike and sends no more', async () => {
    const [victim, other] = [await newCitizen(product, 'L2'), await newCitizen(product, 'L2')];
    await usesUp(victim.mobile);
    const received = (await sandboxOf(product).messagesTo(victim.mobile)).length;
    const answers = [];
    for (const { identity } of [victim, other]) {
      const stranger = newPerson(product);
      await atCode(stranger, identity.document.number);
      answers.push(answer(await sends(stranger)));
    }
    expect(answers[0]).toEqual({ status: 200 });
    expect(answers[1]).toEqual(answers[0]);
    expect(await sandboxOf(product).messagesTo(victim.mobile)).toHaveLength(received);
  });

  it('cannot have a captcha solved in another browser', async () => {
    const [clerk, robot] = [await service.sendsToUs(), await service.sendsToUs()];
    await clerk.opens('#tab-sms-code');
    await robot.opens('#tab-sms-code');
    const captchaId = clerk.page.$('[name=captchaId]').attr('value') ?? '';
    const captcha = await sandboxOf(product).captchaAnswer(captchaId);
    expect(answer(await sends(robot, { mobile: newMobile(), captchaId, captcha }))).toMatchObject({ status: 422, code: 'captcha.wrong' });
  });
});

describe('strangers who use up the text messages of an hour', () => {
  let product: OwnProduct;
  let service: RelyingParty;
  let metricsPort: number;
  beforeAll(async () => {
    metricsPort = await freePort();
    product = await startProduct({
      profile: { extends: 'demo', sms: { totalPerHour: 3 } },
      env: { METRICS_PORT: String(metricsPort) },
    });
    service = await relyingParty(product, 'first-party');
  });
  afterAll(() => product?.remove());

  it('meet an end of it, the same for known and unknown numbers; owners on known devices do not, and the operators hear of it', async () => {
    const citizen = await newCitizen(product);
    const owner = await service.sendsToUs();
    await signsIn(owner, citizen);
    for (let count = 0; count < 3; count += 1) expect((await asks(service, newMobile())).status).toBe(200);
    const [unknown, known] = [await asks(service, newMobile()), await asks(service, (await newCitizen(product)).mobile)];
    expect(answer(unknown)).toMatchObject({ status: 503, code: 'service.busy' });
    expect(answer(known)).toEqual(answer(unknown));
    expect(Number(unknown.headers['retry-after'])).toBeGreaterThan(0);

    await service.sendsToUs({ prompt: 'login' }, owner);
    await owner.opens('#tab-sms-code');
    expect((await sends(owner, { mobile: citizen.mobile })).status).toBe(200);

    const metrics = await (await fetchAlone(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toContain('sms_budget_refusals_total{asker="stranger"} 2');
    expect(
      logsOf(product)
        .split('\n')
        .filter((line) => line.includes('sms.budget-reached')),
    ).toHaveLength(1);
  });
});
