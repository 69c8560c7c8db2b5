import { decodeJwt } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Next } from '../http/app-context.ts';
import { endpoints } from '../http/endpoints.ts';

/** What of a request object says how its answer travels, and not what is asked for. */
const ofTheAnswer = ['response_mode', 'state'] as const;

/**
 * Request objects are not taken, and the refusal goes back to the service. How it goes the object may say, and what is inside
 * counts more than what stands beside it (Core 6.1): a service that waits for form_post would not hear an error in its
 * address. Nobody has to believe the object for that, because all of this could have been asked for without it.
 */
export async function answerAsObjectAsks(ctx: KoaContextWithOIDC, next: Next): Promise<void> {
  const object = ctx.path === endpoints.authorization.path ? ctx.query['request'] : undefined;
  if (typeof object === 'string') ctx.query = { ...ctx.query, ...saidOfTheAnswer(object) };
  await next();
}

function saidOfTheAnswer(object: string): Readonly<Record<string, string>> {
  let claims: Readonly<Record<string, unknown>>;
  try {
    claims = decodeJwt(object);
  } catch {
    return {};
  }
  return Object.fromEntries(
    ofTheAnswer.flatMap((name): [string, string][] => {
      const value = claims[name];
      // JSON can hold half a character, and an address cannot.
      return typeof value === 'string' && value.isWellFormed() ? [[name, value]] : [];
    }),
  );
}
