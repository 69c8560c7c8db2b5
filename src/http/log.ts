import { METHODS } from 'node:http';
import { pino, type DestinationStream } from 'pino';
import type { AppContext, Next } from './app-context.ts';
import { errorFacts } from './error-facts.ts';
import { whenAnswered } from './route.ts';

/**
 * Structured logs, one JSON object a line. Nothing personal and no secret gets in: there is no free text,
 * and of each field only what has the form of that field is written, whatever the caller handed over.
 */

/** Every line the log knows, what happened in the past tense. */
const logEvents = {
  'process.started': 'the process accepts requests',
  'process.stopping': 'readiness is off, requests under way are finished',
  'process.stopped': 'everything is closed',
  'request.answered': 'a request was answered',
  'request.failed': 'a request failed by our fault',
  'provider.failed': 'the OpenID provider failed by our fault',
  'job.failed': 'a round of a background job failed; the next one tries again',
  'audit.anchored': 'the head of the audit log was vouched for; keep the line where the database is not',
  'clock.skew': 'processes and database disagree on the time',
  'redis.failed': 'a connection to Redis failed; it is opened again',
  'sms.budget-reached': 'the text messages of all people are used up for this hour; `reason` says whose: of strangers, or of known devices',
  'sms.sent': 'a text message was written here instead of being sent',
  'mail.sent': 'an e-mail was written here instead of being sent',
} as const;

export type LogEvent = keyof typeof logEvents;

/** All that a line may carry. Anything else is dropped, as is a value that does not look like its field. */
export interface LogFields {
  readonly requestId?: string | undefined;
  readonly method?: string | undefined;
  /** Pattern, never the address. */
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly clientId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly messageId?: string | undefined;
  readonly keyId?: string | undefined;
  /** Number, hash and keyed hash of an entry of the audit log. */
  readonly anchor?: string | undefined;
  readonly job?: string | undefined;
  readonly useCase?: string | undefined;
  readonly store?: string | undefined;
  /** An authority or vendor. */
  readonly source?: string | undefined;
  readonly template?: string | undefined;
  readonly reason?: string | undefined;
  readonly outcome?: string | undefined;
  readonly attempts?: number | undefined;
  readonly count?: number | undefined;
  readonly port?: number | undefined;
}

export interface Log {
  info(event: LogEvent, fields: LogFields): void;
  warn(event: LogEvent, fields: LogFields): void;
  /** The error is told by its class, code and place in our code; its message only where we know what is in it. */
  error(event: LogEvent, error: unknown, fields: LogFields): void;
}

export interface LogOptions {
  /** The least severe lines that are written. */
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Standard output otherwise. */
  readonly destination?: DestinationStream;
}

export function createLog({ level, destination }: LogOptions): Log {
  const options = {
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const lines = destination ? pino(options, destination) : pino(options);
  return {
    info(event, fields) {
      if (lines.isLevelEnabled('info')) lines.info({ event, ...allowed(fields) });
    },
    warn: (event, fields) => lines.warn({ event, ...allowed(fields) }),
    error: (event, error, fields) => lines.error({ event, ...allowed(fields), error: errorFacts(error) }),
  };
}

/** A line for each request, written when its answer has left. */
export function requestLog(log: Log) {
  return async (ctx: AppContext, next: Next): Promise<void> => {
    whenAnswered(ctx, ({ method, route, status, durationMs }) => {
      const { requestId } = ctx.state;
      log.info('request.answered', { requestId, method, route, status, durationMs: Math.round(durationMs * 10) / 10 });
    });
    await next();
  };
}

type Form = (value: unknown) => boolean;

const text =
  (form: RegExp): Form =>
  (value) =>
    typeof value === 'string' && form.test(value);
const whole =
  (least: number, most: number): Form =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

/** Words of our own code: small letters and few digits, so that no number, address or secret of a person passes. */
const word = text(/^(?!.*\d{4})(?=.{1,64}$)[a-z][a-z\d]*([._/][a-z][a-z\d]*|[ -][a-z\d]+)*$/);
const uuid = text(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);

/** What a value of each field looks like; `requestId` as src/http/request.ts makes it. */
const forms: { readonly [Name in keyof LogFields]-?: Form } = {
  requestId: text(/^[\w-]{12}$/),
  method: (value) => typeof value === 'string' && METHODS.includes(value),
  route: text(/^(?!.*\d{3})(?=.{1,120}$)(\*|\/|(\/[a-z.][a-z\d.-]*|\/:[a-zA-Z]+|\{\/:[a-zA-Z]+\})+)$/),
  status: whole(100, 599),
  durationMs: (value) => typeof value === 'number' && Number.isFinite(value),
  clientId: text(/^(?!\d+$)[\w.:/-]{1,128}$/),
  accountId: uuid,
  messageId: uuid,
  keyId: text(/^(?!\d+$)[\w-]{1,64}$/),
  anchor: text(/^\d{1,16}\.[\w-]{43}\.[\w-]{43}$/),
  job: word,
  useCase: word,
  store: word,
  source: word,
  template: word,
  reason: word,
  outcome: word,
  attempts: whole(0, 1000),
  count: whole(0, Number.MAX_SAFE_INTEGER),
  port: whole(0, 65_535),
};

function allowed(fields: LogFields): LogFields {
  const entries = Object.entries(fields).filter(([name, value]) => isField(name) && forms[name](value));
  return Object.fromEntries(entries);
}

function isField(name: string): name is keyof LogFields {
  return Object.hasOwn(forms, name);
}
