import { changeMobile, requireOtherMobile } from '../../../src/domain/person/account-changes.ts';
import type { CodeRequest } from '../../../src/http/code-desk.ts';
import type { SubmittedForm } from '../../../src/http/form.ts';
import { checkFormAnd, textFields } from '../../../src/http/form-schema.ts';
import { codeForm, redeemOnce, sendCode } from '../../../src/http/step-form.ts';
import type { Change, ChangeDeps, ChangeScene } from './change.ts';
import { newMobileModel } from './pages.ts';

/** 绑定手机 – an SMS code to the new mobile, after one to the old (ACC-09, ACC-10). */
export function mobileChange(deps: ChangeDeps): Change {
  const schema = textFields(['mobile', 'code']);
  const where = ({ owner }: ChangeScene) => ({ purpose: 'change-mobile', scope: owner.scope }) as const;
  const typed = ({ values }: SubmittedForm, { owner }: ChangeScene) => requireOtherMobile(values.mobile ?? '', owner.account);
  return {
    name: 'mobile',
    act: 'mobile.change',
    async page(scene, state) {
      const { ctx } = scene;
      const { locale } = ctx.state;
      const form = await codeForm(deps, ctx, state, { where: where(scene), fields: ['mobile'] });
      const model = newMobileModel({ locale, say: (key, params) => deps.pages.words.text(locale, key, params) }, deps.profile.brand, form);
      return { view: 'account/change/mobile', model };
    },
    send: (form, scene) => sendCode(deps, scene.ctx, form.captcha, { where: where(scene), to: () => ({ mobile: typed(form, scene) }) }),
    async submit(form, scene) {
      const mobile = checkFormAnd(schema, form.values, () => typed(form, scene));
      const request: CodeRequest = { ...where(scene), mobile };
      await redeemOnce(deps.codes, request, form.values.code ?? '');
      await changeMobile(deps, scene.actor, mobile);
    },
  };
}
