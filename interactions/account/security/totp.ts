import type Router from '@koa/router';
import { removeTotp, setUpTotp } from '../../../src/domain/authenticator/protection.ts';
import { base32, newTotpSecret, totpUri } from '../../../src/domain/authenticator/totp.ts';
import { secondsAfter } from '../../../src/domain/clock.ts';
import { mask } from '../../../src/domain/person/masking.ts';
import type { AppContext, AppState } from '../../../src/http/app-context.ts';
import { checkForm, textFields } from '../../../src/http/form-schema.ts';
import type { FormModel, QrModel } from '../../../src/http/page-model.ts';
import { qrModel } from '../../../src/http/qr.ts';
import { actForm, plainForm } from '../../../src/http/step-form.ts';
import { onePage, type FormState, type Wizard, type NoDraft } from '../../../src/http/wizard.ts';
import { pageRoutes } from '../../../src/http/wizard-routes.ts';
import { actorOf, type Owner } from '../owner.ts';
import { provedOwner } from '../proof.ts';
import { leaveWith, securityPath, type SecurityDeps } from './change.ts';
import { recoveryCodesPath, showOnce } from './recovery-codes.ts';

/** 验证器应用 – set up by a picture to scan or a text to type, confirmed by its first code. */

const setUpPath = `${securityPath}/totp`;
const removePath = `${setUpPath}/remove`;

interface Scene {
  readonly ctx: AppContext;
  readonly owner: Owner;
  /** Of the app that is being set up. */
  readonly secret: Buffer;
}

export interface TotpModel {
  readonly form: FormModel;
  readonly qr: QrModel;
  /** For whoever cannot scan. */
  readonly secret: string;
  readonly uri: string;
}

/** A QR code as one path of squares. */
export function totpRoutes(router: Router<AppState>, deps: SecurityDeps): void {
  pageRoutes(router, deps, { path: setUpPath, wizard: setUpWizard(deps) }, async (ctx) => {
    const scene = await setUpScene(deps, ctx);
    return scene && { id: scene.owner.scope, base: setUpPath, scene };
  });
  pageRoutes(router, deps, { path: removePath, wizard: removeWizard(deps) }, async (ctx) => {
    const owner = await provedOwner(deps, ctx, removePath);
    return owner && { id: owner.scope, base: removePath, scene: { ctx, owner } };
  });
}

/** Longer than a proof is good for: whoever has to prove themselves again finds what the app has scanned. */
const keptSeconds = 3600;
const secretKey = ({ scope }: Owner) => `totp-set-up:${scope}`;

/** The same secret for as long as somebody is at it: a reload must not make the app's entry worthless. */
async function setUpScene(deps: SecurityDeps, ctx: AppContext): Promise<Scene | undefined> {
  const owner = await provedOwner(deps, ctx, setUpPath);
  if (!owner) return undefined;
  const now = deps.clock.now();
  const sealed = await deps.once.get(secretKey(owner), now);
  if (sealed !== undefined)
    return { ctx, owner, secret: Buffer.from(deps.vault.openFor('totp-set-up', Buffer.from(sealed, 'base64')), 'base64') };
  const secret = newTotpSecret();
  const fresh = deps.vault.sealFor('totp-set-up', secret.toString('base64')).toString('base64');
  await deps.once.put(secretKey(owner), fresh, secondsAfter(now, keptSeconds));
  return { ctx, owner, secret };
}

function setUpWizard(deps: SecurityDeps): Wizard<NoDraft, Scene> {
  const schema = textFields(['totpCode']);
  return onePage('account-totp', {
    async page(_, { owner, secret }, state) {
      const uri = totpUri({ secret, platform: deps.site.name, account: mask.mobile(owner.account.mobile).text });
      return { view: 'account/security/totp', model: totpModel(secret, uri, state), user: owner.user };
    },
    async submit({ values }, _, { ctx, owner, secret }) {
      checkForm(schema, values);
      const codes = await setUpTotp(deps, actorOf(ctx, owner), { secret, code: values.totpCode ?? '' });
      await showOnce(deps, owner, codes);
      await deps.once.take(secretKey(owner), deps.clock.now());
      return { leaveTo: recoveryCodesPath };
    },
  });
}

function removeWizard(deps: SecurityDeps): Wizard<NoDraft, Omit<Scene, 'secret'>> {
  return onePage('account-totp-remove', {
    page: async (_, { owner }, state) => ({
      view: 'account/security/totp-remove',
      model: { form: actForm(state) },
      user: owner.user,
    }),
    async submit(_form, _, { ctx, owner }) {
      await removeTotp(deps, actorOf(ctx, owner));
      return { leaveTo: leaveWith('totp-removed') };
    },
  });
}

export function totpModel(secret: Buffer, uri: string, state: FormState): TotpModel {
  return {
    form: plainForm({ ...state, values: {} }, ['totpCode']),
    qr: qrModel(uri),
    secret: (base32(secret).match(/.{1,4}/g) ?? []).join(' '),
    uri,
  };
}
