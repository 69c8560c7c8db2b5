import type { ConfirmPasswordDeps } from '../../src/domain/authenticator/password.ts';
import { passkeySettling, type PasskeyDeps } from '../../src/domain/authenticator/passkey.ts';
import type { PasskeySite } from '../../src/domain/authenticator/passkey-options.ts';
import { checkDocumentNumber } from '../../src/domain/authenticator/recovery-search.ts';
import { lacking, mobileServes, type Act, type Lacking } from '../../src/domain/presence/acts.ts';
import { proveDocument, rememberProof, type ProveDocumentDeps, type RememberDeps } from '../../src/domain/presence/prove.ts';
import { atLeast, isFresh, provedHere, strengthOfFactor, type SessionFactor } from '../../src/domain/presence/strength.ts';
import type { Profile } from '../../src/domain/policy.ts';
import type { SessionStore } from '../../src/domain/protocol-state.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk, CodeRequest } from '../../src/http/code-desk.ts';
import type { Devices } from '../../src/http/devices.ts';
import type { SubmittedForm } from '../../src/http/form.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import { momentText } from '../../src/http/moment.ts';
import type { FormModel } from '../../src/http/page-model.ts';
import { codeForm, plainForm } from '../../src/http/step-form.ts';
import type { FormState, WizardDeps } from '../../src/http/wizard.ts';
import type { Owner, OwnerDeps } from './owner.ts';

/**
 * 验证身份 – before something about the account changes, its owner proves again to be there, as far as the act wants it
 * (src/domain/presence/acts.ts). What was proved becomes part of the session.
 */
export interface PresenceDeps extends OwnerDeps, WizardDeps, ProveDocumentDeps, RememberDeps {
  readonly sessions: SessionStore;
  readonly passwords: ConfirmPasswordDeps;
  readonly devices: Devices;
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly authenticators: Pick<Profile['authenticators'], 'passkey'>;
  readonly passkeys: PasskeyDeps;
  readonly site: PasskeySite;
  readonly profile: Pick<Profile, 'documents' | 'masking'>;
}

/** What an owner has proved in this session, and what an act still wants. */
export interface Standing {
  readonly act: Act;
  readonly owner: Owner;
  readonly factors: readonly SessionFactor[];
  readonly lacks: Lacking;
}

export async function standingOf({ sessions, clock }: Pick<PresenceDeps, 'sessions' | 'clock'>, owner: Owner, act: Act): Promise<Standing> {
  const now = clock.now();
  const factors = provedHere(await sessions.factors(owner.sessionUid, now));
  return { act, owner, factors, lacks: lacking(act, { verified: isVerified(owner), factors, now }) };
}

export function isProved({ lacks }: Standing): boolean {
  return lacks.strength === undefined && !lacks.fresh;
}

function isVerified({ account }: Owner): boolean {
  return account.personId !== undefined;
}

/** What the form of SMS code and document number asks for: what is lacking, and nothing twice. */
export interface MobileAsked {
  readonly code: boolean;
  /** Beside the mobile, of a verified person whose session proved no more than that. */
  readonly document: boolean;
}

export function mobileAsked({ clock }: Pick<PresenceDeps, 'clock'>, { factors, lacks }: Standing): MobileAsked {
  const now = clock.now();
  const isRedeemed = factors.some((factor) => factor.amr === 'sms' && isFresh(factor, now));
  return { code: !isRedeemed, document: lacks.strength === 'mobile-plus' };
}

/** Can the mobile, with the document number of a verified person, be enough? */
export function mobileWillDo({ act, owner }: Standing): boolean {
  return mobileServes(act, isVerified(owner));
}

export function codeRequest({ account, scope }: Owner): CodeRequest {
  return { purpose: 'step-up', scope, mobile: account.mobile, holder: { accountId: account.id, signedIn: true } };
}

/** Of whose budget guesses are: whoever is signed in is no stranger. */
export function deviceOf({ devices }: Pick<PresenceDeps, 'devices'>, ctx: AppContext, { account, sessionUid }: Owner): string {
  return devices.idInSession(ctx, { accountId: account.id, uid: sessionUid });
}

export async function mobileForm(deps: PresenceDeps, ctx: AppContext, state: FormState, standing: Standing): Promise<FormModel> {
  const asked = mobileAsked(deps, standing);
  const fields = asked.document ? (['documentNumber'] as const) : [];
  return asked.code ? codeForm(deps, ctx, state, { where: codeRequest(standing.owner), fields }) : plainForm(state, fields);
}

/**
 * The code first: whether a number is that of the person is told to nobody who does not hold the mobile. A code that was
 * right stays so when the number was not.
 */
export async function proveMobile(deps: PresenceDeps, ctx: AppContext, { values }: SubmittedForm, standing: Standing): Promise<void> {
  const { owner } = standing;
  const { requestId, address } = ctx.state;
  const { code, document } = mobileAsked(deps, standing);
  const { documentNumber: typed = '' } = values;
  const schema = textFields([...(document ? (['documentNumber'] as const) : []), ...(code ? (['code'] as const) : [])]);
  checkFormAnd(schema, values, () => document && checkDocumentNumber(typed, deps.profile.documents, deps.clock.now()));
  const whose = { accountId: owner.account.id, sessionUid: owner.sessionUid, requestId };
  if (code) {
    await deps.codes.redeem(codeRequest(owner), values.code ?? '');
    await rememberProof(deps, whose, [{ amr: 'sms', at: deps.clock.now() }]);
  }
  if (!document) return;
  const attempt = { account: owner.account, documentNumber: typed, address, device: deviceOf(deps, ctx, owner), requestId };
  await rememberProof(deps, whose, [await proveDocument(deps, attempt)]);
}

/**
 * A password or a passkey, as far as the act wants it.
 *
 * @throws Refused presence.settling on the field, when it was set by a weaker proof and does not count for more yet
 */
export async function proveStrongly(
  deps: PresenceDeps,
  ctx: AppContext,
  { owner, factors, act }: Standing,
  proof: { readonly factors: readonly SessionFactor[]; readonly field: string },
): Promise<void> {
  const now = deps.clock.now();
  const { strength } = lacking(act, { verified: isVerified(owner), factors: [...factors, ...proof.factors], now });
  const until = proof.factors.find(({ counts }) => counts?.until)?.counts?.until;
  if (strength !== undefined && until) throw new Refused('presence.settling', proof.field, { until: momentText(ctx.state.locale, until) });
  const { requestId } = ctx.state;
  await rememberProof(deps, { accountId: owner.account.id, sessionUid: owner.sessionUid, requestId }, proof.factors);
}

/** Has the owner a passkey that would do? */
export async function hasPasskeyFor({ authenticators, passkeys, clock }: PresenceDeps, { owner, lacks }: Standing): Promise<boolean> {
  if (!authenticators.passkey) return false;
  const now = clock.now();
  const own = await passkeys.passkeys.ofAccount(owner.account.id);
  return own.some((passkey) => {
    const counts = passkeySettling(passkey, passkeys.settlingSeconds, now);
    return atLeast(strengthOfFactor({ amr: 'hwk', at: now, counts }, now), lacks.strength ?? 'mobile');
  });
}
