import { Unavailable } from '../../src/domain/refused.ts';

/** Five-character SQLSTATE of a database error, from either driver. */
export function sqlState(error: unknown): string | undefined {
  return textOf(error, 'code');
}

/** Name of the constraint a write ran against, from either driver. */
export function constraintOf(error: unknown): string | undefined {
  return textOf(error, 'constraint');
}

function textOf(error: unknown, name: 'code' | 'constraint' | 'message'): string | undefined {
  if (typeof error !== 'object' || error === null || !(name in error)) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}

/**
 * SQLSTATEs that say nothing about the statement: connection lost (08), out of resources (53), shut down or
 * starting (57P), standby after a failover (25006), statement or lock timeout (57014, 55P03).
 */
const notReachable = /^(08...|53...|57P..|25006|57014|55P03|58...)$/;

/** Error codes of sockets and of the resolver, as Node names them. */
const networkFailure = /^(ECONN\w+|EHOST\w+|ENET\w+|ETIMEDOUT|EPIPE|EAI_\w+|ENOTFOUND|ENOENT)$/;

/** What pg and PGlite say when there is nobody to answer; they give these no code. */
const connectionGone =
  /timeout exceeded when trying to connect|connection terminated|connection timeout|query read timeout|client has encountered a connection error|not queryable|PGlite is clos/i;

/** `Unavailable` for errors that mean the database did not answer; every other error as it is. */
export function translateError(error: unknown): unknown {
  const code = sqlState(error) ?? '';
  const gone = networkFailure.test(code) || notReachable.test(code) || connectionGone.test(textOf(error, 'message') ?? '');
  return gone ? new Unavailable('database', { cause: error }) : error;
}
