import type Router from '@koa/router';
import type { AppState } from '../../src/http/app-context.ts';
import { Refused } from '../../src/domain/refused.ts';
import { unbind } from '../../src/domain/upstream/bind.ts';
import type { Binding } from '../../src/domain/upstream/binding.ts';
import { dayText, momentText } from '../../src/http/moment.ts';
import type { ActModel } from '../../src/http/page-model.ts';
import { actForm } from '../../src/http/step-form.ts';
import { onePage, type FormState, type NoDraft, type Wizard } from '../../src/http/wizard.ts';
import { pageRoutes } from '../../src/http/wizard-routes.ts';
import type { AccountDeps } from './deps.ts';
import { actorOf, requireOwner, type OwnerScene } from './owner.ts';
import { provedOwner } from './proof.ts';
import { sayIn, type AccountScene } from './scene.ts';
import { tabsModel, type TabModel } from './tabs.ts';

/** 绑定查询 – accounts of third parties that sign in to this one: since when, last used, and the way to unbind them (BND-08). */

const base = '/account/bindings';

interface BindingRow {
  readonly provider: string;
  readonly label: string;
  readonly since: string;
  readonly used: string | undefined;
  readonly href: string;
}

export interface BindingsModel {
  readonly tabs: readonly TabModel[];
  readonly rows: readonly BindingRow[];
  /** Those that can be bound, in words; empty: none. */
  readonly offered: string;
  readonly done: boolean;
}

export interface BindingModel {
  readonly row: BindingRow;
  readonly remove: ActModel;
}

interface UnbindScene extends OwnerScene {
  readonly binding: Binding;
}

/** @param deps - `upstreams`: names of the methods of third parties that can be bound here */
export function bindingRoutes(router: Router<AppState>, deps: AccountDeps): void {
  router.get(base, async (ctx) => {
    const { account, user } = await requireOwner(deps, ctx);
    const bindings = await deps.bindings.ofAccount(account.id);
    const model = bindingsModel(sceneOf(deps, ctx), { bindings, offered: deps.upstreams, done: ctx.query.done === 'unbound' });
    await deps.pages.render(ctx, { view: 'account/bindings', model, user });
  });
  pageRoutes(router, deps, { path: `${base}/:provider`, wizard: unbindWizard(deps) }, async (ctx) => {
    const { provider = '' } = ctx.params;
    const owner = await provedOwner(deps, ctx, `${base}/${provider}`);
    if (!owner) return undefined;
    const binding = (await deps.bindings.ofAccount(owner.account.id)).find((each) => each.provider === provider);
    if (!binding) throw new Refused('page.not-found');
    return { id: owner.scope, base: `${base}/${provider}`, scene: { ctx, owner, binding } };
  });
}

function unbindWizard(deps: AccountDeps): Wizard<NoDraft, UnbindScene> {
  return onePage('account-binding', {
    async page(_, { ctx, owner, binding }, state) {
      return { view: 'account/binding', model: bindingModel(sceneOf(deps, ctx), binding, state), user: owner.user };
    },
    async submit(_form, _, { ctx, owner, binding }) {
      await unbind(deps, actorOf(ctx, owner), binding);
      return { leaveTo: `${base}?done=unbound` };
    },
  });
}

function sceneOf({ pages, profile }: AccountDeps, { state }: OwnerScene['ctx']): AccountScene {
  return { locale: state.locale, words: pages.words, profile };
}

export function bindingsModel(
  scene: AccountScene,
  {
    bindings,
    offered,
    done = false,
  }: { readonly bindings: readonly Binding[]; readonly offered: readonly string[]; readonly done?: boolean },
): BindingsModel {
  const say = sayIn(scene);
  const free = offered.filter((name) => !bindings.some(({ provider }) => provider === name));
  return {
    tabs: tabsModel(say, scene.profile, 'bindings'),
    rows: bindings.map((binding) => rowOf(scene, binding)),
    offered: free.map((name) => say(`login.${name}.name`)).join(say('account.bindings.and')),
    done,
  };
}

export function bindingModel(
  scene: AccountScene,
  binding: Binding,
  state: Pick<FormState, 'action' | 'token' | 'problems' | 'values'>,
): BindingModel {
  return { row: rowOf(scene, binding), remove: actForm(state) };
}

function rowOf(scene: AccountScene, { provider, createdAt, lastUsedAt }: Binding): BindingRow {
  return {
    provider,
    label: sayIn(scene)(`login.${provider}.name`),
    since: dayText(scene.locale, createdAt),
    used: lastUsedAt && momentText(scene.locale, lastUsedAt),
    href: `${base}/${provider}`,
  };
}
