import type { AssuranceLevel } from '../../src/domain/assurance/ladder.ts';
import type { Brand } from '../../src/domain/policy.ts';
import type { FormModel, Link, Locale, MaskedModel, ProgressModel } from '../../src/http/page-model.ts';
import type { Say } from '../../src/http/words.ts';
import { progress } from '../../src/http/wizard.ts';
import type { ResultModel } from '../layout/result.ts';

/** What the pages around a proofing show; the level page has a file of its own (levels.ts). */

/** Is it still the owner of the account? */
export interface VerifyModel {
  readonly progress: ProgressModel;
  readonly form: FormModel;
  readonly mobile: MaskedModel;
  readonly back: Link;
}

/** The password once more. */
export interface PasswordModel {
  readonly form: FormModel;
  readonly back: Link;
}

/** A passkey in place of the password. */
export interface PasskeyModel {
  readonly form: FormModel;
  readonly challenge: string;
  readonly back: Link;
}

/** Progress bar of the wizard around a method. */
export function bar(say: Say, method: string, current: number): ProgressModel {
  return progress([say('step-up.verify'), say(`step-up.${method}.name`), say('step-up.done')], current);
}

export interface Proved {
  readonly method: string;
  /** Now held. */
  readonly level: AssuranceLevel;
  /** Name of the service that waits. */
  readonly service: string | undefined;
  /** Address that ends the interaction. */
  readonly finish: string;
}

/** The last page: back to the waiting service, else where people of their own accord may want to go (RN-41). */
export function provedModel(
  { locale, say, portal }: { locale: Locale; say: Say; portal: Brand['portal'] },
  { method, level, service, finish }: Proved,
): ResultModel {
  return {
    progress: bar(say, method, 2),
    outcome: 'done',
    title: say('step-up.result.title'),
    text: say(service === undefined ? 'step-up.result.own-text' : 'step-up.result.text', { level: level.label[locale] }),
    next: { href: finish, label: service === undefined ? say('step-up.result.to-account') : say('layout.back-to', { service }) },
    secondary: service === undefined ? [{ href: portal.url, label: portal.name[locale] }] : [],
  };
}
