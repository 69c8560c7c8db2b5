import type { Activation } from '../../src/domain/person/activation-store.ts';
import { validities } from '../../src/domain/person/document-validity.ts';
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

const steps = ['activate.step.document', 'activate.step.identity', 'activate.step.password', 'activate.step.done'];

export function bar(say: Say, current: number): ProgressModel {
  return progress(
    steps.map((step) => say(step)),
    current,
  );
}

export interface DocumentPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly documentTypes: readonly Choice[];
  readonly back: Link;
}

/** @param base - of the interaction */
export function documentPageModel(
  { say }: ActivateWords,
  { documents }: Pick<Profile, 'documents'>,
  form: FormModel,
  base: string,
): DocumentPageModel {
  return {
    progress: bar(say, 0),
    form,
    documentTypes: documents.map((type) => ({ value: type, label: say(`layout.document.type.${type}`) })),
    back: { href: `${base}/login`, label: say('activate.to-login') },
  };
}

/** @param base - of the interaction */
export function nobodyModel({ say }: ActivateWords, base: string): ResultModel {
  return {
    progress: bar(say, 0),
    outcome: 'failed',
    title: say('activate.nobody.title'),
    text: say('activate.nobody.text'),
    next: { href: `${base}/register`, label: say('activate.nobody.register') },
    secondary: [
      { href: `${base}/login`, label: say('activate.nobody.sign-in') },
      { href: `${base}/activate/document`, label: say('activate.nobody.again') },
    ],
  };
}

export interface MobilePageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly bound: MaskedModel;
  readonly given: MaskedModel;
  /** 更换手机号. */
  readonly replaceAction: string;
  readonly back: Link;
}

export function mobilePageModel(
  { locale, words, say }: ActivateWords,
  { form, bound, given, base }: { form: FormModel; bound: string; given: string; base: string },
): MobilePageModel {
  const masked = (mobile: string) => maskedModel(words, locale, mask.mobile(mobile));
  return {
    progress: bar(say, 0),
    form,
    bound: masked(bound),
    given: masked(given),
    replaceAction: `${form.action}/replace`,
    back: { href: `${base}/document`, label: say('layout.back') },
  };
}

export interface IdentityPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  /** Absent with another mobile than the bound one: then the name is asked, not shown. */
  readonly name: MaskedModel | undefined;
  readonly documentType: string;
  readonly documentNumber: MaskedModel;
  readonly mobile: { readonly label: string } & MaskedModel;
  /** What it means that the proven mobile is not the bound one. */
  readonly notice: string | undefined;
  readonly validities: readonly Choice[];
  readonly back: Link;
}

export function identityPageModel(
  { locale, words, say }: ActivateWords,
  { masking }: Pick<Profile, 'masking'>,
  { form, activation: { person, mobile: bound }, mobile, back }: { form: FormModel; activation: Activation; mobile: string; back: string },
): IdentityPageModel {
  const isBound = mobile === bound;
  const [label, notice] = bound === undefined ? (['given-mobile', 'no-mobile'] as const) : (['new-mobile', 'replacing'] as const);
  return {
    progress: bar(say, 1),
    form,
    name: isBound ? maskedModel(words, locale, mask.name(person.name, masking.name)) : undefined,
    documentType: say(`layout.document.type.${person.document.type}`),
    documentNumber: maskedModel(words, locale, mask.document(person.document.number, masking.document)),
    mobile: { label: say(`activate.${isBound ? 'bound-mobile' : label}`), ...maskedModel(words, locale, mask.mobile(mobile)) },
    notice: isBound ? undefined : say(`activate.${notice}`),
    validities: validities.map((value) => ({ value, label: say(`activate.validity.${value}`) })),
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
    progress: bar(say, 2),
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
 * Nobody is signed in yet: that is what the button does, and what it says.
 *
 * @param finish - address that ends the interaction
 */
export function doneModel(
  { locale, say }: ActivateWords,
  { brand, landing }: Pick<Profile, 'landing'> & { readonly brand: Pick<Brand, 'portal'> },
  { service, finish }: { service: string | undefined; finish: string },
): ResultModel {
  const home =
    landing === accountPath ? say('activate.done.to-account') : say('activate.done.to-landing', { portal: brand.portal.name[locale] });
  return {
    progress: bar(say, 3),
    outcome: 'done',
    title: say('activate.done.title'),
    text: say('activate.done.text'),
    next: { href: finish, label: service === undefined ? home : say('activate.done.to-service', { service }) },
  };
}
