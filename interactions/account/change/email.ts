import { changeEmail, requireOtherEmail } from '../../../src/domain/person/account-changes.ts';
import type { CodeRequest } from '../../../src/http/code-desk.ts';
import type { SubmittedForm } from '../../../src/http/form.ts';
import { checkFormAnd, textFields } from '../../../src/http/form-schema.ts';
import { codeForm, redeemOnce, sendCode } from '../../../src/http/step-form.ts';
import type { Change, ChangeDeps, ChangeScene } from './change.ts';
import { newEmailModel } from './pages.ts';

/** 绑定邮箱 – proven by a code sent to the address (ACC-11). */
export function emailChange(deps: ChangeDeps): Change {
  const schema = textFields(['email', 'code']);
  const called = { code: 'email-code' };
  const where = ({ owner }: ChangeScene) => ({ purpose: 'change-email', scope: owner.scope }) as const;
  const typed = ({ values }: SubmittedForm, { owner }: ChangeScene) => requireOtherEmail(values.email ?? '', owner.account);
  return {
    name: 'email',
    act: 'email.change',
    async page(scene, state) {
      const { ctx } = scene;
      const form = await codeForm(deps, ctx, state, { where: where(scene), fields: ['email'] });
      return { view: 'account/change/email', model: newEmailModel((key) => deps.pages.words.text(ctx.state.locale, key), form) };
    },
    send: (form, scene) => sendCode(deps, scene.ctx, form.captcha, { where: where(scene), to: () => ({ email: typed(form, scene) }) }),
    async submit(form, scene) {
      const email = checkFormAnd(schema, form.values, () => typed(form, scene), called);
      const request: CodeRequest = { ...where(scene), email };
      await redeemOnce(deps.codes, request, form.values.code ?? '');
      await changeEmail(deps, scene.actor, email);
    },
  };
}
