import { beginning } from '../../src/domain/characters.ts';
import type { ParsedUrlQuery } from 'node:querystring';
import type { Acr } from '../../src/domain/assurance/ladder.ts';
import { isAcr } from '../../src/domain/assurance/level.ts';

/** What a page asks of the platform besides "who is this?". */
export interface Wish {
  readonly acr: Acr | undefined;
  /** The level is not just preferred: without it there is no answer. */
  readonly essential: boolean;
  readonly prompt: Prompt | undefined;
  readonly maxAgeSeconds: number | undefined;
  /** A refresh token, for which the platform always asks consent. */
  readonly offline: boolean;
  readonly loginHint: string | undefined;
}

const prompts = ['none', 'login', 'consent', 'create'] as const;
export type Prompt = (typeof prompts)[number];

/**
 * Reads the wish from a link to `login`: `acr_values`, `essential`, `prompt`, `max_age`, `offline`, and `login_hint`
 * of third-party-initiated login (OpenID Connect Core 4). What cannot be read is not wished for.
 */
export function readWish(query: ParsedUrlQuery): Wish {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : undefined);
  const acr = text('acr_values');
  const maxAge = text('max_age');
  const hint = text('login_hint');
  return {
    acr: isAcr(acr) ? acr : undefined,
    essential: text('essential') === 'true',
    prompt: prompts.find((prompt) => prompt === text('prompt')),
    maxAgeSeconds: maxAge !== undefined && /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : undefined,
    offline: text('offline') === 'true',
    loginHint: hint === undefined ? undefined : beginning(hint, 64),
  };
}

/**
 * The wish as parameters of an authorization request.
 *
 * @param scope - everything the service is registered for, space-separated
 */
export function wishParameters(wish: Wish, scope: string): Record<string, string> {
  const { acr, essential, prompt, maxAgeSeconds, offline, loginHint } = wish;
  const scopes = scope.split(' ').filter((name) => offline || name !== 'offline_access');
  const prompted = offline ? 'consent' : prompt;
  return {
    scope: scopes.join(' '),
    ...(acr === undefined ? {} : acrParameter(acr, essential)),
    ...(prompted === undefined ? {} : { prompt: prompted }),
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
  };
}

/** Only the `claims` parameter can insist on a level (OpenID Connect Core 5.5.1.1). */
function acrParameter(acr: Acr, essential: boolean): Record<string, string> {
  if (!essential) return { acr_values: acr };
  return { claims: JSON.stringify({ id_token: { acr: { essential: true, values: [acr] } } }) };
}
