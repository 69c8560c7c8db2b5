import { Unavailable } from '../../domain/refused.ts';

/** Why a command ended, for whoever started it: a store that does not answer with its setting and what the network says. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof Unavailable)) return error.message;
  const { cause } = error;
  // A name with several addresses that all refuse has no message, only a code.
  const why = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : 'no answer';
  const setting = error.message.startsWith('database') ? 'DATABASE_URL' : 'REDIS_URL';
  return `${error.message} (${why}); look at ${setting}, and whether the server it names is up`;
}
