import type Router from '@koa/router';
import { maySeeRecoveryCodes, renewRecoveryCodes } from '../../../src/domain/authenticator/protection.ts';
import { secondsAfter } from '../../../src/domain/clock.ts';
import { Refused } from '../../../src/domain/refused.ts';
import type { AppContext, AppState } from '../../../src/http/app-context.ts';
import { readForm } from '../../../src/http/form.ts';
import { requireOwner, type Owner } from '../owner.ts';
import { provedOwner } from '../proof.ts';
import { actorOf, securityPath, type SecurityDeps } from './change.ts';

/** 恢复码 – shown until the owner says that they are kept, ten minutes at most; afterwards only hashes of them are left. */

export const recoveryCodesPath = `${securityPath}/recovery-codes`;
const newPath = `${recoveryCodesPath}/new`;
const keptPath = `${recoveryCodesPath}/kept`;

export interface RecoveryCodesModel {
  readonly codes: readonly string[];
  readonly downloadHref: string;
  readonly kept: { readonly action: string; readonly token: string };
}

const shownSeconds = 600;
const shownKey = ({ sessionUid }: Owner) => `recovery-codes:${sessionUid}`;

export function recoveryCodeRoutes(router: Router<AppState>, deps: SecurityDeps): void {
  router.get(newPath, async (ctx) => {
    const owner = await provedOwner(deps, ctx, newPath);
    if (!owner) return;
    if ((await deps.totps.standing(owner.account.id)) !== 'active') throw new Refused('page.not-found');
    const model = { action: newPath, token: deps.tokens.issue(ctx, newPath) };
    await deps.pages.render(ctx, { view: 'account/security/recovery-codes-new', model, user: owner.user });
  });
  router.post(newPath, async (ctx) => {
    const owner = await provedOwner(deps, ctx, newPath);
    if (!owner) return;
    readForm(ctx, deps.tokens, newPath);
    if ((await deps.totps.standing(owner.account.id)) !== 'active') throw new Refused('page.not-found');
    const codes = await renewRecoveryCodes(deps, actorOf(ctx, owner));
    await showOnce(deps, owner, codes);
    ctx.status = 303;
    ctx.redirect(recoveryCodesPath);
  });
  router.get(recoveryCodesPath, async (ctx) => show(deps, ctx));
  router.get(`${recoveryCodesPath}/codes.txt`, async (ctx) => download(deps, ctx));
  router.post(keptPath, async (ctx) => {
    const owner = await requireOwner(deps, ctx);
    readForm(ctx, deps.tokens, keptPath);
    await deps.once.take(shownKey(owner), deps.clock.now());
    ctx.status = 303;
    ctx.redirect(securityPath);
  });
}

/** Puts codes that are committed where their page looks for them. */
export async function showOnce({ once, vault, clock }: SecurityDeps, owner: Owner, codes: readonly string[]): Promise<void> {
  const sealed = vault.sealFor('recovery-codes', JSON.stringify(codes)).toString('base64');
  await once.put(shownKey(owner), sealed, secondsAfter(clock.now(), shownSeconds));
}

/** Undefined when there is nothing to show any more. @throws Refused presence.required */
async function shownCodes(deps: SecurityDeps, owner: Owner): Promise<readonly string[] | undefined> {
  await maySeeRecoveryCodes(deps, owner);
  const sealed = await deps.once.get(shownKey(owner), deps.clock.now());
  return sealed === undefined ? undefined : (JSON.parse(deps.vault.openFor('recovery-codes', Buffer.from(sealed, 'base64'))) as string[]);
}

async function show(deps: SecurityDeps, ctx: AppContext): Promise<void> {
  const owner = await requireOwner(deps, ctx);
  const codes = await shownCodes(deps, owner);
  if (!codes) {
    ctx.status = 303;
    return ctx.redirect(securityPath);
  }
  const model = recoveryCodesModel(codes, deps.tokens.issue(ctx, keptPath));
  await deps.pages.render(ctx, { view: 'account/security/recovery-codes', model, user: owner.user });
}

export function recoveryCodesModel(codes: readonly string[], token: string): RecoveryCodesModel {
  return { codes, downloadHref: `${recoveryCodesPath}/codes.txt`, kept: { action: keptPath, token } };
}

/** A text file, for browsers that run no scripts too. */
async function download(deps: SecurityDeps, ctx: AppContext): Promise<void> {
  const codes = await shownCodes(deps, await requireOwner(deps, ctx));
  if (!codes) throw new Refused('page.not-found');
  const title = deps.pages.words.text(ctx.state.locale, 'account.security.codes.file', { platform: deps.site.name });
  ctx.set('Cache-Control', 'no-store');
  ctx.attachment('recovery-codes.txt');
  ctx.type = 'text/plain; charset=utf-8';
  ctx.body = `${title}\n\n${codes.join('\n')}\n`;
}
