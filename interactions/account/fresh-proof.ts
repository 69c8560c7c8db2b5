import type Router from '@koa/router';
import { confirmPassword, type PasswordDeps } from '../../src/domain/authenticator/password.ts';
import { authenticatorEvent } from '../../src/domain/authenticator/authenticator-event.ts';
import { provedLately } from '../../src/domain/authenticator/fresh-proof.ts';
import { secondsAfter, type Clock } from '../../src/domain/clock.ts';
import { mask } from '../../src/domain/person/masking.ts';
import type { SessionPolicy } from '../../src/domain/policy.ts';
import type { SessionStore } from '../../src/domain/protocol-state.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { UnitOfWork } from '../../src/domain/unit-of-work.ts';
import type { AppContext, AppState } from '../../src/http/app-context.ts';
import type { CaptchaDesk } from '../../src/http/captcha-desk.ts';
import type { CodeDesk, CodeRequest } from '../../src/http/code-desk.ts';
import type { Devices } from '../../src/http/devices.ts';
import { checkForm, textFields } from '../../src/http/form-schema.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { FormModel, MaskedModel, ProgressModel } from '../../src/http/page-model.ts';
import { codeForm, plainForm, sendCode, toOwner } from '../../src/http/step-form.ts';
import type { Wizard, WizardDeps, WizardStep } from '../../src/http/wizard.ts';
import { wizardRoutes } from '../../src/http/wizard-routes.ts';
import { requireOwner, type Owner, type OwnerDeps } from './owner.ts';

/**
 * 验证身份 – before a change of a credential or an identifier the owner proves again who they are: the password, or an
 * SMS code, in this session, no longer ago than ten minutes (RN-11); for a passkey an SMS code will not do. The proof
 * becomes a factor of the session, as if they had signed in with it, so that it also counts for what a service asks next.
 */
export interface FreshProofDeps extends OwnerDeps, WizardDeps {
  readonly sessions: SessionStore;
  readonly passwords: Pick<PasswordDeps, 'accounts' | 'hasher' | 'quotas' | 'vault' | 'clock'>;
  readonly devices: Devices;
  readonly captchas: CaptchaDesk;
  readonly codes: CodeDesk;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly lifetimes: SessionPolicy;
}

/** Any of these, lately, is a fresh proof. */
const proofs: ReadonlySet<string> = new Set(['pwd', 'sms', 'hwk', 'swk']);

/** A passkey opens levels that an SMS code does not, so that nobody gets one by an SMS code alone. */
const passwordOnly = '/account/security/passkeys/new';
const strongProofs: ReadonlySet<string> = new Set(['pwd', 'hwk', 'swk']);

/**
 * The owner, freshly proved; undefined when they were led to the page that asks for a proof.
 *
 * @param page - where they come back to: a path of the account centre
 */
export async function provedOwner(deps: FreshProofDeps, ctx: AppContext, page: string): Promise<Owner | undefined> {
  const owner = await requireOwner(deps, ctx);
  const now = deps.clock.now();
  const enough = page === passwordOnly ? strongProofs : proofs;
  if (provedLately(await deps.sessions.factors(owner.sessionUid, now), enough, now)) return owner;
  ctx.status = 303;
  ctx.redirect(`${proofBase}/${Buffer.from(page).toString('base64url')}/password`);
  return undefined;
}

const proofBase = '/account/proof';

interface ProofScene {
  readonly ctx: AppContext;
  readonly owner: Owner;
  /** `/account/proof/<page>`. */
  readonly base: string;
  /** Where they come back to. */
  readonly page: string;
}

export interface ProofModel {
  readonly way: ProofWay;
  readonly form: FormModel;
  /** Bound to the account. */
  readonly mobile: MaskedModel;
  /** To the other way, where another will do. */
  readonly otherHref: string | undefined;
  /** Of the wizard that begins with it. */
  readonly progress?: ProgressModel;
}

export type ProofWay = 'password' | 'sms-code';

type Step = WizardStep<Record<never, never>, ProofScene>;

export function freshProofRoutes(router: Router<AppState>, deps: FreshProofDeps): void {
  const wizard: Wizard<Record<never, never>, ProofScene> = {
    name: 'account-proof',
    draftless: true,
    empty: {},
    steps: [passwordStep(deps), codeStep(deps)],
  };
  const sceneOf = async (ctx: AppContext, encoded = ''): Promise<ProofScene> => {
    const page = Buffer.from(encoded, 'base64url').toString('utf8');
    if (!/^\/account(\/[\w-]+)*$/.test(page)) throw new Refused('page.not-found');
    return { ctx, owner: await requireOwner(deps, ctx), base: `${proofBase}/${encoded}`, page };
  };
  wizardRoutes(router, deps, `${proofBase}/:page`, async (ctx) => {
    const scene = await sceneOf(ctx, ctx.params.page);
    return { wizard, id: scene.owner.sessionUid, base: scene.base, scene };
  });
}

function passwordStep(deps: FreshProofDeps): Step {
  const schema = textFields(['password']);
  return {
    path: 'password',
    when: () => true,
    done: () => false,
    page: async (_, scene, state) => proofPage(deps, 'password', scene, plainForm(state, ['password'])),
    async submit(form, _, { ctx, owner, page }) {
      checkForm(schema, form.values);
      const { id: accountId } = owner.account;
      await confirmPassword(deps.passwords, {
        accountId,
        password: form.values.password ?? '',
        address: ctx.state.address,
        device: deps.devices.idInSession(ctx, { accountId, uid: owner.sessionUid }),
      });
      await rememberProof(deps, ctx, owner, 'pwd');
      return { leaveTo: page };
    },
  };
}

function codeStep(deps: FreshProofDeps): Step {
  const schema = textFields(['code']);
  const request = ({ owner }: ProofScene): CodeRequest => ({
    purpose: 'step-up',
    scope: owner.sessionUid,
    mobile: owner.account.mobile,
    holder: { accountId: owner.account.id, signedIn: true },
  });
  return {
    path: 'sms-code',
    when: (_, { page }) => page !== passwordOnly,
    done: () => false,
    async page(_, scene, state) {
      return proofPage(deps, 'sms-code', scene, await codeForm(deps, scene.ctx, state, { where: request(scene) }));
    },
    actions: { 'send-code': { stays: (form, _, scene) => sendCode(deps, scene.ctx, form.captcha, toOwner(request(scene))) } },
    async submit(form, _, scene) {
      checkForm(schema, form.values);
      await deps.codes.redeem(request(scene), form.values.code ?? '');
      await rememberProof(deps, scene.ctx, scene.owner, 'sms');
      return { leaveTo: scene.page };
    },
  };
}

/** The proof as a factor of the session, with its audit record. */
export async function rememberProof(
  deps: Pick<FreshProofDeps, 'clock' | 'lifetimes' | 'unitOfWork'>,
  ctx: AppContext,
  { account, sessionUid }: Owner,
  amr: string,
): Promise<void> {
  const at = deps.clock.now();
  const expiresAt = secondsAfter(at, deps.lifetimes.absoluteSeconds);
  await deps.unitOfWork.commit('fresh-proof', [
    { write: 'session-factors.put', sessionUid, accountId: account.id, factors: [{ amr, at }], expiresAt },
    authenticatorEvent('owner.proved', { accountId: account.id, requestId: ctx.state.requestId }, at),
  ]);
}

function proofPage({ pages }: FreshProofDeps, way: ProofWay, { ctx, owner, base, page }: ProofScene, form: FormModel) {
  const model: ProofModel = {
    way,
    form,
    mobile: maskedModel(pages.words, ctx.state.locale, mask.mobile(owner.account.mobile)),
    otherHref: page === passwordOnly ? undefined : `${base}/${way === 'password' ? 'sms-code' : 'password'}`,
  };
  return { view: 'account/proof', model, user: owner.user };
}
