import type Router from '@koa/router';
import type { ChallengeScope } from '../../../src/domain/authenticator/passkey.ts';
import { creationOptions } from '../../../src/domain/authenticator/passkey-options.ts';
import type { Passkey } from '../../../src/domain/authenticator/passkey-store.ts';
import { addPasskey, removePasskey, renamePasskey } from '../../../src/domain/authenticator/protection.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import { Refused } from '../../../src/domain/refused.ts';
import type { AppContext, AppState } from '../../../src/http/app-context.ts';
import { checkForm, textFields } from '../../../src/http/form-schema.ts';
import type { ActModel, FormModel, Locale } from '../../../src/http/page-model.ts';
import { actForm, plainForm } from '../../../src/http/step-form.ts';
import { onePage, type FormState, type Wizard, type NoDraft } from '../../../src/http/wizard.ts';
import { pageRoutes } from '../../../src/http/wizard-routes.ts';
import { dayText } from '../../../src/http/moment.ts';
import { actorOf, type Owner, type OwnerScene } from '../owner.ts';
import { provedOwner } from '../proof.ts';
import { leaveWith, securityPath, type SecurityDeps } from './change.ts';

/** 通行密钥 – adding one, naming it, removing it. */

const base = `${securityPath}/passkeys`;
const addPath = `${base}/new`;

interface PasskeyScene extends OwnerScene {
  readonly passkey: Passkey;
}

export interface NewPasskeyModel {
  readonly form: FormModel;
  readonly challenge: string;
}

export interface PasskeyRow {
  readonly name: string;
  readonly synced: boolean;
  readonly createdAt: string;
  readonly lastUsedAt: string | undefined;
  readonly href: string;
}

export interface PasskeyModel {
  readonly passkey: PasskeyRow;
  readonly form: FormModel;
  readonly remove: ActModel;
}

export function passkeyRoutes(router: Router<AppState>, deps: SecurityDeps): void {
  addRoutes(router, deps);
  pageRoutes(router, deps, { path: `${base}/:id`, wizard: passkeyWizard(deps) }, async (ctx) => {
    const scene = await passkeyScene(deps, ctx, ctx.params.id);
    return scene && { id: scene.owner.scope, base: `${base}/${scene.passkey.id}`, scene };
  });
}

function addRoutes(router: Router<AppState>, deps: SecurityDeps): void {
  pageRoutes(router, deps, { path: addPath, wizard: addWizard(deps) }, async (ctx) => {
    const owner = await provedOwner(deps, ctx, addPath);
    return owner && { id: owner.scope, base: addPath, scene: { ctx, owner } };
  });
  router.get(`${addPath}/challenge`, async (ctx) => {
    const owner = await provedOwner(deps, ctx, addPath);
    if (!owner) return;
    const { account } = owner;
    const passkeys = await deps.passkeys.passkeys.ofAccount(account.id);
    ctx.set('Cache-Control', 'no-store');
    ctx.body = await creationOptions({ ...deps.passkeys, site: deps.site }, scopeOf(owner), {
      accountId: account.id,
      label: mask.mobile(account.mobile).text,
      passkeys,
    });
  });
}

const scopeOf = ({ scope }: Owner): ChallengeScope => ({ purpose: 'add', scope });

function addWizard(deps: SecurityDeps): Wizard<NoDraft, OwnerScene> {
  const schema = textFields(['passkeyName', 'credential']);
  return onePage('account-passkey-new', {
    async page(_, { ctx, owner }, state) {
      const preset = { passkeyName: deps.pages.words.text(ctx.state.locale, 'account.security.passkey.preset') };
      return {
        view: 'account/security/passkey-new',
        model: newPasskeyModel(state, preset),
        user: owner.user,
      };
    },
    async submit({ values }, _, { ctx, owner }) {
      checkForm(schema, values);
      const typed = { credential: values.credential ?? '', name: values.passkeyName ?? '' };
      await addPasskey(deps, actorOf(ctx, owner), scopeOf(owner), typed);
      return { leaveTo: leaveWith('passkey-added') };
    },
  });
}

export function newPasskeyModel(state: FormState, preset: { readonly passkeyName: string }): NewPasskeyModel {
  return { form: plainForm(state, ['passkeyName', 'credential'], preset), challenge: `${addPath}/challenge` };
}

/** The passkey of the owner who asks; one of somebody else is not there. */
async function passkeyScene(deps: SecurityDeps, ctx: AppContext, id = ''): Promise<PasskeyScene | undefined> {
  const owner = await provedOwner(deps, ctx, `${base}/${id}`);
  if (!owner) return undefined;
  const passkey = (await deps.passkeys.passkeys.ofAccount(owner.account.id)).find((each) => each.id === id);
  if (!passkey) throw new Refused('page.not-found');
  return { ctx, owner, passkey };
}

function passkeyWizard(deps: SecurityDeps): Wizard<NoDraft, PasskeyScene> {
  const schema = textFields(['passkeyName']);
  return onePage('account-passkey', {
    async page(_, { ctx, owner, passkey }, state) {
      return { view: 'account/security/passkey', model: passkeyModel(ctx.state.locale, passkey, state), user: owner.user };
    },
    async submit({ values }, _, { ctx, owner, passkey }) {
      checkForm(schema, values);
      const isNew = await renamePasskey(deps, actorOf(ctx, owner), passkey, values.passkeyName ?? '');
      return { leaveTo: isNew ? leaveWith('passkey-renamed') : securityPath };
    },
    actions: {
      remove: {
        async goesOn(_form, _, { ctx, owner, passkey }) {
          await removePasskey(deps, actorOf(ctx, owner), passkey);
          return { leaveTo: leaveWith('passkey-removed') };
        },
      },
    },
  });
}

export function passkeyModel(locale: Locale, passkey: Passkey, state: FormState): PasskeyModel {
  const remove = actForm({ ...state, problems: [] }, 'remove');
  const form = plainForm(state, ['passkeyName'], { passkeyName: passkey.name });
  return { passkey: passkeyRow(locale, passkey), form, remove };
}

export function passkeyRow(locale: Locale, { id, name, synced, createdAt, lastUsedAt }: Passkey): PasskeyRow {
  return {
    name,
    synced,
    createdAt: dayText(locale, createdAt),
    lastUsedAt: lastUsedAt && dayText(locale, lastUsedAt),
    href: `${securityPath}/passkeys/${id}`,
  };
}
