import { confirmChange, confirmingMobile, type ConfirmProof } from '../src/domain/presence/confirm.ts';
import { confirmable, type Confirmable } from '../src/domain/presence/confirmable.ts';
import { mask } from '../src/domain/person/masking.ts';
import type { SessionFactor } from '../src/domain/presence/strength.ts';
import type { Frozen, UndoDeps } from '../src/domain/presence/undo.ts';
import { Refused } from '../src/domain/refused.ts';
import type { AppContext } from '../src/http/app-context.ts';
import type { CaptchaDesk } from '../src/http/captcha-desk.ts';
import type { CodeDesk, CodeRequest } from '../src/http/code-desk.ts';
import type { SubmittedForm } from '../src/http/form.ts';
import { checkForm, textFields } from '../src/http/form-schema.ts';
import { maskedModel } from '../src/http/masked.ts';
import { momentText } from '../src/http/moment.ts';
import type { FormModel, Link, Locale, MaskedModel } from '../src/http/page-model.ts';
import type { Page } from '../src/http/page.ts';
import { codeForm, plainForm, redeemOnce, sendCode, toOwner } from '../src/http/step-form.ts';
import type { FormState, WizardDeps } from '../src/http/wizard.ts';
import type { Say } from '../src/http/words.ts';

/**
 * 确认修改 – the owner puts a frozen change of their own back in force: in the account centre, or at a sign-in that a frozen
 * app keeps from coming to an end. What that takes is said by the table (src/domain/presence/confirmable.ts).
 */
export interface ConfirmPageDeps extends UndoDeps, WizardDeps {
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
}

export interface ConfirmScene {
  readonly ctx: AppContext;
  readonly frozen: Frozen;
  /** Undefined: nothing can be confirmed here. */
  readonly one: Confirmable | undefined;
  /** What codes are bound to. */
  readonly scope: string;
  readonly proof:
    | { readonly way: 'session'; readonly sessionUid: string }
    /** Asks for the password. */
    | { readonly way: 'password'; readonly sessionUid: string; readonly device: string | undefined }
    | { readonly way: 'sign-in'; readonly factors: readonly SessionFactor[] };
  readonly back: Link;
}

export interface ConfirmModel {
  /** Says that nobody gets in this way before it is done. */
  readonly stopped: boolean;
  /** What is confirmed together, and when it was done. */
  readonly changes: readonly string[];
  /** The app that comes back has no recovery codes any more. */
  readonly codesAreVoid: boolean;
  readonly password: boolean;
  /** Undefined: nothing can be confirmed now. */
  readonly form: FormModel | undefined;
  readonly mobile: MaskedModel | undefined;
  /** From when on it can be. */
  readonly from: string | undefined;
  readonly back: Link;
}

/** May be confirmed by now. */
export function isOpen({ clock }: Pick<ConfirmPageDeps, 'clock'>, one: Confirmable | undefined): one is Confirmable {
  return one !== undefined && one.from <= clock.now();
}

/** The first that can be confirmed, in the order of the table. */
export function firstConfirmable({ changes }: Frozen): Confirmable | undefined {
  return confirmable(changes)[0];
}

function requestOf({ frozen, scope, proof }: ConfirmScene, one: Confirmable): CodeRequest {
  const holder = { accountId: frozen.account.id, ...(proof.way !== 'sign-in' && { signedIn: true as const }) };
  return { purpose: 'confirm-change', scope, mobile: confirmingMobile(frozen, one), holder };
}

const fieldsOf = ({ proof }: ConfirmScene) => (proof.way === 'password' ? (['password'] as const) : []);

export async function confirmPage(deps: ConfirmPageDeps, scene: ConfirmScene, state: FormState): Promise<Page> {
  const { ctx, one, proof, back } = scene;
  const { locale } = ctx.state;
  const say: Say = (key, params) => deps.pages.words.text(locale, key, params);
  ctx.set('Cache-Control', 'no-store');
  if (!isOpen(deps, one)) return page(confirmModel({ locale, say }, { stopped: proof.way === 'sign-in', one, back }));
  const request = requestOf(scene, one);
  const fields = fieldsOf(scene);
  const form = (await deps.codes.proven(request)) ? plainForm(state, fields) : await codeForm(deps, ctx, state, { where: request, fields });
  const mobile = maskedModel(deps.pages.words, locale, mask.mobile(confirmingMobile(scene.frozen, one)));
  return page(
    confirmModel({ locale, say }, { stopped: proof.way === 'sign-in', one, back, asked: { form, mobile, password: fields.length > 0 } }),
  );
}

const page = (model: ConfirmModel): Page => ({ view: 'layout/confirm-change', model });

export interface ConfirmFacts extends Pick<ConfirmModel, 'stopped' | 'back'> {
  readonly one:
    | (Pick<Confirmable, 'thing' | 'from'> & { readonly changes: readonly Pick<Confirmable['changes'][number], 'act' | 'madeAt'>[] })
    | undefined;
  readonly asked?: { readonly form: FormModel; readonly mobile: MaskedModel; readonly password: boolean };
}

export function confirmModel(
  { locale, say }: { readonly locale: Locale; readonly say: Say },
  { stopped, one, back, asked }: ConfirmFacts,
): ConfirmModel {
  return {
    // Said once: then a wrong code is what there is to say.
    stopped: stopped && asked?.form.code?.sent !== true && (asked?.form.problems.length ?? 0) === 0,
    changes: (one?.changes ?? []).map(({ act, madeAt }) => say(`account.undo.act.${act}`, { at: momentText(locale, madeAt) })),
    codesAreVoid: one?.thing === 'totp',
    password: asked?.password ?? false,
    form: asked?.form,
    mobile: asked?.mobile,
    from: one && !asked ? momentText(locale, one.from) : undefined,
    back,
  };
}

/** The code goes to the mobile that the table says. */
export async function sendConfirmCode(deps: ConfirmPageDeps, scene: ConfirmScene, form: SubmittedForm): Promise<object> {
  if (!isOpen(deps, scene.one)) throw new Refused('form.stale');
  return sendCode(deps, scene.ctx, form.captcha, toOwner(requestOf(scene, scene.one)));
}

/** @throws Refused as `confirmChange`; otp.wrong, otp.expired, form.stale */
export async function submitConfirm(deps: ConfirmPageDeps, scene: ConfirmScene, { values }: SubmittedForm): Promise<void> {
  const { ctx, frozen, one } = scene;
  if (!isOpen(deps, one)) throw new Refused('form.stale');
  const request = requestOf(scene, one);
  const fields = fieldsOf(scene);
  checkForm(textFields((await deps.codes.proven(request)) ? fields : [...fields, 'code']), values);
  await redeemOnce(deps.codes, request, values.code ?? '');
  const { requestId, locale } = ctx.state;
  await confirmChange(deps, frozen, { thing: one.thing, proof: proofOf(scene, values.password ?? '') }, { requestId, locale });
}

function proofOf({ ctx, proof }: ConfirmScene, password: string): ConfirmProof {
  return proof.way === 'password' ? { ...proof, password, address: ctx.state.address } : proof;
}
