import { hintedFields } from '../../src/domain/person/login-hint.ts';
import type { Authenticated } from '../../src/domain/authenticator/password.ts';
import type { IdentifierKind } from '../../src/domain/person/account.ts';
import { FormRefused, Refused } from '../../src/domain/refused.ts';
import type { Profile } from '../../src/domain/policy.ts';
import { factorsOf, toPlain } from '../../src/domain/presence/strength.ts';
import { Conflict } from '../../src/domain/unit-of-work.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk } from '../../src/http/code-desk.ts';
import type { SubmittedForm } from '../../src/http/form.ts';
import { checkFormAnd } from '../../src/http/form-schema.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import type { Channel, FormModel, Link } from '../../src/http/page-model.ts';
import type { Page } from '../../src/http/page.ts';
import { codeForm, plainForm, sendCode } from '../../src/http/step-form.ts';
import type { Words } from '../../src/http/words.ts';
import type { FormState, Wizard, WizardDeps, WizardStep, NoDraft } from '../../src/http/wizard.ts';
import { wizardRoutes } from '../../src/http/wizard-routes.ts';
import type { Journey } from '../journey.ts';
import type { LoginAttempt, LoginMethod } from '../login-method.ts';
import { subjectsModel, type SubjectsModel } from '../layout/subjects.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';
import {
  firstFactor,
  frozenFor,
  keepFirstFactor,
  nextFactor,
  secondFactorSteps,
  type LoginScene,
  type SecondFactorPageDeps,
} from './second-factor.ts';
import { recordRefusal, signInWrites, welcome, type SignIn } from './sign-in.ts';

/**
 * 登录 – one page for each method, tabs are links. Around every method the same: anti-forgery → shape →
 * captcha → the method itself (which counts attempts) → second factor where there is one → audit → outcome.
 */
export interface LoginDeps extends VisitDeps, WizardDeps, SecondFactorPageDeps {
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly profile: Pick<Profile, 'login' | 'identifiers' | 'h5Identifiers' | 'comingSubjects' | 'activation' | 'recovery'>;
}

export interface LoginModel {
  readonly subjects: SubjectsModel | undefined;
  readonly tabs: readonly { readonly name: string; readonly label: string; readonly href: string; readonly current: boolean }[];
  readonly form: FormModel;
  readonly identifierLabel: string;
  readonly identifierAsked: IdentifierAsked;
  readonly notice: string | undefined;
  readonly registerHref: string;
  readonly help: readonly Link[];
  readonly reauthenticate: boolean;
  /** Where passkeys are offered: the form that carries one, and where its script asks what is to be signed. */
  readonly passkey: { readonly action: string; readonly token: string; readonly challenge: string } | undefined;
}

export function createLogin(deps: LoginDeps, methods: readonly LoginMethod[]): Journey {
  const offered = (visit: Visit) => methodsOf(deps, methods, visit);
  const wizard: Wizard<NoDraft, LoginScene> = {
    name: 'login',
    draftless: true,
    empty: {},
    steps: [...methods.map((method) => methodStep(deps, method, offered)), ...secondFactorSteps(deps)],
  };
  return {
    name: 'login',
    routes(router) {
      router.get('/interaction/:uid/login/:method/challenge', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        const method = offered(visit).find(({ name }) => name === ctx.params.method);
        if (!method?.challenge) throw new Refused('page.not-found');
        ctx.set('Cache-Control', 'no-store');
        ctx.body = await method.challenge(attemptOf(deps, visit));
      });
      wizardRoutes(router, deps, '/interaction/:uid/login', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        const { step } = ctx.params;
        const first = await firstFactor(deps, visit.uid, step);
        const scene: LoginScene = { ...visit, first, frozen: await frozenFor(deps, first, step) };
        return { wizard, id: visit.uid, base: `${visit.base}/login`, scene };
      });
    },
  };
}

/** The profile decides which methods a channel has, and in which order. */
function methodsOf({ profile }: Pick<LoginDeps, 'profile'>, methods: readonly LoginMethod[], visit: Visit): readonly LoginMethod[] {
  return profile.login[visit.ctx.state.channel].flatMap((name) => methods.find((method) => method.name === name) ?? []);
}

function methodStep(
  deps: LoginDeps,
  method: LoginMethod,
  offered: (visit: Visit) => readonly LoginMethod[],
): WizardStep<NoDraft, LoginScene> {
  const { code } = method;
  return {
    path: method.name,
    when: (_, visit) => offered(visit).includes(method),
    done: () => false,
    page: (_, visit, form) => loginPage(deps, method, offered(visit), visit, form),
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

async function authenticate(deps: LoginDeps, method: LoginMethod, form: SubmittedForm, visit: Visit): Promise<Authenticated> {
  try {
    const called = { identifier: identifierAsked(deps.profile, visit.ctx.state.channel) };
    const asked = method.captcha === 'with-form' && (await deps.captchas.neededAtLogin(visit.ctx));
    checkFormAnd(method.form, form.values, () => asked && deps.captchas.given(form.captcha), called);
    if (asked) await deps.captchas.pass(form.captcha);
    return await method.authenticate(form, attemptOf(deps, visit));
  } catch (error) {
    if (error instanceof Refused && failures.has(error.code)) await countFailure(deps, method, error, visit);
    if (error instanceof Refused || error instanceof FormRefused) deps.signIns(method.name, 'refused');
    throw error;
  }
}

/** Guesses that failed. Badly filled forms and what the limits already stopped are no news for the audit log. */
const failures: ReadonlySet<string> = new Set(['credentials.wrong', 'otp.wrong', 'otp.expired', 'passkey.wrong', 'account.locked']);

async function countFailure(deps: LoginDeps, method: LoginMethod, { code: reason, accountId }: Refused, visit: Visit): Promise<void> {
  await deps.captchas.failedAtLogin(visit.ctx);
  await recordRefusal(deps, visit, 'sign-in.refused', { accountId, method: method.name, reason });
}

/** Writes what follows from the first factor: that the person is in, or that the second one is still to come. */
async function signIn(deps: LoginDeps, method: LoginMethod, { accountId, amr = method.amr, counts, writes }: Authenticated, visit: Visit) {
  const proved: SignIn = { accountId, method: method.name, factors: factorsOf(amr, deps.clock.now(), counts).map(toPlain) };
  const path = await nextFactor(deps, visit, proved);
  if (path !== undefined) return { leaveTo: await keepFirstFactor(deps, visit, proved, { path, writes }) };
  await deps.unitOfWork.commit('sign-in', [...writes, ...(await signInWrites(deps, visit, accountId, method.name))]).catch(refuseCopies);
  return { finish: () => welcome(deps, visit, proved) };
}

/** A passkey and its copy at the same moment: the second one shows that there are two. */
function refuseCopies(error: unknown): never {
  throw error instanceof Conflict && error.write === 'passkey.use' ? new Refused('passkey.cloned', 'credential') : error;
}

/** The captcha is used up here; it is not asked again when the code is submitted. */

const codePlace = ({ uid }: Visit) => ({ purpose: 'login', scope: uid }) as const;

function attemptOf({ devices, profile }: Pick<LoginDeps, 'devices' | 'profile'>, { ctx, uid }: Visit): LoginAttempt {
  return {
    scope: uid,
    address: ctx.state.address,
    requestId: ctx.state.requestId,
    locale: ctx.state.locale,
    identifiers: identifiersOf(profile, ctx.state.channel),
    deviceOf: (accountId) => devices.knownId(ctx, accountId),
  };
}

/** What may be typed as a name: on phones some cities take less (LOG-03). */
function identifiersOf({ identifiers, h5Identifiers }: LoginDeps['profile'], channel: Channel): readonly IdentifierKind[] {
  return channel === 'h5' ? (h5Identifiers ?? identifiers) : identifiers;
}

/** What an empty field asks for; also the key of its words. */
export type IdentifierAsked = 'mobile' | 'identifier';

function identifierAsked(profile: LoginDeps['profile'], channel: Channel): IdentifierAsked {
  return identifiersOf(profile, channel).every((kind) => kind === 'mobile') ? 'mobile' : 'identifier';
}

async function loginPage(
  deps: LoginDeps,
  method: LoginMethod,
  offered: readonly LoginMethod[],
  visit: Visit,
  state: FormState,
): Promise<Page> {
  const { ctx } = visit;
  const say = (key: string) => deps.pages.words.text(ctx.state.locale, key);
  const model: LoginModel = {
    subjects: subjectsModel(say, { to: 'sign-in', coming: deps.profile.comingSubjects, href: `${visit.base}/login` }),
    tabs: offered.map(({ name }) => ({
      name,
      label: tabLabel(deps.pages.words, ctx, name),
      href: `${visit.base}/login/${name}`,
      current: name === method.name,
    })),
    form: await loginForm(deps, method, visit, { ...state, values: filled(method, visit, state) }),
    identifierLabel: identifiersOf(deps.profile, ctx.state.channel)
      .map((kind) => say(`login.identifier.${kind}`))
      .join('/'),
    identifierAsked: identifierAsked(deps.profile, ctx.state.channel),
    notice: undefined,
    registerHref: `${visit.base}/register`,
    help: otherWays(deps.profile, say, visit.base),
    reauthenticate: visit.session !== undefined,
    passkey: passkeyForm(deps, offered, visit),
  };
  return { view: `login/${method.name}/view`, model, service: visit.service };
}

/** On phones some ways to sign in are called otherwise (LOG-15). */
function tabLabel(words: Words, { state }: AppContext, name: string): string {
  const [key, onPhones] = [`login.${name}.name`, `login.${name}.name.h5`];
  return words.text(state.locale, state.channel === 'h5' && words.has(onPhones) ? onPhones : key);
}

async function loginForm(deps: LoginDeps, method: LoginMethod, visit: Visit, state: FormState): Promise<FormModel> {
  const { ctx } = visit;
  if (method.code) return codeForm(deps, ctx, state, { where: codePlace(visit), fields: method.fields });
  const asks = method.captcha === 'with-form' && (await deps.captchas.neededAtLogin(ctx));
  return { ...plainForm(state, [...method.fields, 'captcha']), captcha: asks ? await deps.captchas.model(ctx) : undefined };
}

/** Into an account whose password is forgotten, or that is not active yet. */
export function otherWays(
  { recovery, activation }: Pick<LoginDeps['profile'], 'recovery' | 'activation'>,
  say: (key: string) => string,
  base: string,
): readonly Link[] {
  return [
    ...(recovery ? [{ href: `${base}/recover`, label: say('login.recover') }] : []),
    ...(activation ? [{ href: `${base}/activate`, label: say('login.activate') }] : []),
  ];
}

function passkeyForm({ tokens }: LoginDeps, offered: readonly LoginMethod[], { ctx, base }: Visit): LoginModel['passkey'] {
  const method = offered.find(({ challenge }) => challenge !== undefined);
  if (!method) return undefined;
  const action = `${base}/login/${method.name}`;
  return { action, token: tokens.issue(ctx, action), challenge: `${action}/challenge` };
}

/** What was typed, or the service's hint for an empty page. */
function filled(method: LoginMethod, visit: Visit, state: FormState): Readonly<Record<string, string>> {
  const [first] = method.fields;
  if (Object.keys(state.values).length > 0 || first === undefined) return state.values;
  const hinted = new Map(Object.entries(hintedFields(visit.params.login_hint))).get(first);
  return hinted === undefined ? {} : { [first]: hinted };
}
