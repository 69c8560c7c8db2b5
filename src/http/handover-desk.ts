import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { secondsAfter } from '../domain/clock.ts';
import { begin, isOf, read, take, topicOf, type Found, type Order, type TakeDeps } from '../domain/handover/handovers.ts';
import { stateOf, type Confirmation, type HandoverState, type Ticket } from '../domain/handover/ticket.ts';
import { Refused } from '../domain/refused.ts';
import type { OnceStore } from '../domain/short-lived.ts';
import type { Vault } from '../domain/vault.ts';
import type { AppContext } from './app-context.ts';
import type { CookieJar } from './cookies.ts';
import type { QrModel } from './page-model.ts';
import { qrModel } from './qr.ts';
import type { Waiters } from './waiters.ts';

/**
 * Pages on which another device is waited for: a code that is shown and renewed, and what becomes of it. Whose ticket it is,
 * is said by a cookie of its own, beside the page it was shown on (docs/adr/0048).
 */
export interface HandoverDesk {
  /** What the page has to show now; a ticket that is over is renewed while the page is not too old. */
  show(ctx: AppContext, place: HandoverPlace): Promise<Shown>;
  /** Begins anew, after the renewing has ended or the other device said no. @throws Refused handover.too-many */
  renew(ctx: AppContext, place: HandoverPlace): Promise<void>;
  /** Answers with the states as they come (server-sent events). */
  follow(ctx: AppContext, scope: string): Promise<void>;
  /** Answers when the state is another than the one the page shows, or after a while (long polling). */
  wait(ctx: AppContext, scope: string, shown: unknown): Promise<ShownState>;
  /** What the other device confirmed, once. @throws Refused handover.gone */
  take(ctx: AppContext, scope: string): Promise<Confirmation & { readonly accountId: string }>;
}

export interface HandoverPlace {
  /** Interaction or session in this browser. */
  readonly scope: string;
  readonly order: () => Omit<Order, 'browser' | 'countedFor'>;
  /** Id of a browser that is known here: its tickets are counted apart from those of strangers at its address. */
  readonly knownId: string | undefined;
}

/** What the first device can tell of it: what was taken already is of no use any more. */
export type ShownState = Exclude<HandoverState, 'taken'>;

export interface Shown {
  readonly state: ShownState;
  /** Undefined: there is none, see `refused`. */
  readonly code: { readonly url: string; readonly qr: QrModel; readonly number: number } | undefined;
  /** Why there is no new one. */
  readonly refused: Refused | undefined;
}

export interface HandoverDeskDeps extends TakeDeps {
  readonly once: OnceStore;
  readonly vault: Vault;
  readonly cookies: CookieJar;
  readonly waiters: Waiters;
  readonly issuer: string;
  /** False lifts the limit per address (load tests). */
  readonly addressLimits: boolean;
  /** Told of every code that is shown; for the phone of the sandbox alone, because whoever has a code may scan it. */
  readonly watched: ((id: string) => Promise<void>) | undefined;
}

/** A page renews its tickets for so long, then somebody has to ask for another. */
const renewedSeconds = 300;
/** How long the cookie of a page is kept. */
const keptSeconds = 3600;
/** A stream ends by then and the page asks again; a long poll as well. */
const streamSeconds = 25;
const tickMs = 1000;
/** What is between two lines of a stream, so that no proxy takes it for dead. */
const beatTicks = 10;

/** What the browser shows, and since when it does. */
interface Kept {
  readonly id: string;
  /** Milliseconds. */
  readonly since: number;
}

export function createHandoverDesk(deps: HandoverDeskDeps): HandoverDesk {
  const { clock } = deps;
  const start = async (ctx: AppContext, place: HandoverPlace, since: number): Promise<Found> => {
    const browser = browserAt(deps, ctx, place.scope) ?? newBrowser(deps, ctx, place.scope);
    const found = await begin(deps, { ...place.order(), browser, countedFor: countedFor(deps, ctx, place) });
    await keep(deps, browser, { id: found.id, since });
    await deps.watched?.(found.id);
    return found;
  };
  return {
    async show(ctx, place) {
      const now = clock.now();
      const found = await currentOf(deps, ctx, place.scope);
      if (found && !isRenewable(found, now)) return shownOf(deps, found, now);
      try {
        return shownOf(deps, await start(ctx, place, found?.since ?? now.getTime()), now);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { state: 'expired', code: undefined, refused: error };
      }
    },
    renew: async (ctx, place) => void (await start(ctx, place, clock.now().getTime())),
    async follow(ctx, scope) {
      const gone = new AbortController();
      ctx.res.once('close', () => gone.abort());
      ctx.set({ 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
      ctx.type = 'text/event-stream';
      ctx.body = Readable.from(eventsOf(statesFrom(deps, await currentOf(deps, ctx, scope), gone.signal)));
    },
    async wait(ctx, scope, shown) {
      const gone = new AbortController();
      ctx.res.once('close', () => gone.abort());
      ctx.set('Cache-Control', 'no-store');
      let last: ShownState = 'expired';
      for await (const state of statesFrom(deps, await currentOf(deps, ctx, scope), gone.signal)) {
        if (state === 'beat') continue;
        last = state;
        if (state !== shown) break;
      }
      return last;
    },
    async take(ctx, scope) {
      const browser = browserAt(deps, ctx, scope);
      const kept = browser === undefined ? undefined : await keptOf(deps, browser);
      const taken = browser === undefined || !kept ? undefined : await take(deps, kept.id, browser);
      if (!taken) throw new Refused('handover.gone');
      return taken;
    },
  };
}

/** What this browser shows at the page; undefined: nothing, or what another browser began. */
async function currentOf(deps: HandoverDeskDeps, ctx: AppContext, scope: string): Promise<(Found & Kept) | undefined> {
  const browser = browserAt(deps, ctx, scope);
  const kept = browser === undefined ? undefined : await keptOf(deps, browser);
  const ticket = kept && (await read(deps, kept.id));
  return browser !== undefined && kept && ticket && isOf(deps, ticket, browser) ? { ...kept, ticket } : undefined;
}

/** The state now and at every change, until it is final, the page is gone or the stream has lasted long enough. */
async function* statesFrom(deps: HandoverDeskDeps, found: Found | undefined, signal: AbortSignal): AsyncGenerator<ShownState | 'beat'> {
  if (!found) return yield 'expired';
  const { clock, waiters } = deps;
  let { ticket } = found;
  let told: ShownState | undefined;
  for (let tick = 0; tick < streamSeconds && !signal.aborted && !waiters.isClosing(); tick += 1) {
    const state = shownState(ticket, clock.now());
    if (state !== told) yield state;
    else if (tick % beatTicks === 0) yield 'beat';
    told = state;
    if (state !== 'waiting' && state !== 'scanned') return;
    if ((await waiters.next(topicOf(found.id), tickMs, signal)) === 'changed') ticket = (await read(deps, found.id)) ?? ticket;
  }
}

async function* eventsOf(states: AsyncIterable<ShownState | 'beat'>): AsyncGenerator<string> {
  for await (const state of states) yield state === 'beat' ? ':\n\n' : `data: ${state}\n\n`;
}

/** It was not touched in its minute, and the page is not too old. What was scanned is not replaced behind somebody's back. */
function isRenewable({ ticket, since }: { readonly ticket: Ticket; readonly since: number }, now: Date): boolean {
  return ticket.scan === undefined && stateOf(ticket, now) === 'expired' && now < secondsAfter(new Date(since), renewedSeconds);
}

function shownState(ticket: Ticket, now: Date): ShownState {
  const state = stateOf(ticket, now);
  return state === 'taken' ? 'expired' : state;
}

function shownOf({ issuer }: HandoverDeskDeps, { id, ticket }: Found, now: Date): Shown {
  const state = shownState(ticket, now);
  const url = `${issuer}/h/${id}`;
  const isOpen = state === 'waiting' || state === 'scanned';
  return { state, code: isOpen ? { url, qr: qrModel(url), number: ticket.number } : undefined, refused: undefined };
}

function browserAt({ cookies }: HandoverDeskDeps, ctx: AppContext, scope: string): string | undefined {
  const secret = cookies.get(ctx, 'handover');
  return secret === undefined ? undefined : `${secret} ${scope}`;
}

function newBrowser({ cookies }: HandoverDeskDeps, ctx: AppContext, scope: string): string {
  const secret = randomBytes(16).toString('base64url');
  cookies.set(ctx, 'handover', secret, keptSeconds);
  return `${secret} ${scope}`;
}

function countedFor({ addressLimits }: HandoverDeskDeps, ctx: AppContext, { knownId }: HandoverPlace): string | undefined {
  if (!addressLimits) return undefined;
  return knownId === undefined ? ctx.state.address : `device:${knownId}`;
}

const purpose = 'handover-shown';

function keyOf({ vault }: HandoverDeskDeps, browser: string): string {
  return `handover-shown:${vault.index('handover', browser).toString('base64url')}`;
}

async function keptOf(deps: HandoverDeskDeps, browser: string): Promise<Kept | undefined> {
  const sealed = await deps.once.get(keyOf(deps, browser), deps.clock.now());
  return sealed === undefined ? undefined : (JSON.parse(deps.vault.openFor(purpose, Buffer.from(sealed, 'base64'))) as Kept);
}

async function keep(deps: HandoverDeskDeps, browser: string, kept: Kept): Promise<void> {
  const sealed = deps.vault.sealFor(purpose, JSON.stringify(kept)).toString('base64');
  await deps.once.put(keyOf(deps, browser), sealed, secondsAfter(deps.clock.now(), keptSeconds));
}
