import { hintedFields } from '../../src/domain/person/login-hint.ts';
import { checkSought, type Sought } from '../../src/domain/person/activation.ts';
import { requireMobile } from '../../src/domain/person/register.ts';
import { Refused } from '../../src/domain/refused.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import { codeForm, sendCode } from '../../src/http/step-form.ts';
import { documentPageModel, nobodyModel } from './pages.ts';
import { sayOf, type ActivateScene, type ActivateStep, type ActivateStepDeps, type Found } from './steps.ts';

const fields = ['documentType', 'documentNumber', 'mobile'] as const;

/**
 * The document and a mobile of one's own, proven by an SMS code. The same for all numbers: only behind the code shows
 * whether somebody is there (DIS-21).
 */
export function documentStep(deps: ActivateStepDeps): ActivateStep {
  const schema = textFields(['documentType', 'documentNumber', 'mobile', 'code']);
  const where = ({ uid }: ActivateScene) => ({ purpose: 'activate', scope: uid }) as const;
  return {
    path: 'document',
    when: (draft) => draft.accountId === undefined,
    done: (draft, scene) => (draft.found ?? scene.passed) !== undefined,
    async page(_, scene, state) {
      const form = await codeForm(deps, scene.ctx, state, { where: where(scene), fields, preset: hintedFields(scene.params.login_hint) });
      const model = documentPageModel(sayOf(deps, scene), deps.profile, form, scene.base);
      return { view: 'activate/document', model, service: scene.service };
    },
    actions: {
      'send-code': {
        stays: ({ values, captcha }, _, scene) =>
          sendCode(deps, scene.ctx, captcha, { where: where(scene), to: () => ({ mobile: requireMobile(values.mobile ?? '') }) }),
      },
    },
    async submit({ values }, _, scene) {
      const { documentType = '', documentNumber = '', mobile = '', code = '' } = values;
      const typed = { documentType, documentNumber, mobile };
      const sought = checkFormAnd(schema, values, () => checkSought(typed, deps.profile.documents, deps.clock.now()));
      // Used up by every look-up, so that a mobile asks about few people a day.
      await deps.codes.redeem({ ...where(scene), mobile: sought.mobile }, code);
      if (await deps.accounts.byIdentifier('mobile', sought.mobile)) throw new Refused('mobile.taken', 'mobile');
      return { learnt: { found: await lookUp(deps, sought) } };
    },
  };
}

/** Who waits under this document, and whether the proven mobile is the bound one. */
export async function lookUp({ activations }: Pick<ActivateStepDeps, 'activations'>, sought: Sought): Promise<Found> {
  const activation = await activations.byDocument(sought.type, sought.key);
  if (!activation) return { ...sought, bound: 'nobody' };
  const found = { ...sought, person: activation.person.id };
  if (activation.mobile === undefined) return { ...found, bound: 'none' };
  return { ...found, bound: activation.mobile === sought.mobile ? 'proven' : 'other' };
}

/** The same end for numbers that are unknown, active, or were never imported. */
export function nobodyStep(deps: ActivateStepDeps): ActivateStep {
  return {
    path: 'nobody',
    when: (draft, scene) => (draft.found ?? scene.passed)?.bound === 'nobody' && draft.accountId === undefined,
    done: () => false,
    async page(_, scene) {
      return { view: 'layout/result', model: nobodyModel(sayOf(deps, scene), scene.base), service: scene.service };
    },
  };
}
