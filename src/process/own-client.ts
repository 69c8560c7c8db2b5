import { ownRedirectPath } from '../../interactions/landing/landing.ts';
import { ownClientId, type ClientRecord } from '../domain/client.ts';

/** Our own pages as a client of our own provider (D15). */
export function ownClient(issuer: string): ClientRecord {
  return {
    client_id: ownClientId,
    client_name: 'Minxin',
    client_uri: `${issuer}/`,
    initiate_login_uri: `${issuer}/login`,
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    redirect_uris: [`${issuer}${ownRedirectPath}`],
    post_logout_redirect_uris: [],
    backchannel_logout_session_required: false,
    grant_types: ['authorization_code'],
    response_types: ['none'],
    scope: 'openid',
    require_auth_time: false,
    require_pushed_authorization_requests: false,
    id_token_signed_response_alg: 'ES256',
    first_party: true,
    principal: 'person',
    pkce_required: false,
    entitlements: [],
    subject_type: 'pairwise',
    assertion_audience: 'issuer',
    sandbox_only: false,
  };
}
