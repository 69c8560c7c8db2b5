import type { KoaContextWithOIDC } from 'oidc-provider';
import { secondsAfter, type Clock } from '../domain/clock.ts';
import type { OnceStore } from '../domain/short-lived.ts';
import type { Vault } from '../domain/vault.ts';
import { isEnded } from './library.ts';
import { tokenTtl } from './lifetimes.ts';
import { hashedId } from './state-adapter.ts';

/** What was answered, as far as a browser acts on it, and what tells who may have it again. Sessions are hashed. */
export interface Answer {
  /** The session that the browser sent. */
  readonly before: string;
  /** The session that it has had since; undefined where nobody is signed in by the answer. */
  readonly after: string | undefined;
  /** Hash of the secret that the browser brought (submission.ts). */
  readonly submission: string | undefined;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
}

export interface KeptAnswers {
  read(id: string): Promise<Answer | undefined>;
  keep(id: string, answer: Answer): Promise<void>;
}

const answerHeaders = ['Location', 'Set-Cookie', 'Content-Type', 'Content-Security-Policy', 'Cache-Control'];
const purpose = 'oidc:answer';

/** Sealed, for as long as a code can be redeemed. */
export function createKeptAnswers({
  once,
  vault,
  clock,
}: {
  readonly once: OnceStore;
  readonly vault: Vault;
  readonly clock: Clock;
}): KeptAnswers {
  return {
    async read(id) {
      const sealed = await once.get(id, clock.now());
      return sealed === undefined ? undefined : (JSON.parse(vault.openFor(purpose, Buffer.from(sealed, 'base64'))) as Answer);
    },
    async keep(id, answer) {
      const sealed = vault.sealFor(purpose, JSON.stringify(answer)).toString('base64');
      await once.put(id, sealed, secondsAfter(clock.now(), tokenTtl.authorizationCode));
    },
  };
}

/** What the library has answered to a request that brought this. */
export function answerOf(ctx: KoaContextWithOIDC, { before, submission }: Pick<Answer, 'before' | 'submission'>): Answer {
  const { session } = ctx.oidc;
  const headers = answerHeaders.flatMap((name): [string, string | string[]][] => {
    const value = ctx.res.getHeader(name);
    return value === undefined ? [] : [[name, typeof value === 'number' ? String(value) : value]];
  });
  return {
    before,
    submission,
    after: session?.accountId === undefined || isEnded(session) ? undefined : hashedId(session.jti),
    status: ctx.status,
    headers: Object.fromEntries(headers),
    body: ctx.body,
  };
}

export function repeat(ctx: KoaContextWithOIDC, { status, headers, body }: Answer): void {
  ctx.status = status;
  ctx.body = body;
  ctx.set({ ...headers });
}
