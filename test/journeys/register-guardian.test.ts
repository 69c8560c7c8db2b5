import { describe, expect, it } from '@jest/globals';
import type { ScriptedPerson } from '../../sandbox/people.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { documentFields, registersWith, untilTimeOfDay } from '../support/city-forms.ts';
import { opensProofing, signsIn } from '../support/citizen.ts';
import { problemsOf } from '../support/form-problems.ts';
import { citizen, identityFields, newcomer, registers } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sandboxOf } from '../support/sandbox.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

const minorOf = async (product: Product, older = false): Promise<ScriptedPerson> => {
  const people = await sandboxOf(product).people<ScriptedPerson>();
  const minors = people
    .filter(({ scenario, imported }) => scenario === 'minor' && !imported)
    .toSorted((a, b) => (a.birthDate < b.birthDate ? 1 : -1));
  const minor = older ? minors.at(-1) : minors[0];
  if (!minor) throw new Error('nobody of the sandbox is a minor');
  return minor;
};

/** Fields of the guardian's page but for the SMS code. */
const guardianFields = ({ name, document } = citizen(), mobile = newcomer().mobile): Record<string, string> => ({
  name,
  documentType: document.type,
  documentNumber: document.number,
  mobile,
  agreement: 'yes',
});

const level = async (person: Person): Promise<string> => {
  await person.goes('/account');
  return person.page.says('.level strong');
};

describe('a minor under fourteen', () => {
  it('[PRV-05] who registers in demo is verified once a guardian has agreed, who is verified too', async () => {
    const product = await sharedProduct('demo');
    const minor = await minorOf(product);
    const person = newPerson(product);
    await person.goes('/register');
    await registers(person);
    await person.submits(identityFields(minor));
    expect(person.page.says('h1')).toBe(word('layout', 'guardian.title'));
    expect(person.page.text).toContain('敏感个人信息');
    expect(person.page.text).toContain(word('layout', 'guardian.version', { version: '2026-01' }));

    const guardian = citizen();
    const wrong = { ...guardianFields(guardian), documentNumber: minor.document.number, agreement: '', captcha: '' };
    await person.submits(wrong);
    expect(problemsOf(person.page)).toMatchObject({
      documentNumber: refusal('guardian.invalid.own'),
      agreement: refusal('agreement.required'),
    });
    const sibling = await minorOf(product, true);
    await person.submits({ ...guardianFields(sibling), captcha: '' });
    expect(problemsOf(person.page)).toMatchObject({ documentNumber: refusal('guardian.invalid.age') });

    const fields = guardianFields({ ...guardian, name: '王小明' });
    await registersWith(person, fields);
    expect(person.page.error).toMatchObject({ code: 'identity.mismatch', text: refusal('identity.mismatch.guardian') });
    expect((await person.sandbox.messagesTo(fields['mobile'] ?? ''))[0]?.template).toBe('code.guardian');
    // The code was redeemed: what was wrong was the name.
    await person.submits({ ...fields, name: guardian.name });
    expect(person.page.outcome).toBe('done');
    await person.opens('#next');
    expect(await level(person)).toBe('初级认证');
  });

  it('[PRV-05] who registers in beijing without a guardian has an account that is not verified, and may come back with one', async () => {
    const product = await sharedProduct('beijing');
    const minor = await minorOf(product);
    const person = newPerson(product);
    const who = newcomer();
    await person.goes('/register');
    await registers(person, who);
    await person.submits(identityFields(minor));
    // Back to the form of the document, and forward again.
    await person.goes(person.page.url.pathname.replace('/guardian', '/identity'));
    expect(person.page.has('[name=validFrom]')).toBe(true);
    await person.submits(identityFields(minor));
    await person.submits({}, { button: 'button[form=skip]' });
    expect(person.page.says('h1')).toBe(word('register', 'result.title'));
    await person.opens('#next');
    expect(await level(person)).toBe('未认证');

    const service = await relyingParty(product, 'social-insurance');
    const later = await service.sendsToUs();
    await signsIn(later, who);
    await later.sandbox.waits(61);
    await opensProofing(later, 'real-name', who);
    expect([later.page.url.pathname, later.page.error?.code]).toEqual([expect.stringMatching(/evidence$/), undefined]);
    await later.submits(identityFields(minor));
    expect(later.page.says('h1')).toBe(word('layout', 'guardian.title'));
    // Nothing is verified by the address of the last page alone.
    await later.goes(later.page.url.pathname.replace('/guardian', '/done'));
    expect(later.page.says('h1')).toBe(word('layout', 'guardian.title'));
    await registersWith(later, guardianFields());
    expect(later.page.outcome).toBe('done');
    await later.opens('#next');
    if (later.page.has('#consent-allow')) await later.submits({}, { button: '#consent-allow' });
    expect((await service.receives(later)).claims).toMatchObject({ acr: 'L2' });
  });

  it('[PRV-05] who registers in hubei, in the form that verifies, is asked for a guardian before the last page', async () => {
    const product = await sharedProduct('hubei');
    await untilTimeOfDay(product, 10);
    const minor = await minorOf(product);
    const person = newPerson(product);
    await person.goes('/register');
    await registersWith(person, documentFields(newcomer(), minor));
    expect(person.page.url.pathname).toMatch(/\/register\/guardian$/);
    await registersWith(person, guardianFields());
    expect(person.page.outcome).toBe('done');
    await person.opens('#next');
    expect(await level(person)).toBe('初级认证');
  });

  it('[PRV-05] is not who has turned fourteen', async () => {
    const product = await sharedProduct('demo');
    const person = newPerson(product);
    await person.goes('/register');
    await registers(person);
    await person.submits(identityFields(await minorOf(product, true)));
    expect(person.page.outcome).toBe('done');
  });
});
