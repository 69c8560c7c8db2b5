import type { PersonStore } from '../../src/domain/person/account.ts';
import { Refused } from '../../src/domain/refused.ts';
import { isHeld } from '../../src/domain/upstream/bind.ts';
import type { ActModel } from '../../src/http/page-model.ts';
import { actForm } from '../../src/http/step-form.ts';
import { onePage, type FormState, type NoDraft, type Wizard, type WizardDeps } from '../../src/http/wizard.ts';
import { pageRoutes } from '../../src/http/wizard-routes.ts';
import type { Say } from '../../src/http/words.ts';
import type { Journey } from '../journey.ts';
import { dropPending, keepPending, pendingOf, type PendingBinding, type PendingDeps } from '../pending-binding.ts';
import { visitOf, type Visit, type VisitDeps } from '../visit.ts';

/**
 * 绑定 – a third party knows them, and no account here is bound to it (docs/adr/0051): they sign in to theirs, or open one, and
 * it is bound in that very act. Nothing the third party says finds an account by itself.
 */
export interface BindJourneyDeps extends VisitDeps, WizardDeps, PendingDeps {
  readonly persons: PersonStore;
}

interface BindScene extends Visit {
  readonly pending: PendingBinding;
  /** An account here holds the person whom the third party has verified: they sign in to that one. */
  readonly held: boolean;
}

export interface BindModel {
  readonly label: string;
  readonly held: boolean;
  readonly existing: ActModel;
  readonly register: ActModel | undefined;
  readonly cancel: ActModel;
}

export function createBind(deps: BindJourneyDeps, providers: readonly string[]): Journey {
  return {
    name: 'bind',
    routes(router) {
      pageRoutes(router, deps, { path: '/interaction/:uid/bind', wizard: wizard(deps) }, async (ctx) => {
        const visit = await visitOf(deps, ctx);
        const pending = await pendingOf(deps, visit.uid);
        if (!pending || !providers.includes(pending.provider)) throw new Refused('bind.gone');
        const held = pending.identity !== undefined && (await isHeld(deps, pending.identity));
        return { id: visit.uid, base: `${visit.base}/bind`, scene: { ...visit, pending, held } };
      });
    },
  };
}

function wizard(deps: BindJourneyDeps): Wizard<NoDraft, BindScene> {
  const choose = async ({ uid, pending }: BindScene) => keepPending(deps, uid, { ...pending, chosen: true });
  return onePage('bind', {
    async page(_, scene, state) {
      const say: Say = (key, params) => deps.pages.words.text(scene.ctx.state.locale, key, params);
      return { view: 'bind/bind', model: bindModel(say, scene, state), service: scene.service };
    },
    async submit(_form, _, scene) {
      await choose(scene);
      return { leaveTo: `${scene.base}/login` };
    },
    actions: {
      register: {
        async goesOn(_form, _, scene) {
          if (scene.held) throw new Refused('bind.other-person');
          await choose(scene);
          return { leaveTo: `${scene.base}/register` };
        },
      },
      cancel: {
        async goesOn(_form, _, { uid, base }) {
          await dropPending(deps, uid);
          return { leaveTo: `${base}/login` };
        },
      },
    },
  });
}

export function bindModel(
  say: Say,
  { pending, held }: Pick<BindScene, 'held'> & { pending: { provider: string } },
  state: FormState,
): BindModel {
  return {
    label: say(`login.${pending.provider}.name`),
    held,
    existing: actForm(state),
    register: held ? undefined : actForm({ ...state, problems: [] }, 'register'),
    cancel: actForm({ ...state, problems: [] }, 'cancel'),
  };
}
