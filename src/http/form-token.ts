import { createHmac, randomBytes } from 'node:crypto';
import { Refused } from '../domain/refused.ts';
import type { Vault } from '../domain/vault.ts';
import type { AppContext } from './app-context.ts';
import { equal } from './cookies.ts';
import type { FormOwner } from './form-owner.ts';
import { isFromElsewhere } from './same-origin.ts';

/**
 * The hidden field `_form`: it says that the form is ours, made for this browser, this page, this revision of the draft
 * and, where somebody is signed in, for their session and account. A form that was opened as one person and sent as
 * another does nothing (docs/adr/0030). No two are the same: whoever shares the cookies of a browser cannot make up what it
 * was given, and so not what it sent (docs/adr/0039).
 */
export interface FormTokens {
  /**
   * @param scope - names the page: its address
   * @param revision - of the draft the page was made from
   */
  issue(ctx: AppContext, scope: string, revision?: number): string;
  /** What is to be thought of a form that came with this token. */
  judge(ctx: AppContext, scope: string, token: string | undefined): FormVerdict;
  /**
   * Whom a form was made for, by what is sealed in it: nobody but us can say that of anybody.
   *
   * @param token - as it came, from a form or by the script of its page
   */
  madeFor(token: string | undefined): FormOwner | undefined;
  /**
   * Before anything else is looked at: whether what was sent was made for another account than the one that is signed in.
   *
   * @throws Refused session.other
   */
  refuseOfAnother(ctx: AppContext, token: string | undefined): Promise<void>;
  /** The refusal of what belongs to another account than the one that is signed in now; it says whose it is, masked. */
  ofAnother(accountId: string): Promise<Refused>;
}

export type FormVerdict =
  | { readonly is: 'ours'; readonly revision: number }
  /** A page of somebody else made the browser send it: nothing in it is the person's. */
  | { readonly is: 'foreign' }
  /** Not made for this browser and page, or so long ago that the browser has forgotten. */
  | { readonly is: 'unknown' }
  /** Made for the account, in a session that has ended since. */
  | { readonly is: 'old' }
  | { readonly is: 'of-another'; readonly accountId: string };

export interface FormTokenDeps {
  /** Newest first: forms that are open survive a rotation. */
  readonly keys: readonly string[];
  readonly issuer: string;
  readonly vault: Pick<Vault, 'sealFor' | 'openFor'>;
  /** An account as its owner recognises it, masked. */
  readonly nameOf: (accountId: string) => Promise<string>;
}

/** Scope of the small forms that every page has (language, elder mode): they are about the browser, whoever is signed in. */
export const preferencesScope = '/preferences';

const purpose = 'form-owner';

export function createFormTokens({ keys, issuer, vault, nameOf }: FormTokenDeps): FormTokens {
  const [newest = ''] = keys;
  const { origin } = new URL(issuer);
  const mac = (key: string, ctx: AppContext, scope: string, front: string) =>
    createHmac('sha256', key).update(`form|${ctx.state.seed}|${scope}|${front}`).digest('base64url');
  const seal = (owner: FormOwner | undefined) => (owner ? vault.sealFor(purpose, JSON.stringify(owner)).toString('base64url') : '');
  const open = (sealed: string) => JSON.parse(vault.openFor(purpose, Buffer.from(sealed, 'base64url'))) as FormOwner;
  const ofAnother = async (accountId: string) => new Refused('session.other', undefined, { account: await nameOf(accountId) });
  const madeFor = (token = '') => {
    const { sealed = '' } = shape.exec(token)?.groups ?? {};
    return sealed === '' ? undefined : openedOrNot(() => open(sealed));
  };
  return {
    issue(ctx, scope, revision = 0) {
      const front = `${revision}.${randomBytes(nonceBytes).toString('base64url')}.${seal(ownerAt(ctx, scope))}`;
      return `${front}.${mac(newest, ctx, scope, front)}`;
    },
    judge(ctx, scope, token = '') {
      if (isFromElsewhere(ctx, origin)) return { is: 'foreign' };
      const { front = '', revision, sealed = '', signature = '' } = shape.exec(token)?.groups ?? {};
      if (!keys.some((key) => equal(signature, mac(key, ctx, scope, front)))) return { is: 'unknown' };
      const [made, here] = [sealed === '' ? undefined : open(sealed), ownerAt(ctx, scope)];
      if (made?.accountId !== here?.accountId) return made ? { is: 'of-another', accountId: made.accountId } : { is: 'unknown' };
      return made?.sessionUid === here?.sessionUid ? { is: 'ours', revision: Number(revision) } : { is: 'old' };
    },
    madeFor,
    async refuseOfAnother(ctx, token) {
      const made = madeFor(token);
      if (made && ctx.state.owner && made.accountId !== ctx.state.owner.accountId) throw await ofAnother(made.accountId);
    },
    ofAnother,
  };
}

const nonceBytes = 16;
const shape = /^(?<front>(?<revision>\d{1,9})\.[\w-]{22}\.(?<sealed>[\w-]*))\.(?<signature>[\w-]+)$/;

/** What was tampered with, or sealed under a key that is gone, says nothing. */
function openedOrNot<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

function ownerAt(ctx: AppContext, scope: string): FormOwner | undefined {
  return scope === preferencesScope ? undefined : ctx.state.owner;
}
