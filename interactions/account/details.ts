import type Router from '@koa/router';
import { setAddress, setEthnicity, setSocialHistory, type DetailChanger } from '../../src/domain/person/account-details.ts';
import { FormRefused, Refused } from '../../src/domain/refused.ts';
import type { AppContext, AppState } from '../../src/http/app-context.ts';
import { problemsOf, readForm } from '../../src/http/form.ts';
import { checkForm, textFields } from '../../src/http/form-schema.ts';
import { plainForm } from '../../src/http/step-form.ts';
import type { AccountDeps } from './deps.ts';
import { detailPath, details, fields } from './detail-form.ts';
import { requireOwner } from './owner.ts';
import { overviewPage } from './overview-page.ts';
import type { Detail } from './profile.ts';

/** 修改 → 保存 in the row itself: ethnicity (ACC-12) and social history (DIS-19). */

const schemas = {
  ethnicity: textFields(['ethnicity'], []),
  address: textFields(['address'], []),
  'social-history': textFields(['socialHistory'], []),
};

export function detailRoutes(router: Router<AppState>, deps: AccountDeps): void {
  for (const detail of details) {
    if (!deps.profile.account.changes.includes(detail)) continue;
    router.post(detailPath(detail), async (ctx) => save(deps, ctx, detail));
  }
}

const set: Readonly<Record<Detail, (deps: AccountDeps, changer: DetailChanger, typed: string) => Promise<void>>> = {
  ethnicity: setEthnicity,
  address: (deps, changer, typed) => setAddress(deps, changer, typed, deps.profile.registration.address),
  'social-history': setSocialHistory,
};

async function save(deps: AccountDeps, ctx: AppContext, detail: Detail): Promise<void> {
  const owner = await requireOwner(deps, ctx);
  const { values } = readForm(ctx, deps.tokens, detailPath(detail));
  const changer = { account: owner.account, requestId: ctx.state.requestId };
  try {
    checkForm(schemas[detail], values);
    await set[detail](deps, changer, values[fields[detail]] ?? '');
  } catch (error) {
    if (!(error instanceof Refused || error instanceof FormRefused)) throw error;
    const problems = problemsOf(deps.pages.words, ctx.state.locale, error);
    const state = { action: detailPath(detail), token: deps.tokens.issue(ctx, detailPath(detail)), values, problems };
    // The answer is the overview, so what leads back to this page must lead there.
    ctx.path = '/account';
    return overviewPage(deps, ctx, owner, { detail, form: plainForm(state, [fields[detail]]) }, error.status);
  }
  ctx.status = 303;
  ctx.redirect('/account?saved=1');
}
