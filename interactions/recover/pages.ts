import type { Sought, Typed } from '../../src/domain/authenticator/recovery-search.ts';
import { mask, type Masked } from '../../src/domain/person/masking.ts';
import type { Brand, Profile, RecoveryStart } from '../../src/domain/policy.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { Channel, FormModel, Link, Locale, MaskedModel, ProgressModel } from '../../src/http/page-model.ts';
import type { Say, Words } from '../../src/http/words.ts';
import { progress } from '../../src/http/wizard.ts';
import type { ResultModel } from '../layout/result.ts';
import { passwordHint, passwordRules } from '../layout/rule-hints.ts';

/** What the pages of the recovery show. Nothing on them depends on whether there is such an account (DIS-21). */

export interface RecoverWords {
  readonly locale: Locale;
  readonly words: Words;
  readonly say: Say;
}

type Masking = Pick<Profile, 'masking'>;

/** The same four steps by either way, called by what they ask. */
function bar(say: Say, byIdentity: boolean, current: number): ProgressModel {
  const labels = byIdentity ? ['identity', 'confirm', 'password', 'done'] : ['account', 'verify', 'password', 'done'];
  return progress(
    labels.map((label) => say(`recover.step.${label}`)),
    current,
  );
}

export interface AccountPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  /** Name and document number; else one identifier. */
  readonly byIdentity: boolean;
  readonly identifierLabel: string;
  /** Only a mobile is asked: digits suffice. */
  readonly mobileOnly: boolean;
  readonly back: Link;
}

export function accountPageModel(
  { say }: RecoverWords,
  { form, starts, base }: { form: FormModel; starts: readonly RecoveryStart[]; base: string },
): AccountPageModel {
  const byIdentity = starts.includes('identity');
  return {
    progress: bar(say, byIdentity, 0),
    form,
    byIdentity,
    identifierLabel: byIdentity ? '' : starts.map((start) => say(`login.identifier.${start}`)).join('/'),
    mobileOnly: isMobileOnly(starts),
    back: { href: `${base}/login`, label: say('recover.to-login') },
  };
}

export function isMobileOnly(starts: readonly RecoveryStart[]): boolean {
  return starts.every((start) => start === 'mobile');
}

/** Masks of what was typed, and of what the account has besides. */
function masks({ locale, words }: RecoverWords, { masking }: Masking, { typed, mobile, document }: Sought) {
  const shown = (masked: Masked): MaskedModel => maskedModel(words, locale, masked);
  // What was typed is shown as typed: a permit that was issued anew has another number than the one we know.
  const number = typed.kind === 'document' ? typed.text : document?.number;
  return {
    account: shown(accountMask(typed, masking)),
    name: typed.name === undefined ? undefined : shown(mask.name(typed.name, masking.name)),
    mobile: shown(mask.mobile(mobile)),
    document: document && number !== undefined ? shown(mask.document(number, masking.document)) : undefined,
  };
}

function accountMask({ kind, text }: Typed, { document }: Profile['masking']): Masked {
  switch (kind) {
    case 'mobile':
      return mask.mobile(text);
    case 'document':
      return mask.document(text, document);
    case 'username':
      return mask.username(text);
  }
}

interface Ways {
  readonly next: Link;
  readonly back: Link;
  readonly noMobile: Link;
}

export interface ChoicePageModel extends Ways {
  readonly progress: ProgressModel;
  readonly account: MaskedModel;
  readonly mobile: MaskedModel;
  /** Of verified people; absent: the mobile is enough. */
  readonly document: MaskedModel | undefined;
}

export function choicePageModel(page: RecoverWords, masking: Masking, sought: Sought, base: string): ChoicePageModel {
  const { account, mobile, document } = masks(page, masking, sought);
  const { say } = page;
  return {
    progress: bar(say, false, 1),
    account,
    mobile,
    document,
    next: { href: `${base}/recover/verify`, label: say('recover.go') },
    back: { href: `${base}/recover/account`, label: say('recover.back') },
    noMobile: noMobileLink(say, base),
  };
}

export interface ConfirmPageModel extends Ways {
  readonly progress: ProgressModel;
  readonly name: MaskedModel | undefined;
  readonly document: MaskedModel | undefined;
  readonly mobile: MaskedModel;
}

export function confirmPageModel(page: RecoverWords, masking: Masking, sought: Sought, base: string): ConfirmPageModel {
  const { name, mobile, document } = masks(page, masking, sought);
  const { say } = page;
  return {
    progress: bar(say, true, 1),
    name,
    document,
    mobile,
    next: { href: `${base}/recover/password`, label: say('recover.confirmed') },
    back: { href: `${base}/recover/account`, label: say('recover.back') },
    noMobile: noMobileLink(say, base),
  };
}

interface CodePage {
  readonly form: FormModel;
  readonly sought: Sought;
  readonly base: string;
  readonly channel: Channel;
}

export interface VerifyPageModel extends Pick<Ways, 'back' | 'noMobile'> {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly mobile: MaskedModel;
  readonly asksDocument: boolean;
}

export function verifyPageModel(page: RecoverWords, masking: Masking, { form, sought, base, channel }: CodePage): VerifyPageModel {
  const { say } = page;
  const { mobile, document } = masks(page, masking, sought);
  return {
    progress: bar(say, false, 1),
    form,
    mobile,
    asksDocument: document !== undefined,
    back:
      channel === 'h5'
        ? { href: `${base}/recover/account`, label: say('recover.back') }
        : { href: `${base}/recover/method`, label: say('recover.other-way') },
    noMobile: noMobileLink(say, base),
  };
}

export interface PasswordPageModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly password: { readonly hint: string; readonly rules: readonly string[] };
  /** To which a code goes on this page; absent: it was proved before. */
  readonly mobile: MaskedModel | undefined;
  readonly back: Link;
  readonly noMobile: Link;
}

export function passwordPageModel(
  page: RecoverWords,
  profile: Pick<Profile, 'password' | 'masking'>,
  { form, sought, base, channel }: CodePage,
): PasswordPageModel {
  const { say } = page;
  const byIdentity = sought.typed.name !== undefined;
  const before = byIdentity ? 'confirm' : channel === 'h5' ? 'account' : 'method';
  return {
    progress: bar(say, byIdentity, 2),
    form,
    password: { hint: passwordHint(say, profile.password), rules: passwordRules(say, profile.password) },
    mobile: form.code ? masks(page, profile, sought).mobile : undefined,
    back: { href: `${base}/recover/${before}`, label: say('recover.back') },
    noMobile: noMobileLink(say, base),
  };
}

/** @param guarded - passkeys or an authenticator app are there and stay */
export function doneModel(
  { say }: RecoverWords,
  { identity, guarded, base }: { identity: boolean; guarded: boolean; base: string },
): ResultModel {
  return {
    progress: bar(say, identity, 3),
    outcome: 'done',
    title: say('recover.done.title'),
    text: say(guarded ? 'recover.done.guarded' : 'recover.done.text'),
    next: { href: `${base}/login`, label: say('recover.done.login') },
  };
}

function noMobileLink(say: Say, base: string): Link {
  return { href: `${base}/recover/no-mobile`, label: say('recover.no-mobile') };
}

export interface NoMobileModel {
  /** What one can do today. */
  readonly ways: readonly { readonly text: string; readonly link: Link | undefined }[];
  /** What the deployment's manual names and this platform does not offer yet. */
  readonly coming: readonly string[];
  readonly back: Link;
}

/** @param base - `/interaction/:uid` */
export function noMobileModel(
  { words, say }: RecoverWords,
  { login, activation, later, brand }: Pick<Profile, 'login' | 'activation' | 'later'> & { readonly brand: Pick<Brand, 'hotline'> },
  base: string,
): NoMobileModel {
  const passkeys = [...login.desktop, ...login.h5].includes('passkey');
  return {
    ways: [
      ...(passkeys
        ? [{ text: say('recover.way.passkey'), link: { href: `${base}/login/passkey`, label: say('recover.way.passkey-link') } }]
        : []),
      { text: say('recover.way.register'), link: { href: `${base}/register`, label: say('recover.way.register-link') } },
      ...(activation
        ? [{ text: say('recover.way.activate'), link: { href: `${base}/activate`, label: say('recover.way.activate-link') } }]
        : []),
      { text: say('recover.way.hotline', { hotline: brand.hotline }), link: undefined },
    ],
    coming: later
      .map((name) => `recover.coming.${name}`)
      .filter((key) => words.has(key))
      .map((key) => say(key)),
    back: { href: `${base}/recover`, label: say('recover.back') },
  };
}
