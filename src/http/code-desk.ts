import { issueOtp, redeemOtp, type OtpDeps } from '../domain/authenticator/otp.ts';
import { secondsAfter } from '../domain/clock.ts';
import { mask } from '../domain/person/masking.ts';
import type { OnceStore, OtpPurpose } from '../domain/short-lived.ts';
import type { AppContext } from './app-context.ts';
import { Refused } from '../domain/refused.ts';
import { maskedModel } from './masked.ts';
import type { CodeModel } from './page-model.ts';
import type { Words } from './words.ts';

/** Sends one-time codes for pages and remembers, per page, that one was sent and when the next may be. */
export interface CodeDesk {
  /**
   * May the page ask for a code now? Asked before the captcha, which the page does not show meanwhile.
   *
   * @throws Refused otp.cooldown
   */
  ready(where: Omit<CodeRequest, 'mobile'>): Promise<void>;
  send(ctx: AppContext, request: CodeRequest & { readonly deliver: boolean }): Promise<{ cooldownSeconds: number; sentTo: string }>;
  /** @throws Refused otp.wrong, otp.expired */
  redeem(request: CodeRequest, code: string): Promise<void>;
  /** Remembers that the code of this mobile was redeemed here, for when something else in the form is refused. */
  rememberProven(request: CodeRequest): Promise<void>;
  proven(request: CodeRequest): Promise<boolean>;
  model(ctx: AppContext, sendAction: string, where: Omit<CodeRequest, 'mobile'>): Promise<CodeModel>;
}

export interface CodeRequest {
  readonly purpose: OtpPurpose;
  /** Interaction or session the code belongs to. */
  readonly scope: string;
  readonly mobile: string;
}

export interface CodeDeskDeps extends OtpDeps {
  readonly once: OnceStore;
  readonly words: Words;
  /** False lifts the limit per address (load tests). */
  readonly addressLimits: boolean;
}

/** A redeemed code counts for so long within the form it was redeemed in. */
const provenSeconds = 600;

interface Sent {
  readonly mobile: string;
  readonly nextAt: number;
}

export function createCodeDesk(deps: CodeDeskDeps): CodeDesk {
  const { once, vault, clock, sms, words } = deps;
  const key = ({ purpose, scope }: Omit<CodeRequest, 'mobile'>) => `code-sent:${purpose}:${scope}`;
  const provenKey = ({ purpose, scope, mobile }: CodeRequest) =>
    `code-proven:${purpose}:${vault.index('otp', `${scope}|${mobile}`).toString('base64url')}`;
  const lastSent = async (where: Omit<CodeRequest, 'mobile'>): Promise<{ mobile: string; cooldownSeconds: number } | undefined> => {
    const now = clock.now();
    const sealed = await once.get(key(where), now);
    if (sealed === undefined) return undefined;
    const { mobile, nextAt } = JSON.parse(vault.openFor('code-sent', Buffer.from(sealed, 'base64'))) as Sent;
    return { mobile, cooldownSeconds: Math.max(0, Math.ceil((nextAt - now.getTime()) / 1000)) };
  };
  return {
    async ready(where) {
      const { cooldownSeconds = 0 } = (await lastSent(where)) ?? {};
      if (cooldownSeconds > 0) throw new Refused('otp.cooldown', 'code', { seconds: cooldownSeconds }, cooldownSeconds);
    },
    async send(ctx, { deliver, ...request }) {
      const { cooldownSeconds } = await issueOtp(deps, {
        ...request,
        deliver,
        address: deps.addressLimits ? ctx.state.address : undefined,
        locale: ctx.state.locale,
        requestId: ctx.state.requestId,
      });
      const now = clock.now();
      const sent: Sent = { mobile: request.mobile, nextAt: secondsAfter(now, cooldownSeconds).getTime() };
      const sealed = vault.sealFor('code-sent', JSON.stringify(sent)).toString('base64');
      await once.put(key(request), sealed, secondsAfter(now, sms.ttlSeconds));
      return { cooldownSeconds, sentTo: mask.mobile(request.mobile).text };
    },
    rememberProven: (request) =>
      once.put(provenKey(request), 'yes', secondsAfter(clock.now(), provenSeconds)),
    proven: async (request) => (await once.get(provenKey(request), clock.now())) !== undefined,
    redeem: (request, code) => redeemOtp(deps, request, code.normalize('NFKC').trim()),
    async model(ctx, sendAction, where) {
      const sent = await lastSent(where);
      if (!sent) return { sendAction, cooldownSeconds: 0, sent: false, to: undefined };
      const to = maskedModel(words, ctx.state.locale, mask.mobile(sent.mobile));
      return { sendAction, cooldownSeconds: sent.cooldownSeconds, sent: true, to };
    },
  };
}
