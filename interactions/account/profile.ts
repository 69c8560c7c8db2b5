import type { Account, Person } from '../../src/domain/person/account.ts';
import { longestSocialHistory } from '../../src/domain/person/account-details.ts';
import { ethnicities, ethnicityName } from '../../src/domain/person/ethnicity.ts';
import { mask, type Masked } from '../../src/domain/person/masking.ts';
import { shownName } from '../../src/domain/person/person-name.ts';
import type { AccountChangeName, AccountRow } from '../../src/domain/policy.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { FormModel, MaskedModel } from '../../src/http/page-model.ts';
import { sayIn, type AccountScene } from './scene.ts';

/** Data of the account: masked, and what its owner may do about it (ACC-02, ACC-04). */
export interface ProfileModel {
  readonly blocks: readonly BlockModel[];
  readonly name: MaskedModel | undefined;
  /** The platform's own, where the deployment shows it. */
  readonly number: string | undefined;
  /** Undefined: the deployment knows no usernames. */
  readonly username: { readonly value: MaskedModel | undefined } | undefined;
  readonly mobile: MaskedModel;
  readonly email: MaskedModel | undefined;
  readonly sex: string | undefined;
  /** The session has proved the mobile alone: sex and document are there, and not shown. */
  readonly withheld: boolean;
  readonly ethnicity: string | undefined;
  readonly document: { readonly type: string; readonly number: MaskedModel; readonly validUntil: string | undefined } | undefined;
  /** What was said at registration and nobody verified. */
  readonly asserted: { readonly name: MaskedModel; readonly type: string; readonly number: MaskedModel } | undefined;
  /** The same of an e-mail address. */
  readonly assertedEmail: MaskedModel | undefined;
  /** Undefined: the deployment does not ask for it. */
  readonly address: { readonly text: string | undefined; readonly limits: { readonly min: number; readonly max: number } } | undefined;
  /** Undefined: the deployment does not ask for it. */
  readonly socialHistory: { readonly text: string | undefined; readonly limit: number } | undefined;
  /** Where each change begins; undefined: not to be changed here. */
  readonly change: Readonly<Partial<Record<AccountChangeName, string>>>;
  /** 修改 was pressed: the row is a form with 保存 (ACC-12). */
  readonly edit: DetailForm | undefined;
}

export interface BlockModel {
  readonly title: string;
  readonly rows: readonly AccountRow[];
  /** To the first row that is edited in its place; undefined: no link beside the heading. */
  readonly edit: string | undefined;
}

/** Details that are changed in their row. */
export type Detail = 'ethnicity' | 'address' | 'social-history';

export interface DetailForm {
  readonly detail: Detail;
  readonly form: FormModel;
  readonly ethnicities: readonly { readonly value: string; readonly label: string }[];
}

export interface ProfileFacts {
  readonly account: Account;
  readonly person: Person | undefined;
  readonly edit?: { readonly detail: Detail; readonly form: FormModel } | undefined;
  /** False: the session has proved the mobile alone; document, its end and the sex are not shown. */
  readonly mayReadIdentity: boolean;
}

export function profileModel(scene: AccountScene, { account, person, edit, mayReadIdentity }: ProfileFacts): ProfileModel {
  const { locale, words, profile } = scene;
  const say = sayIn(scene);
  const masked = (value: Masked) => maskedModel(words, locale, value);
  const { username, email, ethnicity, address, socialHistory, asserted } = account;
  const { registration, account: offered } = profile;
  const change = changeLinks(scene);
  const hasRow = offered.blocks.some(({ rows }) => rows.some((row) => row === edit?.detail));
  return {
    blocks: offered.blocks.map(({ title, rows, edit: opens }) => ({
      title: title[locale],
      rows,
      edit: opens ? firstEdit(change) : undefined,
    })),
    name: person && masked(mask.name(shownName(person), profile.masking.name)),
    number: profile.account.number ? account.number : undefined,
    username: profile.username ? { value: username === undefined ? undefined : masked(mask.username(username)) } : undefined,
    mobile: masked(mask.mobile(account.mobile)),
    email: email === undefined ? undefined : masked(mask.email(email)),
    sex: sexOf(scene, mayReadIdentity ? person : undefined),
    withheld: person !== undefined && !mayReadIdentity,
    ethnicity: ethnicity === undefined ? undefined : ethnicityName(ethnicity)?.[locale],
    document: person && documentModel(scene, person, mayReadIdentity),
    assertedEmail: email !== undefined || asserted?.email === undefined ? undefined : masked(mask.email(asserted.email)),
    asserted:
      person || !asserted
        ? undefined
        : {
            name: masked(mask.name(asserted.name, profile.masking.name)),
            type: say(`layout.document.type.${asserted.documentType}`),
            number: masked(mask.document(asserted.documentNumber, profile.masking.document)),
          },
    address: offered.changes.includes('address')
      ? { text: address, limits: { min: registration.address.minLength, max: registration.address.maxLength } }
      : undefined,
    socialHistory: offered.changes.includes('social-history') ? { text: socialHistory, limit: longestSocialHistory } : undefined,
    change,
    edit: hasRow && edit ? { ...edit, ethnicities: ethnicityChoices(scene) } : undefined,
  };
}

function sexOf(scene: AccountScene, person: Person | undefined): string | undefined {
  return person && person.sex !== 'unknown' ? sayIn(scene)(`layout.sex.${person.sex}`) : undefined;
}

function documentModel(scene: AccountScene, { document }: Person, mayRead: boolean): ProfileModel['document'] {
  const { locale, words, profile } = scene;
  const say = sayIn(scene);
  const { number, type, validUntil } = document;
  return {
    type: say(`layout.document.type.${type}`),
    number: maskedModel(words, locale, mayRead ? mask.document(number, profile.masking.document) : mask.whole()),
    validUntil: mayRead ? (validUntil === 'long-term' ? say('layout.document.long-term') : (validUntil ?? say('account.none'))) : undefined,
  };
}

function firstEdit(change: ProfileModel['change']): string | undefined {
  return change.address ?? change['social-history'] ?? change.ethnicity;
}

function changeLinks({ profile }: AccountScene): ProfileModel['change'] {
  const links = { username: '/account/username', password: '/account/password', mobile: '/account/mobile', email: '/account/email' };
  const edits = {
    ethnicity: '/account?edit=ethnicity#ethnicity',
    address: '/account?edit=address#address',
    'social-history': '/account?edit=social-history#socialHistory',
  };
  const offered = Object.entries({ ...links, ...edits }).filter(([name]) => profile.account.changes.some((change) => change === name));
  return Object.fromEntries(offered.filter(([name]) => name !== 'username' || profile.username !== null));
}

function ethnicityChoices(scene: AccountScene): DetailForm['ethnicities'] {
  const none = { value: '', label: sayIn(scene)('account.ethnicity-choose') };
  return [none, ...ethnicities.map(({ code, name }) => ({ value: code, label: name[scene.locale] }))];
}
