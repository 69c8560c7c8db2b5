import type { Clock } from '../domain/clock.ts';
import type { TurnStore } from '../domain/short-lived.ts';
import type { Vault } from '../domain/vault.ts';
import type { AppContext, Next } from '../http/app-context.ts';
import { equal, type CookieJar } from '../http/cookies.ts';
import { resumePath } from '../http/endpoints.ts';
import { inTurn } from '../http/turn.ts';
import { tokenTtl } from './lifetimes.ts';
import { hashedId } from './state-adapter.ts';

/**
 * Whose the answer of an interaction is. Its cookies are no proof: whoever began it in a browser of their own can put them
 * into somebody else's. So the browser that submitted what ended it, and no other, is given a secret for the way back, and
 * the interaction keeps the hash. The secret is a keyed hash of the submission itself: the very same one again, as a double
 * click sends it, makes the same secret, and nothing else does (docs/adr/0039).
 */
export interface Submissions {
  /**
   * Gives the browser of this request the secret of what it submitted.
   *
   * @returns what the interaction is to keep of it
   */
  handOver(ctx: AppContext, uid: string): string;
  /** Takes the secret away again. */
  takeBack(ctx: AppContext, uid: string): void;
  /** Whether this request is the very submission of which that was kept. */
  isAgain(ctx: AppContext, uid: string, kept: unknown): boolean;
  /** The secret that the browser brings to the way back, as it would be kept. */
  brought(ctx: AppContext): string | undefined;
  /** The same submission twice at once: the second waits for the first, and finds what came of it. */
  oneByOne(ctx: AppContext, next: Next): Promise<void>;
}

export interface SubmissionDeps {
  readonly vault: Pick<Vault, 'index'>;
  readonly cookies: CookieJar;
  readonly turns: TurnStore;
  readonly clock: Clock;
}

/** The interaction has been answered, by what is being submitted just now: nothing is to be done again. */
export class AnsweredAlready extends Error {}

export function createSubmissions({ vault, cookies, turns, clock }: SubmissionDeps): Submissions {
  const secretOf = (ctx: AppContext, uid: string): string => {
    const [path] = ctx.originalUrl.split('?');
    const fields = Object.entries(fieldsOf(ctx)).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return vault.index('submission', JSON.stringify([uid, ctx.state.seed, ctx.method, path, fields])).toString('base64url');
  };
  return {
    handOver(ctx, uid) {
      const secret = secretOf(ctx, uid);
      cookies.setAt(ctx, 'submission', { value: secret, path: resumePath(uid), maxAgeSeconds: tokenTtl.interaction });
      return hashedId(secret);
    },
    takeBack(ctx, uid) {
      cookies.setAt(ctx, 'submission', { value: undefined, path: resumePath(uid), maxAgeSeconds: 0 });
    },
    isAgain: (ctx, uid, kept) => isSame(hashedId(secretOf(ctx, uid)), kept),
    brought(ctx) {
      const secret = cookies.get(ctx, 'submission');
      return secret === undefined ? undefined : hashedId(secret);
    },
    async oneByOne(ctx, next) {
      if (ctx.method !== 'POST') return void (await next());
      await inTurn({ turns, clock }, `submission:${hashedId(secretOf(ctx, ''))}`, async () => void (await next()));
    },
  };
}

/** Whether two hashes are the same; what is missing is the same as nothing. */
export function isSame(a: string | undefined, b: unknown): boolean {
  return a !== undefined && typeof b === 'string' && equal(a, b);
}

/** The form as it came, token included. */
function fieldsOf(ctx: AppContext): Readonly<Record<string, unknown>> {
  return (ctx.request as { body?: Record<string, unknown> }).body ?? {};
}
