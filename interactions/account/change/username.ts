import { countSearch } from '../../../src/domain/authenticator/throttle.ts';
import { changeUsername } from '../../../src/domain/person/account-changes.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import type { UsernamePolicy } from '../../../src/domain/person/username.ts';
import { checkForm, textFields } from '../../../src/http/form-schema.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import { plainForm } from '../../../src/http/step-form.ts';
import type { Change, ChangeDeps } from './change.ts';
import { newUsernameModel } from './pages.ts';

/** A person settles on a name in fewer tries; a list of names is not to be searched this way. */
const triesPerHour = 20;

/** 修改用户名 – also one that was generated (ACC-06, DIS-03). */
export function usernameChange(deps: ChangeDeps, policy: UsernamePolicy): Change {
  const schema = textFields(['username']);
  return {
    name: 'username',
    act: 'username.change',
    async page({ ctx, owner }, state) {
      const { words } = deps.pages;
      const { locale } = ctx.state;
      const { username } = owner.account;
      const current = username === undefined ? undefined : maskedModel(words, locale, mask.username(username));
      const model = newUsernameModel((key, params) => words.text(locale, key, params), policy, current, plainForm(state, ['username']));
      return { view: 'account/change/username', model };
    },
    async submit({ values }, { actor }) {
      checkForm(schema, values);
      await countSearch(deps.passwords, { name: 'username', by: actor.account.id, limitPerHour: triesPerHour, field: 'username' });
      await changeUsername(deps, actor, values.username ?? '', policy);
    },
  };
}
