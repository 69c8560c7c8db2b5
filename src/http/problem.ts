import { Refused, Unavailable, type RefusalCode } from '../domain/refused.ts';
import type { AppContext } from './app-context.ts';
import { Challenge, challengeHeader } from './bearer.ts';
import type { Locale } from './page-model.ts';
import type { Words } from './words.ts';

/** What an API of ours answers where it does not answer what was asked (RFC 9457). */
export interface Problem {
  readonly type: string;
  /** For the person, in their language; of mistakes of the program, for whoever writes it, in English. */
  readonly title: string;
  readonly status: number;
  /** One of src/domain/refused.ts, or the error of RFC 6750 or RFC 9470. */
  readonly code: string;
  /** Names the request in our log. */
  readonly instance: string;
  /** With `insufficient_user_authentication`: how old the next sign-in may be, in seconds. */
  readonly max_age?: number;
}

export interface ProblemDeps {
  readonly words: Words;
  readonly issuer: string;
  readonly failed: (ctx: AppContext, error: unknown) => void;
}

/** Mistakes that only whoever writes the program can mend. */
const mistakes: Readonly<Partial<Record<RefusalCode, string>>> = {
  'form.malformed': 'the body is not what the description of this API says',
  'form.too-large': 'the body is too large',
  'page.not-found': 'there is no such operation',
  'page.method': 'this operation is asked by another method',
};

const retryAfterSeconds = 5;

/** Answers with what went wrong. */
export function showProblem(deps: ProblemDeps, ctx: AppContext, locale: Locale, error: unknown): void {
  if (error instanceof Challenge) {
    ctx.set('WWW-Authenticate', challengeHeader(error, deps.issuer));
    const code = error.code === 'missing' ? 'invalid_token' : error.code;
    const maxAge = error.maxAge === undefined ? {} : { max_age: error.maxAge };
    return answer(ctx, { code, status: error.status, title: error.message, ...maxAge });
  }
  const refused = asRefused(deps, ctx, error);
  if (refused.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(refused.retryAfterSeconds));
  const { code, status, params } = refused;
  answer(ctx, { code, status, title: mistakes[code] ?? deps.words.text(locale, `refused.${code}`, params) });
}

function answer(ctx: AppContext, { code, ...said }: Pick<Problem, 'title' | 'status' | 'code' | 'max_age'>): void {
  const problem: Problem = { type: `urn:minxin:problem:${code}`, code, instance: `urn:minxin:request:${ctx.state.requestId}`, ...said };
  ctx.status = problem.status;
  ctx.body = problem;
  ctx.type = 'application/problem+json';
}

function asRefused({ failed }: ProblemDeps, ctx: AppContext, error: unknown): Refused {
  if (error instanceof Refused) return error;
  failed(ctx, error);
  const isAway = error instanceof Unavailable;
  return new Refused(isAway ? 'service.unavailable' : 'service.failed', undefined, {}, isAway ? retryAfterSeconds : undefined);
}
