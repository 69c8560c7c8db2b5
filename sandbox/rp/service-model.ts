import { acrValues, type Acr } from '../../src/domain/assurance/ladder.ts';
import type { Locale } from '../context.ts';
import type { SandboxPages } from '../page.ts';
import type { Say } from '../words.ts';
import { isFresh, reaches, type Claims } from './check.ts';
import type { Offering } from './services.ts';
import type { ServiceSession } from './sessions.ts';
import type { Site } from './site.ts';

/** What the pages of a demonstration service show. */

type ModelSource = Pick<Site, 'service' | 'client' | 'base' | 'pages'>;

/** The same on every page of a service. */
export function frameModel({ service, client, base, pages }: ModelSource, locale: Locale, session: ServiceSession | undefined) {
  const say = pages.words.in(locale);
  return {
    service: service.name,
    name: (locale === 'en' ? client['client_name#en'] : undefined) ?? client.client_name,
    tagline: say(`rp.${service.name}.tagline`),
    base,
    minimum: client.minimum_acr,
    person: session && calledAs(session.userinfo, say),
    level: session && acrOf(session.claims),
  };
}

/** How a service greets somebody, by the best it was told. */
function calledAs({ real_name: realName, preferred_username: username }: Claims, say: Say): string {
  return [realName, username].find((name) => typeof name === 'string') ?? say('rp.somebody');
}

/** The level that the platform vouches for. */
function acrOf(claims: Claims): Acr | undefined {
  return acrValues.find((value) => value === claims['acr']);
}

export type OfferingState = 'open' | 'level' | 'age';

/** Whether an offering is open to somebody; nothing is without a session. */
export function offeringState({ needs, maxAgeSeconds }: Offering, claims: Claims, now: Date): OfferingState {
  if (!reaches(claims, needs)) return 'level';
  return maxAgeSeconds === undefined || isFresh(claims, maxAgeSeconds, now) ? 'open' : 'age';
}

/** Where somebody gets what an offering lacks. */
export function wayTo({ name, needs, maxAgeSeconds }: Offering, base: string): string {
  const wish = new URLSearchParams({ acr_values: needs, essential: 'true', target: name });
  if (maxAgeSeconds !== undefined) wish.set('max_age', String(maxAgeSeconds));
  return `${base}login?${wish.toString()}`;
}

export function offeringModels({ service, base }: ModelSource, session: ServiceSession | undefined, now: Date) {
  return service.offerings.map((offering) => {
    const state = session && offeringState(offering, session.claims, now);
    return { ...offering, state, href: state === 'level' || state === 'age' ? wayTo(offering, base) : `${base}services/${offering.name}` };
  });
}

/** Who somebody is, how well known, and everything that was received. */
export function sessionModel(session: ServiceSession, { words }: SandboxPages, say: Say) {
  const { claims, userinfo } = session;
  const acr = acrOf(claims);
  const labelOf = (key: string, name: string) => (words.has(`rp.${key}`) ? say(`rp.${key}`) : name);
  return {
    acr,
    rungs: acrValues.map((value) => ({ acr: value, reached: acr !== undefined && acrValues.indexOf(value) <= acrValues.indexOf(acr) })),
    methods: list(claims['amr']).map((method) => ({ method, label: labelOf(`amr.${method}`, method) })),
    signedInAt: moment(claims['auth_time']),
    evidence: evidence(userinfo['assurance']).map((item) => ({ ...item, label: labelOf(`evidence.${item.kind}`, item.kind) })),
    claims: rows(claims, words, say),
    userinfo: rows(userinfo, words, say),
    parameters: rows(session.parameters, words, say),
    idTokenEndsAt: moment(claims['exp']),
    accessTokenEndsAt: new Date(session.accessTokenEndsAt),
    scope: session.scope,
    refreshable: session.refreshToken !== undefined,
    raw: { idToken: session.idToken, accessToken: session.accessToken, refreshToken: session.refreshToken },
  };
}

/** Claims one by one, each explained where somebody wrote an explanation. */
function rows(claims: Claims, words: SandboxPages['words'], say: Say) {
  return Object.entries(claims).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value, null, Array.isArray(value) ? 0 : 2),
    // Moments are numbers in tokens; people read them as times.
    at: times.has(name) ? moment(value) : undefined,
    meaning: words.has(`rp.claim.${name}`) ? say(`rp.claim.${name}`) : undefined,
  }));
}

const times: ReadonlySet<string> = new Set(['iat', 'exp', 'auth_time', 'updated_at']);

function moment(seconds: unknown): Date | undefined {
  return typeof seconds === 'number' ? new Date(seconds * 1000) : undefined;
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** Of the claim `assurance`: what was proved and when. */
function evidence(assurance: unknown): readonly { kind: string; verifiedAt: Date }[] {
  const items: unknown = typeof assurance === 'object' && assurance !== null && 'evidence' in assurance ? assurance.evidence : [];
  return (Array.isArray(items) ? items : []).flatMap((item: unknown) =>
    typeof item === 'object' && item !== null && 'kind' in item && 'verified_at' in item
      ? [{ kind: String(item.kind), verifiedAt: new Date(String(item.verified_at)) }]
      : [],
  );
}

/** Requests that a developer wants to see answered. */
export function experiments(base: string) {
  const above = acrValues.slice(1);
  const link = (name: string, query: Record<string, string>) => ({
    name,
    acr: query['acr_values'],
    href: `${base}login?${new URLSearchParams(query).toString()}`,
  });
  return {
    prefer: above.map((acr) => link('prefer', { acr_values: acr })),
    insist: above.map((acr) => link('insist', { acr_values: acr, essential: 'true' })),
    other: [
      link('login', { prompt: 'login' }),
      link('max-age', { max_age: '60' }),
      link('none', { prompt: 'none' }),
      link('offline', { offline: 'true' }),
    ],
  };
}
