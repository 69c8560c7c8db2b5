import type { PasskeyStore } from '../../src/domain/authenticator/passkey-store.ts';
import { proveOwner, recover, type Origin, type RecoveryDeps } from '../../src/domain/authenticator/recovery.ts';
import { checkDocumentNumber, type SearchDeps, type Sought } from '../../src/domain/authenticator/recovery-search.ts';
import type { TotpStore } from '../../src/domain/authenticator/totp.ts';
import { passwordProblems } from '../../src/domain/person/register.ts';
import type { Profile } from '../../src/domain/policy.ts';
import { FormRefused, Refused } from '../../src/domain/refused.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk, CodeRequest } from '../../src/http/code-desk.ts';
import type { Devices } from '../../src/http/devices.ts';
import type { SubmittedForm } from '../../src/http/form.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import { codeForm, plainForm, sendCode } from '../../src/http/step-form.ts';
import type { WizardDeps, WizardStep } from '../../src/http/wizard.ts';
import type { Visit } from '../visit.ts';
import { choicePageModel, confirmPageModel, doneModel, passwordPageModel, verifyPageModel, type RecoverWords } from './pages.ts';

export interface RecoverStepDeps extends WizardDeps, SearchDeps, RecoveryDeps {
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly devices: Devices;
  readonly passkeys: { readonly passkeys: PasskeyStore };
  readonly totps: TotpStore;
  /** False lifts the limit per address (load tests). */
  readonly addressLimits: boolean;
  readonly profile: Pick<
    Profile,
    'recovery' | 'login' | 'documents' | 'personName' | 'proofing' | 'password' | 'masking' | 'activation' | 'later' | 'brand'
  >;
}

export interface RecoverDraft {
  readonly sought?: Sought;
  /** Milliseconds. */
  readonly provedAt?: number | undefined;
  readonly recovered?: boolean;
}

export type RecoverStep = WizardStep<RecoverDraft, Visit>;

/** For so long a new password may be set after the proof: somebody else may sit down at this machine. */
const provedSeconds = 600;

const isUnderWay = ({ sought, recovered }: RecoverDraft): boolean => sought !== undefined && recovered !== true;
/** Name and document number were given at the beginning: the code stands beside the new password (REC-11). */
const isByIdentity = ({ sought }: RecoverDraft): boolean => sought?.typed.name !== undefined;

function isProved({ clock }: RecoverStepDeps, { provedAt }: RecoverDraft): boolean {
  return provedAt !== undefined && clock.now().getTime() - provedAt < provedSeconds * 1000;
}

function soughtIn({ sought }: RecoverDraft): Sought {
  if (!sought) throw new Refused('form.stale');
  return sought;
}

export function sayOf({ pages }: Pick<WizardDeps, 'pages'>, { ctx }: Visit): RecoverWords {
  const { locale } = ctx.state;
  return { locale, words: pages.words, say: (key, params) => pages.words.text(locale, key, params) };
}

/** Which way: there is one for each kind of account, with what it needs (REC-06). Phones go on at once (MOB-03). */
export function choiceStep(deps: RecoverStepDeps): RecoverStep {
  return {
    path: 'method',
    when: (draft, { ctx }) => isUnderWay(draft) && !isByIdentity(draft) && ctx.state.channel === 'desktop',
    done: (draft) => isProved(deps, draft),
    async page(draft, visit) {
      const model = choicePageModel(sayOf(deps, visit), deps.profile, soughtIn(draft), visit.base);
      return { view: 'recover/method', model, service: visit.service };
    },
  };
}

/** Are these the right person and mobile? (REC-11) */
export function confirmStep(deps: RecoverStepDeps): RecoverStep {
  return {
    path: 'confirm',
    when: (draft) => isUnderWay(draft) && isByIdentity(draft),
    done: () => false,
    async page(draft, visit) {
      const model = confirmPageModel(sayOf(deps, visit), deps.profile, soughtIn(draft), visit.base);
      return { view: 'recover/confirm', model, service: visit.service };
    },
  };
}

const where = ({ uid }: Visit, { key }: Pick<Sought, 'key'>) => ({ purpose: 'recover', scope: `${uid}:${key}` }) as const;
function soughtByOf({ typed: { kind, text, name } }: Sought): string | undefined {
  return kind === 'mobile' ? undefined : JSON.stringify([kind, text.toLowerCase(), name]);
}

const codeRequest = (visit: Visit, sought: Sought): CodeRequest => ({
  ...where(visit, sought),
  mobile: sought.mobile,
  // Whoever typed something else than the mobile must not learn from its limits whose it is.
  holder: { accountId: sought.accountId, soughtBy: soughtByOf(sought) },
});

/** To the mobile of the account. For an unknown one everything is the same, but nothing is sent. */
function sendCodeTo(deps: RecoverStepDeps, { captcha }: SubmittedForm, draft: RecoverDraft, visit: Visit): Promise<object> {
  const sought = soughtIn(draft);
  return sendCode(deps, visit.ctx, captcha, {
    where: where(visit, sought),
    to: () => ({ ...codeRequest(visit, sought), deliver: sought.usable }),
  });
}

async function prove(
  deps: RecoverStepDeps,
  sought: Sought,
  visit: Visit,
  { code = '', documentNumber }: { code?: string | undefined; documentNumber?: string | undefined },
): Promise<void> {
  await proveOwner(deps, sought, {
    documentNumber,
    redeem: () => deps.codes.redeem(codeRequest(visit, sought), code),
    address: visit.ctx.state.address,
    device: sought.accountId === undefined ? undefined : deps.devices.knownId(visit.ctx, sought.accountId),
    origin: originOf(visit),
  });
}

/** Mobile, and of verified people the document as well (REC-07, REC-08). */
export function verifyStep(deps: RecoverStepDeps): RecoverStep {
  const [mobileOnly, both] = [textFields(['code']), textFields(['documentNumber', 'code'])];
  return {
    path: 'verify',
    when: (draft) => isUnderWay(draft) && !isByIdentity(draft),
    done: (draft) => isProved(deps, draft),
    async page(draft, visit, state) {
      const sought = soughtIn(draft);
      const model = verifyPageModel(sayOf(deps, visit), deps.profile, {
        form: await codeForm(deps, visit.ctx, state, { where: where(visit, sought), fields: ['documentNumber'] }),
        sought,
        base: visit.base,
        channel: visit.ctx.state.channel,
      });
      return { view: 'recover/verify', model, service: visit.service };
    },
    actions: { 'send-code': { stays: (form, draft, visit) => sendCodeTo(deps, form, draft, visit) } },
    async submit({ values }, draft, visit) {
      const sought = soughtIn(draft);
      const { documentNumber: typed = '', code } = values;
      const documentNumber = sought.document
        ? checkFormAnd(both, values, () => asForm(() => checkDocumentNumber(typed, deps.profile.documents, deps.clock.now())))
        : checkFormAnd(mobileOnly, values, () => undefined);
      await prove(deps, sought, visit, { code, documentNumber });
      return { learnt: { provedAt: deps.clock.now().getTime() } };
    },
    undo: ({ provedAt: _, ...draft }) => draft,
  };
}

/** The new password by the one rule of the city (DIS-02); after an identity, with the code that proves the mobile. */
export function passwordStep(deps: RecoverStepDeps): RecoverStep {
  const fields = ['newPassword', 'confirmPassword'] as const;
  const [schema, schemaWithCode] = [textFields(fields), textFields([...fields, 'code'])];
  return {
    path: 'password',
    once: true,
    when: (draft) => isUnderWay(draft) && (isByIdentity(draft) || isProved(deps, draft)),
    done: (draft) => draft.recovered === true,
    async page(draft, visit, state) {
      const sought = soughtIn(draft);
      const asks = isByIdentity(draft) && !(await deps.codes.proven(codeRequest(visit, sought)));
      const form = asks ? await codeForm(deps, visit.ctx, state, { where: where(visit, sought), fields }) : plainForm(state, fields);
      const model = passwordPageModel(sayOf(deps, visit), deps.profile, {
        form,
        sought,
        base: visit.base,
        channel: visit.ctx.state.channel,
      });
      return { view: 'recover/password', model, service: visit.service };
    },
    actions: { 'send-code': { stays: (form, draft, visit) => sendCodeTo(deps, form, draft, visit) } },
    async submit({ values }, draft, visit) {
      const sought = soughtIn(draft);
      const { newPassword = '', confirmPassword = '', code } = values;
      const form = { newPassword, confirmPassword };
      const request = codeRequest(visit, sought);
      const asks = isByIdentity(draft) && !(await deps.codes.proven(request));
      // Before the proof nothing is judged by what was not typed here: the answer would tell the hidden digits of the mobile.
      checkFormAnd(asks ? schemaWithCode : schema, values, () =>
        refuseAll(
          passwordProblems(form, deps.profile.password, { document: sought.typed.kind === 'document' ? sought.typed.text : undefined }),
        ),
      );
      if (asks) {
        await prove(deps, sought, visit, { code });
        await deps.codes.rememberProven(request);
      }
      await recover(deps, sought, {
        form,
        policy: deps.profile.password,
        sessionUid: ownSession(visit, sought.accountId),
        locale: visit.ctx.state.locale,
        origin: originOf(visit),
      });
      // Strangers who guess meanwhile must not keep the owner from signing in with the new password.
      if (sought.accountId !== undefined) deps.devices.remember(visit.ctx, sought.accountId, sought.document ? 'mobile-plus' : 'mobile');
      return { learnt: { recovered: true, provedAt: undefined } };
    },
  };
}

/** The end says what still guards the account, so that nobody is surprised at the next sign-in. */
export function doneStep(deps: RecoverStepDeps): RecoverStep {
  return {
    path: 'done',
    when: (draft) => draft.recovered === true,
    done: () => false,
    async page(draft, visit) {
      const { accountId = '' } = soughtIn(draft);
      const [passkeys, totp] = await Promise.all([deps.passkeys.passkeys.ofAccount(accountId), deps.totps.standing(accountId)]);
      const model = doneModel(sayOf(deps, visit), {
        identity: isByIdentity(draft),
        guarded: passkeys.length > 0 || totp !== 'none',
        base: visit.base,
      });
      return { view: 'layout/result', model, service: visit.service };
    },
  };
}

/** Somebody may recover the password of the account this browser is signed in to; that session is their own. */
function ownSession({ session }: Visit, accountId: string | undefined): string | undefined {
  return session !== undefined && session.accountId === accountId ? session.uid : undefined;
}

function originOf({ ctx, client }: Visit): Origin {
  return { requestId: ctx.state.requestId, clientId: client.clientId };
}

/** Refusals as a form's, so that they are said together with what else is wrong. */
function refuseAll(problems: readonly Refused[]): void {
  if (problems.length > 0) throw new FormRefused(problems);
}

function asForm<T>(judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    throw error instanceof Refused ? new FormRefused([error]) : error;
  }
}
