import { changePassword } from '../../../src/domain/person/account-changes.ts';
import { checkForm, textFields } from '../../../src/http/form-schema.ts';
import { plainForm } from '../../../src/http/step-form.ts';
import type { Change, ChangeDeps } from './change.ts';
import { deviceOf } from '../presence.ts';
import { newPasswordModel } from './pages.ts';

/** 修改密码 – the old one, the new one twice; every other session ends (ACC-07). */
export function passwordChange(deps: ChangeDeps): Change {
  const { password: policy } = deps.profile;
  const fields = ['password', 'newPassword', 'confirmPassword'] as const;
  const schema = textFields(fields);
  return {
    name: 'password',
    act: 'password.change',
    async page({ ctx }, state) {
      const model = newPasswordModel(
        (key, params) => deps.pages.words.text(ctx.state.locale, key, params),
        deps.profile,
        plainForm(state, fields),
      );
      return { view: 'account/change/password', model };
    },
    async submit({ values }, { ctx, owner, actor }) {
      checkForm(schema, values);
      const { password = '', newPassword = '', confirmPassword = '' } = values;
      const from = { address: ctx.state.address, device: deviceOf(deps, ctx, owner) };
      const facts = { policy, document: owner.person?.document.number, from };
      await changePassword(deps, actor, { password, newPassword, confirmPassword }, facts);
    },
  };
}
