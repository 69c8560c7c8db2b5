import type { AppContext } from './app-context.ts';

/** Bearer tokens as a resource server of ours takes and refuses them (RFC 6750, RFC 9470). */

const challenges = {
  /** No token was brought; nothing is said about any (RFC 6750 section 3.1). */
  missing: { status: 401, title: 'an access token is needed, in the Authorization header' },
  invalid_token: { status: 401, title: 'the access token is unknown, expired or revoked' },
  insufficient_scope: { status: 403, title: 'the access token is that of another client' },
  /** Whoever signed in has to do so again, within `max_age` seconds of it. */
  insufficient_user_authentication: { status: 401, title: 'the person has to sign in again' },
} as const;

export type ChallengeCode = keyof typeof challenges;

/** The token is not enough: what the client has to do about it. */
export class Challenge extends Error {
  readonly code: ChallengeCode;
  /** Seconds; how old the next sign-in may be. */
  readonly maxAge: number | undefined;

  constructor(code: ChallengeCode, maxAge?: number) {
    super(challenges[code].title);
    this.name = 'Challenge';
    this.code = code;
    this.maxAge = maxAge;
  }

  get status(): number {
    return challenges[this.code].status;
  }
}

/**
 * The token of a request. One in the address is none: addresses are written down by everybody they pass.
 *
 * @throws Challenge missing, invalid_token
 */
export function bearerOf(ctx: Pick<AppContext, 'get' | 'query'>): string {
  const header = ctx.get('Authorization');
  if (ctx.query['access_token'] !== undefined) throw new Challenge('invalid_token');
  if (header === '') throw new Challenge('missing');
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1];
  if (token === undefined) throw new Challenge('invalid_token');
  return token;
}

/** `WWW-Authenticate`. @param realm - the issuer, which signs people in */
export function challengeHeader({ code, message, maxAge }: Challenge, realm: string): string {
  return [
    `Bearer realm="${realm}"`,
    ...(code === 'missing' ? [] : [`error="${code}"`, `error_description="${message}"`]),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ].join(', ');
}
