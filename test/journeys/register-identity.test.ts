import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newPerson, type Person } from '../support/browser.ts';
import { problemsOf } from '../support/form-problems.ts';
import { citizen, identityFields, newcomer, registers, skipsIdentity } from '../support/newcomer.ts';
import type { Product } from '../support/product.ts';
import { relyingParty } from '../support/relying-party.ts';
import { sharedProduct } from '../support/shared-products.ts';
import { refusal, word } from '../support/words.ts';

type Fields = Readonly<Record<string, string>>;

describe.each(['demo', 'beijing', 'beijing-2019'])('the real-name step of the registration in %s', (profile) => {
  let product: Product;
  beforeAll(async () => {
    product = await sharedProduct(profile);
  });

  const atTheStep = async (who = newcomer()): Promise<Person> => {
    const person = newPerson(product);
    await person.goes('/register');
    await registers(person, who);
    return person;
  };

  describe('as a page', () => {
    let page: Person['page'];
    beforeAll(async () => {
      ({ page } = await atTheStep());
    });

    it('[REG-43] says before anything is typed that it cannot be changed later', () => {
      expect(page.says('.notice')).toBe(word('step-up/real-name', 'notice'));
      expect(word('step-up/real-name', 'notice')).toBe('请输入您的真实信息，通过后则不能修改');
    });

    it('[REG-23 RN-13] offers the types of document of the profile, the identity card first', () => {
      const options = page
        .$('[name=documentType] option')
        .toArray()
        .map((option) => page.$(option).text());
      expect(options).toEqual([
        '中国居民身份证',
        '香港特别行政区居民来往内地通行证',
        '澳门特别行政区居民来往内地通行证',
        '台湾省居民来往大陆通行证',
        '港澳台居民居住证',
        '外国人永久居留身份证',
      ]);
    });

    it('[RN-12 RN-14 RN-15] asks for name, number, sex and dates, with an example of a date and a choice of 长期', () => {
      const names = page
        .$('form.form')
        .first()
        .find('[name]:not(button)')
        .toArray()
        .map((field) => page.$(field).attr('name'));
      expect([...new Set(names)]).toEqual([
        '_form',
        'documentType',
        'name',
        'documentNumber',
        'sex',
        'validFrom',
        'longTerm',
        'validUntil',
      ]);
      expect(page.says('#validFrom-hint')).toContain('2018-06-06');
      const label = (field: string) => page.says(`label[for=${field}], #${field} legend`).replace(' *', '');
      const ways = page
        .$('#longTerm .choices label')
        .toArray()
        .map((way) => page.$(way).text());
      const [from, until, ends] = profile === 'demo' ? ['证件生效日期', '证件失效日期', '有失效日期'] : ['生效日期', '失效日期', '有效期'];
      expect([label('validFrom'), label('longTerm'), ways]).toEqual([from, until, [profile === 'demo' ? '长期有效' : '长期', ends]]);
      expect(page.$('#longTerm-no').attr('checked')).toBeDefined();
    });

    it('[REG-22] says that the name must be that of the document', () => {
      expect(page.says('#name-hint')).toMatch(/^请保持和证件上的姓名一致；外文姓名先填姓、后填名/);
    });

    it('[REG-36] lets people leave it for later', () => {
      expect(page.says('button[form=skip]')).toBe('暂不认证');
    });
  });

  describe('with something wrong in it', () => {
    let person: Person;
    const fields = identityFields(citizen());
    beforeAll(async () => {
      person = await atTheStep();
    });

    it.each<[string, Fields, Fields]>([
      [
        'nothing at all',
        { name: '', documentNumber: '', validFrom: '', validUntil: '' },
        {
          name: '请输入真实姓名',
          documentNumber: refusal('field.required.documentNumber'),
          validFrom: refusal('field.required.validFrom'),
          validUntil: refusal('field.required.validUntil'),
        },
      ],
      ['a name with digits', { name: '张3' }, { name: refusal('name.invalid.digits') }],
      ['a name of signs', { name: '###' }, { name: refusal('name.invalid.characters') }],
      ['a number one digit short', { documentNumber: '11019919900315011' }, { documentNumber: refusal('document.invalid.length') }],
      ['a number of letters', { documentNumber: '张三' }, { documentNumber: refusal('document.invalid.characters') }],
      [
        'a wrong check character',
        { documentNumber: '110199199003150114' },
        { documentNumber: refusal('document.invalid.check-character') },
      ],
      ['a birth date that never was', { documentNumber: '110199199002300119' }, { documentNumber: refusal('document.invalid.birth-date') }],
      [
        'an old number of 15 digits',
        { documentNumber: '110199900315011' },
        { documentNumber: refusal('document.invalid.legacy-15-digits') },
      ],
      [
        'the number of a residence permit',
        { documentNumber: '830000199707079046' },
        { documentNumber: refusal('document.invalid.other-document-type') },
      ],
      ['a date that does not exist', { validFrom: '2023-02-29' }, { validFrom: refusal('date.invalid') }],
      ['a date in another order', { validFrom: '06/06/2018' }, { validFrom: refusal('date.invalid') }],
      [
        'a document of the future',
        { validFrom: '2099-01-01', validUntil: '2109-01-01', longTerm: 'no' },
        { validFrom: refusal('date.invalid.future') },
      ],
      [
        'an end before the beginning',
        { validFrom: '2018-06-06', validUntil: '2018-06-05', longTerm: 'no' },
        { validUntil: refusal('date.invalid.order') },
      ],
      ['no end, and not 长期', { validUntil: '', longTerm: 'no' }, { validUntil: refusal('field.required.validUntil') }],
      [
        'a document that has expired',
        { validFrom: '2010-06-06', validUntil: '2020-06-06', longTerm: 'no' },
        { validUntil: refusal('document.expired') },
      ],
    ])('[REG-22 REG-24 RN-12 RN-15 NOT-14] tells what is wrong with %s, and keeps what was typed', async (_, wrong, problems) => {
      const typed: Fields = { ...fields, longTerm: 'no', validUntil: '2036-05-20', ...wrong };
      await person.submits(typed);
      expect(person.page.status).toBe(422);
      expect(problemsOf(person.page)).toEqual(problems);
      const kept = ['name', 'documentNumber', 'validFrom', 'validUntil'];
      expect(kept.map((name) => person.page.$(`[name=${name}]`).attr('value') ?? '')).toEqual(kept.map((name) => typed[name]));
      expect(person.page.$('#longTerm-no').attr('checked')).toBeDefined();
    });

    it('[REG-23] takes no type of document that the page does not offer', async () => {
      const token = person.page.$('form.form input[name=_form]').attr('value') ?? '';
      await person.posts(person.page.url, { ...fields, documentType: 'foreign-passport', _form: token });
      expect(problemsOf(person.page)).toEqual({ documentType: refusal('document.invalid.type') });
    });
  });

  describe('compared with the register', () => {
    it('[REG-37 RN-17 REG-40] asks to check and try again when they differ, and then says 认证成功', async () => {
      const service = await relyingParty(product, 'first-party');
      const person = await service.sendsToUs({ prompt: 'create', scope: 'openid profile real_name assurance' });
      await registers(person);
      const fields = identityFields(citizen());
      await person.submits({ ...fields, name: '错名字' });
      expect(person.page.status).toBe(422);
      expect(person.page.error).toEqual({ code: 'identity.mismatch', field: undefined, text: refusal('identity.mismatch') });
      expect(refusal('identity.mismatch')).toMatch(/实名认证校验失败.*核对后重新校验/);
      expect(person.page.$('[name=name]').attr('value')).toBe('错名字');
      await person.submits(fields);
      expect(person.page.outcome).toBe('done');
      expect(person.page.says('h1')).toBe('认证成功');
      await person.opens('#next');
      const { claims, userinfo } = await service.receives(person);
      expect(claims['acr']).toBe('L2');
      expect(userinfo).toMatchObject({ real_name: fields['name'], gender: fields['sex'], assurance: { level: 'L2' } });
    });

    it('[REG-37] takes the name and number however they are typed', async () => {
      const person = await atTheStep();
      const { name = '', documentNumber = '', ...rest } = identityFields(citizen());
      const spaced = documentNumber.replace(/(.{6})(.{8})/, '$1 $2 ').toLowerCase();
      await person.submits({ ...rest, name: ` ${[...name].join(' ')} `, documentNumber: spaced });
      expect(person.page.outcome).toBe('done');
    });

    it('[RN-14] believes the sex in the number of an identity card, whatever was ticked', async () => {
      const person = await atTheStep();
      const fields = identityFields(citizen());
      await person.submits({ ...fields, sex: fields['sex'] === 'male' ? 'female' : 'male' });
      expect(person.page.outcome).toBe('done');
    });

    it('[REG-36 REG-40] says 注册成功 to whoever leaves it for later, who is at the lowest level then', async () => {
      const service = await relyingParty(product, 'first-party');
      const person = await service.sendsToUs({ prompt: 'create', scope: 'openid assurance' });
      await registers(person);
      await skipsIdentity(person);
      expect([person.page.outcome, person.page.says('h1')]).toEqual(['done', '注册成功']);
      await person.opens('#next');
      expect((await service.receives(person)).userinfo).toMatchObject({ assurance: { level: 'L1', evidence: [] } });
    });

    it('[REG-37] tells whoever proves a taken identity that it is taken, after the authority has confirmed it', async () => {
      const somebody = citizen();
      const first = await atTheStep();
      await first.submits(identityFields(somebody));
      expect(first.page.outcome).toBe('done');
      const second = await atTheStep();
      await second.submits({ ...identityFields(somebody), name: '错名字' });
      expect(second.page.error?.code).toBe('identity.mismatch');
      await second.submits(identityFields(somebody));
      expect([second.page.status, second.page.error?.code]).toEqual([409, 'identity.taken']);
      // The account stays; its owner goes on without.
      await skipsIdentity(second);
      expect(second.page.says('h1')).toBe('注册成功');
    });
  });

  it('[LOG-01] makes the document number a way to sign in', async () => {
    const who = newcomer();
    const somebody = citizen();
    const person = await atTheStep(who);
    await person.submits(identityFields(somebody));
    await person.opens('#next');
    const service = await relyingParty(product, 'first-party');
    const back = await service.sendsToUs();
    await back.submits({ identifier: somebody.document.number, password: who.password });
    expect((await service.receives(back)).claims).toMatchObject({ acr: 'L2', amr: ['pwd'] });
  });
});

describe('a registration in English', () => {
  let product: Product;
  let person: Person;
  beforeAll(async () => {
    product = await sharedProduct();
  });
  beforeEach(async () => {
    person = newPerson(product, { locale: 'en' });
    await person.goes('/register');
  });

  it('[REG-06 UXP-01] has no Chinese on any of its pages but the names that have no other', async () => {
    const chinese = () => person.page.text.replaceAll(/《[^》]*》/g, '').match(/[\p{Script=Han}，。；：！？（）、]+/gu) ?? [];
    const pages: string[][] = [];
    const look = () => pages.push([person.page.url.pathname.split('/').slice(3).join('/'), ...chinese()]);
    look();
    await person.submits({ username: '1', captcha: '' });
    look();
    await registers(person);
    look();
    await person.submits({ name: '3' });
    look();
    await skipsIdentity(person);
    look();
    await person.opens('#next');
    look();
    expect(pages).toHaveLength(6);
    expect(pages.filter(([, ...found]) => found.length > 0)).toEqual([]);
  });
});
