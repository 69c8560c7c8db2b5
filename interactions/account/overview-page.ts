import { mayReadIdentity } from '../../src/domain/presence/strength.ts';
import type Router from '@koa/router';
import type { AppState } from '../../src/http/app-context.ts';
import type { Page } from '../../src/http/page.ts';
import { actForm } from '../../src/http/step-form.ts';
import { onePage, type FormState, type Wizard, type NoDraft } from '../../src/http/wizard.ts';
import { pageRoutes } from '../../src/http/wizard-routes.ts';
import { endOtherSessions } from '../../src/oidc/session-end.ts';
import type { AccountDeps } from './deps.ts';
import { editOf } from './detail-form.ts';
import { detailActions } from './details.ts';
import { requireOwner, type OwnerScene } from './owner.ts';
import { overviewModel } from './overview.ts';

/** The first page of the account centre, with what is done on it: details in their rows, and signing out everywhere. */

const overviewPath = '/account';

/** Ends every session of the account. */
const endAll = 'sessions/end';

export function overviewRoutes(router: Router<AppState>, deps: AccountDeps): void {
  pageRoutes(router, deps, { path: overviewPath, wizard: overviewWizard(deps) }, async (ctx) => {
    const owner = await requireOwner(deps, ctx);
    return { id: owner.scope, base: overviewPath, scene: { ctx, owner } };
  });
}

function overviewWizard(deps: AccountDeps): Wizard<NoDraft, OwnerScene> {
  return onePage('account', {
    page: (_, scene, state) => overviewPage(deps, scene, state),
    actions: {
      ...detailActions(deps),
      [endAll]: {
        async goesOn(_form, _, { ctx, owner }) {
          await endOtherSessions(deps, { accountId: owner.account.id, exceptUid: undefined, requestId: ctx.state.requestId });
          return { leaveTo: '/account/ended' };
        },
      },
    },
  });
}

async function overviewPage(deps: AccountDeps, { ctx, owner }: OwnerScene, state: FormState): Promise<Page> {
  const now = deps.clock.now();
  const { account, person, sessionUid: currentUid, user } = owner;
  const [evidence, sessions, factors] = await Promise.all([
    deps.evidence.ofAccount(account.id),
    deps.sessions.ofAccount(account.id, now),
    deps.sessions.factors(currentUid, now),
  ]);
  const model = overviewModel(
    { locale: ctx.state.locale, words: deps.pages.words, profile: deps.profile },
    {
      account,
      person,
      mayReadIdentity: mayReadIdentity(factors, now),
      evidence,
      sessions,
      currentUid,
      now,
      edit: editOf(deps, ctx, account, state),
      saved: ctx.query.saved === '1',
    },
    actForm(state.pressed === endAll ? state : { ...state, problems: [] }, endAll),
  );
  return { view: 'account/overview', model, user };
}
