import type { Next } from 'koa';
import { Refused } from '../src/domain/refused.ts';
import { isLoopback } from '../src/domain/loopback.ts';
import type { SandboxContext } from './context.ts';

/**
 * A page of any site can give its own name the address of this machine (DNS rebinding) and then reads whatever is answered
 * under that name, messages and captchas of the sandbox included. No such name is a loopback name. `X-Forwarded-Host` says
 * nothing: such a page writes what it likes there.
 */
export async function ownNames(ctx: SandboxContext, next: Next): Promise<void> {
  if (!isOwnName(ctx.state.askedHost)) throw new Refused('page.not-found');
  await next();
}

function isOwnName(host: string): boolean {
  // As a URL has it: with a port, in any case, and a name in front of an @ is none.
  return /^[^/@]+$/.test(host) && URL.canParse(`http://${host}`) && isLoopback(new URL(`http://${host}`).hostname);
}
