import type Router from '@koa/router';
import { maySeeRecoveryCodes, renewRecoveryCodes } from '../../../src/domain/authenticator/protection.ts';
import { secondsAfter } from '../../../src/domain/clock.ts';
import { Refused } from '../../../src/domain/refused.ts';
import type { AppContext, AppState } from '../../../src/http/app-context.ts';
import type { ActModel } from '../../../src/http/page-model.ts';
import { actForm } from '../../../src/http/step-form.ts';
import { onePage, type FormState, type Wizard, type NoDraft } from '../../../src/http/wizard.ts';
import { pageRoutes } from '../../../src/http/wizard-routes.ts';
import { actorOf, requireOwner, type Owner, type OwnerScene } from '../owner.ts';
import { provedOwner } from '../proof.ts';
import { securityPath, type SecurityDeps } from './change.ts';

/** 恢复码 – shown until the owner says that they are kept, ten minutes at most; afterwards only hashes of them are left. */

export const recoveryCodesPath = `${securityPath}/recovery-codes`;
const newPath = `${recoveryCodesPath}/new`;

export interface RecoveryCodesModel {
  readonly codes: readonly string[];
  readonly downloadHref: string;
  /** Says that they are kept. */
  readonly form: ActModel;
}

interface ShownScene extends OwnerScene {
  readonly codes: readonly string[];
}

const shownSeconds = 600;
const shownKey = ({ scope }: Owner) => `recovery-codes:${scope}`;

export function recoveryCodeRoutes(router: Router<AppState>, deps: SecurityDeps): void {
  pageRoutes(router, deps, { path: newPath, wizard: newCodes(deps) }, async (ctx) => {
    const owner = await provedOwner(deps, ctx, newPath);
    if (!owner) return undefined;
    if ((await deps.totps.standing(owner.account.id)) !== 'active') throw new Refused('page.not-found');
    return { id: owner.scope, base: newPath, scene: { ctx, owner } };
  });
  pageRoutes(router, deps, { path: recoveryCodesPath, wizard: shownCodes(deps) }, async (ctx) => {
    const owner = await requireOwner(deps, ctx);
    const codes = await codesToShow(deps, owner);
    return codes ? { id: owner.scope, base: recoveryCodesPath, scene: { ctx, owner, codes } } : { leaveTo: securityPath };
  });
  router.get(`${recoveryCodesPath}/codes.txt`, async (ctx) => download(deps, ctx));
}

function newCodes(deps: SecurityDeps): Wizard<NoDraft, OwnerScene> {
  return onePage('recovery-codes-new', {
    page: async (_, { owner }, state) => ({
      view: 'account/security/recovery-codes-new',
      model: { form: actForm(state) },
      user: owner.user,
    }),
    async submit(_form, _, { ctx, owner }) {
      await showOnce(deps, owner, await renewRecoveryCodes(deps, actorOf(ctx, owner)));
      return { leaveTo: recoveryCodesPath };
    },
  });
}

function shownCodes(deps: SecurityDeps): Wizard<NoDraft, ShownScene> {
  return onePage('recovery-codes', {
    page: async (_, { codes, owner }, state) => ({
      view: 'account/security/recovery-codes',
      model: recoveryCodesModel(codes, state),
      user: owner.user,
    }),
    actions: {
      kept: {
        async goesOn(_form, _, { owner }) {
          await deps.once.take(shownKey(owner), deps.clock.now());
          return { leaveTo: securityPath };
        },
      },
    },
  });
}

/** Puts codes that are committed where their page looks for them. */
export async function showOnce({ once, vault, clock }: SecurityDeps, owner: Owner, codes: readonly string[]): Promise<void> {
  const sealed = vault.sealFor('recovery-codes', JSON.stringify(codes)).toString('base64');
  await once.put(shownKey(owner), sealed, secondsAfter(clock.now(), shownSeconds));
}

/** Undefined when there is nothing to show any more. @throws Refused presence.required */
async function codesToShow(deps: SecurityDeps, owner: Owner): Promise<readonly string[] | undefined> {
  await maySeeRecoveryCodes(deps, owner);
  const sealed = await deps.once.get(shownKey(owner), deps.clock.now());
  return sealed === undefined ? undefined : (JSON.parse(deps.vault.openFor('recovery-codes', Buffer.from(sealed, 'base64'))) as string[]);
}

export function recoveryCodesModel(codes: readonly string[], state: FormState): RecoveryCodesModel {
  return { codes, downloadHref: `${recoveryCodesPath}/codes.txt`, form: actForm(state, 'kept') };
}

/** A text file, for browsers that run no scripts too. */
async function download(deps: SecurityDeps, ctx: AppContext): Promise<void> {
  const codes = await codesToShow(deps, await requireOwner(deps, ctx));
  if (!codes) throw new Refused('page.not-found');
  const title = deps.pages.words.text(ctx.state.locale, 'account.security.codes.file', { platform: deps.site.name });
  ctx.set('Cache-Control', 'no-store');
  ctx.attachment('recovery-codes.txt');
  ctx.type = 'text/plain; charset=utf-8';
  ctx.body = `${title}\n\n${codes.join('\n')}\n`;
}
