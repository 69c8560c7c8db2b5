import type { Account } from '../../src/domain/person/account.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { plainForm } from '../../src/http/step-form.ts';
import type { FormState } from '../../src/http/wizard.ts';
import type { AccountDeps } from './deps.ts';
import type { Detail, ProfileFacts } from './profile.ts';

/** The field of each detail. */
export const fields = { ethnicity: 'ethnicity', address: 'address', 'social-history': 'socialHistory' } as const satisfies Readonly<
  Record<Detail, string>
>;
const details: readonly Detail[] = ['ethnicity', 'address', 'social-history'];

/** What the deployment lets its people change in the row itself. */
export function detailsOf({ profile }: Pick<AccountDeps, 'profile'>): readonly Detail[] {
  return details.filter((detail) => profile.account.changes.includes(detail));
}

/** Opens the row as a form. */
export function editQuery(detail: Detail): string {
  return `?edit=${detail}`;
}

/** The row that is being changed: the one whose saving was refused, else by the address of the page. */
export function editOf(deps: Pick<AccountDeps, 'profile'>, ctx: AppContext, account: Account, state: FormState): ProfileFacts['edit'] {
  const detail = detailsOf(deps).find((each) => each === (state.pressed ?? ctx.query.edit));
  if (!detail) return undefined;
  const preset = { ethnicity: account.ethnicity ?? '', address: account.address ?? '', socialHistory: account.socialHistory ?? '' };
  return { detail, form: plainForm({ ...state, action: `${state.action}/${detail}` }, [fields[detail]], preset) };
}
