import { hintedFields } from '../../src/domain/person/login-hint.ts';
import type { Authenticated } from '../../src/domain/authenticator/password.ts';
import { refuseBound } from '../../src/domain/upstream/bind.ts';
import { FormRefused, Refused } from '../../src/domain/refused.ts';
import { factorsOf, toPlain } from '../../src/domain/presence/strength.ts';
import { Conflict } from '../../src/domain/unit-of-work.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk } from '../../src/http/code-desk.ts';
import type { SubmittedForm } from '../../src/http/form.ts';
import { checkFormAnd } from '../../src/http/form-schema.ts';
import type { FormModel } from '../../src/http/page-model.ts';
import { codeForm, plainForm, sendCode } from '../../src/http/step-form.ts';
import type { FormState, WizardStep, NoDraft } from '../../src/http/wizard.ts';
import type { ChallengeLogin, FormLogin, LoginAttempt, LoginMethod } from '../login-method.ts';
import type { Visit } from '../visit.ts';
import { cardModel, identifierAsked, identifiersOf, type CardDeps, type CardModel } from './card.ts';
import { keepFirstFactor, nextFactor, type LoginScene, type SecondFactorPageDeps } from './second-factor.ts';
import { recordRefusal, signInWrites, welcome, type SignIn } from './sign-in.ts';

/** The step of a method whose answer is one form, typed by a person or signed by a script. */
export interface AnsweredDeps extends SecondFactorPageDeps, CardDeps {
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
}

type AnsweredLogin = FormLogin | ChallengeLogin;

export interface LoginModel extends CardModel {
  readonly form: FormModel;
}

export function answeredStep(
  deps: AnsweredDeps,
  method: AnsweredLogin,
  offered: (visit: Visit) => readonly LoginMethod[],
): WizardStep<NoDraft, LoginScene> {
  const code = method.shape === 'form' ? method.code : undefined;
  return {
    path: method.name,
    when: (_, visit) => offered(visit).includes(method),
    done: () => false,
    async page(_, visit, state) {
      const form = await loginForm(deps, method, visit, { ...state, values: filled(method, visit, state) });
      const model: LoginModel = { ...cardModel(deps, method, offered(visit), visit), form };
      return { view: `login/${method.name}/view`, model, service: visit.service };
    },
    async submit(form, _, visit) {
      const authenticated = await authenticate(deps, method, form, visit);
      return signIn(deps, method, authenticated, visit).catch(async (error: unknown) => {
        if (!(error instanceof Conflict && error.write === 'password.put')) throw error;
        // The password was hashed anew, or set anew, at the same moment: what is stored by now decides.
        return signIn(deps, method, await method.authenticate(form, attemptOf(deps, visit)), visit);
      });
    },
    ...(code && {
      actions: {
        'send-code': {
          stays: (form, _, visit) =>
            sendCode(deps, visit.ctx, form.captcha, { where: codePlace(visit), to: () => code(form, attemptOf(deps, visit)) }),
        },
      },
    }),
  };
}

async function authenticate(deps: AnsweredDeps, method: AnsweredLogin, form: SubmittedForm, visit: Visit): Promise<Authenticated> {
  try {
    const called = { identifier: identifierAsked(deps.profile, visit.ctx.state.channel) };
    const asked = isGuessable(method) && (await deps.captchas.neededAtLogin(visit.ctx));
    checkFormAnd(method.form, form.values, () => asked && deps.captchas.given(form.captcha), called);
    if (asked) await deps.captchas.pass(form.captcha);
    return await method.authenticate(form, attemptOf(deps, visit));
  } catch (error) {
    if (error instanceof Refused && failures.has(error.code)) await countFailure(deps, method, error, visit);
    if (error instanceof Refused || error instanceof FormRefused) deps.signIns(method.name, 'refused');
    throw error;
  }
}

function isGuessable(method: AnsweredLogin): boolean {
  return method.shape === 'form' && method.captcha === 'with-form';
}

/** Guesses that failed. Badly filled forms and what the limits already stopped are no news for the audit log. */
const failures: ReadonlySet<string> = new Set(['credentials.wrong', 'otp.wrong', 'otp.expired', 'passkey.wrong', 'account.locked']);

async function countFailure(deps: AnsweredDeps, method: AnsweredLogin, { code: reason, accountId }: Refused, visit: Visit): Promise<void> {
  await deps.captchas.failedAtLogin(visit.ctx);
  await recordRefusal(deps, visit, 'sign-in.refused', { accountId, method: method.name, reason });
}

/** Writes what follows from the first factor: that the person is in, or that the second one is still to come. */
export async function signIn(
  deps: AnsweredDeps,
  method: Pick<AnsweredLogin, 'name' | 'amr'>,
  { accountId, amr = method.amr, counts, writes }: Authenticated,
  visit: Visit,
) {
  const factors = factorsOf(amr, deps.clock.now(), counts);
  const proved: SignIn = { accountId, method: method.name, factors: factors.map(toPlain) };
  const path = await nextFactor(deps, visit, proved);
  if (path !== undefined) return { leaveTo: await keepFirstFactor(deps, visit, proved, { path, writes }) };
  const signedIn = await signInWrites(deps, visit, { accountId, method: method.name, factors });
  await deps.unitOfWork.commit('sign-in', [...writes, ...signedIn]).catch(refuseCopies);
  return { finish: () => welcome(deps, visit, proved) };
}

/** A passkey and its copy at the same moment: the second one shows that there are two. */
function refuseCopies(error: unknown): never {
  if (error instanceof Conflict && error.write === 'passkey.use') throw new Refused('passkey.cloned', 'credential');
  return refuseBound(error);
}

const codePlace = ({ uid }: Visit) => ({ purpose: 'login', scope: uid }) as const;

export function attemptOf({ devices, profile }: Pick<AnsweredDeps, 'devices' | 'profile'>, { ctx, uid }: Visit): LoginAttempt {
  return {
    scope: uid,
    address: ctx.state.address,
    requestId: ctx.state.requestId,
    locale: ctx.state.locale,
    identifiers: identifiersOf(profile, ctx.state.channel),
    deviceOf: (accountId) => devices.knownId(ctx, accountId),
  };
}

async function loginForm(deps: AnsweredDeps, method: AnsweredLogin, visit: Visit, state: FormState): Promise<FormModel> {
  const { ctx } = visit;
  if (method.shape === 'form' && method.code) return codeForm(deps, ctx, state, { where: codePlace(visit), fields: method.fields });
  const asks = isGuessable(method) && (await deps.captchas.neededAtLogin(ctx));
  return { ...plainForm(state, [...method.fields, 'captcha']), captcha: asks ? await deps.captchas.model(ctx) : undefined };
}

/** What was typed, or the service's hint for an empty page. */
function filled(method: AnsweredLogin, visit: Visit, state: FormState): Readonly<Record<string, string>> {
  const [first] = method.fields;
  if (Object.keys(state.values).length > 0 || first === undefined) return state.values;
  const hinted = new Map(Object.entries(hintedFields(visit.params.login_hint))).get(first);
  return hinted === undefined ? {} : { [first]: hinted };
}
