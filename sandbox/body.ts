import type { SandboxContext } from './context.ts';

/** Bodies of the sandbox's own routes: small, of one kind, and told clearly when they are not. */

/** A request that is answered with a JSON error; `message` is for whoever wrote the script. */
export class BadRequest extends Error {
  readonly status: number;
  /** Stable word for scripts. */
  readonly error: string;

  constructor(status: number, error: string, message: string) {
    super(message);
    this.name = 'BadRequest';
    this.status = status;
    this.error = error;
  }
}

const maxBytes = 16 * 1024;

/** @throws BadRequest when it is not JSON or too large */
export async function jsonBody(ctx: SandboxContext): Promise<unknown> {
  if (!ctx.is('application/json')) throw new BadRequest(415, 'not-json', 'send a JSON body with content-type application/json');
  const text = await bodyText(ctx);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest(400, 'not-json', 'the body is not valid JSON');
  }
}

/**
 * Fields of a form of our own pages.
 *
 * @throws BadRequest when it is something else, too large, or sent by another site
 */
export async function formBody(ctx: SandboxContext): Promise<URLSearchParams> {
  const site = ctx.get('Sec-Fetch-Site');
  if (!['', 'same-origin', 'none'].includes(site)) throw new BadRequest(403, 'other-site', 'this form was sent by another site');
  return urlEncodedBody(ctx);
}

/** Fields of a form that anybody may send. @throws BadRequest when it is something else or too large */
export async function urlEncodedBody(ctx: SandboxContext): Promise<URLSearchParams> {
  if (!ctx.is('application/x-www-form-urlencoded')) throw new BadRequest(415, 'not-a-form', 'send a form');
  return new URLSearchParams(await bodyText(ctx));
}

async function bodyText({ req }: SandboxContext): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    // The rest is read and dropped, so that the answer reaches a caller who is still sending.
    if (size <= maxBytes) chunks.push(chunk);
  }
  if (size > maxBytes) throw new BadRequest(413, 'too-large', `the body is larger than ${maxBytes} bytes`);
  return Buffer.concat(chunks).toString('utf8');
}
