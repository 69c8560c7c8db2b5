import type Router from '@koa/router';
import { addPasskey, passkeyName, type ChallengeScope } from '../../../src/domain/authenticator/passkey.ts';
import { creationOptions } from '../../../src/domain/authenticator/passkey-options.ts';
import type { Passkey } from '../../../src/domain/authenticator/passkey-store.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import { Refused } from '../../../src/domain/refused.ts';
import { Conflict } from '../../../src/domain/unit-of-work.ts';
import type { AppContext, AppState } from '../../../src/http/app-context.ts';
import { fieldsOf, readForm } from '../../../src/http/form.ts';
import { checkForm, textFields } from '../../../src/http/form-schema.ts';
import type { FormModel, Locale } from '../../../src/http/page-model.ts';
import { showStep, submitStep, type FormState, type Wizard } from '../../../src/http/wizard.ts';
import { provedOwner } from '../fresh-proof.ts';
import type { Owner } from '../owner.ts';
import { commitChange, dayText, leaveWith, securityPath, type SecurityDeps } from './change.ts';

/** 通行密钥 – adding one, naming it, removing it. */

const base = `${securityPath}/passkeys`;
const addPath = `${base}/new`;

type NoDraft = Record<never, never>;

interface Scene {
  readonly ctx: AppContext;
  readonly owner: Owner;
}

interface PasskeyScene extends Scene {
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
  readonly remove: { readonly action: string; readonly token: string };
}

export function passkeyRoutes(router: Router<AppState>, deps: SecurityDeps): void {
  addRoutes(router, deps);
  const wizard = renameWizard(deps);
  const run = ({ owner, passkey }: PasskeyScene) => ({ id: owner.sessionUid, base: `${base}/${passkey.id}` });
  router.get(`${base}/:id`, async (ctx) => {
    const scene = await passkeyScene(deps, ctx, ctx.params.id);
    if (scene) await showStep(deps, wizard, run(scene), scene, ctx, 'name');
  });
  router.post(`${base}/:id/name`, async (ctx) => {
    const scene = await passkeyScene(deps, ctx, ctx.params.id);
    if (scene) await submitStep(deps, wizard, run(scene), scene, ctx, 'name');
  });
  router.post(`${base}/:id/remove`, async (ctx) => {
    const scene = await passkeyScene(deps, ctx, ctx.params.id);
    if (!scene) return;
    readForm(ctx, deps.tokens, removePath(scene.passkey.id));
    const { owner, passkey } = scene;
    await commitChange(deps, ctx, owner, 'passkey.removed', [{ write: 'passkey.remove', id: passkey.id, accountId: owner.account.id }]);
    ctx.status = 303;
    ctx.redirect(leaveWith('passkey-removed'));
  });
}

function addRoutes(router: Router<AppState>, deps: SecurityDeps): void {
  const wizard = addWizard(deps);
  const run = ({ owner }: Scene) => ({ id: owner.sessionUid, base });
  router.get(addPath, async (ctx) => {
    const owner = await provedOwner(deps, ctx, addPath);
    if (owner) await showStep(deps, wizard, run({ ctx, owner }), { ctx, owner }, ctx, 'new');
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
  router.post(addPath, async (ctx) => {
    const owner = await provedOwner(deps, ctx, addPath);
    if (owner) await submitStep(deps, wizard, run({ ctx, owner }), { ctx, owner }, ctx, 'new');
  });
}

const scopeOf = ({ sessionUid }: Owner): ChallengeScope => ({ purpose: 'add', scope: sessionUid });

function addWizard(deps: SecurityDeps): Wizard<NoDraft, Scene> {
  const schema = textFields(['passkeyName', 'credential']);
  return {
    name: 'account-passkey-new',
    draftless: true,
    empty: {},
    steps: [
      {
        path: 'new',
        when: () => true,
        done: () => false,
        async page(_, { ctx, owner }, state) {
          const preset = { passkeyName: deps.pages.words.text(ctx.state.locale, 'account.security.passkey.preset') };
          return {
            view: 'account/security/passkey-new',
            model: newPasskeyModel({ ...state, values: { ...preset, ...state.values } }),
            user: owner.user,
          };
        },
        async submit({ values }, _, { ctx, owner }) {
          checkForm(schema, values);
          const asked = { accountId: owner.account.id, credential: values.credential ?? '', name: values.passkeyName ?? '' };
          const write = await addPasskey(deps.passkeys, scopeOf(owner), asked);
          await commitChange(deps, ctx, owner, 'passkey.added', [write]).catch(refuseKnown);
          return { leaveTo: leaveWith('passkey-added') };
        },
      },
    ],
  };
}

function refuseKnown(error: unknown): never {
  throw error instanceof Conflict && error.rule === 'passkey' ? new Refused('passkey.known', 'credential') : error;
}

export function newPasskeyModel({ action, token, values, problems }: FormState): NewPasskeyModel {
  const form = {
    action,
    token,
    problems,
    fields: fieldsOf(['passkeyName', 'credential'], values, problems),
    captcha: undefined,
    code: undefined,
  };
  return { form, challenge: `${addPath}/challenge` };
}

/** The passkey of the owner who asks; one of somebody else is not there. */
async function passkeyScene(deps: SecurityDeps, ctx: AppContext, id = ''): Promise<PasskeyScene | undefined> {
  const owner = await provedOwner(deps, ctx, `${base}/${id}`);
  if (!owner) return undefined;
  const passkey = (await deps.passkeys.passkeys.ofAccount(owner.account.id)).find((each) => each.id === id);
  if (!passkey) throw new Refused('page.not-found');
  return { ctx, owner, passkey };
}

const removePath = (id: string) => `${base}/${id}/remove`;

function renameWizard(deps: SecurityDeps): Wizard<NoDraft, PasskeyScene> {
  const schema = textFields(['passkeyName']);
  return {
    name: 'account-passkey',
    draftless: true,
    empty: {},
    steps: [
      {
        path: 'name',
        when: () => true,
        done: () => false,
        async page(_, { ctx, owner, passkey }, state) {
          const remove = { action: removePath(passkey.id), token: deps.tokens.issue(ctx, removePath(passkey.id)) };
          return { view: 'account/security/passkey', model: passkeyModel(ctx.state.locale, passkey, state, remove), user: owner.user };
        },
        async submit({ values }, _, { ctx, owner, passkey }) {
          checkForm(schema, values);
          const { id, accountId } = passkey;
          const name = passkeyName(values.passkeyName ?? '');
          if (name === passkey.name) return { leaveTo: securityPath };
          await commitChange(deps, ctx, owner, 'passkey.renamed', [{ write: 'passkey.rename', id, accountId, name }]);
          return { leaveTo: leaveWith('passkey-renamed') };
        },
      },
    ],
  };
}

export function passkeyModel(locale: Locale, passkey: Passkey, state: FormState, remove: PasskeyModel['remove']): PasskeyModel {
  const { action, token, values, problems } = state;
  const fields = fieldsOf(['passkeyName'], { passkeyName: passkey.name, ...values }, problems);
  return { passkey: passkeyRow(locale, passkey), form: { action, token, fields, problems, captcha: undefined, code: undefined }, remove };
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
