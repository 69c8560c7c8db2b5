import { signInWithPasskey, type PasskeyDeps } from '../../../src/domain/authenticator/passkey.ts';
import { requestOptions, type PasskeySite } from '../../../src/domain/authenticator/passkey-options.ts';
import { textFields } from '../../../src/http/form-schema.ts';
import type { LoginMethod } from '../../login-method.ts';

export interface PasskeyLoginDeps {
  readonly passkeys: PasskeyDeps;
  readonly site: PasskeySite;
}

/** 通行密钥 – the browser finds the passkey, the authenticator asks for the person, nothing is typed (AST-14). */
export function passkeyLogin({ passkeys, site }: PasskeyLoginDeps): LoginMethod {
  return {
    name: 'passkey',
    shape: 'challenge',
    conditional: true,
    amr: [],
    fields: ['credential'],
    form: textFields(['credential']),
    challenge: ({ scope }) => requestOptions({ ...passkeys, site }, { purpose: 'sign-in', scope }),
    authenticate: ({ values }, { scope, requestId, locale, address }) =>
      signInWithPasskey(passkeys, { purpose: 'sign-in', scope, requestId, locale, address }, values.credential ?? ''),
  };
}
