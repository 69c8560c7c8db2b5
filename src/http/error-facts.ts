import { FormRefused, Refused, Unavailable } from '../domain/refused.ts';
import { Conflict } from '../domain/unit-of-work.ts';

/**
 * What a log may say about an error. A message of a library may hold anything that was handed to it (values
 * of a statement, a document number that is not JSON), so it is told only where we know what is in it: our
 * own classes and the constant texts below. Class, code and place are enough to find the rest.
 */
export interface ErrorFacts {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  /** Functions and places, innermost first. */
  readonly stack: readonly string[];
  readonly cause?: ErrorFacts;
}

/** Their messages are made of constants of our code. */
const ownErrors = [Refused, FormRefused, Unavailable, Conflict] as const;

/** What pools and connections say without a code. */
const constantMessages: ReadonlySet<string> = new Set([
  'aborted',
  'socket hang up',
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Query read timeout',
  'Cannot use a pool after calling end on the pool',
  'Connection is closed.',
  'Command timed out',
  "Stream isn't writeable and enableOfflineQueue options is false",
]);

const maxCauses = 5;
const maxFrames = 20;

export function errorFacts(error: unknown, depth = 0): ErrorFacts {
  if (!(error instanceof Error)) return { name: `thrown ${error === null ? 'null' : typeof error}`, stack: [] };
  const code = codeOf(error);
  const known = ownErrors.some((own) => error instanceof own) || constantMessages.has(error.message);
  return {
    name: /^[A-Za-z_]{1,64}$/.test(error.name) ? error.name : 'Error',
    ...(code === undefined ? {} : { code }),
    ...(known ? { message: error.message } : {}),
    stack: frames(error),
    ...(error.cause === undefined || depth >= maxCauses ? {} : { cause: errorFacts(error.cause, depth + 1) }),
  };
}

/** Node's and ours (`code`), a SQLSTATE, or the `error` of an OAuth error; anything longer or of another form may be data. */
function codeOf(error: Error): string | undefined {
  const code: unknown = Reflect.get(error, 'code') ?? Reflect.get(error, 'error');
  return typeof code === 'string' && /^([A-Z][A-Z_\d]{1,47}|[\dA-Z]{5}|[a-z]+([._-][a-z]+)*)$/.test(code) ? code : undefined;
}

/** `    at name (place:line:column)` or without a name, where the place is a file or a part of Node. */
const frame = /^ {4}at ((?:async )?(?:(?:new )?[\w$.<>#[\] ]+ \()?(?:file:|node:|\/)[^\s()]+:\d+:\d+\)?)$/;

/** The stack without its head, which repeats the message; lines of the message that pretend to be frames go with it. */
function frames(error: Error): string[] {
  const stack = error.stack ?? '';
  const message = stack.indexOf(error.message);
  return stack
    .slice(message === -1 ? 0 : message + error.message.length)
    .split('\n')
    .flatMap((line) => frame.exec(line)?.[1] ?? [])
    .slice(0, maxFrames);
}
