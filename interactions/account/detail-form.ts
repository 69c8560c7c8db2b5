import type { Account } from '../../src/domain/person/account.ts';
import type { AppContext } from '../../src/http/app-context.ts';
import { plainForm } from '../../src/http/step-form.ts';
import type { AccountDeps } from './deps.ts';
import type { Detail, ProfileFacts } from './profile.ts';

/** The field of each detail. */
export const fields = { ethnicity: 'ethnicity', address: 'address', 'social-history': 'socialHistory' } as const satisfies Readonly<
  Record<Detail, string>
>;
export const details: readonly Detail[] = ['ethnicity', 'address', 'social-history'];

/** Where a detail is saved. */
export function detailPath(detail: Detail): string {
  return `/account/${detail}`;
}

/** The row that is being changed, by the address of the page. */
export function editOf(
  { tokens, profile }: Pick<AccountDeps, 'tokens' | 'profile'>,
  ctx: AppContext,
  account: Account,
): ProfileFacts['edit'] {
  const detail = details.find((each) => each === ctx.query.edit && profile.account.changes.includes(each));
  if (!detail) return undefined;
  const action = detailPath(detail);
  const preset = { ethnicity: account.ethnicity ?? '', address: account.address ?? '', socialHistory: account.socialHistory ?? '' };
  return { detail, form: plainForm({ action, token: tokens.issue(ctx, action), values: {}, problems: [] }, [fields[detail]], preset) };
}
