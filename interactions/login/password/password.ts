import { signInWithPassword, type PasswordDeps } from '../../../src/domain/authenticator/password.ts';
import { textFields } from '../../../src/http/form-schema.ts';
import type { LoginMethod } from '../../login-method.ts';

/** 账号登录 – username, mobile or document number, and the password (LOG-01). */
export function passwordLogin(deps: PasswordDeps): LoginMethod {
  return {
    name: 'password',
    shape: 'form',
    amr: ['pwd'],
    fields: ['identifier', 'password'],
    captcha: 'with-form',
    form: textFields(['identifier', 'password']),
    authenticate: ({ values }, { address, identifiers, deviceOf }) =>
      signInWithPassword(deps, {
        identifier: values.identifier ?? '',
        password: values.password ?? '',
        accepted: identifiers,
        address,
        deviceOf,
      }),
  };
}
