import { isAgreed } from '../../src/domain/agreement.ts';
import { checkPassword } from '../../src/domain/person/activation.ts';
import { shownName } from '../../src/domain/person/person-name.ts';
import { activate, joinActivation } from '../../src/domain/person/take-up.ts';
import { Refused } from '../../src/domain/refused.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import { codeForm, plainForm, redeemOnce, sendCode, toOwner } from '../../src/http/step-form.ts';
import { accountPageModel, doneModel, passwordPageModel } from './pages.ts';
import {
  askingOf,
  confirmationOf,
  hasAccount,
  isProven,
  passOf,
  requireActivation,
  requireFound,
  sayOf,
  type ActivateDraft,
  type ActivateScene,
  type ActivateStep,
  type ActivateStepDeps,
} from './steps.ts';

/** What is proven becomes an account: a new one, or the one that whoever is here has already. */

/**
 * @param passwordHash - of the new account; undefined: that of the pass, or there is an account
 * @throws Refused mobile.taken, activation.gone
 */
export async function takeUp(
  deps: ActivateStepDeps,
  draft: ActivateDraft,
  scene: ActivateScene,
  passwordHash = passOf(draft, scene)?.passwordHash,
): Promise<Pick<ActivateDraft, 'accountId' | 'joined' | 'activatedAt'>> {
  const found = requireFound(draft, scene);
  const confirmation = confirmationOf(draft, scene);
  if (!confirmation) throw new Refused('form.stale');
  const { brand } = deps.profile;
  const taken = {
    activation: await requireActivation(deps, found),
    confirmation,
    guardian: draft.guardian,
    hotline: brand.hotline,
    locale: scene.ctx.state.locale,
    origin: askingOf(scene),
  };
  const activatedAt = deps.clock.now().getTime();
  if (scene.joins) {
    await joinActivation(deps, taken, { account: scene.joins, sessionUid: scene.signedIn ? scene.session?.uid : undefined });
    return { accountId: scene.joins.id, joined: true, activatedAt };
  }
  if (passwordHash === undefined) throw new Refused('form.stale');
  const account = { mobile: found.mobile, passwordHash, agreementVersion: brand.agreement.version };
  return { accountId: await activate(deps, taken, account), activatedAt };
}

/** The password; with it the account is there (ACT-06). */
export function passwordStep(deps: ActivateStepDeps): ActivateStep {
  const { password: policy } = deps.profile;
  const fields = ['newPassword', 'confirmPassword', 'agreement'] as const;
  const schema = textFields(fields, ['newPassword', 'confirmPassword']);
  return {
    path: 'password',
    once: true,
    when: (draft, scene) => isProven(draft, scene) && !hasAccount(draft, scene),
    done: (draft) => draft.accountId !== undefined,
    async page(_, scene, state) {
      const model = passwordPageModel(sayOf(deps, scene), deps.profile, {
        form: plainForm(state, fields),
        back: `${scene.base}/activate/identity`,
      });
      return { view: 'activate/password', model, service: scene.service };
    },
    async submit({ values }, draft, scene) {
      const { mobile, number: document } = requireFound(draft, scene);
      const { newPassword = '', confirmPassword = '', agreement } = values;
      const form = { newPassword, confirmPassword, agreement: isAgreed(agreement) };
      const password = checkFormAnd(schema, values, () => checkPassword(form, policy, { mobile, document }));
      return { learnt: await takeUp(deps, draft, scene, await deps.hasher.hash(password)) };
    },
  };
}

/** The account that is there, shown once more before it becomes this person's. */
export function accountStep(deps: ActivateStepDeps): ActivateStep {
  const schema = textFields(['code']);
  const where = ({ uid }: ActivateScene) => ({ purpose: 'activate', scope: `${uid}:account` }) as const;
  /** The mobile of the account that is signed in here, unless the activation proved it (RN-11). */
  const unproven = (draft: ActivateDraft, scene: ActivateScene): string | undefined => {
    const own = scene.signedIn ? scene.joins?.mobile : undefined;
    return own === requireFound(draft, scene).mobile ? undefined : own;
  };
  return {
    path: 'account',
    once: true,
    when: (draft, scene) => isProven(draft, scene) && hasAccount(draft, scene),
    done: (draft) => draft.accountId !== undefined,
    async page(draft, scene, state) {
      const [found, confirmation] = [requireFound(draft, scene), confirmationOf(draft, scene)];
      const form = unproven(draft, scene) ? await codeForm(deps, scene.ctx, state, { where: where(scene) }) : plainForm(state, []);
      const model = accountPageModel(sayOf(deps, scene), deps.profile, {
        form,
        name: confirmation ? shownName(confirmation) : '',
        found,
        mobile: scene.joins?.mobile ?? found.mobile,
        signedIn: scene.signedIn,
        back: `${scene.base}/activate/document`,
      });
      return { view: 'activate/account', model, service: scene.service };
    },
    actions: {
      'send-code': {
        async stays({ captcha }, draft, scene) {
          const mobile = unproven(draft, scene);
          if (mobile === undefined) throw new Refused('form.stale');
          return sendCode(
            deps,
            scene.ctx,
            captcha,
            toOwner({ ...where(scene), mobile, holder: { accountId: scene.joins?.id, signedIn: true } }),
          );
        },
      },
    },
    async submit({ values }, draft, scene) {
      const mobile = unproven(draft, scene);
      if (mobile !== undefined) {
        checkFormAnd(schema, values, () => undefined);
        await redeemOnce(deps.codes, { ...where(scene), mobile }, values.code ?? '');
      }
      return { learnt: await takeUp(deps, draft, scene) };
    },
  };
}

export function doneStep(deps: ActivateStepDeps): ActivateStep {
  return {
    path: 'done',
    when: (draft) => draft.accountId !== undefined,
    done: () => false,
    async page(draft, scene) {
      const model = doneModel(sayOf(deps, scene), deps.profile, {
        service: scene.service?.name,
        finish: `${scene.base}/activate/finish`,
        signedIn: scene.session?.accountId === draft.accountId,
        hasAccount: draft.joined === true || hasAccount(draft, scene),
      });
      return { view: 'layout/result', model, service: scene.service };
    },
  };
}
