import { hintedFields } from '../../src/domain/person/login-hint.ts';
import { checkSought, type Sought } from '../../src/domain/person/activation.ts';
import { requireMobile } from '../../src/domain/person/register.ts';
import { checkFormAnd, textFields } from '../../src/http/form-schema.ts';
import { codeForm, sendCode } from '../../src/http/step-form.ts';
import { documentPageModel } from './pages.ts';
import { foundIn, requireFreeMobile, sayOf, type ActivateScene, type ActivateStep, type ActivateStepDeps, type Found } from './steps.ts';

const fields = ['documentType', 'documentNumber', 'mobile'] as const;

/** The document and a mobile of one's own, proven by an SMS code. The same for all numbers (DIS-21). */
export function documentStep(deps: ActivateStepDeps): ActivateStep {
  const schema = textFields(['documentType', 'documentNumber', 'mobile', 'code']);
  const where = ({ uid }: ActivateScene) => ({ purpose: 'activate', scope: uid }) as const;
  return {
    path: 'document',
    when: (draft) => draft.accountId === undefined,
    done: (draft, scene) => foundIn(draft, scene) !== undefined,
    async page(_, scene, state) {
      const form = await codeForm(deps, scene.ctx, state, { where: where(scene), fields, preset: hintedFields(scene.params.login_hint) });
      return { view: 'activate/document', model: documentPageModel(sayOf(deps, scene), deps.profile, form, scene), service: scene.service };
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
      await requireFreeMobile(deps, sought.mobile, scene);
      return { learnt: { found: await lookUp(deps, sought) } };
    },
  };
}

/** Whether the proven mobile is the one on record. Unknown, active and waiting people differ in nothing else. */
export async function lookUp({ activations }: Pick<ActivateStepDeps, 'activations'>, sought: Sought): Promise<Found> {
  const activation = await activations.byDocument(sought.type, sought.key);
  return { ...sought, bound: activation?.mobile === sought.mobile };
}
