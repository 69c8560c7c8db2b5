import { secondsAfter, type Clock } from '../../src/domain/clock.ts';
import type { OnceStore } from '../../src/domain/short-lived.ts';
import type { Vault } from '../../src/domain/vault.ts';
import type { SandboxContext } from '../context.ts';
import type { BrowserIds } from './browser-id.ts';
import type { LoggedOut } from './check.ts';
import type { PendingSignIn, Received } from './relying-party.ts';

/**
 * Sessions of one demonstration service. They lie sealed in the product's short-lived store, so that a sign-in begun
 * at one process ends at another, and no personal data stands there in the clear.
 */

export interface ServiceSession extends Received {
  /** Milliseconds since 1970. */
  readonly signedInAt: number;
  /** The authorization request it came from. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Pending extends PendingSignIn {
  /** Path to go on to when somebody is signed in. */
  readonly target: string;
  /** Path that begins the same again. */
  readonly retry: string;
}

export interface ServiceSessions {
  /** Undefined for nobody; `ended` when the platform signed this session out from behind. */
  current(ctx: SandboxContext): Promise<ServiceSession | 'ended' | undefined>;
  /** Somebody came in, or came again: under a new id, which nobody can have known before. */
  start(ctx: SandboxContext, session: ServiceSession): Promise<void>;
  /** Keeps what a refresh brought. */
  update(ctx: SandboxContext, session: ServiceSession): Promise<void>;
  end(ctx: SandboxContext): Promise<void>;
  /** From a logout token; false when this token was used before. */
  endFromBehind(loggedOut: LoggedOut): Promise<boolean>;
  remember(ctx: SandboxContext, pending: Pending): Promise<void>;
  /** What was remembered for this browser and state; once. */
  recall(ctx: SandboxContext, state: string): Promise<Pending | undefined>;
}

export interface SessionDeps {
  readonly clientId: string;
  readonly browserIds: BrowserIds;
  readonly state: OnceStore;
  readonly vault: Pick<Vault, 'sealFor' | 'openFor'>;
  readonly clock: Clock;
}

const sessionSeconds = 3600;
const pendingSeconds = 3600;

export function createServiceSessions({ clientId, browserIds, state, vault, clock }: SessionDeps): ServiceSessions {
  const prefix = `sandbox-rp:${clientId}`;
  const after = (seconds: number) => secondsAfter(clock.now(), seconds);
  const put = (key: string, value: object, seconds: number) =>
    state.put(`${prefix}:${key}`, vault.sealFor(prefix, JSON.stringify(value)).toString('base64'), after(seconds));
  const get = async (key: string): Promise<string | undefined> => {
    const sealed = await state.get(`${prefix}:${key}`, clock.now());
    return sealed === undefined ? undefined : vault.openFor(prefix, Buffer.from(sealed, 'base64'));
  };
  /** When the session, or everything of the person, was signed out from behind. */
  const endedAt = async (key: string) => Number((await state.get(`${prefix}:ended:${key}`, clock.now())) ?? Number.NaN);

  const isEnded = async ({ claims: { sid, sub }, signedInAt }: ServiceSession): Promise<boolean> => {
    const times = await Promise.all([endedAt(`sid:${String(sid)}`), endedAt(`sub:${String(sub)}`)]);
    return times.some((time) => time >= signedInAt);
  };

  return {
    async current(ctx) {
      const id = browserIds.read(ctx);
      const text = id === undefined ? undefined : await get(`session:${id}`);
      if (text === undefined) return undefined;
      const session: ServiceSession = JSON.parse(text);
      return (await isEnded(session)) ? 'ended' : session;
    },

    async start(ctx, session) {
      await this.end(ctx);
      await put(`session:${browserIds.renew(ctx)}`, session, sessionSeconds);
    },

    async update(ctx, session) {
      const id = browserIds.read(ctx);
      if (id !== undefined) await put(`session:${id}`, session, sessionSeconds);
    },

    async end(ctx) {
      const id = browserIds.read(ctx);
      if (id !== undefined) await put(`session:${id}`, {}, 0);
    },

    async endFromBehind({ sid, sub, jti }) {
      const ends = after(sessionSeconds);
      if (!(await state.claim(`${prefix}:logout:${jti}`, ends, clock.now()))) return false;
      const key = sid === undefined ? `sub:${sub ?? ''}` : `sid:${sid}`;
      await state.put(`${prefix}:ended:${key}`, String(clock.now().getTime()), ends);
      return true;
    },

    async remember(ctx, pending) {
      const id = browserIds.read(ctx) ?? browserIds.renew(ctx);
      await put(`pending:${id}:${pending.state}`, pending, pendingSeconds);
    },

    async recall(ctx, requestState) {
      const id = browserIds.read(ctx);
      if (id === undefined) return undefined;
      const key = `pending:${id}:${requestState}`;
      const text = await get(key);
      const first = text !== undefined && (await state.claim(`${prefix}:${key}`, after(pendingSeconds), clock.now()));
      const pending: Pending | undefined = first ? JSON.parse(text) : undefined;
      return pending;
    },
  };
}
