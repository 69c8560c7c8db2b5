/**
 * One HTTP exchange with a third party that can neither take long nor fill the memory: one time limit over
 * everything from connecting to the last byte of the answer, a limit on its size, no redirects (the body holds
 * personal data and goes to one place only), no retries.
 */

export interface BoundedRequest {
  readonly url: URL;
  /** Absent: POST. */
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: none, and no content type either. */
  readonly body?: string;
  readonly timeoutMs: number;
  /** Bytes of the answer after which it is given up. */
  readonly maxAnswerBytes?: number;
  /** For tests; the platform's own otherwise. */
  readonly fetch?: typeof fetch;
}

/**
 * `not-connected`: nothing was sent. After any other failure the request may have been acted upon.
 */
export type BoundedFailure = 'not-connected' | 'timeout' | 'connection-lost' | 'too-large';

export type BoundedAnswer =
  | { readonly failure?: undefined; readonly status: number; readonly headers: Headers; readonly body: Buffer }
  | { readonly failure: BoundedFailure };

export type JsonObject = Readonly<Record<string, unknown>>;

const defaultMaxAnswerBytes = 64 * 1024;

/** Sends the request once. Never throws: what went wrong is a value without any of the data sent. */
export async function boundedExchange(request: BoundedRequest): Promise<BoundedAnswer> {
  const { url, method = 'POST', headers, body = null, maxAnswerBytes = defaultMaxAnswerBytes } = request;
  const send = request.fetch ?? fetch;
  const signal = AbortSignal.timeout(request.timeoutMs);
  try {
    const answer = await send(url, { method, headers, body, signal, redirect: 'manual' });
    const bytes = await readUpTo(maxAnswerBytes, answer);
    if (!bytes) return { failure: 'too-large' };
    return { status: answer.status, headers: answer.headers, body: bytes };
  } catch (error) {
    return { failure: signal.aborted ? 'timeout' : connectionFailure(error) };
  }
}

/** A value that is a JSON object; undefined if it is anything else. */
export function jsonObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

/** The JSON object in the body of an answer; undefined if it is anything else. */
export function parseJsonObject(body: Buffer): JsonObject | undefined {
  try {
    return jsonObject(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}

/** A code or id of the other side, safe to log: messages, which might repeat what was sent, are dropped. */
export function technicalCode(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^[\w.:^-]{1,64}$/.test(text) ? text : undefined;
}

async function readUpTo(limit: number, answer: Response): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest of the body.
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const beforeSending = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** fetch tells the network's own error as the cause of a TypeError. */
function connectionFailure(error: unknown): BoundedFailure {
  const cause = property(error, 'cause');
  const code = property(cause, 'code');
  return typeof code === 'string' && beforeSending.has(code) ? 'not-connected' : 'connection-lost';
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
