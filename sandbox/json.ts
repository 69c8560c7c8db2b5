import { Ajv, type ValidateFunction } from 'ajv';
import { Refused } from '../src/domain/refused.ts';
import { Conflict } from '../src/domain/unit-of-work.ts';
import { LevelOutOfReach } from './accounts.ts';
import { BadRequest } from './body.ts';
import type { SandboxContext } from './context.ts';

/** JSON in, JSON out, problems told in words. */

export const ajv = new Ajv({ allErrors: true });

/** @throws BadRequest with everything that is wrong */
export function valid<T>(validate: ValidateFunction<T>, body: unknown): T {
  if (validate(body)) return body;
  const problems = (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
    const detail = 'allowedValues' in params ? `: ${params['allowedValues'].join(', ')}` : '';
    const extra = 'additionalProperty' in params ? `: ${params['additionalProperty']}` : '';
    return `${instancePath.slice(1).replaceAll('/', '.') || 'the body'} ${message}${detail}${extra}`;
  });
  throw new BadRequest(400, 'invalid', problems.join('; '));
}

/** Answers with what `handle` returns, and with `{ error, message }` for what the caller can mend. */
export function json(handle: (ctx: SandboxContext, params: Readonly<Record<string, string>>) => Promise<unknown>) {
  return async (ctx: SandboxContext & { params: Record<string, string> }): Promise<void> => {
    ctx.set('Cache-Control', 'no-store');
    try {
      ctx.body = await handle(ctx, ctx.params);
    } catch (error) {
      const { status, error: word, message } = toBadRequest(error);
      ctx.status = status;
      ctx.body = { error: word, message };
    }
  };
}

function toBadRequest(error: unknown): BadRequest {
  if (error instanceof BadRequest) return error;
  if (error instanceof LevelOutOfReach) return new BadRequest(400, 'level', error.message);
  if (error instanceof Conflict) return new BadRequest(409, 'taken', 'accounts with this prefix exist already, choose another one');
  if (error instanceof Refused) return new BadRequest(error.status, error.code, 'the product refused; try again later');
  throw error;
}
