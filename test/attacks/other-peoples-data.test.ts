import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RegisteredPerson } from '../../sandbox/registered-person.ts';
import { sendsCode } from '../support/account-changes.ts';
import type { Person } from '../support/browser.ts';
import { allows, newCitizen, opensProofing, signsIn, type Citizen } from '../support/citizen.ts';
import { anyMobile } from '../support/imported.ts';
import { citizen, identityFields } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty, type RelyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';

/** Where a bank card gives L3. */
const cities = ['demo', 'beijing', 'beijing-2019', 'hubei'];

describe.each(cities)('who has nothing but the data of somebody else in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  /** At the step-up page of a service, signed in to an account on a mobile of their own. */
  const atStepUp = async (attacker: Citizen, service: RelyingParty): Promise<Person> => {
    const person = await service.sendsToUs();
    await signsIn(person, { username: attacker.mobile, password: attacker.password });
    return person;
  };

  /** On to the form of the bank card: the account says by now that it is the victim. */
  const atTheCard = async (attacker: Citizen, victim: RegisteredPerson, service: RelyingParty): Promise<Person> => {
    const person = await atStepUp(attacker, service);
    await opensProofing(person, 'real-name', attacker);
    await person.submits(identityFields(victim));
    await person.opens('#next');
    await opensProofing(person, 'bank-card', attacker);
    return person;
  };

  const cardOf = ({ document, bankCards: [card] }: RegisteredPerson): Record<string, string> => ({
    documentType: document.type,
    bankCard: card?.number ?? '',
    reservedMobile: card?.reservedMobile ?? '',
  });

  /** Not every city asks for the type of the document and for an agreement. */
  const types = (person: Person, { documentType = '', ...fields }: Readonly<Record<string, string>>) =>
    person.submits({
      ...fields,
      ...(person.page.has('[name=documentType]') ? { documentType } : {}),
      ...(person.page.has('#agreement') ? { agreement: 'yes' } : {}),
    });

  it('[RN-24 RN-25 RN-29 DIS-07] is not raised to L3 by the card and the reserved mobile', async () => {
    const [attacker, victim] = [await newCitizen(product), citizen()];
    const service = await relyingParty(product, 'level-3');
    const person = await atTheCard(attacker, victim, service);
    // Nothing but what the form says itself is ever answered: the bank is not asked.
    const own = profile === 'hubei' ? ['bank-card.mobile-differs'] : ['field.required', 'otp.wrong', 'otp.expired'];
    const refused: (string | undefined)[] = [];
    const tries = async (fields: Readonly<Record<string, string>>) => refused.push((await types(person, fields)).error?.code);

    await tries(cardOf(victim));
    await tries({ ...cardOf(victim), code: '123456' });
    // A code that came to a mobile of theirs is worth nothing for the one that the bank knows.
    const foreign = anyMobile();
    if (profile !== 'hubei') await tries({ ...cardOf(victim), code: await sendsCode(person, foreign, { reservedMobile: foreign }) });
    expect(refused.filter((code) => !own.includes(code ?? 'none'))).toEqual([]);

    await person.goes(person.page.url.pathname.replace(/\/bank-card.*/, ''));
    await person.submits({}, { button: '#step-up-decline' });
    expect(await service.isRefused(person)).toMatchObject({ error: 'unmet_authentication_requirements' });
    await service.sendsToUs({ prompt: 'none' }, person);
    expect(await service.isRefused(person)).toMatchObject({ error: 'interaction_required' });
  });

  // Where the reserved mobile must be that of the account no code goes to another.
  if (profile !== 'hubei') {
    it('[RN-29] writes to the mobile that the bank knows, and reads nothing there', async () => {
      const [attacker, victim] = [await newCitizen(product), citizen()];
      const person = await atTheCard(attacker, victim, await relyingParty(product, 'level-3'));
      const code = await sendsCode(person, victim.mobile, { reservedMobile: victim.mobile });
      const [message] = await person.sandbox.messagesTo(victim.mobile);
      expect(message).toMatchObject({ template: 'code.bank-card', code });
      // Five guesses, as of any code, and never an answer of the bank.
      const guess = code === '123456' ? '654321' : '123456';
      const codes: (string | undefined)[] = [];
      for (let times = 0; times < 6; times += 1) codes.push((await types(person, { ...cardOf(victim), code: guess })).error?.code);
      codes.push((await types(person, { ...cardOf(victim), code })).error?.code);
      expect(codes.filter((each) => each !== 'otp.wrong' && each !== 'otp.expired')).toEqual([]);
    });
  }

  it('gets by name and number what a lookup of oneself opens, and no more', async () => {
    const [attacker, victim] = [await newCitizen(product), citizen()];
    const service = await relyingParty(product, 'level-2');
    const person = await atStepUp(attacker, service);
    await opensProofing(person, 'real-name', attacker);
    await person.submits(identityFields(victim));
    await person.opens('#next');
    await allows(person);
    expect((await service.receives(person)).claims['acr']).toBe('L2');
  });
});
