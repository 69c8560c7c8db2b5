import type { Authenticated } from '../../../src/domain/authenticator/password.ts';
import type { AccountStore } from '../../../src/domain/person/account.ts';
import { requireMobile } from '../../../src/domain/person/register.ts';
import { Refused } from '../../../src/domain/refused.ts';
import type { CodeDesk } from '../../../src/http/code-desk.ts';
import { textFields } from '../../../src/http/form-schema.ts';
import type { LoginMethod } from '../../login-method.ts';

export interface SmsCodeDeps {
  readonly accounts: AccountStore;
  readonly codes: CodeDesk;
}

/**
 * 短信登录 – a one-time code sent to the mobile of the account (LOG-05).
 *
 * The code proves possession of the mobile and nothing else. Whether a number is registered must not be learnt here: an
 * unknown one gets a code that is stored but never sent, and fails like a wrong one.
 */
export function smsCodeLogin({ accounts, codes }: SmsCodeDeps): LoginMethod {
  return {
    name: 'sms-code',
    shape: 'form',
    amr: ['sms'],
    fields: ['mobile', 'code'],
    captcha: 'before-code',
    form: textFields(['mobile', 'code']),
    async code({ values }, { scope }) {
      const mobile = requireMobile(values.mobile ?? '');
      const account = await accounts.byIdentifier('mobile', mobile);
      return { purpose: 'login', scope, mobile, deliver: account !== undefined, holder: { accountId: account?.id } };
    },
    async authenticate({ values }, { scope }): Promise<Authenticated> {
      const mobile = requireMobile(values.mobile ?? '');
      const account = await accounts.byIdentifier('mobile', mobile);
      await codes.redeem({ purpose: 'login', scope, mobile }, values.code ?? '').catch((error: unknown) => {
        throw error instanceof Refused ? error.about(account?.id) : error;
      });
      if (!account) throw new Refused('otp.wrong', 'code');
      if (account.status !== 'active') throw new Refused('account.locked').about(account.id);
      return { accountId: account.id, writes: [] };
    },
  };
}
