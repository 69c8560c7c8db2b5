import type { Interaction, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Clock } from '../domain/clock.ts';
import { Refused, Unavailable } from '../domain/refused.ts';
import type { OnceStore, TurnStore } from '../domain/short-lived.ts';
import type { Vault } from '../domain/vault.ts';
import type { AppContext, Next } from '../http/app-context.ts';
import { endpoints, interactionAt, resumedAt, resumePath } from '../http/endpoints.ts';
import { inTurn } from '../http/turn.ts';
import { appContextOf } from './app-contexts.ts';
import { answerOf, createKeptAnswers, repeat, type Answer, type KeptAnswers } from './kept-answers.ts';
import { hasUsedInteraction } from './library.ts';
import { hashedId } from './state-adapter.ts';
import { AnsweredAlready, isSame, type Submissions } from './submission.ts';

/**
 * Coming back from an interaction happens once, for the browser that ended it. The library uses up the interaction and
 * replaces the identifier of the session: whoever comes a second time – a double click, an answer that the browser threw
 * away – would stand there with an identifier that nobody knows any more, so they get the first answer again. It is had
 * by the very same submission from the session of before, and by nobody else, whatever cookies they hold (docs/adr/0039).
 * Signing out is answered in the same way.
 */
export interface ResumeDeps {
  readonly once: OnceStore;
  readonly turns: TurnStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly submissions: Submissions;
  /** Says that it is worth another try: somebody else is at it and does not end, or a store is away. */
  readonly busy: (ctx: KoaContextWithOIDC, refused: Refused) => Promise<void>;
}

export interface Resumes {
  /** The provider's part: answers once, and gives that answer again to whom it belongs. */
  answerOnce(provider: Provider): void;
  /** Whether the request may have the answer of an interaction; asked by the library whenever it resumes one. */
  mayResume(ctx: KoaContextWithOIDC, interaction: Interaction): boolean;
  /** Our pages' part: what was submitted already, and a page of an interaction that is over, lead to the answer. */
  leadToAnswer(ctx: AppContext, next: Next): Promise<void>;
  /** Whether the interaction was answered within the last minute. */
  answered(uid: string): Promise<boolean>;
}

/** After which a store that was away may be back. */
const comeBackSeconds = 5;

const idOf = (uid: string): string => `resume:${hashedId(uid)}`;
const signOutIdOf = ({ xsrf, logout }: Readonly<Record<string, unknown>>): string => `sign-out:${hashedId(JSON.stringify([xsrf, logout]))}`;

export function createResumes(deps: ResumeDeps): Resumes {
  const { submissions } = deps;
  const kept = createKeptAnswers(deps);
  return {
    answerOnce(provider) {
      const steps = { resume: answersResume(deps, kept, provider), signOut: answersSignOut(deps, kept, provider) };
      provider.use(async (ctx: KoaContextWithOIDC, next: Next) => {
        const { method, path } = ctx;
        const step = method === 'GET' && resumedAt(path) ? 'resume' : method === 'POST' && path === signOutPath ? 'signOut' : undefined;
        if (step === undefined) return void (await next());
        await steps[step](ctx, next).catch(async (error: unknown) => {
          if (!(error instanceof Refused || error instanceof Unavailable)) throw error;
          await deps.busy(ctx, error instanceof Refused ? error : new Refused('service.unavailable', undefined, {}, comeBackSeconds));
        });
      });
    },
    // A request that the library takes for the way back and we do not (another method, capital letters) has no answer either.
    mayResume: (ctx, { uid, result }) =>
      ctx.method === 'GET' && resumedAt(ctx.path) === uid && isSame(submissions.brought(appContextOf(ctx)), result?.submission),
    leadToAnswer: leadsToAnswer(deps, kept),
    answered: async (uid) => (await kept.read(idOf(uid))) !== undefined,
  };
}

const signOutPath = endpoints.end_session_confirm.path;

const noSession = hashedId('');

/** Hash of the session that the browser sends. */
function sessionSent(ctx: KoaContextWithOIDC, provider: Provider): string {
  return hashedId(ctx.cookies.get(provider.cookieName('session'), { signed: true }) ?? '');
}

type Step = (ctx: KoaContextWithOIDC, next: Next) => Promise<void>;

function answersResume({ turns, clock, submissions }: ResumeDeps, kept: KeptAnswers, provider: Provider): Step {
  return async (ctx, next) => {
    const uid = resumedAt(ctx.path) ?? '';
    const app = appContextOf(ctx);
    const [session, brought] = [sessionSent(ctx, provider), submissions.brought(app)];
    // Without the secret of a submission there is no answer, so nobody is to wait for one.
    if (brought === undefined) return void (await next());
    await inTurn({ turns, clock }, idOf(uid), async () => {
      const answer = await kept.read(idOf(uid));
      // Whoever has the session that the answer made has had it: they are told so, and not sent off a second time.
      if (answer && isSame(session, answer.before) && isSame(brought, answer.submission)) return repeat(ctx, answer);
      await next();
      if (answer || !isFinal(ctx)) return;
      submissions.takeBack(app, uid);
      await kept.keep(idOf(uid), answerOf(ctx, { before: session, submission: brought }));
    });
  };
}

/** Before the interaction is used up (somebody else is to be signed out first) and where we failed, the next one who comes is heard. */
function isFinal(ctx: KoaContextWithOIDC): boolean {
  return hasUsedInteraction(ctx) && ctx.status < 500;
}

/** The secret of its form names a sign-out, so whoever sends it again in the same session sends the same. */
function answersSignOut({ turns, clock }: ResumeDeps, kept: KeptAnswers, provider: Provider): Step {
  return async (ctx, next) => {
    const session = sessionSent(ctx, provider);
    const answerOrRepeat = async () => {
      await next();
      const { params } = ctx.oidc;
      if (typeof params?.['xsrf'] !== 'string') return;
      const id = signOutIdOf(params);
      if (ctx.status === 303) return kept.keep(id, answerOf(ctx, { before: session, submission: undefined }));
      const answer = await kept.read(id);
      if (answer && [answer.before, answer.after ?? noSession].some((one) => isSame(session, one))) repeat(ctx, answer);
    };
    await (session === noSession ? answerOrRepeat() : inTurn({ turns, clock }, `sign-out:${session}`, answerOrRepeat));
  };
}

function leadsToAnswer({ turns, clock, submissions }: ResumeDeps, kept: KeptAnswers): Resumes['leadToAnswer'] {
  /** An answer that is being made is waited for: the interaction is used up a moment before its answer is kept. */
  const settled = async (uid: string): Promise<Answer | undefined> => {
    let answer: Answer | undefined;
    await inTurn({ turns, clock }, idOf(uid), async () => {
      answer = await kept.read(idOf(uid));
    });
    return answer;
  };
  const lead = (ctx: AppContext, uid: string) => {
    // The library was to answer, and did not.
    ctx.respond = true;
    ctx.status = 303;
    ctx.redirect(resumePath(uid));
  };
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const uid = interactionAt(ctx.path);
      if (uid === undefined) throw error;
      if (error instanceof AnsweredAlready) {
        submissions.handOver(ctx, uid);
        return lead(ctx, uid);
      }
      const over = error instanceof Refused && error.code === 'interaction.expired' && ctx.accepts(['html', 'json']) !== 'json';
      const answer = over ? await settled(uid) : undefined;
      if (!answer) throw error;
      if (submissions.isAgain(ctx, uid, answer.submission)) submissions.handOver(ctx, uid);
      // Something else was submitted: the answer is none to that.
      else if (ctx.method === 'POST') submissions.takeBack(ctx, uid);
      lead(ctx, uid);
    }
  };
}
