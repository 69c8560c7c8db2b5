import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import type { Clock } from '../domain/clock.ts';
import { toPlain, type SessionFactor } from '../domain/presence/strength.ts';
import { Refused } from '../domain/refused.ts';
import type { AppContext } from '../http/app-context.ts';
import { interactionAt } from '../http/endpoints.ts';
import type { OurResult } from './level.ts';
import type { Submissions } from './submission.ts';

/** The only caller of `interactionFinished`: how an interaction ends, in the words of this product. */
export type Outcome =
  /** Somebody signed in (or registered: `create`). `at`: when, for auth_time; it must not move at later resumes. */
  | {
      readonly outcome: 'signed-in';
      readonly accountId: string;
      readonly factors: readonly SessionFactor[];
      readonly at: Date;
      readonly created?: boolean;
    }
  /** Evidence or a factor was added; the policy decides anew. `created`: in place of the account that was to be opened. */
  | { readonly outcome: 'proved'; readonly factors: readonly SessionFactor[]; readonly created?: boolean }
  | { readonly outcome: 'step-up-declined' }
  | { readonly outcome: 'consented' }
  /** Back to the service with an error; nothing of earlier submissions counts any more. */
  | { readonly outcome: 'error'; readonly error: string; readonly description: string };

/**
 * Ends the interaction of this request; what came of it is for the browser that sent the request.
 *
 * @throws Refused interaction.expired when another tab or a second press of the button was faster
 */
export type Finish = (ctx: AppContext, outcome: Outcome) => Promise<void>;

export interface FinishDeps {
  readonly provider: () => Provider;
  readonly clock: Clock;
  readonly submissions: Pick<Submissions, 'handOver'>;
}

export function createFinish({ provider, clock, submissions }: FinishDeps): Finish {
  return async (ctx, outcome) => {
    const uid = interactionAt(ctx.path);
    if (uid === undefined) throw new Error(`${ctx.path} is no page of an interaction`);
    const result = { ...resultOf(outcome, clock.now()), submission: submissions.handOver(ctx, uid) };
    ctx.respond = false;
    await provider()
      .interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: outcome.outcome !== 'error' })
      .catch(refuseExpired);
  };
}

/** The library's word for an interaction that is over, was never there, or belongs to another browser, in ours. */
export function refuseExpired(error: unknown): never {
  throw error instanceof errors.SessionNotFound ? new Refused('interaction.expired') : error;
}

function resultOf(outcome: Outcome, now: Date): InteractionResults {
  switch (outcome.outcome) {
    case 'signed-in': {
      const ts = Math.floor(outcome.at.getTime() / 1000);
      return {
        login: { accountId: outcome.accountId, ts, remember: true },
        ...(outcome.created ? { create: {} } : {}),
        minxin: { factors: outcome.factors.map(toPlain), signedInAt: now.getTime() } satisfies OurResult,
      };
    }
    case 'proved':
      return {
        ...(outcome.created ? { create: {} } : { step_up: {} }),
        minxin: { factors: outcome.factors.map(toPlain) } satisfies OurResult,
      };
    case 'step-up-declined':
      return { step_up: {}, minxin: { declined: true } satisfies OurResult };
    case 'consented':
      return { consent: {} };
    case 'error':
      return { error: outcome.error, error_description: outcome.description };
  }
}
