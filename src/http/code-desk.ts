import { addressOf, issueOtp, redeemOtp, type OtpDeps, type OtpSubject, type Recipient } from '../domain/authenticator/otp.ts';
import { secondsAfter } from '../domain/clock.ts';
import { fold } from '../domain/folding.ts';
import { mask, type Masked } from '../domain/person/masking.ts';
import type { OnceStore } from '../domain/short-lived.ts';
import type { AppContext } from './app-context.ts';
import type { Devices } from './devices.ts';
import { Refused } from '../domain/refused.ts';
import { maskedModel } from './masked.ts';
import type { CodeModel, MaskedModel } from './page-model.ts';
import type { Words } from './words.ts';

/** Sends one-time codes for pages and remembers, per page, that one was sent and when the next may be. */
export interface CodeDesk {
  /**
   * May the page ask for a code now? Asked before the captcha, which the page does not show meanwhile.
   *
   * @throws Refused otp.cooldown
   */
  ready(where: CodePlace): Promise<void>;
  send(ctx: AppContext, request: CodeRequest & { readonly deliver: boolean }): Promise<{ cooldownSeconds: number; sentTo: MaskedModel }>;
  /** @throws Refused otp.wrong, otp.expired */
  redeem(request: CodeRequest, code: string): Promise<void>;
  /** Remembers that the code of this recipient was redeemed here, for when something else in the form is refused. */
  rememberProven(request: CodeRequest): Promise<void>;
  proven(request: CodeRequest): Promise<boolean>;
  model(ctx: AppContext, sendAction: string, where: CodePlace): Promise<CodeModel>;
}

/** The page that asks: an interaction or session, and what for. */
export type CodePlace = Pick<OtpSubject, 'purpose' | 'scope'>;

export type CodeRequest = OtpSubject & { readonly holder?: CodeHolder };

/** What is known here of whose recipient it is; absent: nothing, whoever asks is a stranger. */
export interface CodeHolder {
  /** The account that has it; undefined: none. */
  readonly accountId: string | undefined;
  /** Their own session asks. */
  readonly signedIn?: true;
  /** See `OtpRequest`. */
  readonly soughtBy?: string | undefined;
}

export interface CodeDeskDeps extends OtpDeps {
  readonly once: OnceStore;
  readonly words: Words;
  readonly devices: Devices;
  /** False lifts the limit per address (load tests). */
  readonly addressLimits: boolean;
}

/** A redeemed code counts for so long within the form it was redeemed in. */
const provenSeconds = 600;

interface Sent {
  readonly to: Recipient;
  readonly nextAt: number;
}

function masked(to: Recipient): Masked {
  return 'email' in to ? mask.email(to.email) : mask.mobile(to.mobile);
}

export function createCodeDesk(deps: CodeDeskDeps): CodeDesk {
  const { once, vault, clock, sms, words } = deps;
  const key = ({ purpose, scope }: CodePlace) => `code-sent:${purpose}:${scope}`;
  const provenKey = (request: CodeRequest) =>
    `code-proven:${request.purpose}:${vault.index('otp', `${request.scope}|${addressOf(request)}`).toString('base64url')}`;
  const lastSent = async (where: CodePlace): Promise<{ to: Recipient; cooldownSeconds: number } | undefined> => {
    const now = clock.now();
    const sealed = await once.get(key(where), now);
    if (sealed === undefined) return undefined;
    const { to, nextAt } = JSON.parse(vault.openFor('code-sent', Buffer.from(sealed, 'base64'))) as Sent;
    return { to, cooldownSeconds: Math.max(0, Math.ceil((nextAt - now.getTime()) / 1000)) };
  };
  return {
    async ready(where) {
      const { cooldownSeconds = 0 } = (await lastSent(where)) ?? {};
      if (cooldownSeconds > 0) throw new Refused('otp.cooldown', 'code', { seconds: cooldownSeconds }, cooldownSeconds);
    },
    async send(ctx, { deliver, holder, ...request }) {
      const known = holder?.accountId !== undefined && (holder.signedIn ?? deps.devices.knows(ctx, holder.accountId));
      const { cooldownSeconds } = await issueOtp(deps, {
        ...request,
        deliver,
        asker: known ? 'known' : 'stranger',
        // Whoever signed in to the account before knows whose recipient it is.
        soughtBy: known ? undefined : holder?.soughtBy,
        address: deps.addressLimits ? ctx.state.address : undefined,
        locale: ctx.state.locale,
        requestId: ctx.state.requestId,
      });
      const now = clock.now();
      const to: Recipient = 'email' in request ? { email: request.email } : { mobile: request.mobile };
      const sent: Sent = { to, nextAt: secondsAfter(now, cooldownSeconds).getTime() };
      const sealed = vault.sealFor('code-sent', JSON.stringify(sent)).toString('base64');
      await once.put(key(request), sealed, secondsAfter(now, sms.ttlSeconds));
      return { cooldownSeconds, sentTo: maskedModel(words, ctx.state.locale, masked(to)) };
    },
    rememberProven: (request) => once.put(provenKey(request), 'yes', secondsAfter(clock.now(), provenSeconds)),
    proven: async (request) => (await once.get(provenKey(request), clock.now())) !== undefined,
    redeem: (request, code) => redeemOtp(deps, request, fold('code', code)),
    async model(ctx, sendAction, where) {
      const sent = await lastSent(where);
      if (!sent) return { sendAction, cooldownSeconds: 0, sent: false, to: undefined };
      const to = maskedModel(words, ctx.state.locale, masked(sent.to));
      return { sendAction, cooldownSeconds: sent.cooldownSeconds, sent: true, to };
    },
  };
}
