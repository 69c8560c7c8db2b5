import type { FieldName } from '../domain/form-fields.ts';
import type { CaptchaAnswer } from '../domain/authenticator/captcha.ts';
import type { Recipient } from '../domain/authenticator/otp.ts';
import { Refused } from '../domain/refused.ts';
import type { AppContext } from './app-context.ts';
import type { CaptchaDesk } from './captcha-desk.ts';
import type { CodeDesk, CodePlace, CodeRequest } from './code-desk.ts';
import { fieldsOf, problemsOf } from './form.ts';
import { both } from './form-schema.ts';
import type { ActModel, CaptchaModel, FormModel, ProblemModel } from './page-model.ts';
import type { Pages } from './page.ts';
import type { Words } from './words.ts';
import type { FormState } from './wizard.ts';

/** Form models of wizard steps. */

type Preset = Readonly<Record<string, string>>;

/**
 * Without captcha and code.
 *
 * @param preset - what the fields hold before anybody types
 */
export function plainForm({ action, token, values, problems }: FormState, fields: readonly FieldName[], preset: Preset = {}): FormModel {
  return { action, token, problems, fields: fieldsOf(fields, { ...preset, ...values }, problems), captcha: undefined, code: undefined };
}

/** A button without fields: the submission of a step, or an action of it. */
export function actForm({ action, token, problems }: FormState, name?: string): ActModel {
  return { action: name === undefined ? action : `${action}/${name}`, token, problems };
}

/** Where codes come from, and what must be solved before. */
export interface CodeForms {
  readonly codes: CodeDesk;
  readonly captchas: CaptchaDesk;
}

/** The words are for what is missing besides. */
export type CodeFormDeps = CodeForms & { readonly pages: Pick<Pages, 'words'> };

export interface CodeFields {
  readonly where: CodePlace;
  /** Besides code and captcha. */
  readonly fields?: readonly FieldName[];
  readonly preset?: Preset;
}

/** With a one-time code, and a captcha while one may be sent; the button posts to `<action>/send-code`. */
export async function codeForm(
  { codes, captchas, pages }: CodeFormDeps,
  ctx: AppContext,
  state: FormState,
  { where, fields = [], preset }: CodeFields,
): Promise<FormModel> {
  const code = await codes.model(ctx, `${state.action}/send-code`, where);
  const captcha = code.cooldownSeconds === 0 ? await captchas.model(ctx) : undefined;
  const problems = captcha ? withCaptcha(state.problems, captcha, missingCaptcha(pages.words, ctx)) : state.problems;
  return { ...plainForm({ ...state, problems }, [...fields, 'code', 'captcha'], preset), captcha, code };
}

function missingCaptcha(words: Words, ctx: AppContext): readonly ProblemModel[] {
  return problemsOf(words, ctx.state.locale, new Refused('captcha.required', 'captcha'));
}

/** Whoever has no code yet lacks what comes before it as well, and is told so at once. */
function withCaptcha(
  problems: readonly ProblemModel[],
  { answer, proof }: CaptchaModel,
  missing: readonly ProblemModel[],
): readonly ProblemModel[] {
  const at = problems.findIndex(({ code, field }) => code === 'field.required' && field === 'code');
  const isTold = problems.some(({ field }) => field === 'captcha');
  return at < 0 || isTold || answer !== '' || proof !== '' ? problems : problems.toSpliced(at, 0, ...missing);
}

export interface CodeOrder {
  readonly where: CodePlace;
  /**
   * Who gets the code. Whoever is not known is to have one that is stored and never delivered (DIS-21).
   *
   * @throws Refused what is wrong with what was typed
   */
  readonly to: () => CodeRecipient | Promise<CodeRecipient>;
}

export type CodeRecipient = Recipient & Pick<CodeRequest, 'holder'> & { readonly deliver?: boolean };

/** To a recipient of the account, who is not asked for. */
export function toOwner(request: CodeRequest): CodeOrder {
  return { where: request, to: () => request };
}

/**
 * The button of such a form, pressed. What is wrong with the recipient and that the captcha is missing are told at once;
 * while no code may be sent the page shows no captcha.
 *
 * @throws Refused otp.cooldown, captcha.wrong, captcha.required, otp limits; what `to` throws
 */
export async function sendCode(
  { codes, captchas }: CodeForms,
  ctx: AppContext,
  captcha: CaptchaAnswer,
  { where, to }: CodeOrder,
): ReturnType<CodeDesk['send']> {
  await codes.ready(where);
  const [recipient] = both(await settled(to), () => captchas.given(captcha));
  await captchas.pass(captcha);
  return codes.send(ctx, { deliver: true, ...where, ...recipient });
}

async function settled<T>(ask: () => T | Promise<T>): Promise<() => T> {
  try {
    const answer = await ask();
    return () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/**
 * Redeems the code of a form, unless it was redeemed here before and something else was refused then.
 *
 * @throws Refused otp.wrong, otp.expired
 */
export async function redeemOnce(codes: CodeDesk, request: CodeRequest, code: string): Promise<void> {
  if (await codes.proven(request)) return;
  await codes.redeem(request, code);
  await codes.rememberProven(request);
}
