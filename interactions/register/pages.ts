import type { Brand, Profile } from '../../src/domain/policy.ts';
import type { FormModel, Link, Locale, ProgressModel } from '../../src/http/page-model.ts';
import type { Say } from '../../src/http/words.ts';
import { progress } from '../../src/http/wizard.ts';
import type { ResultModel } from '../layout/result.ts';

/** What the pages of the registration show. */

export interface PageScene {
  readonly locale: Locale;
  readonly say: Say;
  readonly profile: Pick<Profile, 'username' | 'password' | 'registration' | 'landing'> & { readonly brand: Pick<Brand, 'agreement' | 'privacy' | 'portal'> };
}

export interface AccountPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  /** Absent where the city has no usernames. */
  readonly username: { readonly hint: string } | undefined;
  readonly password: { readonly hint: string; readonly rules: readonly string[] };
  readonly agreement: readonly Link[];
  readonly notices: readonly string[];
}

export function accountPageModel({ locale, say, profile }: PageScene, form: FormModel): AccountPageModel {
  const { brand, username, password } = profile;
  return {
    progress: bar({ say, profile }, 'account'),
    form,
    username: username ? { hint: usernameHint(say, username) } : undefined,
    password: { hint: passwordHint(say, password), rules: [] },
    agreement: [
      { href: '/help/agreement', label: brand.agreement.title[locale] },
      { href: '/help/privacy', label: brand.privacy.title[locale] },
    ],
    notices: [],
  };
}

/** The rule of the profile in words, so that nobody has to guess it (REG-12, REG-18). */
function usernameHint(say: Say, policy: NonNullable<Profile['username']>): string {
  const { minLength: min, maxLength: max, firstLetter, allow } = policy;
  const characters = allow.map((kind) => say(`register.characters.${kind}`)).join(say('register.characters.separator'));
  return say(firstLetter ? 'register.username-hint.first-letter' : 'register.username-hint', { min, max, characters });
}

function passwordHint(say: Say, { minLength: min, maxLength: max, characters }: Profile['password']): string {
  return say(`register.password-hint.${characters}`, { min, max });
}

/** What came of the identity step. */
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
  { locale, say, profile }: PageScene,
  { identity, service, finish }: { identity: IdentityResult | undefined; service: string | undefined; finish: string },
): ResultModel {
  const { title, text } = results[identity ?? 'skipped'];
  const toAccount = say('register.result.to-account');
  const home = profile.landing === accountPath ? toAccount : say('register.result.to-landing', { portal: profile.brand.portal.name[locale] });
  return {
    progress: bar({ say, profile }, 'done', identity === 'skipped' ? 'identity' : undefined),
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

type StepName = Profile['registration']['steps'][number];

/** Progress bar of this deployment's registration. */
export function bar({ say, profile }: Pick<PageScene, 'say' | 'profile'>, current: StepName, skipped?: StepName): ProgressModel {
  const labels = { account: 'register.account', identity: 'register.real-name', done: 'register.done' } as const;
  const { steps } = profile.registration;
  return progress(steps.map((step) => say(labels[step])), steps.indexOf(current), skipped && steps.indexOf(skipped));
}
