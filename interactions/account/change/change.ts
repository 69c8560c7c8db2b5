import type Router from '@koa/router';
import { freshSeconds, provedLately } from '../../../src/domain/authenticator/fresh-proof.ts';
import type { AccountChangeDeps, Changer } from '../../../src/domain/person/account-changes.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import type { Profile } from '../../../src/domain/policy.ts';
import type { AppContext, AppState } from '../../../src/http/app-context.ts';
import type { CodeRequest } from '../../../src/http/code-desk.ts';
import type { SubmittedForm } from '../../../src/http/form.ts';
import { checkForm, textFields } from '../../../src/http/form-schema.ts';
import { maskedModel } from '../../../src/http/masked.ts';
import type { Page } from '../../../src/http/page.ts';
import { codeForm, sendCode, toOwner } from '../../../src/http/step-form.ts';
import type { FormState, Wizard, WizardStep } from '../../../src/http/wizard.ts';
import { draftOf, forget } from '../../../src/http/wizard-draft.ts';
import { wizardRoutes } from '../../../src/http/wizard-routes.ts';
import { rememberProof, type FreshProofDeps, type ProofModel } from '../fresh-proof.ts';
import { requireOwner, type Owner } from '../owner.ts';
import { bar, doneModel, type ChangeName } from './pages.ts';

/**
 * 验证身份 → 修改 → 完成 – one wizard for every change of what somebody signs in with or is reached at (ACC-06 to
 * ACC-11). It begins with an SMS code to the bound mobile, unless one was redeemed in this session within ten minutes
 * (RN-11); another proof will not do, because whoever changes these takes the account.
 */
export interface ChangeDeps extends FreshProofDeps, AccountChangeDeps {
  readonly profile: Pick<Profile, 'username' | 'password' | 'brand'>;
}

export interface ChangeScene {
  readonly ctx: AppContext;
  readonly owner: Owner;
  /** By an SMS code in this session, a moment ago. */
  readonly proved: boolean;
  readonly changer: Changer;
}

/** What differs from one change to another. */
export interface Change {
  readonly name: ChangeName;
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
  const runOf = ({ sessionUid }: Owner) => ({ wizard, id: sessionUid, base: path });
  router.get(path, async (ctx, next) => {
    const run = runOf(await requireOwner(deps, ctx));
    // Who comes again after a change wants another one.
    if ((await draftOf(deps, run)).changed) await forget(deps, run);
    return next();
  });
  wizardRoutes(router, deps, path, async (ctx) => {
    const scene = await sceneOf(deps, ctx);
    return { ...runOf(scene.owner), scene };
  });
}

const bySms: ReadonlySet<string> = new Set(['sms']);

async function sceneOf(deps: ChangeDeps, ctx: AppContext): Promise<ChangeScene> {
  const owner = await requireOwner(deps, ctx);
  const now = deps.clock.now();
  const { account, sessionUid } = owner;
  const { requestId, locale, address } = ctx.state;
  return {
    ctx,
    owner,
    proved: provedLately(await deps.sessions.factors(sessionUid, now), bySms, now),
    changer: {
      account,
      sessionUid,
      requestId,
      locale,
      address,
      device: deps.devices.idInSession(ctx, { accountId: account.id, uid: sessionUid }),
    },
  };
}

function verifyStep(deps: ChangeDeps, { name }: Change): Step {
  const schema = textFields(['code']);
  const request = ({ owner }: ChangeScene): CodeRequest => ({
    purpose: 'step-up',
    scope: owner.sessionUid,
    mobile: owner.account.mobile,
    holder: { accountId: owner.account.id, signedIn: true },
  });
  return {
    path: 'verify',
    when: (draft, scene) => !draft.changed && !proved(deps, draft, scene),
    done: (draft, scene) => proved(deps, draft, scene),
    async page(_, scene, state) {
      const { words } = deps.pages;
      const { locale } = scene.ctx.state;
      const model: ProofModel = {
        progress: bar((key) => words.text(locale, key), name, 0),
        way: 'sms-code',
        form: await codeForm(deps, scene.ctx, state, { where: request(scene) }),
        mobile: maskedModel(words, locale, mask.mobile(scene.owner.account.mobile)),
        otherHref: undefined,
      };
      return { view: 'account/proof', model, user: scene.owner.user };
    },
    actions: { 'send-code': { stays: (form, _, scene) => sendCode(deps, scene.ctx, form.captcha, toOwner(request(scene))) } },
    async submit(form, _, scene) {
      checkForm(schema, form.values);
      await deps.codes.redeem(request(scene), form.values.code ?? '');
      await rememberProof(deps, scene.ctx, scene.owner, 'sms');
      return { learnt: { provedAt: deps.clock.now().getTime() } };
    },
  };
}

function proved({ clock }: ChangeDeps, { provedAt }: ChangeDraft, scene: ChangeScene): boolean {
  return scene.proved || (provedAt !== undefined && clock.now().getTime() - provedAt <= freshSeconds * 1000);
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
