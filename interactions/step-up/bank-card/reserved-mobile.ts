import type { FieldName } from '../../../src/domain/form-fields.ts';
import { checkMobile } from '../../../src/domain/person/mobile.ts';
import { requireMobile } from '../../../src/domain/person/register.ts';
import { mobileDiffers, takesMobile, type CheckedCard, type MobilePossession } from '../../../src/domain/proofing/bank-card.ts';
import type { BankCardPolicy } from '../../../src/domain/policy.ts';
import type { CodeRequest } from '../../../src/http/code-desk.ts';
import type { SubmittedForm } from '../../../src/http/form.ts';
import type { FormModel } from '../../../src/http/page-model.ts';
import { codeForm, plainForm, redeemOnce, sendCode, type CodeFormDeps, type CodeForms } from '../../../src/http/step-form.ts';
import type { FormState } from '../../../src/http/wizard.ts';
import type { ProofingScene } from '../../proofing-method.ts';

/** The code of the reserved mobile: of a purpose of its own, for this interaction, and for no other number (RN-29). */

type Proving = Pick<ProofingScene, 'uid' | 'account' | 'mobileProven'>;

const where = ({ uid }: Pick<Proving, 'uid'>) => ({ purpose: 'bank-card', scope: uid }) as const;
/** To any mobile but that of the account the one who asks is a stranger. */
const request = (scene: Proving, mobile: string): CodeRequest => ({
  ...where(scene),
  mobile,
  ...(mobile === scene.account.mobile ? { holder: { accountId: scene.account.id, signedIn: true } } : {}),
});

/** The mobile of the account, while a code to it counts. */
const provenOf = ({ account, mobileProven }: Proving): string | undefined => (mobileProven ? account.mobile : undefined);

type Codes = Pick<CodeForms, 'codes'>;

/** The account's own mobile while that is proven, or one that had its code here. */
async function isProven({ codes }: Codes, scene: Proving, mobile: string): Promise<boolean> {
  return mobile === provenOf(scene) || codes.proven(request(scene, mobile));
}

/** Whether the form is incomplete without a code. Of what is no mobile, or one that will not do, that is not to be said yet. */
export async function requiresCode(deps: Codes & { readonly policy: BankCardPolicy }, scene: Proving, typed: string): Promise<boolean> {
  const mobile = checkMobile(typed);
  if (!mobile.ok) return !scene.mobileProven;
  return takesMobile(deps.policy, mobile.canonical, scene.account) && !(await isProven(deps, scene, mobile.canonical));
}

export async function reservedMobileForm(
  deps: CodeFormDeps,
  state: FormState,
  scene: ProofingScene,
  fields: readonly FieldName[],
): Promise<FormModel> {
  const mobile = checkMobile(state.values.reservedMobile ?? '');
  if (mobile.ok && (await isProven(deps, scene, mobile.canonical))) return plainForm(state, fields);
  return codeForm(deps, scene.ctx, state, { where: where(scene), fields });
}

/**
 * The button, pressed.
 *
 * @returns nothing where no code is needed: the page comes again without the question
 * @throws Refused mobile.invalid, bank-card.mobile-differs, captcha.wrong, captcha.required, otp limits
 */
export async function sendReservedCode(
  deps: CodeForms & { readonly policy: BankCardPolicy },
  { values, captcha }: SubmittedForm,
  scene: ProofingScene,
): Promise<object> {
  const { reservedMobile: typed = '' } = values;
  const mobile = checkMobile(typed);
  if (mobile.ok && takesMobile(deps.policy, mobile.canonical, scene.account) && (await isProven(deps, scene, mobile.canonical))) return {};
  return sendCode(deps, scene.ctx, captcha, { where: where(scene), to: () => request(scene, requireReserved(deps, scene, typed)) });
}

function requireReserved({ policy }: { readonly policy: BankCardPolicy }, { account }: Proving, typed: string): string {
  const mobile = requireMobile(typed, 'reservedMobile');
  if (!takesMobile(policy, mobile, account)) throw mobileDiffers();
  return mobile;
}

export function possessionOf(
  { codes }: Codes,
  scene: Proving,
  { reservedMobile }: Pick<CheckedCard, 'reservedMobile'>,
  code: string,
): MobilePossession {
  return { proven: provenOf(scene), redeem: () => redeemOnce(codes, request(scene, reservedMobile), code) };
}
