import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ScriptedPerson } from '../../sandbox/people.ts';
import { newPerson, type Person } from '../support/browser.ts';
import { citizen, identityFields, newcomer, registers } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { word, wordsOf } from '../support/words.ts';

describe.each(['demo', 'beijing'])('names as they are typed in %s', (profile) => {
  const refusal = (key: string) => wordsOf(profile)('layout/refused', key);
  let product: Product;
  let people: readonly ScriptedPerson[];
  beforeAll(async () => {
    product = await sharedProduct(profile);
    people = await newPerson(product).sandbox.people<ScriptedPerson>();
  });

  const atTheStep = async (): Promise<Person> => {
    const person = newPerson(product);
    await person.goes('/register');
    await registers(person, newcomer());
    return person;
  };
  const playing = (scenario: string): ScriptedPerson => {
    const found = people.find(
      (one) => one.scenario === scenario && one.outcome === 'match' && !one.account && one.document.type === 'resident-id-card',
    );
    if (!found) throw new Error(`nobody plays ${scenario}`);
    return found;
  };

  it.each(['王𬀩', '李㛃'])(
    '[UXP-07] such as %s, which the register writes with a sign of its own, are told of another way',
    async (name) => {
      const somebody = people.find((one) => one.name === name);
      if (!somebody) throw new Error(`${name} is not in the sandbox`);
      const person = await atTheStep();
      await person.submits(identityFields(somebody));
      expect(person.page.error).toMatchObject({ code: 'identity.mismatch', text: refusal('identity.mismatch.rare-character') });
      expect(person.page.$('[name=name]').attr('value')).toBe(name);
      // The account is there all the same.
      await person.submits({}, { button: 'button[form=skip]' });
      expect(person.page.outcome).toBe('done');
    },
  );

  it.each(['•', '・', '‧', '.', ' · '])('[UXP-07] with "%s" for the dot between their parts are the same name', async (dot) => {
    const minority = playing('minority-name');
    expect(minority.name).toContain('·');
    const person = await atTheStep();
    await person.submits({ ...identityFields(minority), name: minority.name.replaceAll('·', dot) });
    // Whoever came first has the identity; the name itself was right.
    expect([undefined, 'identity.taken']).toContain(person.page.error?.code);
  });

  it.each(['Emily Rose Carter', 'carter emily rose', 'Carter, Emily Rose', 'ＣＡＲＴＥＲ　ＥＭＩＬＹ　ＲＯＳＥ'])(
    '[UXP-07 RN-12] of letters are one name in every order and case, such as "%s"',
    async (name) => {
      const foreigner = people.find(({ id }) => id === 'emilycarter');
      if (!foreigner) throw new Error('nobody has a name of letters');
      const person = await atTheStep();
      expect(person.page.says('#name-hint')).toBe(word('layout', 'document.name-hint-letters'));
      await person.submits({ ...identityFields(foreigner), name: `${name}x` });
      expect(person.page.error).toEqual({ code: 'identity.mismatch', field: undefined, text: refusal('identity.mismatch.letters') });
      expect(person.page.$('[aria-invalid=true]')).toHaveLength(0);
      expect(person.page.$('[name=name]').attr('value')).toBe(`${name}x`);
      await person.submits({ ...identityFields(foreigner), name });
      // Whoever came first has the identity; the name itself was right.
      expect([undefined, 'identity.taken']).toContain(person.page.error?.code);
    },
  );

  it('[UXP-07] that do not match and are rare are told of another way', async () => {
    const person = await atTheStep();
    await person.submits({ ...identityFields(citizen()), name: '䶮㛃' });
    expect(person.page.error).toMatchObject({ code: 'identity.mismatch', text: refusal('identity.mismatch.rare-character') });
    await person.submits({ ...identityFields(citizen()), name: '王小明' });
    expect(person.page.error).toMatchObject({ code: 'identity.mismatch', text: refusal('identity.mismatch') });
  });

  it('of an identity that another account holds show what can be done about it today', async () => {
    const somebody = citizen();
    const first = await atTheStep();
    await first.submits(identityFields(somebody));
    expect(first.page.outcome).toBe('done');
    const second = await atTheStep();
    await second.submits(identityFields(somebody));
    expect(second.page.error?.code).toBe('identity.taken');
    const ways = second.page
      .$('#taken-ways a')
      .toArray()
      .map((way) =>
        second.page
          .$(way)
          .attr('href')
          ?.replace(/^.*\/interaction\/[^/]+/, ''),
      );
    expect(ways.slice(0, 2)).toEqual(['/login', '/recover']);
    expect(ways[2]).toMatch(/^tel:/);
    // What is being built is said where it is, and promised nowhere else.
    expect(second.page.text.includes('换绑即将开通。人工申诉即将开通。')).toBe(profile === 'beijing');
    // The account is there; it may go on without.
    await second.submits({}, { button: 'button[form=skip]' });
    expect(second.page.outcome).toBe('done');
  });
});
