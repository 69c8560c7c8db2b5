import { setTimeout as sleep } from 'node:timers/promises';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { secondsAfter, type Clock } from '../domain/clock.ts';
import { Refused } from '../domain/refused.ts';
import type { DraftStore } from '../domain/short-lived.ts';
import type { Vault } from '../domain/vault.ts';
import type { AppContext, Next } from '../http/app-context.ts';
import { interactionAt, resumedAt, resumePath } from '../http/endpoints.ts';
import { hasUsedInteraction } from './library.ts';
import { tokenTtl } from './lifetimes.ts';
import { hashedId } from './state-adapter.ts';

/**
 * Coming back from an interaction happens once, and every answer to it is the same. The library uses
 * up the interaction and replaces the identifier of the session: whoever comes a second time – a double click, an
 * answer that the browser threw away – would stand there with an identifier that nobody knows any more.
 */
export interface ResumeDeps {
  readonly drafts: DraftStore;
  readonly vault: Vault;
  readonly clock: Clock;
}

export interface Resumes {
  /** The provider's part: answers once, and gives later callers of the same browser that answer. */
  answerOnce(provider: Provider): void;
  /** Our pages' part: a page of an interaction that was answered leads to the answer. */
  leadToAnswer(ctx: AppContext, next: Next): Promise<void>;
  /** Whether the interaction was answered within the last minute. */
  answered(uid: string): Promise<boolean>;
}

/** What was answered, as far as a browser acts on it. */
interface Answer {
  /** Hash of the session identifier that the browser sent: who sends another one has had an answer since. */
  readonly before: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
}

const answerHeaders = ['Location', 'Set-Cookie', 'Content-Type', 'Content-Security-Policy', 'Cache-Control'];

/** How long one answer may take to make. A process that died over it is not waited for any longer. */
const turnSeconds = 15;
const pollMs = 50;

const purpose = 'oidc:resume';

export function createResumes({ drafts, vault, clock }: ResumeDeps): Resumes {
  const idOf = (uid: string): string => `resume:${hashedId(uid)}`;
  /** Revision 1 is being made, revision 2 is the answer. */
  const begins = (id: string, now: Date) => drafts.put(id, 0, Buffer.alloc(0), secondsAfter(now, turnSeconds), now);
  const keeps = (id: string, answer: Answer, now: Date) =>
    drafts.put(id, 1, vault.sealFor(purpose, JSON.stringify(answer)), secondsAfter(now, tokenTtl.authorizationCode), now);
  const answerOf = async (id: string): Promise<Answer | undefined> => {
    const row = await drafts.get(id, clock.now());
    return row?.revision === 2 ? (JSON.parse(vault.openFor(purpose, row.sealed)) as Answer) : undefined;
  };

  const resume = async (id: string, before: string, ctx: KoaContextWithOIDC, next: Next): Promise<void> => {
    while (!(await begins(id, clock.now()))) {
      const answer = await answerOf(id);
      if (answer && answer.before !== before) return void (await next());
      if (answer) return repeat(ctx, answer);
      await sleep(pollMs);
    }
    let kept = false;
    try {
      await next();
      kept = isFinal(ctx) && (await keeps(id, { before, ...read(ctx) }, clock.now()));
    } finally {
      if (!kept) await drafts.destroy(id);
    }
  };

  return {
    answerOnce(provider) {
      provider.use((ctx: KoaContextWithOIDC, next: Next) => {
        const uid = resumedAt(ctx.path);
        const cookie = (type: 'resume' | 'session') => ctx.cookies.get(provider.cookieName(type), { signed: true });
        // The cookie says that it is the same browser; all others are refused by the library.
        const own = uid !== undefined && ctx.method === 'GET' && cookie('resume') === uid;
        return own ? resume(idOf(uid), hashedId(cookie('session') ?? ''), ctx, next) : next();
      });
    },
    async leadToAnswer(ctx, next) {
      try {
        await next();
      } catch (error) {
        const uid = interactionAt(ctx.path);
        const over = error instanceof Refused && error.code === 'interaction.expired' && uid !== undefined;
        // An answer that is still being made counts: the interaction is used up a moment before its answer is kept.
        if (!over || ctx.accepts(['html', 'json']) === 'json' || !(await drafts.get(idOf(uid), clock.now()))) throw error;
        // The library was to answer, and did not.
        ctx.respond = true;
        ctx.status = 303;
        ctx.redirect(resumePath(uid));
      }
    },
    answered: async (uid) => (await answerOf(idOf(uid))) !== undefined,
  };
}

/** Before the interaction is used up (somebody else is to be signed out first) and where we failed, the next one who comes is heard. */
function isFinal(ctx: KoaContextWithOIDC): boolean {
  return hasUsedInteraction(ctx) && ctx.status < 500;
}

function read(ctx: KoaContextWithOIDC): Omit<Answer, 'before'> {
  const headers = answerHeaders.flatMap((name): [string, string | string[]][] => {
    const value = ctx.res.getHeader(name);
    return value === undefined ? [] : [[name, typeof value === 'number' ? String(value) : value]];
  });
  return { status: ctx.status, headers: Object.fromEntries(headers), body: ctx.body };
}

function repeat(ctx: KoaContextWithOIDC, { status, headers, body }: Answer): void {
  ctx.status = status;
  ctx.body = body;
  ctx.set({ ...headers });
}
