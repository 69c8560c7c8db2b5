import type { FieldName } from '../../src/domain/form-fields.ts';
import { hintedFields } from '../../src/domain/person/login-hint.ts';
import { checkMobile } from '../../src/domain/person/mobile.ts';
import { register, requireFree, requireMobile, type RegisterDeps } from '../../src/domain/person/register.ts';
import {
  askedFields,
  checkRegistration,
  type CheckedRegistration,
  type RegistrationPolicies,
} from '../../src/domain/person/registration-form.ts';
import { boundToHours, secondsUntilOpen } from '../../src/domain/person/registration-hours.ts';
import type { Profile, RegistrationField } from '../../src/domain/policy.ts';
import { requireUnclaimed } from '../../src/domain/proofing/claim.ts';
import { needsGuardian } from '../../src/domain/proofing/guardian-proof.ts';
import {
  checkedNumber,
  chosenType,
  confirmedPerson,
  confirmRealName,
  type CheckedIdentity,
  type ConfirmedIdentity,
} from '../../src/domain/proofing/real-name.ts';
import type { IdentitySource } from '../../src/domain/proofing/identity-source.ts';
import { bindNew } from '../../src/domain/upstream/bind.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { QuotaStore } from '../../src/domain/short-lived.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk } from '../../src/http/code-desk.ts';
import type { SubmittedForm } from '../../src/http/form.ts';
import { checkFormAnd, textFields, type FieldSchema } from '../../src/http/form-schema.ts';
import type { Channel } from '../../src/http/page-model.ts';
import type { Page } from '../../src/http/page.ts';
import { codeForm, plainForm, sendCode } from '../../src/http/step-form.ts';
import type { FormState, WizardDeps, WizardStep } from '../../src/http/wizard.ts';
import { chosenOf, type PendingDeps } from '../pending-binding.ts';
import type { Visit } from '../visit.ts';
import { accountPageModel, type IdentityResult, type PageScene } from './pages.ts';
import { passOn, waitsWithMobile, type WaitingDeps } from './waiting.ts';

export interface AccountStepDeps extends PendingDeps, WizardDeps, RegisterDeps, Omit<WaitingDeps, 'profile'> {
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly quotas: QuotaStore;
  readonly identitySource: IdentitySource;
  readonly profile: Pick<
    Profile,
    | 'username'
    | 'password'
    | 'personName'
    | 'documents'
    | 'registration'
    | 'comingSubjects'
    | 'guardian'
    | 'activation'
    | 'recovery'
    | 'brand'
    | 'landing'
  >;
}

export interface RegisterDraft {
  readonly accountId?: string;
  /** Milliseconds. */
  readonly registeredAt?: number;
  /** Confirmed by the register, and waiting for a guardian. */
  readonly awaiting?: ConfirmedIdentity | undefined;
  readonly identity?: IdentityResult | undefined;
}

const fields = [
  'username',
  'name',
  'documentType',
  'documentNumber',
  'validFrom',
  'validity',
  'sex',
  'birthDate',
  'address',
  'email',
  'mobile',
  'code',
  'newPassword',
  'confirmPassword',
  'agreement',
  'nationalPlatform',
  'captcha',
] as const;

/** Fields of each entry of the form, in their order. */
const fieldsBy: Readonly<Record<RegistrationField, readonly FieldName[]>> = {
  username: ['username'],
  name: ['name'],
  document: ['documentType', 'documentNumber'],
  details: ['validFrom', 'validity', 'sex', 'birthDate'],
  address: ['address'],
  email: ['email'],
  mobile: ['mobile', 'code'],
  password: ['newPassword'],
  confirmPassword: ['confirmPassword'],
};

/** Which of the details must be filled depends on the document; the code, on whether the mobile was proven before. */
const judgedLater: ReadonlySet<string> = new Set(['validFrom', 'validity', 'sex', 'birthDate', 'email', 'code']);

const where = ({ uid }: Visit) => ({ purpose: 'register', scope: uid }) as const;

/** 注册账号 – the one form of every city, asking what its profile lists. */
export function accountStep(deps: AccountStepDeps): WizardStep<RegisterDraft, Visit> {
  const forms = { desktop: formOf(deps, 'desktop'), h5: formOf(deps, 'h5') };
  return {
    path: 'account',
    once: true,
    when: (draft) => draft.accountId === undefined,
    done: (draft) => draft.accountId !== undefined,
    page: (_, visit, state) => accountPage(deps, visit, state),
    actions: {
      // Sent to taken numbers as well: who holds the number may learn it, nobody else (DIS-21).
      'send-code': {
        stays: ({ values, captcha }, _, visit) =>
          sendCode(deps, visit.ctx, captcha, {
            where: where(visit),
            to() {
              const mobile = requireMobile(values.mobile ?? '');
              requireOpenFor(deps, values);
              return { mobile };
            },
          }),
      },
    },
    async submit(form, _, visit) {
      const checked = await checkedForm(deps, forms[visit.ctx.state.channel], form, visit);
      // From here on the mobile is the person's own, and what is known of it and of the document may show (DIS-21).
      const activates = { leaveTo: `${visit.base}/activate` };
      if (await waitsWithMobile(deps, checked)) {
        await passOn(deps, visit.uid, checked, form.values);
        return activates;
      }
      const confirmed = checked.identity && (await confirm(deps, checked, checked.identity, visit));
      try {
        return { learnt: await open(deps, checked, confirmed, form, visit) };
      } catch (error) {
        if (!(error instanceof Refused && error.code === 'identity.waiting' && deps.profile.activation)) throw error;
        await passOn(deps, visit.uid, checked, form.values, confirmed);
        return activates;
      }
    },
  };
}

interface AccountForm {
  readonly schema: FieldSchema;
  readonly schemaWithCode: FieldSchema;
  readonly policies: RegistrationPolicies;
}

function formOf({ profile }: AccountStepDeps, channel: Channel): AccountForm {
  const { username, password, personName, documents, registration } = profile;
  const { identity, address } = registration;
  const asked = askedFields(profile, channel);
  const onPage = asked.flatMap((field) => fieldsBy[field]);
  const required = onPage.filter((field) => !judgedLater.has(field));
  const all = [...onPage, 'agreement', 'nationalPlatform'] as const;
  return {
    schema: textFields(all, required),
    schemaWithCode: textFields(all, [...required, 'code']),
    policies: { fields: asked, identity, username, password, personName, documents, address },
  };
}

async function checkedForm(
  deps: AccountStepDeps,
  form: AccountForm,
  { values }: SubmittedForm,
  visit: Visit,
): Promise<CheckedRegistration> {
  const proven = await provenEarlier(deps, visit, values.mobile ?? '');
  const checked = checkFormAnd(proven ? form.schema : form.schemaWithCode, values, () =>
    checkRegistration(values, form.policies, deps.clock.now()),
  );
  requireOpenFor(deps, values);
  if (!proven) {
    const request = { ...where(visit), mobile: checked.mobile };
    await deps.codes.redeem(request, values.code ?? '');
    await deps.codes.rememberProven(request);
  }
  return checked;
}

/**
 * Nobody fills a whole form, or waits for a text message, only to learn that it is too late (REG-35).
 *
 * @throws Refused registration.closed
 */
function requireOpenFor({ profile, clock }: AccountStepDeps, { documentType = '', documentNumber = '' }: SubmittedForm['values']): void {
  const { hours } = profile.registration;
  const type = chosenType(documentType, profile.documents);
  if (!hours || type instanceof Refused) return;
  const number = checkedNumber(type, documentNumber, clock.now(), profile.documents);
  if (number instanceof Refused || !boundToHours(hours, { type, number: number.canonical })) return;
  const wait = secondsUntilOpen(hours, clock.now());
  if (wait > 0) throw new Refused('registration.closed', 'documentNumber', { opens: hours.opens, closes: hours.closes }, wait);
}

/** Asks the register before the account is there; the tries of a day are those of the mobile. */
async function confirm(
  deps: AccountStepDeps,
  checked: CheckedRegistration,
  identity: CheckedIdentity,
  visit: Visit,
): Promise<ConfirmedIdentity> {
  await requireFree(deps, checked);
  return confirmRealName(
    deps,
    {
      mobile: checked.mobile,
      accountId: undefined,
      clientId: visit.client.clientId,
      requestId: visit.ctx.state.requestId,
      address: visit.ctx.state.address,
    },
    identity,
  );
}

async function open(
  deps: AccountStepDeps,
  checked: CheckedRegistration,
  confirmed: ConfirmedIdentity | undefined,
  { values }: SubmittedForm,
  visit: Visit,
): Promise<RegisterDraft> {
  const { ctx, client } = visit;
  const { brand, registration, guardian } = deps.profile;
  const asking = { requestId: ctx.state.requestId, clientId: client.clientId, address: ctx.state.address };
  const now = deps.clock.now();
  const minor = confirmed !== undefined && needsGuardian(guardian, confirmed.identity.birthDate, now);
  // A minor's account is opened first and verified when a guardian has agreed: not for somebody we know already.
  if (minor) await requireUnclaimed(deps, confirmedPerson(confirmed).document, { accountId: undefined, ...asking });
  const pending = await chosenOf(deps, visit.uid);
  const alongside = pending && (await bindNew(deps, ctx.state, pending, confirmed && confirmedPerson(confirmed).document.key));
  const { nationalPlatform } = registration;
  const accountId = await register(
    deps,
    {
      ...checked,
      confirmed: minor ? undefined : confirmed,
      nationalPlatform: values.nationalPlatform === 'yes' ? nationalPlatform?.version : undefined,
    },
    {
      agreementVersion: brand.agreement.version,
      usernamePrefix: registration.generatedUsername?.prefix,
      ...asking,
      locale: ctx.state.locale,
      alongside,
    },
  );
  const opened = { accountId, registeredAt: now.getTime() };
  if (!confirmed) return opened;
  return minor ? { ...opened, awaiting: confirmed } : { ...opened, identity: 'verified' };
}

/** Was a code redeemed for this mobile before something else in the form was refused? */
async function provenEarlier({ codes }: Pick<AccountStepDeps, 'codes'>, visit: Visit, typed: string): Promise<boolean> {
  const mobile = checkMobile(typed);
  return mobile.ok && codes.proven({ ...where(visit), mobile: mobile.canonical });
}

async function accountPage(deps: AccountStepDeps, visit: Visit, state: FormState): Promise<Page> {
  const { ctx } = visit;
  // Who has proven the mobile and mends something else is not asked for another code.
  const proven = await provenEarlier(deps, visit, state.values.mobile ?? '');
  const preset = hintedFields(visit.params.login_hint);
  const form = proven ? plainForm(state, fields) : await codeForm(deps, ctx, state, { where: where(visit), fields, preset });
  const shown = accountPageModel(pageScene(deps, visit), { form, base: visit.base, now: deps.clock.now() });
  const binding = await chosenOf(deps, visit.uid);
  const notices = binding ? [bindingNotice(pageScene(deps, visit), binding.provider), ...shown.notices] : shown.notices;
  const model = { ...shown, notices };
  return { view: 'register/account', model, service: visit.service };
}

/** What whoever registers here binds. */
function bindingNotice({ say }: PageScene, provider: string): string {
  return say('login.binding', { name: say(`login.${provider}.name`) });
}

export function pageScene({ pages, profile }: Pick<AccountStepDeps, 'pages' | 'profile'>, { ctx }: Visit): PageScene {
  const { locale, channel } = ctx.state;
  return { locale, channel, say: (key, params) => pages.words.text(locale, key, params), profile };
}
