import type Router from '@koa/router';
import type { AccountChangeDeps } from '../../../src/domain/person/account-changes.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import type { Act } from '../../../src/domain/presence/acts.ts';
import type { Actor } from '../../../src/domain/presence/carry-out.ts';
import { freshSeconds } from '../../../src/domain/presence/strength.ts';
import type { Profile } from '../../../src/domain/policy.ts';
import type { AppContext, AppState } from '../../../src/http/app-context.ts';
import type { SubmittedForm } from '../../../src/http/form.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import type { Page } from '../../../src/http/page.ts';
import { sendCode, toOwner } from '../../../src/http/step-form.ts';
import type { FormState, Wizard, WizardStep } from '../../../src/http/wizard.ts';
import { draftOf, forget } from '../../../src/http/wizard-draft.ts';
import { wizardRoutes } from '../../../src/http/wizard-routes.ts';
import { actorOf, requireOwner, type Owner } from '../owner.ts';
import { codeRequest, isProved, mobileAsked, mobileForm, proveMobile, standingOf, type PresenceDeps, type Standing } from '../presence.ts';
import { otherWays, type ProofModel } from '../proof.ts';
import { changeTabs } from '../tabs.ts';
import { frozenPath } from '../undo/paths.ts';
import { bar, doneModel, type ChangeName } from './pages.ts';

/**
 * 验证身份 → 修改 → 完成 – one wizard for every change of what somebody signs in with or is reached at (ACC-06 to
 * ACC-11). It begins with an SMS code to the bound mobile, unless one was redeemed in this session within ten minutes
 * (RN-11); another proof will not do, because whoever changes these takes the account. A session that proved nothing but
 * the mobile meets one field more where the account is a verified person's: the number of the document.
 */
export interface ChangeDeps extends PresenceDeps, AccountChangeDeps {
  readonly profile: Pick<Profile, 'account' | 'username' | 'password' | 'brand' | 'documents' | 'masking'>;
}

export interface ChangeScene {
  readonly ctx: AppContext;
  readonly owner: Owner;
  readonly standing: Standing;
  readonly actor: Actor;
}

/** What differs from one change to another. */
export interface Change {
  readonly name: ChangeName;
  readonly act: Act;
  page(scene: ChangeScene, form: FormState): Promise<Pick<Page, 'view' | 'model'>>;
  /** The button "send code", where the change proves a new recipient. */
  send?(form: SubmittedForm, scene: ChangeScene): Promise<object>;
  /** Commits the change; may throw Refused. */
  submit(form: SubmittedForm, scene: ChangeScene): Promise<void>;
}

interface ChangeDraft {
  /** Milliseconds. */
  readonly provedAt?: number;
  readonly changed?: true;
}

type Step = WizardStep<ChangeDraft, ChangeScene>;

export function changeRoutes(router: Router<AppState>, deps: ChangeDeps, change: Change): void {
  const wizard: Wizard<ChangeDraft, ChangeScene> = {
    name: `account-${change.name}`,
    empty: {},
    steps: [verifyStep(deps, change), changeStep(deps, change), doneStep(deps, change)],
  };
  const path = `/account/${change.name}`;
  const runOf = ({ scope }: Owner) => ({ wizard, id: scope, base: path });
  router.get(path, async (ctx, next) => {
    const run = runOf(await requireOwner(deps, ctx));
    // Who comes again after a change wants another one.
    if ((await draftOf(deps, run)).changed) await forget(deps, run);
    return next();
  });
  wizardRoutes(router, deps, path, async (ctx) => {
    const scene = await sceneOf(deps, ctx, change);
    if (scene.owner.account.frozen) return { leaveTo: frozenPath };
    return { ...runOf(scene.owner), scene };
  });
}

async function sceneOf(deps: ChangeDeps, ctx: AppContext, { act }: Change): Promise<ChangeScene> {
  const owner = await requireOwner(deps, ctx);
  return {
    ctx,
    owner,
    standing: await standingOf(deps, owner, act),
    actor: actorOf(ctx, owner),
  };
}

function verifyStep(deps: ChangeDeps, { name, act }: Change): Step {
  return {
    path: 'verify',
    when: (draft, scene) => !draft.changed && !proved(deps, draft, scene),
    done: (draft, scene) => proved(deps, draft, scene),
    async page(_, scene, state) {
      const { words } = deps.pages;
      const { locale } = scene.ctx.state;
      // Anew: the code may have been right where the number was not.
      const standing = await standingOf(deps, scene.owner, act);
      const say = (key: string) => words.text(locale, key);
      const model: ProofModel = {
        tabs: changeTabs(say, deps.profile, name),
        progress: bar(say, name, 0),
        way: 'sms-code',
        form: await mobileForm(deps, scene.ctx, state, standing),
        asked: mobileAsked(deps, standing),
        mobile: maskedModel(words, locale, mask.mobile(scene.owner.account.mobile)),
        // In place of the document number; the code is asked for in any case.
        others: standing.lacks.strength === undefined ? [] : await otherWays(deps, standing, `/account/${name}`, 'sms-code'),
      };
      return { view: 'account/proof', model, user: scene.owner.user };
    },
    actions: {
      'send-code': { stays: (form, _, { ctx, owner }) => sendCode(deps, ctx, form.captcha, toOwner(codeRequest(owner))) },
    },
    async submit(form, _, scene) {
      await proveMobile(deps, scene.ctx, form, scene.standing);
      return { learnt: { provedAt: deps.clock.now().getTime() } };
    },
  };
}

/** By what the session has proved, or has in this very request. */
function proved({ clock }: ChangeDeps, { provedAt }: ChangeDraft, { standing }: ChangeScene): boolean {
  return isProved(standing) || (provedAt !== undefined && clock.now().getTime() - provedAt <= freshSeconds * 1000);
}

function changeStep(deps: ChangeDeps, change: Change): Step {
  const { send } = change;
  return {
    path: 'new',
    once: true,
    when: (draft, scene) => !draft.changed && proved(deps, draft, scene),
    done: (draft) => draft.changed === true,
    page: async (_, scene, state) => ({ ...(await change.page(scene, state)), user: scene.owner.user }),
    ...(send && { actions: { 'send-code': { stays: (form, _, scene) => send(form, scene) } } }),
    async submit(form, _, scene) {
      await change.submit(form, scene);
      return { learnt: { changed: true } };
    },
  };
}

function doneStep({ pages, profile }: ChangeDeps, { name }: Change): Step {
  return {
    path: 'done',
    when: (draft) => draft.changed === true,
    done: () => false,
    async page(_, { ctx, owner }) {
      const { locale } = ctx.state;
      const model = doneModel({ locale, say: (key, params) => pages.words.text(locale, key, params) }, name, profile.brand.portal);
      return { view: 'layout/result', model, user: owner.user };
    },
  };
}
