import { requireMobile } from '../../src/domain/person/register.ts';
import { Refused } from '../../src/domain/refused.ts';
import type { CodeRequest } from '../../src/http/code-desk.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import { codeForm, sendCode } from '../../src/http/step-form.ts';
import { mobilePageModel } from './pages.ts';
import {
  foundIn,
  passOf,
  requireFound,
  requireFreeMobile,
  sayOf,
  type ActivateDraft,
  type ActivateScene,
  type ActivateStep,
  type ActivateStepDeps,
} from './steps.ts';

/**
 * The proven mobile is on no record of this document: whoever knows the one that is types it and gets a code there, anybody
 * else replaces it (ACT-04, ACT-05). Nothing shows whether there is a record or what is on it: a number that is on none
 * gets a code that is never sent.
 */
export function mobileStep(deps: ActivateStepDeps): ActivateStep {
  const schema = textFields(['mobile', 'code']);
  const where = ({ uid }: ActivateScene) => ({ purpose: 'activate', scope: `${uid}:bound` }) as const;
  const request = (scene: ActivateScene, mobile: string): CodeRequest => ({ ...where(scene), mobile });
  return {
    path: 'mobile',
    when: (draft, scene) => foundIn(draft, scene)?.bound === false && draft.accountId === undefined,
    done: (draft) => draft.replacing === true,
    async page(draft, scene, state) {
      const model = mobilePageModel(sayOf(deps, scene), {
        form: await codeForm(deps, scene.ctx, state, { where: where(scene), fields: ['mobile'] }),
        given: requireFound(draft, scene).mobile,
        known: passOf(draft, scene)?.confirmation !== undefined,
        base: scene.base,
        joins: scene.joins !== undefined,
      });
      return { view: 'activate/mobile', model, service: scene.service };
    },
    actions: {
      'send-code': {
        stays: ({ values, captcha }, draft, scene) =>
          sendCode(deps, scene.ctx, captcha, {
            where: where(scene),
            async to() {
              const mobile = otherMobile(values.mobile ?? '', draft, scene);
              return { mobile, deliver: await isOnRecord(deps, draft, scene, mobile) };
            },
          }),
      },
      replace: { goesOn: async () => ({ learnt: { replacing: true } }) },
    },
    async submit({ values }, draft, scene) {
      const mobile = checkFormAnd(schema, values, () => otherMobile(values.mobile ?? '', draft, scene));
      await deps.codes.redeem(request(scene, mobile), values.code ?? '');
      if (!(await isOnRecord(deps, draft, scene, mobile))) throw new Refused('otp.wrong', 'code');
      await requireFreeMobile(deps, mobile, scene);
      return { learnt: { found: { ...requireFound(draft, scene), mobile, bound: true }, replacing: false } };
    },
    undo: ({ replacing: _, ...draft }) => draft,
  };
}

/** @throws Refused mobile.invalid, also for the one that was proven already and is on no record */
function otherMobile(typed: string, draft: ActivateDraft, scene: ActivateScene): string {
  const mobile = requireMobile(typed);
  if (mobile === requireFound(draft, scene).mobile) throw new Refused('mobile.invalid', 'mobile', { reason: 'not-on-record' });
  return mobile;
}

async function isOnRecord(deps: ActivateStepDeps, draft: ActivateDraft, scene: ActivateScene, mobile: string): Promise<boolean> {
  const { type, key } = requireFound(draft, scene);
  return (await deps.activations.byDocument(type, key))?.mobile === mobile;
}
