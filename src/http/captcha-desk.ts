import {
  isForBrowser,
  issueCaptcha,
  passCaptcha,
  puzzleBits,
  requireCaptchaAnswer,
  shownAnswer,
  type CaptchaAnswer,
} from '../domain/authenticator/captcha.ts';
import type { Clock } from '../domain/clock.ts';
import type { CaptchaPolicy } from '../domain/policy.ts';
import type { CaptchaStore, QuotaRule, QuotaStore } from '../domain/short-lived.ts';
import type { Vault } from '../domain/vault.ts';
import type { AppContext } from './app-context.ts';
import { captchaPicture } from './captcha-picture.ts';
import { captchaIn } from './form.ts';
import type { CaptchaModel } from './page-model.ts';
import { selfOf } from './self.ts';

/** Hands out captchas to pages and decides whether a sign-in needs one. */
export interface CaptchaDesk {
  /** The challenge that came with the form and was not used up, with what was typed; else a fresh one. */
  model(ctx: AppContext): Promise<CaptchaModel>;
  /** Was anything answered? Uses nothing up. @throws Refused captcha.required */
  given(answer: CaptchaAnswer): void;
  /** @throws Refused captcha.required, captcha.wrong */
  pass(answer: CaptchaAnswer): Promise<void>;
  /** Does a password sign-in need a captcha now? By the profile: always, never, or after failures from here. */
  neededAtLogin(ctx: AppContext): Promise<boolean>;
  /** A sign-in failed from this address. */
  failedAtLogin(ctx: AppContext): Promise<void>;
  /** SVG of a challenge that is still unused. */
  picture(id: string): Promise<string | undefined>;
}

export interface CaptchaDeskDeps {
  readonly captchas: CaptchaStore;
  readonly quotas: QuotaStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly policy: CaptchaPolicy;
}

export const captchaPath = '/captcha';

export function createCaptchaDesk(deps: CaptchaDeskDeps): CaptchaDesk {
  const { captchas, quotas, vault, clock, policy } = deps;
  const failures = (ctx: AppContext): QuotaRule => ({
    key: `captcha:${vault.index('quota', ctx.state.address).toString('base64url')}`,
    limit: policy.failures,
    windowSeconds: 900,
  });
  return {
    async model(ctx) {
      const { seed } = ctx.state;
      const typed = captchaIn(ctx);
      const isUnused = typed.id !== undefined && isForBrowser(await captchas.read(typed.id, clock.now()), seed);
      const id = isUnused && typed.id !== undefined ? typed.id : (await issueCaptcha(deps, policy, seed)).id;
      return {
        id,
        answer: isUnused ? (typed.answer ?? '') : '',
        proof: isUnused ? (typed.proof ?? '') : '',
        image: `${captchaPath}/${id}.svg`,
        refresh: `${captchaPath}/new?return=${encodeURIComponent(selfOf(ctx))}`,
        length: policy.length,
        digits: policy.alphabet === 'digits',
        puzzle: { seed: id, bits: puzzleBits },
      };
    },
    given: requireCaptchaAnswer,
    pass: (answer) => passCaptcha(deps, answer),
    async neededAtLogin(ctx) {
      if (policy.login !== 'after-failures') return policy.login === 'always';
      const rule = failures(ctx);
      const taken = await quotas.take([rule], clock.now());
      if (!taken.ok) return true;
      await quotas.giveBack([rule], taken.ticket);
      return false;
    },
    async failedAtLogin(ctx) {
      if (policy.login === 'after-failures') await quotas.take([failures(ctx)], clock.now());
    },
    async picture(id) {
      const answer = await captchas.read(id, clock.now());
      return answer === undefined ? undefined : captchaPicture(shownAnswer(answer));
    },
  };
}
