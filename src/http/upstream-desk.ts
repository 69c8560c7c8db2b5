import { createHash, randomBytes } from 'node:crypto';
import { secondsAfter, type Clock } from '../domain/clock.ts';
import { Refused } from '../domain/refused.ts';
import type { OnceStore, QuotaStore } from '../domain/short-lived.ts';
import type { Arrival, Upstream } from '../domain/upstream/upstream.ts';
import type { Vault } from '../domain/vault.ts';
import type { AppContext } from './app-context.ts';
import type { CookieJar } from './cookies.ts';

/**
 * Away to a third party and back (docs/adr/0050). What comes back is found again by its `state`: good once, for ten minutes, in
 * the browser that left and nowhere else. The one address everybody comes back to knows no interaction, so it leads on, by
 * an address that cannot be guessed, to where the interaction has its cookie.
 */
export interface UpstreamDesk {
  /** @returns where the browser goes. @throws Refused upstream.unavailable, service.busy */
  depart(ctx: AppContext, upstream: Upstream, from: UpstreamPlace): Promise<string>;
  /** @returns where it goes on. @throws Refused upstream.gone */
  arrive(ctx: AppContext, name: string): Promise<string>;
  /** What came back, once. @throws Refused upstream.gone */
  take(handle: string, at: Pick<UpstreamPlace, 'name' | 'scope'>): Promise<Arrival>;
}

export interface UpstreamPlace {
  /** Of the method. */
  readonly name: string;
  /** Interaction in this browser. */
  readonly scope: string;
  /** Address below which what came back is read: `<back>/<handle>`. */
  readonly back: string;
}

export interface UpstreamDeskDeps {
  readonly once: OnceStore;
  readonly quotas: QuotaStore;
  readonly cookies: CookieJar;
  readonly vault: Pick<Vault, 'sealFor' | 'openFor'>;
  readonly clock: Clock;
  readonly issuer: string;
}

const awaySeconds = 600;
/** Departures in an interaction in ten minutes. */
const departures = 20;
const maxParams = 20;
const maxParamLength = 4096;

interface Away extends UpstreamPlace {
  /** Hash of the secret that the browser keeps. */
  readonly browser: string;
  readonly keep: string;
}

interface Back extends Pick<UpstreamPlace, 'name' | 'scope'> {
  readonly params: Readonly<Record<string, string>>;
  readonly keep: string;
}

export function createUpstreamDesk(deps: UpstreamDeskDeps): UpstreamDesk {
  const { quotas, clock, issuer } = deps;
  const redirectUri = (name: string) => `${issuer}/callback/${name}`;
  return {
    async depart(ctx, upstream, from) {
      const now = clock.now();
      const rule = { key: `upstream:${from.scope}`, limit: departures, windowSeconds: awaySeconds };
      const counted = await quotas.take([rule], now);
      if (!counted.ok) throw new Refused('service.busy', undefined, {}, counted.retryAfterSeconds);
      const state = randomBytes(32).toString('base64url');
      const begun = await upstream.begin({ redirectUri: redirectUri(from.name), state, locale: ctx.state.locale });
      if (begun.outcome !== 'begun') throw new Refused('upstream.unavailable');
      const browser = hash(secretOf(deps, ctx));
      await put(deps, { purpose: 'upstream-away', secret: state }, { ...from, browser, keep: begun.keep } satisfies Away);
      return begun.url;
    },

    async arrive(ctx, name) {
      const params = paramsOf(ctx.query);
      const away =
        params['state'] === undefined ? undefined : await taken<Away>(deps, { purpose: 'upstream-away', secret: params['state'] });
      const secret = deps.cookies.get(ctx, 'upstream');
      // What another third party was asked is no answer of this one.
      if (!away || away.name !== name || secret === undefined || hash(secret) !== away.browser) throw new Refused('upstream.gone');
      const handle = randomBytes(32).toString('base64url');
      await put(deps, { purpose: 'upstream-back', secret: handle }, { name, scope: away.scope, params, keep: away.keep } satisfies Back);
      return `${away.back}/${handle}`;
    },

    async take(handle, at) {
      const back = await taken<Back>(deps, { purpose: 'upstream-back', secret: handle });
      if (!back || back.name !== at.name || back.scope !== at.scope) throw new Refused('upstream.gone');
      return { params: back.params, keep: back.keep, redirectUri: redirectUri(back.name) };
    },
  };
}

interface Slip {
  readonly purpose: 'upstream-away' | 'upstream-back';
  /** Whoever has it may come back with it. */
  readonly secret: string;
}

async function put({ once, vault, clock }: UpstreamDeskDeps, { purpose, secret }: Slip, value: object): Promise<void> {
  const sealed = vault.sealFor(purpose, JSON.stringify(value)).toString('base64');
  await once.put(`${purpose}:${hash(secret)}`, sealed, secondsAfter(clock.now(), awaySeconds));
}

async function taken<Value>({ once, vault, clock }: UpstreamDeskDeps, { purpose, secret }: Slip): Promise<Value | undefined> {
  const sealed = await once.take(`${purpose}:${hash(secret)}`, clock.now());
  return sealed === undefined ? undefined : (JSON.parse(vault.openFor(purpose, Buffer.from(sealed, 'base64'))) as Value);
}

/** A store keeps no secret that somebody could come back with. */
function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** One for all departures of a browser, so that two tabs both come back. */
function secretOf({ cookies }: UpstreamDeskDeps, ctx: AppContext): string {
  const secret = cookies.get(ctx, 'upstream') ?? randomBytes(32).toString('base64url');
  cookies.set(ctx, 'upstream', secret, awaySeconds);
  return secret;
}

/** What came twice has no meaning. */
function paramsOf(query: AppContext['query']): Readonly<Record<string, string>> {
  const given = Object.entries(query).slice(0, maxParams);
  return Object.fromEntries(
    given.filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1].length <= maxParamLength),
  );
}
