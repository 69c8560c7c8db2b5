import { documentTypes } from '../../src/domain/person/document-number.ts';
import { validities } from '../../src/domain/person/document-validity.ts';
import { askedFields } from '../../src/domain/person/registration-form.ts';
import { withinHours } from '../../src/domain/person/registration-hours.ts';
import type { Brand, Profile, RegistrationField } from '../../src/domain/policy.ts';
import type { Channel, FormModel, Link, Locale, ProblemModel, ProgressModel } from '../../src/http/page-model.ts';
import type { Say } from '../../src/http/words.ts';
import { progress } from '../../src/http/wizard.ts';
import { subjectsModel, type SubjectsModel } from '../layout/subjects.ts';
import type { ResultModel } from '../layout/result.ts';
import { nameHint, passwordHint, passwordRules, usernameHint, usernameRules } from '../layout/rule-hints.ts';

/** What the pages of the registration show. */

export interface PageScene {
  readonly locale: Locale;
  readonly channel: Channel;
  readonly say: Say;
  readonly profile: Pick<Profile, 'username' | 'password' | 'documents' | 'registration' | 'comingSubjects' | 'recovery' | 'landing'> & {
    readonly brand: Pick<Brand, 'agreement' | 'agreementOnPhones' | 'privacy' | 'portal'>;
  };
}

interface Choice {
  readonly value: string;
  readonly label: string;
  /** Of a type of document: other fields are asked with it. */
  readonly tellsSex?: boolean;
}

/** One entry of the form. */
export interface EntryModel {
  readonly kind: RegistrationField;
  /** Of the form field. */
  readonly name: string;
  readonly hint: string | undefined;
  readonly rules: readonly string[];
}

export interface AccountPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  /** Where there will be legal persons: the tab of this page; the other one is coming (REG-05). */
  readonly subjects: SubjectsModel | undefined;
  readonly sections: readonly { readonly title: string | undefined; readonly entries: readonly EntryModel[] }[];
  readonly documentTypes: readonly Choice[];
  readonly validities: readonly Choice[];
  readonly sexes: readonly Choice[];
  readonly agreement: readonly Link[];
  /** In front of them, where the city words it in its own way. */
  readonly accept: string | undefined;
  /** Whether the form offers it. */
  readonly nationalPlatform: boolean;
  readonly notices: readonly string[];
  /** For whom it is closed at this hour. */
  readonly closed: string | undefined;
  /** What can be done about an identity that another account holds. */
  readonly ways: readonly Link[];
  readonly submit: string;
  readonly signIn: string;
}

/** @param base - of the interaction */
export function accountPageModel(scene: PageScene, { form, base, now }: { form: FormModel; base: string; now: Date }): AccountPageModel {
  const { locale, channel, say, profile } = scene;
  const { brand, registration, documents } = profile;
  const onPhones = channel === 'h5' ? brand.agreementOnPhones : undefined;
  const { hours } = registration;
  const running = hours !== null && withinHours(hours, now);
  return {
    progress: bar(scene, 'account'),
    form,
    // Agents are people who have registered already.
    subjects: subjectsModel(say, {
      to: 'register',
      coming: profile.comingSubjects.filter((kind) => kind !== 'agent'),
      href: `${base}/register/account`,
    }),
    sections: sections(scene),
    documentTypes: documents.map((type) => ({
      value: type,
      label: say(`layout.document.type.${type}`),
      tellsSex: documentTypes[type].tellsSex,
    })),
    validities: validities.map((value) => ({ value, label: say(`activate.validity.${value}`) })),
    sexes: ['', 'male', 'female'].map((sex) => ({ value: sex, label: say(sex === '' ? 'register.choose' : `layout.sex.${sex}`) })),
    accept: onPhones?.accept[locale],
    agreement: [
      { href: '/help/agreement', label: (onPhones ?? brand.agreement).title[locale] },
      { href: '/help/privacy', label: brand.privacy.title[locale] },
    ],
    nationalPlatform: registration.nationalPlatform !== null,
    notices: hours && running ? [say('register.hours', { opens: hours.opens, closes: hours.closes })] : [],
    closed: hours && !running ? say('register.closed', { opens: hours.opens, closes: hours.closes }) : undefined,
    submit: registration.identity.endsWith('step') && channel === 'h5' ? 'layout.next' : 'register.submit',
    ways: takenWays(scene, base, form.problems),
    signIn: `${base}/login`,
  };
}

/** Another account holds the identity: what can be done about it today (REG-38). */
export function takenWays(
  { say, profile }: Pick<PageScene, 'say' | 'profile'>,
  base: string,
  problems: readonly ProblemModel[],
): readonly Link[] {
  if (!problems.some(({ code }) => code === 'identity.taken')) return [];
  return [
    { href: `${base}/login`, label: say('layout.taken.sign-in') },
    ...(profile.recovery ? [{ href: `${base}/recover`, label: say('layout.taken.recover') }] : []),
  ];
}

const ofDocument: ReadonlySet<RegistrationField> = new Set(['name', 'document', 'details']);

/** A form that verifies an identity says where the document ends and the account begins (REG-07). */
function sections(scene: PageScene): AccountPageModel['sections'] {
  const { channel, say, profile } = scene;
  const { identity } = profile.registration;
  const entries = askedFields(profile, channel).map((kind) => entry(scene, kind));
  if (identity !== 'in-form') return [{ title: undefined, entries }];
  return [
    { title: say('register.section.document'), entries: entries.filter(({ kind }) => ofDocument.has(kind)) },
    { title: say('register.section.account'), entries: entries.filter(({ kind }) => !ofDocument.has(kind)) },
  ];
}

function entry({ say, profile }: PageScene, kind: RegistrationField): EntryModel {
  const { username, password, registration } = profile;
  const name = kind === 'password' ? 'newPassword' : kind;
  const plain = { kind, name, hint: undefined, rules: [] };
  switch (kind) {
    case 'username':
      return username ? { ...plain, hint: usernameHint(say, username), rules: usernameRules(say, username) } : plain;
    case 'password':
      return { ...plain, hint: passwordHint(say, password), rules: passwordRules(say, password) };
    case 'name':
      return { ...plain, hint: nameHint(say, profile.documents) };
    case 'document':
      return { ...plain, hint: registration.identity === 'asserted' ? say('register.asserted-hint') : undefined };
    case 'address':
      return { ...plain, hint: say('register.address-hint', { min: registration.address.minLength, max: registration.address.maxLength }) };
    case 'email':
      return { ...plain, hint: say('register.email-hint') };
    case 'mobile':
      return { ...plain, hint: say('register.mobile-hint') };
    default:
      return plain;
  }
}

/** The page in front of the form (REG-04). */
export interface OptionsModel {
  readonly options: readonly { readonly name: string; readonly href: string; readonly label: string; readonly text: string }[];
}

/** @param base - of the interaction */
export function optionsModel({ say, profile }: PageScene, base: string): OptionsModel {
  const ways = [
    ['sign-in', `${base}/login`],
    ['recover', profile.recovery ? `${base}/recover` : '/help'],
    ['register', `${base}/register/account`],
  ] as const;
  return {
    options: ways.map(([name, href]) => ({ name, href, label: say(`register.option.${name}`), text: say(`register.option.${name}-text`) })),
  };
}

/** What came of the identity. */
export type IdentityResult = 'verified' | 'skipped' | 'pending';

const accountPath = '/account';

const results = {
  verified: { title: 'register.result.verified-title', text: 'register.result.verified-text' },
  pending: { title: 'register.result.pending-title', text: 'register.result.pending-text' },
  skipped: { title: 'register.result.title', text: 'register.result.text' },
} as const;

/**
 * Nobody is signed in yet: that is what the buttons do, and what they say.
 *
 * @param finish - address that ends the interaction
 */
export function donePageModel(
  scene: PageScene,
  { identity, service, finish }: { identity: IdentityResult | undefined; service: string | undefined; finish: string },
): ResultModel {
  const { locale, say, profile } = scene;
  const { title, text } = results[identity ?? 'skipped'];
  const toAccount = say('register.result.to-account');
  const portal =
    scene.channel === 'h5'
      ? say('register.result.to-home')
      : say('register.result.to-landing', { portal: profile.brand.portal.name[locale] });
  const home = profile.landing === accountPath ? toAccount : portal;
  return {
    progress: bar(scene, 'done', identity === 'skipped' ? 'identity' : undefined),
    outcome: 'done',
    title: say(title),
    text: say(text),
    next: {
      href: finish,
      label: service === undefined ? home : say('register.result.to-service', { service }),
    },
    secondary: service === undefined && home !== toAccount ? [{ href: `${finish}?to=account`, label: toAccount }] : [],
  };
}

type StepName = 'account' | 'identity' | 'done';

/** Progress bar of this deployment's registration; a form that verifies is the step of the identity itself (REG-07). */
export function bar({ say, profile }: Pick<PageScene, 'say' | 'profile'>, current: StepName, skipped?: StepName): ProgressModel {
  const { identity } = profile.registration;
  const hasStep = identity === 'step' || identity === 'skippable-step';
  const steps: readonly StepName[] = hasStep ? ['account', 'identity', 'done'] : ['account', 'done'];
  const labels = {
    account: identity === 'in-form' ? 'register.real-name' : 'register.account',
    identity: 'register.real-name',
    done: identity === 'in-form' ? 'register.complete' : 'register.done',
  } as const;
  const at = (step: StepName) => steps.indexOf(step === 'identity' && !hasStep ? 'account' : step);
  return progress(
    steps.map((step) => say(labels[step])),
    at(current),
    skipped && at(skipped),
  );
}

/** 暂不认证. */
export function skipLabel({ say, channel }: Pick<PageScene, 'say' | 'channel'>): string {
  return say(channel === 'h5' ? 'register.skip.h5' : 'register.skip');
}
