import { setAddress, setEthnicity, setSocialHistory } from '../../src/domain/person/account-details.ts';
import type { Actor } from '../../src/domain/presence/carry-out.ts';
import { checkForm, textFields } from '../../src/http/form-schema.ts';
import type { Action, NoDraft } from '../../src/http/wizard.ts';
import type { AccountDeps } from './deps.ts';
import { detailsOf, editQuery, fields } from './detail-form.ts';
import { actorOf, type OwnerScene } from './owner.ts';
import type { Detail } from './profile.ts';

/** 修改 → 保存 in the row itself: ethnicity (ACC-12), address and social history (DIS-19). */

const schemas = {
  ethnicity: textFields(['ethnicity'], []),
  address: textFields(['address'], []),
  'social-history': textFields(['socialHistory'], []),
};

const set: Readonly<Record<Detail, (deps: AccountDeps, actor: Actor, typed: string) => Promise<void>>> = {
  ethnicity: setEthnicity,
  address: (deps, actor, typed) => setAddress(deps, actor, typed, deps.profile.registration.address),
  'social-history': setSocialHistory,
};

type Save = Action<NoDraft, OwnerScene>;

/** One for each row. */
export function detailActions(deps: AccountDeps): Readonly<Record<string, Save>> {
  return Object.fromEntries(detailsOf(deps).map((detail) => [detail, save(deps, detail)]));
}

function save(deps: AccountDeps, detail: Detail): Save {
  return {
    shownBy: editQuery(detail),
    async goesOn({ values }, _, { ctx, owner }) {
      checkForm(schemas[detail], values);
      await set[detail](deps, actorOf(ctx, owner), values[fields[detail]] ?? '');
      return { leaveTo: '/account?saved=1' };
    },
  };
}
