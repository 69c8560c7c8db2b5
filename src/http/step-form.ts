import type { CaptchaAnswer } from '../domain/authenticator/captcha.ts';
import type { AppContext } from './app-context.ts';
import type { CaptchaDesk } from './captcha-desk.ts';
import type { CodeDesk, CodePlace, CodeRequest } from './code-desk.ts';
import { fieldsOf } from './form.ts';
import type { FormModel } from './page-model.ts';
import type { FormState } from './wizard.ts';

/** Form models of wizard steps. */

/** Without captcha and code. `preset`: what the fields hold before anybody types. */
export function plainForm(
  { action, token, values, problems }: FormState,
  fields: readonly string[],
  preset: Readonly<Record<string, string>> = {},
): FormModel {
  return { action, token, problems, fields: fieldsOf(fields, { ...preset, ...values }, problems), captcha: undefined, code: undefined };
}

export interface CodeForms {
  readonly codes: CodeDesk;
  readonly captchas: CaptchaDesk;
}

/** With a one-time code, and a captcha while one may be sent; the button posts to `<action>/send-code`. */
export async function codeForm(
  { codes, captchas }: CodeForms,
  ctx: AppContext,
  state: FormState,
  where: CodePlace,
  fields: readonly string[] = [],
): Promise<FormModel> {
  const code = await codes.model(ctx, `${state.action}/send-code`, where);
  const captcha = code.cooldownSeconds === 0 ? await captchas.model(ctx) : undefined;
  return { ...plainForm(state, [...fields, 'code', 'captcha']), captcha, code };
}

/**
 * The button of such a form, pressed.
 *
 * @throws Refused otp.cooldown, captcha.wrong, captcha.required, otp limits
 */
export async function sendCode(
  { codes, captchas }: CodeForms,
  ctx: AppContext,
  captcha: CaptchaAnswer,
  request: CodeRequest,
): Promise<{ cooldownSeconds: number }> {
  await codes.ready(request);
  await captchas.pass(captcha);
  return codes.send(ctx, { ...request, deliver: true });
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
