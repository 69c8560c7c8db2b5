import type { AppContext } from '../../src/http/app-context.ts';
import type { AccountDeps } from './deps.ts';
import { editOf } from './detail-form.ts';
import type { Owner } from './owner.ts';
import { overviewModel } from './overview.ts';
import type { ProfileFacts } from './profile.ts';

/** Where every session of the account ends. */
export const endScope = '/account/sessions/end';

/** @param editing - a detail whose form was refused, with what was typed */
export async function overviewPage(
  deps: AccountDeps,
  ctx: AppContext,
  owner: Owner,
  editing?: ProfileFacts['edit'],
  status = 200,
): Promise<void> {
  const now = deps.clock.now();
  const { account, sessionUid: currentUid } = owner;
  const [person, evidence, sessions] = await Promise.all([
    account.personId === undefined ? undefined : deps.persons.byId(account.personId),
    deps.evidence.ofAccount(account.id),
    deps.sessions.ofAccount(account.id, now),
  ]);
  const edit = editing ?? editOf(deps, ctx, account);
  const model = overviewModel(
    { locale: ctx.state.locale, words: deps.pages.words, profile: deps.profile },
    { account, person, evidence, sessions, currentUid, now, edit, saved: ctx.query.saved === '1' },
    { action: endScope, token: deps.tokens.issue(ctx, endScope) },
  );
  const user = { name: (model.profile.name ?? model.profile.mobile).text };
  await deps.pages.render(ctx, { view: 'account/overview', model, user, status });
}
