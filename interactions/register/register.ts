import type { Provider } from 'oidc-provider';
import { checkMobile } from '../../src/domain/person/mobile.ts';
import { checkRegistration, register, requireMobile, type RegisterDeps, type RegistrationPolicies } from '../../src/domain/person/register.ts';
import type { Profile } from '../../src/domain/policy.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk } from '../../src/http/code-desk.ts';
import { fieldsOf, type SubmittedForm } from '../../src/http/form.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import type { Page } from '../../src/http/page.ts';
import { draftOf, runAction, showStep, submitStep, type FormState, type Wizard, type WizardDeps, type WizardStep } from '../../src/http/wizard.ts';
import type { CookieJar } from '../../src/http/cookies.ts';
import { finish } from '../../src/oidc/outcome.ts';
import type { Journey } from '../journey.ts';
import { proofingScene, type ProofingMethod, type ProofingPage, type ProofingSceneDeps } from '../proofing-method.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';
import { accountPageModel, bar, donePageModel, type IdentityResult, type PageScene } from './pages.ts';

/** 注册 – account → identity (may be skipped) → done, signed in, back to the waiting service (REG-06). */
export interface RegisterJourneyDeps extends VisitDeps, WizardDeps, RegisterDeps, ProofingSceneDeps {
  readonly provider: () => Provider;
  readonly cookies: CookieJar;
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly profile: Pick<Profile, 'username' | 'password' | 'registration' | 'brand' | 'landing'>;
}

interface RegisterDraft {
  readonly accountId?: string;
  /** Milliseconds. */
  readonly registeredAt?: number;
  readonly identity?: IdentityResult;
}

type Step = WizardStep<RegisterDraft, Visit>;

/** How the person authenticated by registering: chose a password and redeemed an SMS code. */
const amr = ['pwd', 'sms'];

export function createRegister(deps: RegisterJourneyDeps, methods: readonly ProofingMethod[]): Journey {
  const identity = deps.profile.registration.steps.includes('identity')
    ? methods.find(({ needsPerson }) => !needsPerson)
    : undefined;
  const wizard: Wizard<RegisterDraft, Visit> = {
    name: 'register',
    empty: {},
    steps: [accountStep(deps), ...(identity ? [identityStep(deps, identity)] : []), doneStep(deps, identity !== undefined)],
  };
  const run = (visit: Visit) => ({ id: visit.uid, base: `${visit.base}/register` });
  return {
    name: 'register',
    routes(router) {
      router.get('/interaction/:uid/register/finish', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        const draft = await draftOf(deps, wizard, run(visit));
        if (draft.accountId === undefined) return ctx.redirect(`${visit.base}/register`);
        if (ctx.query.to === 'account' && !visit.service) {
          const [state = ''] = (deps.cookies.get(ctx, 'target') ?? '').split(' ');
          deps.cookies.set(ctx, 'target', `${state} /account`, 300);
        }
        await finish(ctx, deps.provider(), {
          outcome: 'signed-in',
          accountId: draft.accountId,
          amr,
          at: new Date(draft.registeredAt ?? deps.clock.now().getTime()),
          created: true,
        });
      });
      router.get('/interaction/:uid/register{/:step}', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        await showStep(deps, wizard, run(visit), visit, ctx, ctx.params.step);
      });
      router.post('/interaction/:uid/register/:step', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        await submitStep(deps, wizard, run(visit), visit, ctx, String(ctx.params.step));
      });
      router.post('/interaction/:uid/register/:step/send-code', async (ctx) => {
        const visit = await visitOf(deps, ctx);
        await runAction(deps, wizard, run(visit), visit, ctx, String(ctx.params.step), 'send-code');
      });
    },
  };
}

const fields = ['username', 'mobile', 'code', 'newPassword', 'confirmPassword', 'agreement', 'captcha'];

function accountStep(deps: RegisterJourneyDeps): Step {
  const { profile } = deps;
  const lengths = { username: 64, mobile: 32, code: 16, newPassword: 256, confirmPassword: 256, agreement: 5 };
  const required = ['mobile', 'newPassword', 'confirmPassword', ...(profile.username ? ['username'] : [])];
  const schema = textFields(lengths, required);
  const schemaWithCode = textFields(lengths, [...required, 'code']);
  const policies: RegistrationPolicies = {
    username: profile.username,
    password: profile.password,
    agreementVersion: profile.brand.agreement.version,
  };
  return {
    path: 'account',
    when: (draft) => draft.accountId === undefined,
    done: (draft) => draft.accountId !== undefined,
    page: (draft, visit, state) => accountPage(deps, draft, visit, state),
    actions: {
      async 'send-code'(form, _, { ctx, uid }) {
        const mobile = requireMobile(form.values.mobile ?? '');
        await deps.codes.ready({ purpose: 'register', scope: uid });
        await deps.captchas.pass(form.captcha);
        // Sent to taken numbers as well: who holds the number may learn it, nobody else (DIS-21).
        return deps.codes.send(ctx, { purpose: 'register', scope: uid, mobile, deliver: true });
      },
    },
    async submit(form, _, visit) {
      const proven = await provenEarlier(deps, visit, form.values.mobile ?? '');
      const checked = checkFormAnd(proven ? schema : schemaWithCode, form.values, () =>
        checkRegistration(registrationForm(form), policies),
      );
      if (!proven) {
        const request = { purpose: 'register', scope: visit.uid, mobile: checked.mobile } as const;
        await deps.codes.redeem(request, form.values.code ?? '');
        await deps.codes.rememberProven(request);
      }
      const accountId = await register(deps, checked, {
        agreementVersion: policies.agreementVersion,
        requestId: visit.ctx.state.requestId,
        clientId: visit.client.clientId,
      });
      return { learnt: { accountId, registeredAt: deps.clock.now().getTime() } };
    },
  };
}

/** Was a code redeemed for this mobile before something else in the form was refused? */
async function provenEarlier({ codes }: Pick<RegisterJourneyDeps, 'codes'>, visit: Visit, typed: string): Promise<boolean> {
  const mobile = checkMobile(typed);
  return mobile.ok && codes.proven({ purpose: 'register', scope: visit.uid, mobile: mobile.canonical });
}

function registrationForm({ values }: SubmittedForm) {
  return {
    username: values.username,
    mobile: values.mobile ?? '',
    newPassword: values.newPassword ?? '',
    confirmPassword: values.confirmPassword ?? '',
    agreement: values.agreement !== undefined,
  };
}

async function accountPage(deps: RegisterJourneyDeps, _: RegisterDraft, visit: Visit, state: FormState): Promise<Page> {
  const { ctx } = visit;
  // Who has proven the mobile and mends something else is not asked for another code.
  const proven = await provenEarlier(deps, visit, state.values.mobile ?? '');
  const code = proven ? undefined : await deps.codes.model(ctx, `${state.action}/send-code`, { purpose: 'register', scope: visit.uid });
  const model = accountPageModel(sceneOf(deps, visit), {
    action: state.action,
    token: state.token,
    fields: fieldsOf(fields, state.values, state.problems),
    problems: state.problems,
    captcha: code?.cooldownSeconds === 0 ? await deps.captchas.model(ctx) : undefined,
    code,
  });
  return { view: 'register/account', model, service: visit.service };
}

function identityStep(deps: RegisterJourneyDeps, method: ProofingMethod): Step {
  const scene = (draft: RegisterDraft, visit: Visit) =>
    proofingScene(deps, visit.ctx, { accountId: draft.accountId ?? '', clientId: visit.client.clientId, sessionUid: undefined });
  return {
    path: 'identity',
    when: (draft) => draft.accountId !== undefined && draft.identity === undefined,
    done: (draft) => draft.identity !== undefined,
    async page(draft, visit, state) {
      const shown = sceneOf(deps, visit);
      const skip = { action: `${state.action}?skip=1`, token: state.token, label: shown.say('register.skip') };
      const model: ProofingPage = {
        progress: bar(shown, 'identity'),
        form: {
          action: state.action,
          token: state.token,
          fields: fieldsOf(method.fields, state.values, state.problems),
          problems: state.problems,
          captcha: undefined,
          code: undefined,
        },
        skip: deps.profile.registration.identitySkippable ? skip : undefined,
        back: undefined,
        ...method.page(await scene(draft, visit)),
      };
      return { view: `step-up/${method.name}/view`, model, service: visit.service };
    },
    async submit(form, draft, visit) {
      if (visit.ctx.query.skip === '1' && deps.profile.registration.identitySkippable) return { learnt: { identity: 'skipped' } };
      try {
        await method.verify(form, await scene(draft, visit));
      } catch (error) {
        // The authority needs time: the account is there, the person goes on without waiting.
        if (error instanceof Refused && error.code === 'identity.pending') return { learnt: { identity: 'pending' } };
        throw error;
      }
      return { learnt: { identity: 'verified' } };
    },
  };
}

function doneStep(deps: RegisterJourneyDeps, hasIdentity: boolean): Step {
  return {
    path: 'done',
    when: (draft) => (hasIdentity ? draft.identity !== undefined : draft.accountId !== undefined),
    done: () => false,
    async page({ identity }, visit) {
      const end = { identity, service: visit.service?.name, finish: `${visit.base}/register/finish` };
      const model = donePageModel(sceneOf(deps, visit), end);
      return { view: 'layout/result', model, service: visit.service };
    },
  };
}

function sceneOf({ pages, profile }: Pick<RegisterJourneyDeps, 'pages' | 'profile'>, { ctx }: Visit): PageScene {
  const { locale } = ctx.state;
  return { locale, say: (key, params) => pages.words.text(locale, key, params), profile };
}
