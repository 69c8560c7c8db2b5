import type { Account } from '../../src/domain/person/account.ts';
import type { Activation } from '../../src/domain/person/activation-store.ts';
import type { Sought } from '../../src/domain/person/activation.ts';
import { validities } from '../../src/domain/person/document-validity.ts';
import { shownName } from '../../src/domain/person/person-name.ts';
import { mask } from '../../src/domain/person/masking.ts';
import type { Brand, Profile } from '../../src/domain/policy.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { FormModel, Link, Locale, MaskedModel, ProgressModel } from '../../src/http/page-model.ts';
import type { Say, Words } from '../../src/http/words.ts';
import { progress } from '../../src/http/wizard.ts';
import type { ResultModel } from '../layout/result.ts';
import { passwordHint, passwordRules } from '../layout/rule-hints.ts';

/** What the pages of the activation show. */

export interface ActivateWords {
  readonly locale: Locale;
  readonly words: Words;
  readonly say: Say;
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** @param hasAccount - what is on record goes into an account that is there, with its password */
export function bar(say: Say, current: number, hasAccount: boolean): ProgressModel {
  const steps = ['document', 'identity', hasAccount ? 'account' : 'password', 'done'];
  return progress(
    steps.map((step) => say(`activate.step.${step}`)),
    current,
  );
}

/** Where somebody is who activates: the interaction, and what led to it. */
export interface Place {
  readonly base: string;
  readonly prompt: { readonly name: string };
  /** Signed in; with `joins` to the account that takes up the record. */
  readonly session: object | undefined;
  readonly joins: Pick<Account, 'mobile'> | undefined;
}

/** Out of the activation. */
function wayOut(say: Say, { base, prompt, session }: Place): Link {
  if (prompt.name === 'step_up') return { href: `${base}/step-up`, label: say('layout.back') };
  return session ? { href: '/account', label: say('activate.to-account') } : { href: `${base}/login`, label: say('activate.to-login') };
}

export interface DocumentPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly documentTypes: readonly Choice[];
  /** The mobile of the account that will take up the record. */
  readonly joins: MaskedModel | undefined;
  readonly back: Link;
}

export function documentPageModel(
  { locale, words, say }: ActivateWords,
  { documents }: Pick<Profile, 'documents'>,
  form: FormModel,
  place: Place,
): DocumentPageModel {
  return {
    progress: bar(say, 0, place.joins !== undefined),
    form,
    documentTypes: documents.map((type) => ({ value: type, label: say(`layout.document.type.${type}`) })),
    joins: place.joins && maskedModel(words, locale, mask.mobile(place.joins.mobile)),
    back: wayOut(say, place),
  };
}

export function nobodyModel({ say }: ActivateWords, place: Place): ResultModel {
  const again = { href: `${place.base}/activate/document`, label: say('activate.nobody.again') };
  const shown = {
    progress: bar(say, 0, place.joins !== undefined),
    outcome: 'failed',
    title: say('activate.nobody.title'),
    text: say('activate.nobody.text'),
  } as const;
  if (place.joins) return { ...shown, next: wayOut(say, place), secondary: [again] };
  return {
    ...shown,
    next: { href: `${place.base}/register`, label: say('activate.nobody.register') },
    secondary: [{ href: `${place.base}/login`, label: say('activate.nobody.sign-in') }, again],
  };
}

export interface MobilePageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly lead: string;
  readonly given: MaskedModel;
  /** 更换手机号. */
  readonly replaceAction: string;
  /** Where there may be no record at all: other ways to an account. */
  readonly others: readonly Link[];
  readonly back: Link;
}

/** @param known - it was shown already that somebody waits; else the page is the same for every document */
export function mobilePageModel(
  { locale, words, say }: ActivateWords,
  { form, given, known, base, joins }: { form: FormModel; given: string; known: boolean; base: string; joins: boolean },
): MobilePageModel {
  return {
    progress: bar(say, 0, known || joins),
    form,
    lead: say(known ? 'activate.mobile-lead-known' : 'activate.mobile-lead'),
    given: maskedModel(words, locale, mask.mobile(given)),
    replaceAction: `${form.action}/replace`,
    others:
      known || joins
        ? []
        : [
            { href: `${base}/register`, label: say('activate.nobody.register') },
            { href: `${base}/login`, label: say('activate.nobody.sign-in') },
          ],
    back: { href: `${base}/activate/document`, label: say('layout.back') },
  };
}

export interface IdentityPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly title: string;
  readonly lead: string;
  /** Of whoever proved the mobile on record; else the name is asked. */
  readonly name: MaskedModel | undefined;
  readonly documentType: string;
  readonly documentNumber: MaskedModel;
  readonly mobile: { readonly label: string } & MaskedModel;
  /** What was typed in the form before, in place of the fields. */
  readonly typed: { readonly validFrom: string; readonly validity: string } | undefined;
  readonly asksName: boolean;
  readonly validities: readonly Choice[];
  readonly submit: string;
  readonly back: Link;
}

interface IdentityFacts {
  readonly form: FormModel;
  readonly found: Sought;
  /** Shown to whoever proved its mobile. */
  readonly record: Pick<Activation, 'person'> | undefined;
  readonly typed: { readonly validFrom: string; readonly validity: string } | undefined;
  /** The account is there with the next press. */
  readonly finishes: boolean;
  readonly hasAccount: boolean;
  readonly back: string;
}

export function identityPageModel(
  { locale, words, say }: ActivateWords,
  { masking }: Pick<Profile, 'masking'>,
  { form, found, record, typed, finishes, hasAccount, back }: IdentityFacts,
): IdentityPageModel {
  const told = record !== undefined && finishes;
  return {
    progress: bar(say, 1, hasAccount),
    form,
    title: say(told ? 'activate.known' : 'activate.identity'),
    lead: say(told ? 'activate.known-lead' : record ? 'activate.identity-lead' : 'activate.replacing'),
    name: record && maskedModel(words, locale, mask.name(shownName(record.person), masking.name)),
    documentType: say(`layout.document.type.${found.type}`),
    documentNumber: maskedModel(words, locale, mask.document(found.number, masking.document)),
    mobile: {
      label: say(`activate.${record ? 'bound-mobile' : 'given-mobile'}`),
      ...maskedModel(words, locale, mask.mobile(found.mobile)),
    },
    typed: typed && { validFrom: typed.validFrom, validity: say(`activate.validity.${typed.validity}`) },
    asksName: record === undefined,
    validities: validities.map((value) => ({ value, label: say(`activate.validity.${value}`) })),
    submit: say(finishes ? 'activate.submit' : 'layout.next'),
    back: { href: back, label: say('layout.back') },
  };
}

export interface AccountPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly lead: string;
  readonly name: MaskedModel;
  readonly documentType: string;
  readonly documentNumber: MaskedModel;
  /** Of the account. */
  readonly mobile: MaskedModel;
  /** How to choose another account. */
  readonly other: string | undefined;
  readonly back: Link;
}

interface AccountFacts {
  readonly form: FormModel;
  readonly name: string;
  readonly found: Sought;
  readonly mobile: string;
  readonly signedIn: boolean;
  readonly back: string;
}

export function accountPageModel(
  { locale, words, say }: ActivateWords,
  { masking }: Pick<Profile, 'masking'>,
  { form, name, found, mobile, signedIn, back }: AccountFacts,
): AccountPageModel {
  return {
    progress: bar(say, 2, true),
    form,
    lead: say('activate.account-lead'),
    name: maskedModel(words, locale, mask.name(name, masking.name)),
    documentType: say(`layout.document.type.${found.type}`),
    documentNumber: maskedModel(words, locale, mask.document(found.number, masking.document)),
    mobile: maskedModel(words, locale, mask.mobile(mobile)),
    other: signedIn ? say('activate.account-other') : undefined,
    back: { href: back, label: say('layout.back') },
  };
}

export interface PasswordPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly password: { readonly hint: string; readonly rules: readonly string[] };
  readonly agreement: readonly Link[];
  readonly back: Link;
}

export function passwordPageModel(
  { locale, say }: ActivateWords,
  { password, brand }: { password: Profile['password']; brand: Pick<Brand, 'agreement' | 'privacy'> },
  { form, back }: { form: FormModel; back: string },
): PasswordPageModel {
  return {
    progress: bar(say, 2, false),
    form,
    password: { hint: passwordHint(say, password), rules: passwordRules(say, password) },
    agreement: [
      { href: '/help/agreement', label: brand.agreement.title[locale] },
      { href: '/help/privacy', label: brand.privacy.title[locale] },
    ],
    back: { href: back, label: say('layout.back') },
  };
}

const accountPath = '/account';

/**
 * Who has no session yet is signed in by the button, which says so.
 *
 * @param finish - address that ends the interaction
 */
export function doneModel(
  { locale, say }: ActivateWords,
  { brand, landing }: Pick<Profile, 'landing'> & { readonly brand: Pick<Brand, 'portal'> },
  { service, finish, signedIn, hasAccount }: { service: string | undefined; finish: string; signedIn: boolean; hasAccount: boolean },
): ResultModel {
  const act = signedIn ? 'back' : 'done';
  const portal = { portal: brand.portal.name[locale] };
  const home = landing === accountPath ? say(`activate.${act}.to-account`) : say(`activate.${act}.to-landing`, portal);
  return {
    progress: bar(say, 3, hasAccount),
    outcome: 'done',
    title: say('activate.done.title'),
    text: say('activate.done.text'),
    next: { href: finish, label: service === undefined ? home : say(`activate.${act}.to-service`, { service }) },
  };
}
