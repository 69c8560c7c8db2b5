import type Router from '@koa/router';
import { signInWithPasskey, type ChallengeScope } from '../../src/domain/authenticator/passkey.ts';
import { requestOptions } from '../../src/domain/authenticator/passkey-options.ts';
import { confirmPassword } from '../../src/domain/authenticator/password.ts';
import { mask } from '../../src/domain/person/masking.ts';
import { acts, type Act } from '../../src/domain/presence/acts.ts';
import { factorsOf } from '../../src/domain/presence/strength.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { AppContext, AppState } from '../../src/http/app-context.ts';
import { checkForm, textFields } from '../../src/http/form-schema.ts';
import { maskedModel } from '../../src/http/masked.ts';
import type { FormModel, MaskedModel, ProgressModel } from '../../src/http/page-model.ts';
import { plainForm, sendCode, toOwner } from '../../src/http/step-form.ts';
import type { Wizard, WizardStep, NoDraft } from '../../src/http/wizard.ts';
import { wizardRoutes } from '../../src/http/wizard-routes.ts';
import { requireOwner, type Owner } from './owner.ts';
import type { TabModel } from './tabs.ts';
import { frozenPath } from './undo/paths.ts';
import {
  codeRequest,
  deviceOf,
  hasPasskeyFor,
  isProved,
  mobileAsked,
  mobileForm,
  mobileWillDo,
  proveMobile,
  proveStrongly,
  standingOf,
  type MobileAsked,
  type PresenceDeps,
  type Standing,
} from './presence.ts';

/** The pages of a proof, in front of whatever page of the account centre wants one; it leads back there. */

const proofBase = '/account/proof';

/** Which act a page is for; of a path that is none, nothing is proved. */
const pages: readonly (readonly [RegExp, Act])[] = [
  [/^\/account\/(password)$/, 'password.change'],
  [/^\/account\/(mobile)$/, 'mobile.change'],
  [/^\/account\/(email)$/, 'email.change'],
  [/^\/account\/(username)$/, 'username.change'],
  [/^\/account\/security\/passkeys\/new$/, 'passkey.add'],
  [/^\/account\/security\/passkeys\/[\w-]+$/, 'passkey.remove'],
  [/^\/account\/bindings\/[\w-]+$/, 'binding.remove'],
  [/^\/account\/security\/totp$/, 'totp.set-up'],
  [/^\/account\/security\/totp\/remove$/, 'totp.remove'],
  [/^\/account\/security\/recovery-codes\/new$/, 'recovery-codes.make'],
];

/**
 * The owner, as strongly proved as the page wants it; undefined when they were led to the page that asks for a proof.
 *
 * @param page - where they come back to: one of `pages`
 */
export async function provedOwner(deps: PresenceDeps, ctx: AppContext, page: string): Promise<Owner | undefined> {
  const owner = await requireOwner(deps, ctx);
  const standing = await standingOf(deps, owner, actOf(page));
  const { frozen } = owner.account;
  if (isProved(standing) && !frozen) return owner;
  ctx.status = 303;
  ctx.redirect(frozen ? frozenPath : proofHref(page, 'password'));
  return undefined;
}

function actOf(page: string): Act {
  const act = pages.find(([pattern]) => pattern.test(page))?.[1];
  if (!act) throw new Refused('page.not-found');
  return act;
}

export type ProofWay = 'password' | 'sms-code' | 'passkey';

function proofHref(page: string, way: ProofWay): string {
  return `${proofBase}/${Buffer.from(page).toString('base64url')}/${way}`;
}

export interface ProofModel {
  readonly way: ProofWay;
  readonly form: FormModel;
  /** Of the way by SMS code. */
  readonly asked: MobileAsked | undefined;
  /** Bound to the account. */
  readonly mobile: MaskedModel;
  /** To the other ways that will do, by their names. */
  readonly others: readonly { readonly way: ProofWay; readonly href: string }[];
  /** Where a script asks what is to be signed. */
  readonly challenge?: string;
  /** Of the wizard that begins with it. */
  readonly progress?: ProgressModel;
  readonly tabs?: readonly TabModel[];
}

/** The ways that will do besides this one. */
export async function otherWays(deps: PresenceDeps, standing: Standing, page: string, way: ProofWay): Promise<ProofModel['others']> {
  const ways: readonly ProofWay[] = [
    ...(mobileWillDo(standing) ? (['sms-code'] as const) : []),
    'password',
    ...((await hasPasskeyFor(deps, standing)) ? (['passkey'] as const) : []),
  ];
  // A change begins with the SMS code by itself.
  const href = (other: ProofWay) => (other === 'sms-code' && acts[standing.act].lately === 'sms' ? page : proofHref(page, other));
  return ways.filter((other) => other !== way).map((other) => ({ way: other, href: href(other) }));
}

interface ProofScene {
  readonly ctx: AppContext;
  readonly standing: Standing;
  /** `/account/proof/<page>`. */
  readonly base: string;
  /** Where they come back to. */
  readonly page: string;
}

type Step = WizardStep<NoDraft, ProofScene>;

export function proofRoutes(router: Router<AppState>, deps: PresenceDeps): void {
  const wizard: Wizard<NoDraft, ProofScene> = {
    name: 'account-proof',
    draftless: true,
    empty: {},
    steps: [passwordStep(deps), mobileStep(deps), ...(deps.authenticators.passkey ? [passkeyStep(deps)] : [])],
  };
  const sceneOf = async (ctx: AppContext, encoded = ''): Promise<ProofScene> => {
    const page = Buffer.from(encoded, 'base64url').toString('utf8');
    const standing = await standingOf(deps, await requireOwner(deps, ctx), actOf(page));
    return { ctx, standing, base: `${proofBase}/${encoded}`, page };
  };
  if (deps.authenticators.passkey) {
    router.get(`${proofBase}/:page/passkey/challenge`, async (ctx) => {
      const { standing } = await sceneOf(ctx, ctx.params.page);
      const own = await deps.passkeys.passkeys.ofAccount(standing.owner.account.id);
      ctx.set('Cache-Control', 'no-store');
      ctx.body = await requestOptions({ ...deps.passkeys, site: deps.site }, challengeScope(standing), own);
    });
  }
  wizardRoutes(router, deps, `${proofBase}/:page`, async (ctx) => {
    const scene = await sceneOf(ctx, ctx.params.page);
    if (isProved(scene.standing)) return { leaveTo: scene.page };
    return { wizard, id: scene.standing.owner.scope, base: scene.base, scene };
  });
}

function passwordStep(deps: PresenceDeps): Step {
  const schema = textFields(['password']);
  return {
    path: 'password',
    when: () => true,
    done: () => false,
    page: async (_, scene, state) => proofPage(deps, 'password', scene, plainForm(state, ['password'])),
    async submit(form, _, { ctx, standing, page }) {
      checkForm(schema, form.values);
      const { id: accountId } = standing.owner.account;
      const { password = '' } = form.values;
      const { address, requestId } = ctx.state;
      const device = deviceOf(deps, ctx, standing.owner);
      const { factor } = await confirmPassword(deps.passwords, { accountId, password, address, requestId, device });
      await proveStrongly(deps, ctx, standing, { factors: [factor], field: 'password' });
      return { leaveTo: page };
    },
  };
}

function mobileStep(deps: PresenceDeps): Step {
  return {
    path: 'sms-code',
    when: (_, { standing }) => mobileWillDo(standing),
    done: () => false,
    async page(_, scene, state) {
      // Anew: the code may have been right where the number was not.
      const standing = await standingOf(deps, scene.standing.owner, scene.standing.act);
      return proofPage(deps, 'sms-code', { ...scene, standing }, await mobileForm(deps, scene.ctx, state, standing));
    },
    actions: {
      'send-code': { stays: (form, _, { ctx, standing }) => sendCode(deps, ctx, form.captcha, toOwner(codeRequest(standing.owner))) },
    },
    async submit(form, _, { ctx, standing, page }) {
      await proveMobile(deps, ctx, form, standing);
      return { leaveTo: page };
    },
  };
}

const challengeScope = ({ owner }: Standing): ChallengeScope => ({ purpose: 'step-up', scope: owner.scope });

function passkeyStep(deps: PresenceDeps): Step {
  const schema = textFields(['credential']);
  return {
    path: 'passkey',
    when: () => true,
    done: () => false,
    page: async (_, scene, state) => proofPage(deps, 'passkey', scene, plainForm(state, ['credential'])),
    async submit(form, _, { ctx, standing, page }) {
      checkForm(schema, form.values);
      const { requestId, locale, address } = ctx.state;
      const attempt = { ...challengeScope(standing), requestId, locale, address };
      const { accountId, amr = [], counts, writes } = await signInWithPasskey(deps.passkeys, attempt, form.values.credential ?? '');
      if (accountId !== standing.owner.account.id) throw new Refused('passkey.wrong', 'credential');
      await deps.unitOfWork.commit('step-up-passkey', writes);
      const factors = factorsOf(amr, deps.clock.now(), counts);
      await proveStrongly(deps, ctx, standing, { factors, field: 'credential' });
      return { leaveTo: page };
    },
  };
}

async function proofPage(deps: PresenceDeps, way: ProofWay, { ctx, standing, base, page }: ProofScene, form: FormModel) {
  const { owner } = standing;
  const model: ProofModel = {
    way,
    form,
    asked: way === 'sms-code' ? mobileAsked(deps, standing) : undefined,
    mobile: maskedModel(deps.pages.words, ctx.state.locale, mask.mobile(owner.account.mobile)),
    others: await otherWays(deps, standing, page, way),
    ...(way === 'passkey' && { challenge: `${base}/passkey/challenge` }),
  };
  return { view: 'account/proof', model, user: owner.user };
}
