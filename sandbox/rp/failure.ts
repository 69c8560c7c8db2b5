import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { TokenRefused } from './relying-party.ts';

/** What went wrong, in the protocol's words; the page says what it means. */
export interface Failure {
  /** Error of OAuth or OpenID Connect, or one of ours. */
  readonly error: string;
  readonly description: string | undefined;
  /** HTTP status of the page. */
  readonly status: number;
}

/** The sign-in was not begun in this browser, or its answer was used before. */
export const unknownRequest: Failure = { error: 'request_unknown', description: undefined, status: 400 };

/**
 * A failure that the person at the service can be told; undefined for a fault of our own.
 *
 * @param error - thrown by the relying party
 */
export function toFailure(error: unknown): Failure | undefined {
  // A proper answer of the platform, which this page passes on.
  if (error instanceof AuthorizationResponseError) {
    return { error: error.error, description: error.error_description, status: 200 };
  }
  if (error instanceof ResponseBodyError) {
    return { error: error.error, description: error.error_description, status: 400 };
  }
  if (error instanceof TokenRefused) return { error: `token_${error.problem}`, description: undefined, status: 403 };
  // The platform did not answer, or with something that is no answer of the protocol.
  if (error instanceof ClientError || error instanceof TypeError) {
    return { error: 'platform_unreachable', description: error.message, status: 502 };
  }
  return undefined;
}
