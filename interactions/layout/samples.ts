import type { FieldName } from '../../src/domain/form-fields.ts';
import type { Account, Person } from '../../src/domain/person/account.ts';
import { FormRefused, Refused } from '../../src/domain/refused.ts';
import { mask } from '../../src/domain/person/masking.ts';
import { interactionPath } from '../../src/http/endpoints.ts';
import { fieldsOf, problemsOf } from '../../src/http/form.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { ActModel, CodeModel, FormModel, Locale } from '../../src/http/page-model.ts';
import type { Page } from '../../src/http/page.ts';
import type { ExampleScene } from '../journey.ts';

/** What the examples of several journeys are made of. */

/** An interaction that nobody has. */
export const interaction = interactionPath('Qh3vEXAMPLEw8KtZ2rYpN');

/** Forms are sent to the page of the gallery itself, which does nothing with them. */
export const nowhere = '#';

const token = '0.5p1mEXAMPLEeWq0aJcU7yRkHbVtNfSgLxDzMoIiQ9w';

export interface SampleForm {
  readonly fields: readonly FieldName[];
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** What was wrong with what was submitted. */
  readonly refused?: Refused | FormRefused | undefined;
  /** The page asks for a captcha; pages with a code do so while one may be sent. */
  readonly captcha?: boolean | undefined;
  readonly code?: CodeState | undefined;
}

/** Of a page with a code: none sent yet, one sent a moment ago, one sent before the wait was over. */
export type CodeState = 'unsent' | 'sent' | 'sent-before';

/** A form as the steps of wizards make it. */
export function sampleForm(scene: ExampleScene, { fields, values = {}, refused, captcha, code }: SampleForm): FormModel {
  const problems = problemsOf(scene.words, scene.locale, refused);
  const asks = code === undefined ? captcha === true : code !== 'sent';
  return {
    action: nowhere,
    token,
    fields: fieldsOf([...fields, ...(code === undefined ? [] : (['code'] as const)), 'captcha'], values, problems),
    problems,
    captcha: asks ? scene.captcha : undefined,
    code: code && sampleCode(scene, code),
  };
}

function sampleCode({ words, locale }: ExampleScene, state: CodeState): CodeModel {
  const sent = state !== 'unsent';
  return {
    sendAction: nowhere,
    cooldownSeconds: state === 'sent' ? 47 : 0,
    sent,
    to: sent ? maskedModel(words, locale, mask.mobile(zhangwei.mobile)) : undefined,
  };
}

/** A form without fields. */
export const sampleAct: ActModel = { action: nowhere, token, problems: [] };

/** A field that was left empty. */
export const unfilled = (field: string): Refused => new Refused('field.required', field, { reason: field });

/** Several things at once. */
export const several = (...refusals: readonly Refused[]): FormRefused => new FormRefused(refusals);

/** Services that wait for people; the second has as long a name as one may meet. */
export const housingFund = service('住房公积金', 'Housing Provident Fund', 'https://fund.demonstration-city.example/');
export const longService = service(
  '示范市不动产登记与住房公积金提取业务跨部门联合办理服务平台',
  'Demonstration City Joint Service for Land Registration and Housing Provident Fund Withdrawals',
  'https://land-registration-and-housing-fund.joint-services.demonstration-city.example/start',
);

function service(chinese: string, english: string, href: string) {
  return (locale: Locale): NonNullable<Page['service']> => ({ name: locale === 'en' ? english : chinese, href });
}

/** A code that is shown, and the number beside it. */
export const sampleTicket = { url: 'https://id.demonstration-city.example/h/Wc3vEXAMPLEw8KtZ2rYpNA', number: 47, choices: [82, 47, 19] };

const subjectId = '0191e6a4-7a35-7c6e-9d53-3f0f6a2b8c11';
const accountId = '0191e6a4-7a35-7c6e-9d53-3f0f6a2b8c12';
const personId = '0191e6a4-7a35-7c6e-9d53-3f0f6a2b8c13';

/** Not verified yet. */
export const newcomer: Account = {
  id: accountId,
  subjectId,
  personId: undefined,
  status: 'active',
  locale: undefined,
  mobileProven: true,
  username: undefined,
  mobile: '15912347931',
  email: undefined,
  address: undefined,
  asserted: undefined,
  ethnicity: undefined,
  socialHistory: undefined,
  number: '744021634577',
  updatedAt: new Date('2026-11-22T00:17:00Z'),
  frozen: false,
};

export const zhangwei: Account = {
  ...newcomer,
  personId,
  username: 'zhangwei',
  mobile: '13800000001',
};

export const zhangweiAsPerson: Person = {
  id: personId,
  subjectId,
  name: '张伟',
  document: {
    type: 'resident-id-card',
    number: '110199199003150113',
    key: '110199199003150113',
    validFrom: '2018-06-06',
    validUntil: '2038-06-06',
  },
  sex: 'male',
  birthDate: '1990-03-15',
};

/** A name of many characters and a document without end. */
export const longName: Person = {
  ...zhangweiAsPerson,
  name: '阿卜杜热合曼·麦麦提依明·买买提江',
  document: { ...zhangweiAsPerson.document, number: '650199198512120038', key: '650199198512120038', validUntil: 'long-term' },
};

/** Letters, and another kind of document. */
export const foreigner: Person = {
  ...zhangweiAsPerson,
  name: 'MAXIMILIANE VON HOHENSTEIN',
  document: { ...zhangweiAsPerson.document, type: 'foreign-permanent-resident', number: '911826198802140029', key: '911826198802140029' },
  sex: 'unknown',
};
